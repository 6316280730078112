"""Spelling as Mayan languages and phones need it: every apostrophe is one, accents and apostrophes may be missing."""

import re
import unicodedata

APOSTROPHE = "'"
"""The glottal stop and the mark of glottalised consonants, however a keyboard writes it."""

_APOSTROPHES = re.compile("[’‘ʼꞌ`´ˈ′]")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")
_LONG = re.compile(r"([^\W\d_])\1{2,}")


def fold(text: str) -> str:
    """Return the text in lower case with one kind of apostrophe; accents stay.

    >>> fold("KʼICHEʼ"), fold("Kꞌicheꞌ")
    ("k'iche'", "k'iche'")
    """
    return unicodedata.normalize("NFC", _APOSTROPHES.sub(APOSTROPHE, text).lower())


def without_apostrophes(text: str) -> str:
    """Return the folded text without apostrophes."""
    return fold(text).replace(APOSTROPHE, "")


def without_accents(text: str) -> str:
    """Return the folded text without accents and diaereses; ñ stays."""
    kept = unicodedata.normalize("NFD", fold(text)).replace("n\u0303", "ñ")
    return "".join(character for character in kept if not unicodedata.combining(character))


def bare(text: str) -> str:
    """Return the folded text as a phone in haste writes it: no apostrophes, no accents.

    >>> bare("Achkë ruk'ux")
    'achke rukux'
    """
    return without_apostrophes(without_accents(text))


def words(text: str) -> list[str]:
    """Return the folded words of a text, apostrophes inside and at their end kept.

    >>> words("¿La us laach'ool, qaawa'?")
    ['la', 'us', "laach'ool", "qaawa'"]
    """
    return [_LONG.sub(r"\1\1", word) for word in _WORD.findall(fold(text))]
