"""Words that mean danger wherever they stand in a message. They act even when the model is down or unsure.

Message and phrase are compared as they sound, so that "m kieren matar" is heard as "me quieren matar".
"""

from collections.abc import Iterator, Mapping
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
    return any(_follow(heard[at + len(head) - 1 :], rest) for at in _starts(heard, head))


def _follow(tail: str, parts: list[str]) -> bool:
    """Whether the parts come in turn, each at most MAX_GAP_WORDS behind the one before."""
    if not parts:
        return True
    near = (at for at in _starts(tail, parts[0]) if len(tail[:at].split()) <= MAX_GAP_WORDS)
    return any(_follow(tail[at + len(parts[0]) - 1 :], parts[1:]) for at in near)


def _starts(text: str, part: str) -> Iterator[int]:
    """Yield every place where a part begins."""
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)
