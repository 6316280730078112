"""The content as it was at an earlier revision, out of git."""

import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GIT_SECONDS = 60.0


class NoRevision(RuntimeError):
    """The revision cannot be had; the message says why and what to do."""


@contextmanager
def folder_at(revision: str, folder: Path) -> Iterator[Path]:
    """Yield a temporary copy of a folder as it was at a revision; raise NoRevision where there is none to be had."""
    if not _succeeds(folder, "rev-parse", "--is-inside-work-tree"):
        raise NoRevision(f"{folder} is not in a git checkout, so there is no earlier state to compare with. Clone it.")
    if not _succeeds(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"):
        hint = "Give a commit, branch or tag, such as HEAD~1 or main; `git log -- content` lists commits."
        raise NoRevision(f"git knows no revision '{revision}'. {hint}")
    commit = _git(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").stdout.decode().strip()
    made = _git(folder, "archive", "--format=tar", commit, ".")
    if made.returncode != 0:
        said = made.stderr.decode("utf-8", "replace").strip()
        raise NoRevision(f"git cannot take the folder {folder.name} out of '{revision}': {said}")
    with tempfile.TemporaryDirectory() as copy:
        with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
            archive.extractall(copy, filter="data")
        yield Path(copy)


def _succeeds(folder: Path, *arguments: str) -> bool:
    return _git(folder, *arguments).returncode == 0


def _git(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    git = shutil.which("git")
    if git is None:
        raise NoRevision("git is not installed, so there is no earlier state to compare with. Install it.")
    try:
        return subprocess.run([git, *arguments], cwd=folder, capture_output=True, timeout=GIT_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NoRevision(f"git did not answer in {GIT_SECONDS:.0f} seconds.") from error
