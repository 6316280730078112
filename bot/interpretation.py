"""What a text means: the bundle of locale, intents and entities, and the port that makes it."""

import enum
from dataclasses import dataclass
from typing import Protocol


class EntityKind(enum.StrEnum):
    """The entities the line acts on."""

    PLACE = "place"
    LANGUAGE = "language"
    COUNTRY = "country"


class Source(enum.StrEnum):
    """Who made an interpretation."""

    MODEL = "model"
    LIGHT = "light"
    NONE = "none"


@dataclass(frozen=True)
class ScoredIntent:
    """An intent and how sure its source is, 0 to 1."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Entity:
    """A stretch of text with a meaning; `value` is canonical (a place id, a locale tag, a country code)."""

    kind: EntityKind
    value: str
    text: str


@dataclass(frozen=True)
class Interpretation:
    """Intents from the likeliest on, and the entities named."""

    locale: str
    intents: tuple[ScoredIntent, ...] = ()
    entities: tuple[Entity, ...] = ()
    source: Source = Source.MODEL

    @property
    def is_degraded(self) -> bool:
        """Whether something lesser than the trained model answered."""
        return self.source is not Source.MODEL

    def values(self, kind: EntityKind) -> tuple[str, ...]:
        """Return the values of all entities of a kind, in the order of the text."""
        return tuple(entity.value for entity in self.entities if entity.kind is kind)


class Interpreter(Protocol):
    """Says what a text means. Always answers: a slow or broken server degrades inside."""

    def interpret(self, text: str, locale: str) -> Interpretation:
        """Interpret one utterance written by someone whose locale we believe to be `locale`."""
        ...
