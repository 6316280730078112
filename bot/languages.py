"""Which language a person writes: what one text says of it, how messages add up, and the port that hears it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

SPANISH = "es"

SURE = 0.90
"""Probability from which a language is taken for granted."""
MOSTLY_MAYAN = 0.5
"""Probability of being Mayan, whichever, from which a message is read as such."""
UNCLEAR_WORDS = 2
"""In a message of so few words a language is often not to be told."""
ENOUGH, ENOUGH_FOR_FEW = 0.25, 0.40
"""Probability the likeliest language needs, in a longer message and in one of one or two words."""


@dataclass(frozen=True)
class Language:
    """A language people can choose by name, whether or not we answer in it. `code` is `es` or ISO 639-3."""

    code: str
    name: str
    """As its speakers call it."""


@dataclass(frozen=True)
class MarkedWord:
    """A word and the language it stands in: people mix."""

    text: str
    language: str


@dataclass(frozen=True)
class Heard:
    """What one text says of its language. `probabilities` is empty where there are no words."""

    probabilities: Mapping[str, float]
    words: tuple[MarkedWord, ...] = ()

    @property
    def language(self) -> str | None:
        """The likeliest language, or None where the words are too few and too unclear."""
        if not self.probabilities:
            return None
        best = max(self.probabilities, key=self.probabilities.__getitem__)
        needed = ENOUGH_FOR_FEW if len(self.words) <= UNCLEAR_WORDS else ENOUGH
        return best if self.probabilities[best] >= needed else None

    @property
    def mayan(self) -> float:
        """How probable it is that the text is in a Mayan language, whichever."""
        return mayan_share(self.probabilities)


def mayan_share(probabilities: Mapping[str, float]) -> float:
    """Return the probability of all Mayan languages together."""
    return sum(p for language, p in probabilities.items() if language != SPANISH)


def likeliest_mayan(probabilities: Mapping[str, float], count: int) -> tuple[str, ...]:
    """Return the likeliest Mayan languages, the likeliest first."""
    mayan = [language for language in probabilities if language != SPANISH]
    return tuple(sorted(mayan, key=probabilities.__getitem__, reverse=True)[:count])


def add_evidence(before: Mapping[str, float], heard: Heard) -> dict[str, float]:
    """Return the probabilities after one more message; each message is taken as independent of the others."""
    if not heard.probabilities:
        return dict(before)
    if not before:
        return dict(heard.probabilities)
    sums = {
        language: math.log(max(p, _LEAST)) + math.log(max(before.get(language, 0.0), _LEAST))
        for language, p in heard.probabilities.items()
    }
    highest = max(sums.values())
    weights = {language: math.exp(value - highest) for language, value in sums.items()}
    total = sum(weights.values())
    return {language: weight / total for language, weight in weights.items()}


_LEAST = 1e-4
"""No message makes a language impossible."""


class LanguageEar(Protocol):
    """Hears which language a text is in. Pure and quick: no network, under a millisecond."""

    def hear(self, text: str) -> Heard:
        """Return what the text says of its language."""
        ...


class NoEar:
    """Hears nothing; for a line that answers whoever writes in one language."""

    def hear(self, text: str) -> Heard:
        """Return that nothing can be told."""
        return Heard({})
