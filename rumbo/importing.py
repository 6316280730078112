"""Bring what reviewers accepted into the training data and the tests, as lines added to files: a diff to be read.

Nothing goes in that stands there already, that a test holds, or that a test of the training data would refuse.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

from bot.interpretation import Entity, EntityKind
from bot.reviews import Opinion, Use
from bot.scrubbing import plain, refusal
from bot.spelling import sounds, words
from nlu.entities import COUNTRY, LANGUAGE, LONGEST_NAME, PLACE, EntityFinder
from nlu.evaluation import read_examples
from nlu.languages import letters
from nlu.light import common_words
from nlu.training_data import TrainingData, check_training, read_training_data
from rumbo.languages import REVIEWED

SPANISH = "es"
TEST_HEADER = ("intent", "text", "locale", "register")
REGISTER = "reviewed"
FEWEST_LETTERS = 3
"""Of a new spelling of a name: anything shorter would be found in too many messages."""


@dataclass(frozen=True)
class Places:
    """Where the files are, and what they may speak of."""

    training: Path
    """A folder a locale."""
    tests: Path
    intents: frozenset[str]

    def training_file(self, locale: str) -> Path:
        """Return the file that this module adds to."""
        return self.training / locale / REVIEWED

    def test_file(self, locale: str) -> Path:
        """Return the file that this module adds to."""
        return self.tests / f"reviewed_{locale}.tsv"

    @property
    def test_files(self) -> list[Path]:
        """All files of messages that the model is measured on."""
        return sorted([*self.tests.glob("heldout*.tsv"), *self.tests.glob("reviewed_*.tsv")])


@dataclass(frozen=True)
class Spelling:
    """Another way to write a name."""

    locale: str
    value: str
    text: str


@dataclass(frozen=True)
class Left:
    """An opinion of which nothing is added, and why."""

    opinion: Opinion
    why: str
    is_done: bool
    """Whether nothing is left to do about it; else somebody has to settle it first."""


@dataclass
class Plan:
    """What becomes of the accepted opinions."""

    training: list[Opinion] = field(default_factory=list)
    tests: list[Opinion] = field(default_factory=list)
    spellings: list[Spelling] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether no file changes."""
        return not (self.training or self.tests or self.spellings)

    @property
    def done(self) -> list[str]:
        """The turns that are settled once this plan is carried out."""
        finished = [left.opinion for left in self.left if left.is_done]
        return [opinion.turn_id for opinion in (*self.training, *self.tests, *finished)]

    def files(self, places: Places, day: date) -> dict[Path, str]:
        """Return the new text of every file that changes."""
        locales = {opinion.locale for opinion in self.training} | {spelling.locale for spelling in self.spellings}
        new = {places.training_file(locale): self._training_text(places, locale, day) for locale in locales}
        return new | {places.test_file(o.locale): self._test_text(places, o.locale) for o in self.tests}

    def _training_text(self, places: Places, locale: str, day: date) -> str:
        intents = [(o.intent or "", o.utterance or "") for o in self.training if o.locale == locale]
        spellings = [(s.value, s.text) for s in self.spellings if s.locale == locale]
        blocks = [*_blocks("intent", intents), *_blocks("synonym", spellings)]
        path = places.training_file(locale)
        before = path.read_text("utf-8").rstrip("\n") if path.exists() else HEAD.format(locale=locale)
        return "\n".join((before, f"# From reviews, {day.isoformat()}.", *blocks)) + "\n"

    def _test_text(self, places: Places, locale: str) -> str:
        path = places.test_file(locale)
        before = path.read_text("utf-8").rstrip("\n") if path.exists() else "\t".join(TEST_HEADER)
        rows = [
            "\t".join((o.intent or "", o.utterance or "", locale, REGISTER)) for o in self.tests if o.locale == locale
        ]
        return "\n".join((before, *rows)) + "\n"


HEAD = """version: "3.1"
# Language: {locale}. What people wrote to the line, without what tells who they are, accepted by reviewers.
# Written by `rumbo nlu import-reviews`, which adds at the end; read it as any change before it is committed.
nlu:"""


