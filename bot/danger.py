"""Words that mean danger wherever they stand in a message. They act even when the model is down or unsure.

Message and phrase are compared as they sound, so that "m kieren matar" is heard as "me quieren matar".
"""

from collections.abc import Mapping
from functools import lru_cache

from bot.catalogue import LocaleWords
from bot.spelling import sounds, words

ORDER = ("emergency", "child_protection", "trafficking", "gender_violence")
"""Intents that come before everything else, the most pressing first."""


def danger_in(text: str, locales: Mapping[str, LocaleWords]) -> str | None:
    """Return the danger a message tells of, or None.

    A phrase matches as whole words in a row; `…` in it stands for up to three words between.
    """
    heard = _heard(text)
    for intent in ORDER:
        for locale_words in locales.values():
            if any(_holds(heard, phrase) for phrase in locale_words.danger.get(intent, ())):
                return intent
    return None


GAP = "…"
MAX_GAP_WORDS = 3


def _heard(text: str) -> str:
    """Return a text as it sounds, with ñ as n: many phones have none."""
    return f" {' '.join(sounds(word) for word in words(text))} ".replace("ñ", "n")


def _holds(heard: str, phrase: str) -> bool:
    return _holds_from(heard, _parts(phrase))


@lru_cache(maxsize=2048)
def _parts(phrase: str) -> list[str]:
    """Return a phrase's parts as they sound. Only phrases of the content are kept, never a person's words."""
    return [_heard(part) for part in phrase.split(GAP)]


def _holds_from(heard: str, parts: list[str]) -> bool:
    head, *rest = parts
    start = heard.find(head)
    while start >= 0:
        tail = heard[start + len(head) - 1 :]
        if not rest or _near(tail, rest):
            return True
        start = heard.find(head, start + 1)
    return False


def _near(tail: str, rest: list[str]) -> bool:
    between = tail.find(rest[0])
    return between >= 0 and len(tail[:between].split()) <= MAX_GAP_WORDS and _holds_from(tail[between:], rest)
