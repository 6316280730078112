"""Which of Spanish and sixteen Mayan languages a text is in, from its runs of letters; plain Python, no library.

Two scores are added for each language: how often its texts hold these runs (naive Bayes, which stands up to texts of a
kind never seen) and a margin trained to tell the languages apart (which is better on texts like those seen). A prior
by number of speakers decides what the letters leave open. `build.py` makes the profile; docs/nlu.md has the figures.
"""

import json
import lzma
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from bot.languages import SPANISH, Heard, MarkedWord
from nlu.languages.letters import words

PROFILE = Path(__file__).parent / "profile.xz"
LONGEST_RUN = 5
MAX_WORDS = 60
"""Words read at most: more would not make it surer, only slower."""

_LANE = 3
"""Bytes a score takes in a packed sum; enough for MAX_WORDS words of 40 letters."""
_BIAS = 128
_ABBREVIATION = re.compile("[b-df-hj-np-tv-xz]{1,3}")
_BORROWED = 0.5
"""Share of Spanish words up to which a message framed in a Mayan language counts as that language."""


def runs(word: str) -> Iterator[str]:
    """Yield the runs of one to five letters of a word, its edges marked by spaces."""
    padded = f" {word} "
    for length in range(1, LONGEST_RUN + 1):
        if length > len(padded):
            return
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]


class Profile:
    """The figures of each run of letters, packed so that one addition sums all languages at once.

    Each figure is a byte; a run's bytes stand three apart in one large integer, so that sums do not spill over.
    """

    def __init__(self, path: Path = PROFILE) -> None:
        with lzma.open(path) as file:
            self.head = json.loads(file.readline())
            names = [run.replace("_", " ") for run in file.readline().decode().rstrip("\n").split("\t")]
            figures = file.read()
        self.languages: tuple[str, ...] = tuple(self.head["languages"])
        width = 2 * len(self.languages)
        self._runs: dict[str, int] = {}
        spread = bytearray(width * _LANE)
        for number, name in enumerate(names):
            spread[::_LANE] = figures[number * width : (number + 1) * width]
            self._runs[name] = int.from_bytes(spread, "little")

    def sums(self, word: str) -> tuple[int, int]:
        """Return the packed sum of a word's known runs, and how many these are."""
        known = [packed for run in runs(word) if (packed := self._runs.get(run)) is not None]
        return sum(known), len(known)

    def scores(self, packed: int, count: int) -> list[float]:
        """Return each language's score from a packed sum of `count` runs, without the prior."""
        if not count:
            return [0.0] * len(self.languages)
        size = len(self.languages)
        raw = packed.to_bytes(2 * size * _LANE, "little")
        lanes = [int.from_bytes(raw[at : at + _LANE], "little") - _BIAS * count for at in range(0, len(raw), _LANE)]
        counts_step, margins_step = self.head["counts_step"], self.head["margins_step"] / math.sqrt(count)
        return [lanes[i] * counts_step + lanes[size + i] * margins_step for i in range(size)]


class LanguageIdentifier:
    """Hears the language of a text. Threads may share it."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._spanish = profile.languages.index(SPANISH)
        self._sums = lru_cache(20_000)(profile.sums)

    def hear(self, text: str) -> Heard:
        """Return the probabilities of all languages and the language of each word."""
        everything = words(text)[:MAX_WORDS]
        # "m", "xq", "tmb": haste, in any language; no evidence unless there is nothing else.
        spoken = [word for word in everything if not _ABBREVIATION.fullmatch(word)] or everything
        if not spoken:
            return Heard({})
        probabilities = self._probabilities(spoken)
        borrowed = self._borrowed(spoken, probabilities)
        own = [word for word, is_spanish in zip(spoken, borrowed, strict=True) if not is_spanish]
        # A Mayan frame around Spanish nouns is the Mayan language: the nouns are no evidence against it.
        if len(spoken) * (1 - _BORROWED) <= len(own) < len(spoken):
            probabilities = self._probabilities(own)
        mayan = _likeliest_mayan(probabilities)
        marks = [SPANISH if is_spanish else mayan for is_spanish in borrowed]
        return Heard(probabilities, tuple(map(MarkedWord, spoken, marks)))

    def _probabilities(self, spoken: Sequence[str]) -> dict[str, float]:
        sums = [self._sums(word) for word in spoken]
        scores = self._profile.scores(sum(packed for packed, _ in sums), sum(count for _, count in sums))
        priors, scale = self._profile.head["priors"], self._profile.head["scale"]
        evidence = [(score + prior) * scale for score, prior in zip(scores, priors, strict=True)]
        highest = max(evidence)
        weights = [math.exp(value - highest) for value in evidence]
        total = sum(weights)
        return {language: weight / total for language, weight in zip(self._profile.languages, weights, strict=True)}

    def _borrowed(self, spoken: Sequence[str], probabilities: Mapping[str, float]) -> list[bool]:
        """Return whether each word is Spanish rather than Mayan; its neighbours weigh half."""
        index = self._profile.languages.index(_likeliest_mayan(probabilities))
        leanings = [self._leaning(word, index) for word in spoken]
        padded = [0.0, *leanings, 0.0]
        return [
            own + (left + right) / 4 <= 0 for left, own, right in zip(padded[:-2], leanings, padded[2:], strict=True)
        ]

    def _leaning(self, word: str, index: int) -> float:
        scores = self._profile.scores(*self._sums(word))
        return scores[index] - scores[self._spanish]


def _likeliest_mayan(probabilities: Mapping[str, float]) -> str:
    return max((name for name in probabilities if name != SPANISH), key=probabilities.__getitem__)


@cache
def language_identifier() -> LanguageIdentifier:
    """Return the identifier of the profile in the repo, read once a process."""
    return LanguageIdentifier(Profile())
