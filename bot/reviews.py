"""What reviewers say of turns: why a turn is worth reading, what they make of it, and which opinion counts."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.interpretation import Entity


class Reason(enum.StrEnum):
    """Why a turn is worth reading, the most pressing first; a turn waits under its first one."""

    SECOND = "second"
    """A colleague wants a second opinion."""
    DID_NOT_HELP = "did_not_help"
    FALLBACK = "fallback"
    """Nothing was understood."""
    NEAR_TIE = "near_tie"
    """The two likeliest intents lie within NEAR of each other."""
    LOW_CONFIDENCE = "low_confidence"
    DEGRADED = "degraded"
    """The light classifier answered."""
    DRIFT = "drift"
    """It is said in words that the training data does not know (`bot.drift`)."""

    @property
    def priority(self) -> int:
        """0 comes first."""
        return _PRIORITIES[self]


_PRIORITIES = {reason: place for place, reason in enumerate(Reason)}

NEAR = 0.15
LOW = 0.6


class Verdict(enum.StrEnum):
    """What the line's understanding of a turn was worth."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_FOR_US = "not_for_us"


class Use(enum.StrEnum):
    """What becomes of the utterance."""

    NONE = "none"
    TRAINING = "training"
    TEST = "test"


@dataclass(frozen=True)
class Opinion:
    """What one reviewer made of a turn."""

    turn_id: str
    sender: str
    """The pseudonym, so that the opinion goes when the person is erased."""
    staff: str
    at: datetime
    verdict: Verdict
    locale: str
    """What the message is written in."""
    intent: str | None = None
    """The right one; None where the reviewer only said that the line's was wrong, or rightly none."""
    entities: tuple[Entity, ...] = ()
    use: Use = Use.NONE
    utterance: str | None = None
    """Scrubbed (`bot.scrubbing`); only of what is to be used."""

    @property
    def label(self) -> str:
        """What has to be the same for two opinions to agree."""
        return self.intent or self.verdict.value


def settled(opinions: Sequence[Opinion], *, wants_second: bool = False) -> str | None:
    """Return the label that counts for a turn, or None while it is open. Opinions stand in the order they were given.

    One suffices unless a second was asked for; two must agree; the third, or any later one, settles it.
    """
    if len(opinions) > 2:
        return opinions[-1].label
    if not opinions or (len(opinions) == 1 and wants_second):
        return None
    return opinions[0].label if opinions[0].label == opinions[-1].label else None
