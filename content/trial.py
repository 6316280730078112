"""Try a change of the content on a copy, so that nothing wrong is in place even for a moment."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.errors import RumboError
from content.checks import check
from content.loader import Loaded, read_content
from content.source import Problem


@dataclass(frozen=True)
class Change:
    """Files as they were read (None: no such file) and as they are to be, by their path below the content folder."""

    before: Mapping[str, bytes | None]
    after: Mapping[str, bytes]


class CheckFails(RumboError):
    """With a change in it the content could not be served."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def try_out(root: Path, after: Mapping[str, bytes], today: date) -> Loaded:
    """Return the content as it would be with these files, warnings included; raise CheckFails where that has errors."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / root.name
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        for name, raw in after.items():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes(raw)
        loaded = read_content(copy)
        problems = check(loaded, today)
    if errors := [problem for problem in problems if not problem.is_warning]:
        raise CheckFails(errors)
    return loaded
