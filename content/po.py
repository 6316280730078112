"""The PO file a translator works in: an entry for each text, flagged fuzzy until a speaker signs it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from bot.catalogue import State
from content.exchange import ExchangeRefused, Line, Texts, mark_of, msgids
from content.signing import Row

MARK = "huella:"
"""Comment by which an import knows whether the translator changed the entry, and whether we changed its text since."""
FUZZY = "fuzzy"
KEYS = tuple(field.name for field in fields(Texts))
HEADER = (
    "# {name}.\n"
    "# Lo que va entre llaves, como {{police}}, se copia igual. No escriba números con cifras.\n"
    "# «fuzzy» es un texto que ningún hablante firmó: quite la marca para firmarlo. No borre los comentarios #."
)


def write_po_file(path: Path, locale: str, name: str, lines: Sequence[Line]) -> None:
    """Write an entry for each text of each unit, in their order."""
    catalog = Catalog(
        locale,
        header_comment=HEADER.format(name=name),
        project="Rumbo",
        version="1",
        fuzzy=False,
    )
    for line in lines:
        _add(catalog, line)
    with path.open("wb") as file:
        write_po(file, catalog)


def _add(catalog: Catalog, line: Line) -> None:
    unit = line.unit
    current, spanish = dict(unit.current.items()), dict(unit.spanish.items())
    for key, msgid in msgids(unit).items():
        if key in spanish or key in current:
            id_, text = f"{unit.id}.{key}", current.get(key, "")
            flags = {FUZZY} if text and unit.state is not State.REVIEWED else set()
            notes = [*line.notes, *([f"Dice: {unit.means}"] if unit.means and text else [])]
            mark = f"{MARK} {unit.mark} {_entry_mark(id_, text, FUZZY in flags)}"
            catalog.add(msgid, text, flags=flags, auto_comments=[*notes, mark], context=id_)


def _entry_mark(id_: str, text: str, is_fuzzy: bool) -> str:
    return mark_of(id_, text, FUZZY if is_fuzzy else "")


def read_po_file(path: Path) -> tuple[str, list[Row]]:
    """Return the locale and what came back for each unit; raise ExchangeRefused naming everything wrong."""
    raw = path.read_bytes()
    try:
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True, ignore_obsolete=True)
    except (PoFileError, ValueError, LookupError) as error:
        raise ExchangeRefused(
            [f"{path.name} is no PO file: {error}. Check it with an editor such as Poedit."]
        ) from error
    repeated = Counter(re.findall(rb'^msgctxt "(.*)"\s*$', raw, re.MULTILINE))
    problems = [
        f"{path.name}: '{context.decode(errors='replace')}' stands there {count} times. Keep one."
        for context, count in repeated.items()
        if count > 1
    ]
    entries = [message for message in catalog if message.id]
    for message in entries:
        problems += (f"{_where(path, message)}: {problem}." for problem in _form_problems(message))
    if problems:
        raise ExchangeRefused(problems)
    groups = groupby(sorted(entries, key=_unit_id), _unit_id)
    return catalog.locale_identifier or "", [_row(path, id_, list(messages)) for id_, messages in groups]


def _form_problems(message: Message) -> Iterator[str]:
    if not message.context:
        yield f"has no msgctxt beside '{message.id}'. Restore it as it was exported"
    elif _key(message) not in KEYS:
        yield f"'{message.context}' is no id we know. Restore it as it was exported"
    elif len(_marks(message)) != 2:
        yield f"'{message.context}' lost its comment '{MARK} …'. Restore it, or export again and copy the text over"
    if not isinstance(message.string, str):
        yield f"'{message.context}' has plural forms. Keep one text"


def _row(path: Path, id_: str, messages: Sequence[Message]) -> Row:
    """Put the entries of a unit together: its texts are signed together, so none may be left fuzzy."""
    touched = [m for m in messages if _marks(m)[1] != _entry_mark(str(m.context), _text(m), m.fuzzy)]
    fuzzy = [m.context for m in messages if touched and m.fuzzy and _text(m)]
    empty = [m.context for m in touched if not _text(m)]
    problems = [
        *(f"has '{context}' still flagged fuzzy. Take the flag off to sign it with the others" for context in fuzzy),
        *(f"has '{context}' emptied. Restore its text, or write another" for context in empty),
    ]
    texts = Texts(**{_key(message): _text(message) for message in messages})
    shown = {f"msgid {_key(m)}": str(m.id) for m in messages}
    where = _where(path, (touched or messages)[0])
    return Row(where, id_, texts, "", bool(touched), _marks(messages[0])[0], shown, tuple(problems))


def _unit_id(message: Message) -> str:
    return str(message.context).rpartition(".")[0]


def _key(message: Message) -> str:
    return str(message.context).rpartition(".")[2]


def _text(message: Message) -> str:
    return str(message.string or "")


def _marks(message: Message) -> list[str]:
    found = [comment for comment in message.auto_comments if comment.startswith(MARK)]
    return found[0].removeprefix(MARK).split() if found else []


def _where(path: Path, message: Message) -> str:
    return f"{path.name}:{message.lineno}"
