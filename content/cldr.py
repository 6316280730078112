"""Dates and lists as each language writes them: CLDR through Babel, with the Mayan locales added to it."""

from datetime import datetime
from functools import cache

import babel
from babel import Locale, UnknownLocaleError, localedata
from babel.dates import format_skeleton

from bot.joining import ListPattern

BASE = "es_GT"
"""The locale whose formats serve the Mayan ones: whoever reads them reads dates and prices in Guatemala's Spanish."""

MAYAN = {
    "quc": ("K'iche'", "on"),
    "kek": ("Q'eqchi'", "malaj"),
    "mam": ("Mam", "mo"),
    "cak": ("Kaqchikel", "o"),
    "kjb": ("Q'anjob'al", "ma"),
    "ixl": ("Ixil", "o"),
}
"""By tag, the language's own name and its word for "or", as our drafts have them; no speaker has signed these words.

Of these Babel 2.18 has K'iche' alone, and of that its name and Q for quetzal. Months are Spanish words in all of them.
"""

MONTH, SHORT_MONTH = "yMMMM", "yMMM"
ANY_YEAR = 9999


@cache
def register_mayan_locales() -> None:
    """Make Babel know the Mayan locales, so that all of it takes "kek" or "kek_GT" as it takes "es".

    Babel has no door for this; why its cache is used, and what else was weighed, is in docs/adr/0018. Raise
    RuntimeError when this Babel keeps its data elsewhere.
    """
    for tag, (name, or_) in MAYAN.items():
        own = {"languages": {tag: name}, "list_patterns": {"or": _patterns(or_)}}
        for identifier in (tag, f"{tag}_GT"):
            data = localedata.load(BASE).copy()
            localedata.merge(data, own | {"locale_id": identifier})
            localedata._cache[identifier] = data
    missing = [tag for tag in MAYAN if not _is_known(tag)]
    if missing:
        raise RuntimeError(f"Babel {babel.__version__} did not take on {', '.join(missing)}. See docs/adr/0018.")


def _patterns(or_: str) -> dict[str, str]:
    return {"2": f"{{0}} {or_} {{1}}", "start": "{0}, {1}", "middle": "{0}, {1}", "end": f"{{0}} {or_} {{1}}"}


def _is_known(tag: str) -> bool:
    try:
        return Locale.parse(tag).languages.get(tag) == MAYAN[tag][0]
    except UnknownLocaleError:
        return False


def locale_of(tag: str) -> Locale:
    """Return Babel's locale for one of ours; the base one for a language that neither CLDR nor we have formats of."""
    register_mayan_locales()
    try:
        return Locale.parse(tag)
    except UnknownLocaleError:
        return Locale.parse(BASE)


@cache
def months_of(tag: str, skeleton: str = MONTH) -> tuple[str, ...]:
    """Return how each month of a year is written, January first, with `{year}` for the year; a skeleton is CLDR's.

    >>> months_of("es")[8], months_of("quc")[8]
    ('septiembre de {year}', 'septiembre de {year}')
    """
    locale = locale_of(tag)
    written = (format_skeleton(skeleton, datetime(ANY_YEAR, month, 1), locale=locale) for month in range(1, 13))  # noqa: DTZ001
    return tuple(month.replace(str(ANY_YEAR), "{year}") for month in written)


@cache
def either_of(tag: str) -> ListPattern:
    """Return how a language joins what one may choose from: "Mam o Ixil".

    >>> either_of("es").join(["Mam", "Ixil", "Chuj"]), either_of("kek").join(["Mam", "Ixil"])
    ('Mam, Ixil o Chuj', 'Mam malaj Ixil')
    """
    patterns = locale_of(tag).list_patterns["or"]
    return ListPattern(patterns["2"], patterns["start"], patterns["middle"], patterns["end"])
