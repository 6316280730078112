"""What changes in files, line by line, as a page shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

CONTEXT = 2
"""Unchanged lines around a change."""


@dataclass(frozen=True)
class DiffLine:
    """A line of a file: what became of it, and its text. A heading is the file's name, a gap leaves lines out."""

    kind: Literal["heading", "gap", "same", "removed", "added"]
    text: str


def diff_files(before: Mapping[str, bytes | None], after: Mapping[str, bytes]) -> Iterator[DiffLine]:
    """Yield the changed lines of each file with a few around them."""
    for name, raw in after.items():
        yield DiffLine("heading", name)
        yield from _diff(_lines(before[name] or b""), _lines(raw))


def _lines(raw: bytes) -> list[str]:
    return raw.decode("utf-8", "replace").splitlines()


def _diff(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    # autojunk would take the lines that all cards share for noise, and show them as moved.
    groups = SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT)
    for index, group in enumerate(groups):
        if index:
            yield DiffLine("gap", "⋯")
        for tag, a, b, c, d in group:
            if tag == "equal":
                yield from (DiffLine("same", line) for line in old[a:b])
            else:
                yield from (DiffLine("removed", line) for line in old[a:b])
                yield from (DiffLine("added", line) for line in new[c:d])
