"""Find places, languages and countries by name, in any spelling that sounds alike and with a typo or two.

The names are Rasa training data: lookup tables hold canonical names, synonyms other ways to write them. The Rasa
component and the light classifier share this finder, so that a place is understood even when the model is not running.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.spelling import sounds, words

PLACE, LANGUAGE, COUNTRY = "place", "language", "country"
IN_CONTEXT = "place_in_context"
"""Lookup of place names that are also common words: they count only after a word of place, or alone."""

BEFORE_PLACES = frozenset(
    {"en", "de", "desde", "a", "hasta", "por", "para", "del", "municipio", "frontera", "departamento"}
)
LONGEST_NAME = 5
FUZZY_WORDS = 60
"""Typos are sought in this many words at the start; a longer message is not worth the time."""
ONE_TYPO, TWO_TYPOS = 6, 10
"""Letters a name needs for one or two typos to be forgiven."""

_TOKEN = re.compile(r"[\w'’‘ʼꞌ´`ˈ]+")


@dataclass(frozen=True)
class Found:
    """A name in a text: what it means, and where it stands."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class _Token:
    sound: str
    start: int
    end: int


class EntityFinder:
    """Finds names. Built once from training data; holds no state of a message."""

    def __init__(
        self,
        lookups: Mapping[str, Sequence[str]],
        synonyms: Mapping[str, str],
        known_words: frozenset[str] = frozenset(),
    ) -> None:
        """Take canonical names, other spellings, and words (as they sound) that are never a misspelt name."""
        self._known = known_words
        self._gated = {_sound(name) for name in lookups.get(IN_CONTEXT, ())}
        self._names: dict[str, dict[str, str]] = {PLACE: {}, LANGUAGE: {}, COUNTRY: {}}
        places = {*lookups.get(PLACE, ()), *lookups.get(IN_CONTEXT, ())}
        for name in sorted(places):
            self._names[PLACE].setdefault(_sound(name), name)
        for spelling, name in synonyms.items():
            kind = PLACE if name in places else COUNTRY if name.isupper() else LANGUAGE
            self._names[kind].setdefault(_sound(spelling), name)
            if kind == PLACE and _sound(name) in self._gated and len(spelling.split()) == 1:
                self._gated.add(_sound(spelling))
        self._fuzzy = [key for key in self._names[PLACE] if len(key) >= ONE_TYPO and key not in self._gated]

    def find(self, text: str) -> list[Found]:
        """Return the names in the order of the text; names of one kind do not overlap."""
        tokens = list(_tokens(text))
        found = [entity for kind in self._names for entity in self._find(kind, tokens)]
        return sorted(found, key=lambda entity: (entity.start, entity.kind))

    def _find(self, kind: str, tokens: list[_Token]) -> Iterator[Found]:
        position = 0
        while position < len(tokens):
            length, value = self._at(kind, tokens, position)
            if value:
                yield Found(kind, value, tokens[position].start, tokens[position + length - 1].end)
            position += max(length, 1)

    def _at(self, kind: str, tokens: list[_Token], position: int) -> tuple[int, str]:
        """Return the longest exact name from a token on, else one with typos."""
        for length in range(min(LONGEST_NAME, len(tokens) - position), 0, -1):
            key = " ".join(token.sound for token in tokens[position : position + length])
            value = self._names[kind].get(key)
            if value and (kind != PLACE or key not in self._gated or _in_context(tokens, position, length)):
                return length, value
        if kind == PLACE and position < FUZZY_WORDS:
            return self._misspelt(tokens, position)
        return 0, ""

    def _misspelt(self, tokens: list[_Token], position: int) -> tuple[int, str]:
        for length in (2, 1):
            window = tokens[position : position + length]
            if len(window) < length or any(token.sound in self._known for token in window):
                continue
            value = self._closest(" ".join(token.sound for token in window))
            if value:
                return length, value
        return 0, ""

    def _closest(self, key: str) -> str:
        if len(key) < ONE_TYPO:
            return ""
        allowed = 2 if len(key) >= TWO_TYPOS else 1
        near = extract(key, self._fuzzy, scorer=OSA.distance, score_cutoff=allowed, limit=3)
        best = [(name, distance) for name, distance, _ in near if name[0] == key[0]]
        values = {self._names[PLACE][name] for name, distance in best if distance == best[0][1]}
        return values.pop() if len(values) == 1 else ""


def _in_context(tokens: list[_Token], position: int, length: int) -> bool:
    is_whole = length == len(tokens)
    return is_whole or (position > 0 and tokens[position - 1].sound in BEFORE_PLACES)


def _sound(name: str) -> str:
    return " ".join(token.sound for token in _tokens(name))


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        for word in words(match.group()):
            yield _Token(sounds(word), match.start(), match.end())
