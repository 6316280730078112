"""Give drafts and recordings the fingerprint of the Spanish they were made from, so that nobody needs to know one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from bot.catalogue import State
from bot.languages import SPANISH
from content import schema
from content.exchange import ANSWERS, MESSAGES, ExchangeRefused
from content.loader import Loaded, read_content
from content.rewriting import Edit, replace_files, rewrite
from content.source import Data, Source, SourceError, read_source
from content.translation import fingerprint, menu_fingerprint, message_fingerprint

MENUS = "menus"
SPANISH_FILES = ("facts/", f"{ANSWERS}/{SPANISH}/", f"locales/{SPANISH}.yml")

RECORDINGS = "recordings"
"""The key of all entries in audio/<locale>.yml."""


def stamp(root: Path) -> tuple[str, ...]:
    """Give each draft and recording that has no fingerprint that of its Spanish; return their places."""
    loaded = read_content(root)
    if broken := [problem for problem in loaded.problems if problem.file.startswith(SPANISH_FILES)]:
        raise ExchangeRefused([*map(str, broken), "Mend these first: all is stamped with them."])
    before: dict[str, bytes | None] = {}
    after: dict[str, bytes] = {}
    stamped: list[str] = []
    for path in sorted((*root.glob(f"{ANSWERS}/*/*.yml"), *root.glob("locales/*.yml"), *root.glob("audio/*.yml"))):
        try:
            source = read_source(path, root)
        except SourceError as error:
            raise ExchangeRefused([str(error.problem)]) from error
        if not source.name.startswith(SPANISH_FILES) and (edits := [*_stamps(source, loaded)]):
            before[source.name] = path.read_bytes()
            after[source.name] = rewrite(path.read_bytes(), source.name, edits)
            stamped += [f"{source.name}: {edit.location[-1]}" for edit in edits]
    replace_files(root, before, after)
    return tuple(stamped)


Entry: TypeAlias = dict[str, Data]


def _stamps(source: Source, loaded: Loaded) -> Iterator[Edit]:
    file = source.data if isinstance(source.data, dict) else {}
    for kind, fingerprint_of in FINGERPRINTS.items():
        for name, entry in _unstamped(file.get(kind)):
            if now := fingerprint_of(name, entry, loaded):
                yield Edit((kind, name), {"of": now})


def _unstamped(entries: Data) -> Iterator[tuple[str, Entry]]:
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        if isinstance(entry, dict) and entry.get("of") in (None, schema.UNSTAMPED):
            yield name, entry


def _of_answer(intent: str, entry: Entry, loaded: Loaded) -> str | None:
    answer = loaded.answers.get((SPANISH, intent))
    if answer is None or entry.get("state", State.DRAFT) != State.DRAFT:
        return None
    return fingerprint(answer, loaded.facts, has_near="near" in entry)


def _of_message(name: str, entry: Entry, loaded: Loaded) -> str | None:
    spanish = loaded.locales[SPANISH].messages.get(name) if SPANISH in loaded.locales else None
    return message_fingerprint(spanish, loaded.facts) if spanish and "reviewed_by" not in entry else None


def _of_menu(name: str, entry: Entry, loaded: Loaded) -> str | None:
    """A menu is signed by hand, so that a signed one is stamped too."""
    spanish = loaded.locales[SPANISH].menus.get(name) if SPANISH in loaded.locales else None
    return menu_fingerprint(spanish) if spanish else None


def _of_recording(intent: str, _: Entry, loaded: Loaded) -> str | None:
    answer = loaded.answers.get((SPANISH, intent))
    return fingerprint(answer, loaded.facts) if answer else None


FINGERPRINTS: dict[str, Callable[[str, Entry, Loaded], str | None]] = {
    ANSWERS: _of_answer,
    MESSAGES: _of_message,
    MENUS: _of_menu,
    RECORDINGS: _of_recording,
}
"""By the key that the texts of a kind stand under, what gives one the fingerprint of its Spanish; None: it may not."""
