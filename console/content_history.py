"""What the history tells of one answer, card or text: who changed it, when, and what, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from console.content_labels import PARTS
from content.comparing import NOTHING, Section
from content.history import Commit, GitHistory, HistoryClosed

COMMITS_SEEN = 40
COMMITS_SHOWN = 15


@dataclass(frozen=True)
class Told:
    """A commit, and what it did to the thing."""

    commit: Commit
    lines: tuple[str, ...]


def tell(history: GitHistory, file: str, heading: str) -> tuple[Told, ...]:
    """Return the newest commits that changed the thing of a file which `content diff` calls so, the newest first."""
    try:
        return tuple(_told(history, file, heading))
    except HistoryClosed:
        return ()


def _told(history: GitHistory, file: str, heading: str) -> Iterator[Told]:
    shown = 0
    for commit in history.log(file, COMMITS_SEEN):
        lines = tuple(_lines(history.words(commit, file), heading))
        if lines and shown < COMMITS_SHOWN:
            shown += 1
            yield Told(commit, lines)


def _lines(sections: Iterable[Section], heading: str) -> Iterator[str]:
    for section in sections:
        if _has(section.added, heading):
            yield _("se agregó")
        if _has(section.removed, heading):
            yield _("se quitó")
        if _has(section.checked_again, heading):
            yield _("se revisó y no cambió")
        for name, lines in section.changed.items():
            if _is(name, heading):
                yield from (_in_spanish(line) for line in lines if not line.startswith("named by: "))


def _has(names: Iterable[str], heading: str) -> bool:
    return any(_is(name, heading) for name in names)


def _is(name: str, heading: str) -> bool:
    return name == heading or name.startswith(f"{heading} (")


def _in_spanish(line: str) -> str:
    part, colon, rest = line.partition(":")
    if not colon or part not in PARTS:
        return line
    told = [_("nada") if text == NOTHING else text for text in rest.strip().split(" -> ")]
    return f"{PARTS[part]}: {' → '.join(told)}"
