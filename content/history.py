"""The history of the content in git: who changed a file, when and how; and the way an edit gets into it.

Only the files of an edit are committed, whatever else lies changed or staged. No hook and no helper that the checkout
configures is run: what is committed was checked before, and nobody is there to answer a question.
"""

import enum
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.errors import RumboError
from content.comparing import Section, compare
from content.loader import read_content

GIT_SECONDS = 20.0
LOCK_TRIES, LOCK_WAIT_SECONDS = 10, 0.2
COMMITTER = {"GIT_COMMITTER_NAME": "Rumbo console", "GIT_COMMITTER_EMAIL": "console@rumbo.invalid"}
QUIET = (
    *("--literal-pathspecs", "--no-pager"),
    *(
        word
        for setting in (
            *("core.hooksPath=/dev/null", "core.fsmonitor=false", "commit.gpgSign=false"),
            *("gc.auto=0", "maintenance.auto=false", "log.showSignature=false"),
        )
        for word in ("-c", setting)
    ),
)
ELSEWHERE = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_PREFIX"),
        *("GIT_NAMESPACE", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE", "GIT_EDITOR"),
    }
)
"""Variables that would lead git to another checkout than the folder's own: started from a hook, it inherits them."""
NOWHERE = "0" * 40
"""What git calls the file that there is not."""


class Hindrance(enum.StrEnum):
    """What keeps an edit out of the history."""

    NO_BRANCH = "no branch is checked out"
    UNCOMMITTED = "somebody changed the file and did not commit it"
    LOCKED = "another git process is at work"
    FAILED = "git refused"


class HistoryClosed(RumboError):
    """An edit cannot get into the history. `detail` is a file's name, or what git said."""

    def __init__(self, hindrance: Hindrance, detail: str = "") -> None:
        super().__init__(f"{hindrance}: {detail}" if detail else hindrance)
        self.hindrance = hindrance
        self.detail = detail


@dataclass(frozen=True)
class Author:
    """Who made an edit."""

    name: str
    email: str


@dataclass(frozen=True)
class Commit:
    """One change of one file."""

    id: str
    author: Author
    at: datetime
    subject: str
    before: str
    """The file's blob, NOWHERE when it was made or removed."""
    after: str


class GitHistory:
    """The git checkout around a folder, if there is one."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def is_kept(self) -> bool:
        """Whether the folder's files are in a git checkout; raise HistoryClosed where git cannot tell."""
        if shutil.which("git") is None:
            return False
        asked = self._run("rev-parse", "--is-inside-work-tree")
        if asked.returncode != 0 and b"not a git repository" not in asked.stderr:
            raise HistoryClosed(Hindrance.FAILED, _said(asked))
        return asked.stdout.strip() == b"true" and self._run("check-ignore", "--quiet", ".").returncode != 0

    def require_branch(self) -> None:
        """Raise HistoryClosed where a commit would belong to no branch: the next checkout would lose it."""
        if self._run("symbolic-ref", "--quiet", "HEAD").returncode != 0:
            raise HistoryClosed(Hindrance.NO_BRANCH)

    def require_committed(self, names: Iterable[str]) -> None:
        """Raise HistoryClosed where one of the files differs from the last commit: that is somebody else's work."""
        for name in names:
            status = self._run("status", "--porcelain", "-z", "--untracked-files=all", "--", name)
            if status.returncode != 0:
                raise HistoryClosed(Hindrance.FAILED, _said(status))
            if status.stdout:
                raise HistoryClosed(Hindrance.UNCOMMITTED, name)

    def commit(self, names: Iterable[str], message: str, author: Author) -> str:
        """Commit these files as they lie in the folder, and nothing else, and return the commit's id."""
        names = [*names]
        new = [name for name in names if self._run("ls-files", "--error-unmatch", "--", name).returncode != 0]
        try:
            if new:
                self._change("add", "--intent-to-add", "--", *new)
            self._change(
                "commit", "--only", "--quiet", "--no-verify", "--file=-", "--", *names, text=message, by=author
            )
        except HistoryClosed:
            if new:
                self._run("reset", "--quiet", "--", *new)
            raise
        return self._run("rev-parse", "HEAD").stdout.decode().strip()

    def log(self, name: str, count: int) -> tuple[Commit, ...]:
        """Return the newest changes of a file, the newest first; none where there is no history."""
        if not self.is_kept():
            return ()
        form = "%x00%H%x00%an%x00%ae%x00%aI%x00%s%x00"
        options = ("--raw", "--no-abbrev", "--no-renames", f"--max-count={count}", f"--format={form}")
        fields = self._run("log", *options, "--", name).stdout.decode("utf-8", "replace").split("\x00")[1:]
        return tuple(_commits(fields))

    def words(self, commit: Commit, name: str) -> tuple[Section, ...]:
        """Return what a commit changed in a file, in the words of `rumbo content diff`."""
        return _words(self._root, name, commit.before, commit.after)

    def blob(self, id_: str) -> bytes | None:
        """Return what a file held."""
        found = self._run("cat-file", "blob", id_)
        return found.stdout if found.returncode == 0 else None

    def _change(self, *arguments: str, text: str = "", by: Author | None = None) -> None:
        """Run a command that takes git's lock; somebody may hold it for a moment."""
        for attempt in range(LOCK_TRIES):
            done = self._run(*arguments, text=text, by=by)
            if done.returncode == 0:
                return
            if b".lock" not in done.stderr:
                raise HistoryClosed(Hindrance.FAILED, _said(done))
            time.sleep(LOCK_WAIT_SECONDS * (attempt < LOCK_TRIES - 1))
        raise HistoryClosed(Hindrance.LOCKED, _said(done))

    def _run(self, *arguments: str, text: str = "", by: Author | None = None) -> "subprocess.CompletedProcess[bytes]":
        kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
        named = {"GIT_AUTHOR_NAME": by.name, "GIT_AUTHOR_EMAIL": by.email} if by else {}
        env = {**kept, **COMMITTER, **named, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
        command = [shutil.which("git") or "git", *QUIET, *arguments]
        try:
            return subprocess.run(  # noqa: S603  (git itself, with names of our own files)
                command,
                cwd=self._root,
                env=env,
                input=text.encode(),
                capture_output=True,
                timeout=GIT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise HistoryClosed(Hindrance.FAILED, type(error).__name__) from error


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    return (done.stderr or done.stdout).decode("utf-8", "replace").strip()[:500]


def _commits(fields: Sequence[str]) -> Iterator[Commit]:
    """Read commits of six fields each. Only NUL can stand in none of them: a name may hold any other character."""
    for start in range(0, len(fields), 6):
        id_, name, email, at, subject, raw = fields[start : start + 6]
        for line in raw.splitlines():
            if line.startswith(":"):
                _, _, before, after, *_ = line.split()
                yield Commit(id_, Author(name, email), datetime.fromisoformat(at), subject, before, after)


@lru_cache(512)
def _words(root: Path, name: str, before: str, after: str) -> tuple[Section, ...]:
    """Blobs never change, and comparing two takes a twentieth of a second."""
    history = GitHistory(root)
    with TemporaryDirectory() as folder:
        states = []
        for side, id_ in (("old", before), ("new", after)):
            path = Path(folder) / side / name
            path.parent.mkdir(parents=True)
            raw = None if id_ == NOWHERE else history.blob(id_)
            if raw is not None:
                path.write_bytes(raw)
            states.append(read_content(Path(folder) / side))
        return tuple(compare(*states))
