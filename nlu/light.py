"""The light classifier: answers in the web process when the model does not, from the same training data.

Each word votes for the intents it is typical of; a word never seen is read as the most similar one that was. It is far
from the model (docs/nlu.md has the figures), so its confidence is kept low enough to ask back more often.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz
from rapidfuzz.process import extractOne

from bot.interpretation import Entity, EntityKind, Interpretation, ScoredIntent, Source
from bot.languages import MOSTLY_MAYAN, LanguageEar
from bot.spelling import sounds, words
from nlu.entities import EntityFinder
from nlu.training_data import TrainingData

UNSEEN = 0.003
"""The share of an intent's utterances in which a word is supposed to occur that never did."""
SIMILAR = 80
"""How alike, of 100, an unseen word must be to one that was seen."""
SHORTEST_GUESS = 4
RANKING = 10
COMMON_WORD = 3
"""Utterances a word must occur in to be taken as a word of its own, never as a misspelt name."""


def common_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words, as they sound, that occur in several utterances."""
    counts = Counter(sound for text in texts for sound in set(map(sounds, words(text))))
    return frozenset(sound for sound, count in counts.items() if count >= COMMON_WORD)


class LightInterpreter:
    """Interprets without the NLU server, in about a millisecond."""

    def __init__(self, data: TrainingData) -> None:
        """Learn from one locale's training data."""
        self._votes = _votes(data)
        self._vocabulary = [key for key in self._votes if " " not in key and len(key) >= SHORTEST_GUESS]
        self._finder = EntityFinder(data.lookups, data.synonyms, common_words(u.text for u in data.utterances))

    def interpret(self, text: str, locale: str) -> Interpretation:
        """Return the likeliest intents and the names found; no intent when no word says anything."""
        return Interpretation(locale, self._rank(text), find_entities(self._finder, text), Source.LIGHT)

    def _rank(self, text: str) -> tuple[ScoredIntent, ...]:
        known = [self._nearest(sounds(word)) for word in words(text)]
        scores: Counter[str] = Counter()
        for key in _keys(known):
            for intent, vote in self._votes.get(key, {}).items():
                scores[intent] += vote
        if not scores:
            return ()
        best = scores.most_common(RANKING)
        weights = [math.exp(score - best[0][1]) for _, score in best]
        trust = 1 - math.exp(-best[0][1] / 8)
        total = sum(weights)
        return tuple(
            ScoredIntent(intent, trust * weight / total) for (intent, _), weight in zip(best, weights, strict=True)
        )

    def _nearest(self, word: str) -> str:
        if word in self._votes or len(word) < SHORTEST_GUESS:
            return word
        match = extractOne(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=SIMILAR)
        return match[0] if match else word


class LightByLanguage:
    """The light classifier for whoever writes: one read Spanish only, the other the Mayan languages too."""

    def __init__(self, ear: LanguageEar, spanish: TrainingData, everything: TrainingData) -> None:
        self._ear = ear
        self._spanish, self._mixed = LightInterpreter(spanish), LightInterpreter(everything)

    def interpret(self, text: str, locale: str) -> Interpretation:
        """Return the word of the one that has read the language of the text."""
        reader = self._mixed if self._ear.hear(text).mayan > MOSTLY_MAYAN else self._spanish
        return reader.interpret(text, locale)


def find_entities(finder: EntityFinder, text: str) -> tuple[Entity, ...]:
    """Return what a finder finds as the core's entities."""
    return tuple(Entity(EntityKind(f.kind), f.value, text[f.start : f.end]) for f in finder.find(text))


def _keys(known: list[str]) -> set[str]:
    return {*known, *(f"{first} {second}" for first, second in zip(known, known[1:], strict=False))}


def _votes(data: TrainingData) -> dict[str, dict[str, float]]:
    """Weigh each word and word pair for each intent: how much oftener it occurs there, and how rare it is."""
    sizes = Counter(utterance.intent for utterance in data.utterances)
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for utterance in data.utterances:
        for key in _keys([sounds(word) for word in words(utterance.text)]):
            counts[key][utterance.intent] += 1
    rarest = math.log(max(2, len(data.utterances)))
    return {
        key: {
            intent: math.log((count / sizes[intent] + UNSEEN) / UNSEEN)
            * min(1.0, math.log(len(data.utterances) / by_intent.total()) / rarest)
            for intent, count in by_intent.items()
        }
        for key, by_intent in counts.items()
    }
