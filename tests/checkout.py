"""A copy of the content in a git checkout of its own, for tests that edit it."""

import shutil
import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=Equipo", "-c", "user.email=equipo@example.org")


def copy_content(folder: Path) -> Path:
    """Return a copy of the real content in a folder that is in no checkout."""
    return Path(shutil.copytree("content", folder / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def check_out(folder: Path) -> Path:
    """Return the same in a checkout, committed on the branch `main`. Nobody's name is configured."""
    root = copy_content(folder / "clone")
    git(root, "init", "--quiet", "--initial-branch=main", "..")
    git(root, "add", ".")
    git(root, *IDENTITY, "commit", "--quiet", "--message=Start")
    return root


def git(root: Path, *arguments: str) -> str:
    """Run git and return what it says."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


def put(path: Path, old: str, new: str) -> None:
    """Replace what stands once in a file."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{text.count(old)} times in {path.name}: {old}"
    path.write_text(text.replace(old, new), "utf-8")
