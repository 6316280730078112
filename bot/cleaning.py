"""Make any text a person or a network sent safe to read, store and send back."""

import unicodedata

MAX_CHARACTERS = 1000
"""What is read of one message. Twilio delivers at most 1,600; past a thousand, understanding only gets slower."""

MAX_MARKS = 3
"""Combining marks kept on one letter; stacks of them ("zalgo") only hide a text."""

_KEPT_CONTROLS = {"\n", "\t"}


def is_writable(character: str) -> bool:
    """Whether XML 1.0, a database and a log file can hold the character."""
    if character in _KEPT_CONTROLS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cs"} and not _is_noncharacter(ord(character))


def is_hidden(text: str) -> bool:
    """Whether a text holds characters that nobody sees and that can make it read otherwise than it is written.

    They turn the direction around (U+202E), or hide between letters; words of ours need none of them.

    >>> is_hidden("Q'eqchi'\n110"), is_hidden("\u202e011")
    (False, True)
    """
    return any(unicodedata.category(character) in {"Cf", "Co"} for character in text)


def _is_noncharacter(code: int) -> bool:
    """Whether Unicode keeps the code for no character, ever; a byte-order mark is of no use in a text either."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or code == 0xFEFF


def clean(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Drop what cannot be written, cut to the limit and compose accents.

    >>> clean("hola\\x00 \\ud800mundo ")
    'hola mundo'
    """
    kept = "".join(character for character in text[: limit * 2].replace("\r\n", "\n") if is_writable(character))
    composed = unicodedata.normalize("NFC", kept)
    return _limit_marks(composed)[:limit].strip()


def _limit_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def fold(text: str) -> str:
    """Return the form texts are compared in: lower case, no accents, apostrophes gone, one space between words.

    >>> fold("  ¡AUXILIO!  K'iche’ Información ")
    'auxilio kiche informacion'
    """
    decomposed = unicodedata.normalize("NFKD", text[: MAX_CHARACTERS * 2]).casefold()
    return " ".join("".join(_FOLDED.get(character, _letter(character)) for character in decomposed).split())


APOSTROPHES = "'’‘ʼꞌ´`ˈ"
"""The signs people write an apostrophe with."""

_FOLDED = dict.fromkeys(APOSTROPHES, "")


def _letter(character: str) -> str:
    if unicodedata.combining(character):
        return ""
    return character if character.isalnum() else " "
