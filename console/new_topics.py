"""Topics nobody planned: messages without an answer, gathered by the words they share.

One pass gathers and a second sorts anew, so that the order in which messages came matters little. A message joins the
topic whose words it shares most, by their rarity; a topic is as near as the words its messages have in common. What is
shown was said by several people: words and examples that one person alone wrote are never shown.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Protocol

from bot.masking import mask
from bot.spelling import sounds, words

LEAST = 5
"""Messages, and people who wrote them, from which a topic, a word or an example is shown."""

NEAR = 0.35
"""Cosine from which a message belongs to a topic."""

STEM = 5
"""Letters of a word that count: "trabajo", "trabajar" and "trabajos" are one."""
SHORTEST = 3
WORDS_READ = 30
WORDS_SHOWN = 5
TOPICS_SHOWN = 12

_EMPTY_WORDS = (
    "a al algo alguien alli ante aqui asi aun aunque ayer bien buenas buenos cada como con contra cosa cual "
    "cuando cuanto de del desde dia dias dice dicen donde dos el ella ellos en entonces era es esa ese eso esta "
    "estan estar este esto estos estoy favor fue gracias ha hacer han hasta hay he hola hoy igual la las le les "
    "lo los manera mas me mi mis mucho muy nada necesito ni no nos nosotros o otra otro para pero poco poder por "
    "porque puede pueden puedo pues que quien quiere quieren quiero quisiera saber se sea ser si sin sobre solo "
    "son soy su sus tal tambien tan tarde tardes te tengo tiene tienen todo todos tu un una uno unos usted "
    "ustedes va vamos van ver voy y ya yo"
)
"""Spanish words that stand in any message, as `bot.spelling.words` writes them."""


class Message(Protocol):
    """Something that somebody wrote."""

    @property
    def sender(self) -> str:
        """The pseudonym of the person."""
        ...

    @property
    def text(self) -> str:
        """What they wrote."""
        ...


@dataclass(frozen=True)
class NewTopic:
    """What several people asked for in like words."""

    messages: int
    people: int
    words: tuple[str, ...]
    """The most typical ones, as most people wrote them."""
    example: str | None = None
    """A message that at least LEAST people wrote alike, masked."""


Vector = Mapping[str, float]


@dataclass
class _Topic:
    """Messages gathered so far, and the sum of their vectors."""

    sums: Counter[str] = field(default_factory=Counter)
    square: float = 0.0
    members: list[int] = field(default_factory=list)

    def add(self, member: int, vector: Vector) -> None:
        for stem, weight in vector.items():
            self.square += weight * (2 * self.sums[stem] + weight)
            self.sums[stem] += weight  # type: ignore[assignment]  # a Counter counts fractions as well
        self.members.append(member)


def find_topics(messages: Sequence[Message]) -> tuple[NewTopic, ...]:
    """Return the topics that at least LEAST people wrote of, the largest first, TOPICS_SHOWN at most."""
    read = [_read(message) for message in messages]
    vectors = _weigh([frozenset(filter(None, some.stems)) for some in read])
    topics = sorted(_sort_anew(vectors, _gather(vectors)), key=lambda topic: -len(topic.members))
    described = (_describe([read[member] for member in topic.members], topic) for topic in topics)
    return tuple(islice((topic for topic in described if topic), TOPICS_SHOWN))


@dataclass(frozen=True)
class _Read:
    """A message and its words; beside each what counts of it, "" where nothing does."""

    message: Message
    words: tuple[str, ...]
    stems: tuple[str, ...]


def _read(message: Message) -> _Read:
    found = tuple(words(message.text)[:WORDS_READ])
    return _Read(message, found, tuple(map(_stem, found)))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """Return what of a word counts, as it sounds; nothing of an empty word or a number.

    >>> _stem("bonos") == _stem("vono"), _stem("que")
    (True, '')
    """
    if word in _EMPTY or len(word) < SHORTEST or not word.isalpha():
        return ""
    sound = sounds(word)
    return (sound.removesuffix("s") if len(sound) > SHORTEST else sound)[:STEM]


_EMPTY = frozenset(_EMPTY_WORDS.split())


def _weigh(stems: Sequence[frozenset[str]]) -> list[Vector]:
    """Return each message as its words, weighted by their rarity, with length one; empty where nothing tells."""
    number = Counter(stem for some in stems for stem in some)
    rarity = {stem: math.log(1 + len(stems) / count) for stem, count in number.items() if count >= LEAST}
    return [_normal({stem: rarity[stem] for stem in some if stem in rarity}) for some in stems]


def _normal(vector: Vector) -> Vector:
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {stem: weight / length for stem, weight in vector.items()} if length else {}


def _gather(vectors: Sequence[Vector]) -> list[_Topic]:
    """Let each message join the nearest topic, or begin one."""
    topics: list[_Topic] = []
    of_stem: defaultdict[str, set[int]] = defaultdict(set)
    for member, vector in enumerate(vectors):
        if not vector:
            continue
        nearest = _nearest(vector, topics, of_stem)
        if nearest is None:
            nearest = len(topics)
            topics.append(_Topic())
        topics[nearest].add(member, vector)
        for stem in vector:
            of_stem[stem].add(nearest)
    return topics


def _sort_anew(vectors: Sequence[Vector], topics: Iterable[_Topic]) -> Iterator[_Topic]:
    """Give every message to the nearest of the topics that are large enough, as they stand."""
    large = [topic for topic in topics if len(topic.members) >= LEAST]
    of_stem: defaultdict[str, set[int]] = defaultdict(set)
    for at, topic in enumerate(large):
        for stem in topic.sums:
            of_stem[stem].add(at)
    sorted_anew = [_Topic(topic.sums, topic.square) for topic in large]
    for member, vector in enumerate(vectors):
        if vector and (nearest := _nearest(vector, large, of_stem)) is not None:
            sorted_anew[nearest].members.append(member)
    yield from sorted_anew


def _nearest(vector: Vector, topics: Sequence[_Topic], of_stem: Mapping[str, set[int]]) -> int | None:
    products: Counter[int] = Counter()
    for stem, weight in vector.items():
        for at in of_stem[stem]:
            products[at] += weight * topics[at].sums[stem]  # type: ignore[assignment]  # as above
    nearness = {at: product / math.sqrt(topics[at].square) for at, product in products.items()}
    best = max(nearness, key=lambda at: (nearness[at], -at), default=None)
    return best if best is not None and nearness[best] >= NEAR else None


def _describe(members: Sequence[_Read], topic: _Topic) -> NewTopic | None:
    people = len({member.message.sender for member in members})
    if len(members) < LEAST or people < LEAST:
        return None
    typical = tuple(islice(_typical_words(members, topic), WORDS_SHOWN))
    return NewTopic(len(members), people, typical, _example(members)) if typical else None


def _typical_words(members: Sequence[_Read], topic: _Topic) -> Iterator[str]:
    """Yield the words with the greatest weight, as most people spelt them, if enough people wrote them."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for member in members:
        for word, stem in zip(member.words, member.stems, strict=True):
            spellings[stem][word] += 1
    # Words of the same weight in the order of the alphabet, so that a page looks the same each time.
    for stem, _ in sorted(topic.sums.items(), key=lambda item: (-round(item[1], 9), item[0])):
        if _is_no_secret(stem, members):
            yield spellings[stem].most_common(1)[0][0]


def _is_no_secret(stem: str, members: Iterable[_Read]) -> bool:
    """Whether at least LEAST people wrote the word, however spelt, where it is not a part of what is masked."""
    people: set[str] = set()
    for member in members:
        if stem in member.stems and stem in map(_stem, words(mask(member.message.text))):
            people.add(member.message.sender)
        if len(people) >= LEAST:
            return True
    return False


def _example(members: Sequence[_Read]) -> str | None:
    """Return the message that most people wrote alike, if enough did."""
    writers: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for member in members:
        writers[member.words].add(member.message.sender)
    alike = max(writers, key=lambda some: len(writers[some]))
    if len(writers[alike]) < LEAST:
        return None
    return mask(next(member.message.text for member in members if member.words == alike))
