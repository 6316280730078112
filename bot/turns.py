"""One message and its reply, what we keep of a person, and the port that makes both durable."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.interpretation import Entity, Source
from bot.messages import Channel, MessageKind


class Outcome(enum.StrEnum):
    """What became of a message."""

    ANSWERED = "answered"
    CLARIFIED = "clarified"
    MENU = "menu"
    COMMAND = "command"
    UNKNOWN = "unknown"
    HANDOFF = "handoff"
    SILENT = "silent"


@dataclass(frozen=True)
class Contact:
    """What we keep of a sender beyond a session: a pseudonym, a language, and whether we may write."""

    sender: str
    locale: str
    first_seen: datetime
    was_told: bool = False
    """Has had the notice of who we are and what we keep."""
    opted_out: bool = False
    speaks: str | None = None
    """The language the person chose (`es` or ISO 639-3), which need not be one we answer in."""
    was_asked_language: bool = False
    """Was asked once which language they write; nobody is asked twice."""


@dataclass(frozen=True)
class Turn:
    """A message and the reply to it, as staff will read them."""

    id: str
    sender: str
    channel: Channel
    at: datetime
    locale: str
    kind: MessageKind
    text: str
    outcome: Outcome
    texts: tuple[str, ...]
    intent: str | None = None
    confidence: float | None = None
    source: Source = Source.NONE
    answer: str | None = None
    facts: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    candidates: tuple[tuple[str, float], ...] = ()
    """The likeliest intents with their confidence, best first: what a reviewer chooses from."""
    department: str | None = None
    """Of the place the person last named, for counts of where help is asked for."""
    segments: int | None = None
    """Billed SMS units of the reply; None on a channel that bills none."""
    took_ms: int | None = None
    """From the message's arrival, waiting for the sender's turn included, to the reply being ready."""
    media: tuple[str, ...] = ()
    """Ids of the recordings sent after the texts, such as `kek/passport`."""

    @property
    def is_degraded(self) -> bool:
        """Whether the model should have been asked and did not answer."""
        return self.source is Source.LIGHT


class DuplicateMessage(Exception):
    """The message was recorded by someone else in the meantime."""


class TurnLog(Protocol):
    """Durable state: turns and contacts, written together."""

    def find_turn(self, message_id: str) -> Turn | None:
        """Return the turn of a message that was already handled."""
        ...

    def find_contact(self, sender: str) -> Contact | None:
        """Return what is kept of a sender."""
        ...

    def record(self, turn: Turn, contact: Contact, *, erase: bool = False) -> None:
        """Commit a turn and its contact; with `erase`, empty all that was kept of the sender first.

        Raise DuplicateMessage when the message already has a turn, StoreUnavailable when nothing could be written.
        """
        ...
