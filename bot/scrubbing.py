"""Make of a person's message an utterance that the training data may hold: nothing in it tells who wrote it."""

import enum
import re
import unicodedata
from difflib import SequenceMatcher

from bot.cleaning import clean
from bot.masking import mask

LONGEST = 300
"""Characters of an utterance. Longer stories tell too much of a life."""

_MARKUP = re.compile(r"[\[\]{}<>|\\]")
"""Rasa reads [text](entity) as markup, and nobody needs the others."""
_DIGITS = re.compile(r"\d{4,}|\d(?:[\s().,/-]*\d){6,}")
"""Four in a row, or seven with only separators between: a number of something that is somebody's."""


class Refusal(enum.StrEnum):
    """Why a text may not become an utterance."""

    EMPTY = "empty"
    LONG = "long"
    DIGITS = "digits"
    ADDRESS = "address"
    """It holds an @."""
    MARKUP = "markup"


def scrub(text: str) -> str:
    """Return a proposal: without what `mask` hides, without markup and invisible characters, in one line.

    It is a proposal: who somebody is can be told in ways no program sees, so a person reads it before it is kept.

    >>> scrub("Soy Ana, mi cel es 5555-1234 y quiero\\nmi [pasaporte](x)")
    'Soy Ana, mi cel es y quiero mi pasaporte (x)'
    """
    return plain(_MARKUP.sub(" ", _without_hidden(text)))


def plain(text: str) -> str:
    """Return a text in one line, without invisible characters, and not beginning as Rasa's literal intents do."""
    seen = "".join(character for character in clean(text) if unicodedata.category(character) != "Cf")
    return " ".join(seen.split()).lstrip("/- ")


def refusal(utterance: str) -> Refusal | None:
    """Return why an utterance may not be kept, if it may not."""
    if not any(character.isalpha() for character in utterance):
        return Refusal.EMPTY
    if len(utterance) > LONGEST:
        return Refusal.LONG
    if _DIGITS.search(utterance):
        return Refusal.DIGITS
    if "@" in utterance or "＠" in utterance:
        return Refusal.ADDRESS
    return Refusal.MARKUP if _MARKUP.search(utterance) else None


def _without_hidden(text: str) -> str:
    """Return the words that masking left as they were, whatever it wrote in place of the others."""
    before, after = text.split(), mask(text).split()
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return " ".join(word for block in blocks for word in before[block.a : block.a + block.size])
