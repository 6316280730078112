"""Serve what editors save without a restart: a good change within two seconds and as a whole, a bad one never."""

import logging
import os
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Literal, TypeAlias

from bot.catalogue import Catalogue
from bot.errors import ContentInvalid

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""A look takes a fifth of a millisecond; what is promised is two seconds from saving to serving, on a busy line."""
SETTLE_SECONDS = 0.1
"""How long files must lie still until they are taken for written."""
RETRY_SECONDS = 30.0
"""How long until refused files are read again without a change: a disk may have failed, not an editor."""

Outcome: TypeAlias = Literal["taken", "refused"]

Snapshot: TypeAlias = frozenset[tuple[str, int, int, int, int]]
"""Of every content file its path, inode, size and times: any difference is a change, whichever way a clock went."""

FOLDERS_DEEP = 2


def take_snapshot(root: Path) -> Snapshot:
    """Return how the content files lie now; those that vanish or may not be seen meanwhile are left out."""
    return frozenset(_stamps(str(root), FOLDERS_DEEP))


def _stamps(folder: str, deep: int) -> Iterator[tuple[str, int, int, int, int]]:
    entries: list[os.DirEntry[str]] = []
    with suppress(OSError), os.scandir(folder) as found:
        entries = [entry for entry in found if not entry.name.startswith(".")]
    for entry in entries:
        with suppress(OSError):
            if entry.name.endswith((".yml", ".csv", ".ogg", ".mp3", ".m4a")):
                status = entry.stat()
                yield entry.path, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
            elif deep and entry.is_dir():
                yield from _stamps(entry.path, deep - 1)


class LiveCatalogue:
    """The catalogue as the folder held it when it was last good. Call it for the present one, which never changes.

    Reading it costs nothing: a thread of its own looks at the folder four times a second, and reads it when it changed.
    """

    def __init__(
        self,
        root: Path,
        load: Callable[[], Catalogue],
        count: Callable[[Outcome], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`load` raises ContentInvalid for content that may not be served, and here at the start it comes through."""
        self._root, self._load, self._count, self._clock = root, load, count, clock
        self._judged = take_snapshot(root)
        self._catalogue = load()
        self._refusal: str | None = None
        self._refused_at = 0.0
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def __call__(self) -> Catalogue:
        """Return the present catalogue. Whoever answers a message takes it once and keeps it to the end."""
        return self._catalogue

    def watch(self) -> None:
        """Look at the folder from now on, in the background, until `stop`."""
        self._thread = threading.Thread(target=self._keep_looking, name="content", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def look(self) -> None:
        """Take on the files if they changed, lie still and are good; files still being written wait for the next look.

        What was judged once is not judged again, so that a mistake is told once and not at every look.
        """
        seen = take_snapshot(self._root)
        is_news = seen != self._judged
        if not is_news and not self._should_retry():
            return
        if self._stopped.wait(SETTLE_SECONDS) or take_snapshot(self._root) != seen:
            return
        catalogue, refusal = self._read()
        if take_snapshot(self._root) != seen:
            return  # It changed under the reader: what was read may be half of each.
        self._judged = seen
        if catalogue is None:
            self._refuse(refusal, is_news=is_news)
        else:
            self._take_on(catalogue)

    def _keep_looking(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception as error:  # a thread that ends here would serve old content for ever, and say nothing
                logger.error("Looking for changed content failed: %s.", type(error).__name__)

    def _should_retry(self) -> bool:
        return self._refusal is not None and self._clock() - self._refused_at > RETRY_SECONDS

    def _read(self) -> tuple[Catalogue | None, str]:
        try:
            return self._load(), ""
        except ContentInvalid as error:
            return None, str(error)
        except Exception as error:  # whatever it is, the old content serves on and the looking goes on
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(frame.filename).name}:{frame.lineno}"
            return None, f"The content cannot be read: {type(error).__name__} at {where}."

    def _refuse(self, refusal: str, *, is_news: bool) -> None:
        self._refused_at = self._clock()
        if not is_news and refusal == self._refusal:
            return
        self._refusal = refusal
        self._count("refused")
        logger.error("Changed content is refused, what was there before is still served. %s", refusal)

    def _take_on(self, catalogue: Catalogue) -> None:
        self._refusal, self._catalogue = None, catalogue
        self._count("taken")
        logger.info("Changed content is served: %d answers.", len(catalogue.answers))
