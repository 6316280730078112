"""The console's texts: what is marked in its sources, what its gettext catalogues hold, and whether both agree."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LOCALES = ("es", "en")
SOURCE = "es"
"""The language of the msgids: an empty text in its catalogue stands for the msgid."""
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2")
"""What marks a text beside gettext's own names: flask-babel's for texts that are read before there is a request."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def renew(root: Path) -> dict[Path, int]:
    """Take what is marked into the catalogues, what was translated stays; return how many texts each file has."""
    template = extract(root)
    return {_po(root, locale): _renew(_po(root, locale), locale, template) for locale in LOCALES}


def _renew(path: Path, locale: str, template: Catalog) -> int:
    catalog = _read(path) if path.exists() else _new(locale)
    catalog.update(template, update_creation_date=False)
    new = io.BytesIO()
    write_po(new, catalog, width=120, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != new.getvalue():
        path.write_bytes(new.getvalue())
    return len(catalog)


def build(root: Path) -> None:
    """Write what gettext reads, a .mo beside each .po."""
    for locale in LOCALES:
        path = _po(root, locale)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, _read(path))


def problems(root: Path) -> Iterator[str]:
    """Yield what is wrong with each catalogue, and what to do."""
    template = extract(root)
    for locale in LOCALES:
        path = _po(root, locale)
        name = path.relative_to(root).as_posix()
        if not path.exists():
            yield f"{name}: is missing. Run `make messages`."
            continue
        catalog = _read(path)
        yield from (f"{name}: {told}" for told in _out_of_step(catalog, template))
        yield from (f"{name}:{message.lineno}: {told}" for message, told in _incomplete(catalog, locale))
        if not is_built(path):
            yield f"{name}: is not built, or was changed since. Run `make setup`."


def is_built(path: Path) -> bool:
    """Whether a catalogue's .mo is there and no older than its .po."""
    built = path.with_suffix(".mo")
    return built.exists() and built.stat().st_mtime_ns >= path.stat().st_mtime_ns


def unbuilt(root: Path) -> list[str]:
    """Return the locales whose texts gettext cannot read as they are now: their pages come in Spanish."""
    return [locale for locale in LOCALES if not is_built(_po(root, locale))]


def extract(root: Path) -> Catalog:
    """Return a catalogue of every text that is marked in the sources."""
    with TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        marks = [option for keyword in KEYWORDS for option in ("-k", keyword)]
        where = ["-F", str(root / "babel.cfg"), "-o", str(pot), *marks, str(root)]
        CommandLineInterface().run(["pybabel", "-q", "extract", *where])  # type: ignore[no-untyped-call]  # Babel's
        return _named_from(root, _read(pot))


def _named_from(root: Path, catalog: Catalog) -> Catalog:
    """Name sources as seen from the clone: Babel writes where on this machine they lie."""
    for message in catalog:
        message.locations = [(_within(root, name), line) for name, line in message.locations]
    return catalog


def _within(root: Path, name: str) -> str:
    path = Path(name)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else name


def _new(locale: str) -> Catalog:
    header = "# The console's texts; each msgid is the Spanish one. `make messages` keeps this file in step."
    team = "Rumbo"
    return Catalog(
        locale,
        project=team,
        version="1",
        header_comment=header,
        msgid_bugs_address=team,
        last_translator=team,
        language_team=team,
        charset="utf-8",
        fuzzy=False,
    )


def _po(root: Path, locale: str) -> Path:
    return root / "console" / "translations" / locale / "LC_MESSAGES" / "messages.po"


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _out_of_step(catalog: Catalog, template: Catalog) -> Iterator[str]:
    written, marked = ({_key(message) for message in each if message.id} for each in (catalog, template))
    for key in sorted(marked - written):
        yield f"lacks '{key[0]}'. Run `make messages`."
    for key in sorted(written - marked):
        yield f"has '{key[0]}', which no source says. Run `make messages`."


def _key(message: Message) -> tuple[str, str, str]:
    one, *more = _texts(message.id)
    return one, "".join(more), message.context or ""


def _incomplete(catalog: Catalog, locale: str) -> Iterator[tuple[Message, str]]:
    for message in catalog:
        one, texts = _texts(message.id)[0], _texts(message.string)
        if not one:
            continue
        if message.fuzzy:
            yield message, f"'{one}' is marked fuzzy: Babel guessed it. Read it and take the mark out."
        elif not all(texts) and (locale != SOURCE or any(texts)):
            yield message, f"'{one}' is not translated. Write its msgstr."
        elif any(texts) and not _same_placeholders(message):
            yield message, f"'{one}' has other placeholders than its translation. Keep each as it is."


def _texts(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def _same_placeholders(message: Message) -> bool:
    expected = {name for text in _texts(message.id) for name in PLACEHOLDER.findall(text)}
    return {name for text in _texts(message.string) for name in PLACEHOLDER.findall(text)} == expected
