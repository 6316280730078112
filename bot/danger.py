"""Words that mean danger wherever they stand in a message. They act even when the model is down or unsure."""

from collections.abc import Mapping

from bot.catalogue import LocaleWords
from bot.cleaning import fold

ORDER = ("emergency", "child_protection", "trafficking", "gender_violence")
"""Intents that come before everything else, the most pressing first."""


def danger_in(text: str, locales: Mapping[str, LocaleWords]) -> str | None:
    """Return the danger a message tells of, or None.

    A phrase matches as whole words in a row; `…` in it stands for up to three words between.
    """
    words = f" {fold(text)} "
    for intent in ORDER:
        for locale_words in locales.values():
            if any(_holds(words, phrase) for phrase in locale_words.danger.get(intent, ())):
                return intent
    return None


GAP = "…"
MAX_GAP_WORDS = 3


def _holds(words: str, phrase: str) -> bool:
    parts = [f" {fold(part)} " for part in phrase.split(GAP)]
    return _holds_from(words, parts)


def _holds_from(words: str, parts: list[str]) -> bool:
    head, *rest = parts
    start = words.find(head)
    while start >= 0:
        tail = words[start + len(head) - 1 :]
        if not rest or _near(tail, rest):
            return True
        start = words.find(head, start + 1)
    return False


def _near(tail: str, rest: list[str]) -> bool:
    between = tail.find(rest[0])
    return between >= 0 and len(tail[:between].split()) <= MAX_GAP_WORDS and _holds_from(tail[between:], rest)
