"""Give drafts and recordings the fingerprint of the Spanish they were made from, so that nobody needs to know one."""

from collections.abc import Iterator
from pathlib import Path

from bot.catalogue import State
from bot.languages import SPANISH
from content import schema
from content.exchange import ANSWERS, ExchangeRefused
from content.loader import Loaded, read_content
from content.rewriting import Edit, replace_files, rewrite
from content.source import Data, Source, SourceError, read_source
from content.translation import fingerprint

RECORDINGS = "recordings"
"""The key of all entries in audio/<locale>.yml."""


def stamp(root: Path) -> tuple[str, ...]:
    """Give each draft and recording that has no fingerprint that of its Spanish; return their places."""
    loaded = read_content(root)
    if broken := [p for p in loaded.problems if p.file.startswith(("facts/", f"{ANSWERS}/{SPANISH}/"))]:
        raise ExchangeRefused([*map(str, broken), "Mend these first: all is stamped with them."])
    before: dict[str, bytes | None] = {}
    after: dict[str, bytes] = {}
    stamped: list[str] = []
    for path in (*sorted(root.glob(f"{ANSWERS}/*/*.yml")), *sorted(root.glob("audio/*.yml"))):
        try:
            source = read_source(path, root)
        except SourceError as error:
            raise ExchangeRefused([str(error.problem)]) from error
        if path.parent.name != SPANISH and (edits := [*_stamps(source, loaded)]):
            before[source.name] = path.read_bytes()
            after[source.name] = rewrite(path.read_bytes(), source.name, edits)
            stamped += [f"{source.name}: {edit.location[-1]}" for edit in edits]
    replace_files(root, before, after)
    return tuple(stamped)


def _stamps(source: Source, loaded: Loaded) -> Iterator[Edit]:
    group = RECORDINGS if source.name.startswith("audio/") else ANSWERS
    entries = source.data.get(group) if isinstance(source.data, dict) else None
    for intent, entry in entries.items() if isinstance(entries, dict) else ():
        answer = loaded.answers.get((SPANISH, intent))
        if answer and isinstance(entry, dict) and _is_unstamped(entry):
            yield Edit((group, intent), {"of": fingerprint(answer, loaded.facts)})


def _is_unstamped(entry: dict[str, Data]) -> bool:
    """Whether it is a draft, or a recording, which has no state, that was not stamped; who reviews signs anew."""
    return entry.get("state", State.DRAFT) == State.DRAFT and entry.get("of") in (None, schema.UNSTAMPED)
