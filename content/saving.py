"""Put a change in its place and into the history: both, or nothing."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import RumboError
from content.history import Author, GitHistory
from content.rewriting import put_back, replace_files
from content.trial import Change

WAIT_SECONDS = 5.0
FOLDERS = ("facts", "offices", "answers", "locales")


class Busy(RumboError):
    """Somebody else has been saving for longer than anybody waits."""


@dataclass(frozen=True)
class Saved:
    """What became of a change."""

    commit: str | None
    """The commit's id; None where the folder is in no git checkout."""


def is_writable(root: Path) -> bool:
    """Whether this process may change the content."""
    folders = [root, *(root / name for name in FOLDERS)]
    return all(os.access(folder, os.W_OK) for folder in folders)


def save(root: Path, change: Change, history: GitHistory, message: str, author: Author) -> Saved:
    """Write the files and commit them in the author's name.

    Raise FilesChanged, HistoryClosed, Busy or OSError; then every file is as it was.
    """
    with _alone(root):
        is_kept = history.is_kept()
        if is_kept:
            history.require_branch()
            history.require_committed(change.after)
        replace_files(root, change.before, change.after)
        if not is_kept:
            return Saved(None)
        try:
            return Saved(history.commit(change.after, message, author))
        except BaseException:
            put_back(root, change.before)
            raise


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let one process save at a time: what stood between comparing a file and replacing it would be lost.

    The lock is on the folder itself, so that no file of ours lies in it.
    """
    handle = os.open(root, os.O_RDONLY)
    try:
        deadline = time.monotonic() + WAIT_SECONDS
        while not _locked(handle):
            if time.monotonic() > deadline:
                raise Busy
            time.sleep(0.05)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
