"""The content as it lies in its folder now, with the source of each entry: for those who edit it."""

import threading
from datetime import date
from pathlib import Path

from content.figures import AnswerCost, answer_costs
from content.loader import Loaded, read_content
from content.reading import Reader
from content.reloading import Snapshot, take_snapshot


class Present:
    """One state of the folder. Nobody changes it."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self._costs: tuple[date, tuple[AnswerCost, ...]] | None = None

    def costs(self, today: date) -> tuple[AnswerCost, ...]:
        """Return what each answer costs by SMS in each locale; it takes a third of a second the first time a day."""
        if self._costs is None or self._costs[0] != today:
            self._costs = today, tuple(answer_costs(self.loaded, today))
        return self._costs[1]


class PresentContent:
    """Reads the folder when it is asked and a file changed; else returns what it read before.

    What it returns may have problems, unlike the catalogue that is served.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._reader = Reader()
        self._guard = threading.Lock()
        self._seen: Snapshot | None = None
        self._present = Present(Loaded())

    def __call__(self) -> Present:
        """Return the content as it is now."""
        with self._guard:
            seen = take_snapshot(self._root)
            if seen != self._seen:
                self._present = Present(read_content(self._root, self._reader))
                self._seen = seen
            return self._present