def _blocks(kind: str, entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, group in groupby(sorted(entries), key=lambda entry: entry[0]):
        # Quoted, lest YAML take the code of Norway for a no.
        yield f"- {kind}: {json.dumps(name, ensure_ascii=False) if kind == 'synonym' else name}\n  examples: |"
        yield from (f"    - {text}" for _, text in group)


class Importer:
    """Decides about accepted opinions one after the other; each may stand in the way of the next."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._learnt = {f.name: read_training_data(f) for f in sorted(places.training.iterdir()) if f.is_dir()}
        self._where = {locale: _by_key(data) for locale, data in self._learnt.items()}
        self._shapes = {locale: _by_shape(locale, data) for locale, data in self._learnt.items()}
        tested = (example.text for file in places.test_files for example in read_examples(file))
        self._tested = {_key(text) for text in tested}
        everything = self._learnt[SPANISH]
        self._common = common_words(u.text for u in everything.utterances)
        self._lookups, self._synonyms = everything.lookups, dict(everything.synonyms)

    def plan(self, accepted: Iterable[Opinion]) -> Plan:
        """Return what becomes of each."""
        plan = Plan()
        for opinion in accepted:
            left = self._objection(opinion)
            if left:
                plan.left.append(left)
                continue
            self._take(opinion, plan)
            plan.spellings.extend(self._new_spellings(opinion))
        return plan

    def _objection(self, opinion: Opinion) -> Left | None:
        utterance, intent = opinion.utterance or "", opinion.intent
        if refusal(utterance) or plain(utterance) != utterance:
            return Left(opinion, "it may tell of a person, or is no plain line", is_done=False)
        if intent not in self._places.intents:
            return Left(opinion, f"no intent is called '{intent}'", is_done=False)
        if opinion.locale not in self._learnt:
            return Left(opinion, f"there is no training data in {opinion.locale}", is_done=False)
        key = _key(utterance)
        if key in self._tested:
            return Left(opinion, "it is a test already", is_done=True)
        found = self._where[opinion.locale].get(key)
        if found is None:
            return self._likeness(opinion)
        if found[0] != intent:
            return Left(opinion, f"it stands under {found[0]} ({found[1]}): settle which by hand", is_done=False)
        return Left(opinion, "the model learns it already", is_done=True)

    def _likeness(self, opinion: Opinion) -> Left | None:
        """Object to what would teach next to nothing, as the tests of the training data do."""
        spelt = _shape(opinion.locale, opinion.utterance or "")
        alike = self._shapes[opinion.locale].get((opinion.intent or "", len(spelt)), [])
        if opinion.use is Use.TRAINING and len(spelt) > 2 and any(_differ(spelt, other) < 2 for other in alike):
            return Left(opinion, "it differs by one word only from what the model learns", is_done=True)
        return None

    def _take(self, opinion: Opinion, plan: Plan) -> None:
        utterance, intent = opinion.utterance or "", opinion.intent or ""
        if opinion.use is Use.TEST:
            plan.tests.append(opinion)
            self._tested.add(_key(utterance))
            return
        plan.training.append(opinion)
        self._where[opinion.locale][_key(utterance)] = (intent, "accepted too")
        spelt = _shape(opinion.locale, utterance)
        self._shapes[opinion.locale].setdefault((intent, len(spelt)), []).append(spelt)

    def _new_spellings(self, opinion: Opinion) -> Iterator[Spelling]:
        for entity in opinion.entities:
            text = plain(entity.text).casefold()
            if _is_name(text, self._common) and self._can_be(entity) and not self._finds(entity):
                self._synonyms[text] = entity.value
                yield Spelling(opinion.locale, entity.value, text)

    def _finds(self, entity: Entity) -> bool:
        finder = EntityFinder(self._lookups, self._synonyms, self._common)
        return any((found.kind, found.value) == (entity.kind.value, entity.value) for found in finder.find(entity.text))

    def _can_be(self, entity: Entity) -> bool:
        """Whether the finder will take the value for what it is: it tells kinds apart by the value."""
        places = {*self._lookups.get(PLACE, ()), *self._lookups.get("place_in_context", ())}
        kind = PLACE if entity.value in places else COUNTRY if entity.value.isupper() else LANGUAGE
        return EntityKind(kind) is entity.kind


def write(places: Places, files: Mapping[Path, str]) -> None:
    """Write the files; when the training data then has a mistake, put everything back and raise TrainingDataError."""
    before = {path: path.read_text("utf-8") if path.exists() else None for path in files}
    for path, text in files.items():
        path.write_text(text, "utf-8")
    try:
        check_training(places.training, places.intents)
    except BaseException:
        for path, old in before.items():
            path.unlink() if old is None else path.write_text(old, "utf-8")
        raise


def _key(text: str) -> str:
    return " ".join(words(text)) or text.casefold()


def _by_key(data: TrainingData) -> dict[str, tuple[str, str]]:
    return {_key(u.text): (u.intent, f"{u.file}:{u.line}") for u in data.utterances}


def _by_shape(locale: str, data: TrainingData) -> dict[tuple[str, int], list[list[str]]]:
    shapes: dict[tuple[str, int], list[list[str]]] = {}
    for utterance in data.utterances:
        spelt = _shape(locale, utterance.text)
        shapes.setdefault((utterance.intent, len(spelt)), []).append(spelt)
    return shapes


def _shape(locale: str, text: str) -> list[str]:
    """Return the words as the tests of the training data compare them."""
    return words(text) if locale == SPANISH else letters.words(letters.bare(text))


def _differ(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _is_name(text: str, common: frozenset[str]) -> bool:
    """Whether a stretch of text can be a name of its own: not a word that many messages hold."""
    heard = [sounds(word) for word in words(text)]
    is_sized = 0 < len(heard) <= LONGEST_NAME and sum(map(str.isalpha, text)) >= FEWEST_LETTERS
    return is_sized and refusal(text) is None and not common.issuperset(heard)
