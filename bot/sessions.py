"""What we remember of a conversation for a while, and the port that keeps it."""

import enum
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


class TargetKind(enum.StrEnum):
    """The tables a choice can lead into."""

    ANSWER = "answer"
    MENU = "menu"
    COMMAND = "command"
    PLACE = "place"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Choice:
    """One numbered way on, with the label people read."""

    label: str
    kind: TargetKind
    name: str

    @property
    def payload(self) -> str:
        """The id a button or list row carries for this choice."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True)
class Session:
    """Passing state: lost without harm when it expires or when Redis does."""

    locale: str
    choices: tuple[Choice, ...] = ()
    """What the digits of the next message mean."""
    place: str | None = None
    """The id of the last place named."""
    asked_place_for: str | None = None
    """The answer that waits for a place."""
    last_answer: str | None = None
    last_facts: tuple[str, ...] = ()
    misses: int = 0
    """Messages in a row that were not understood."""
    languages: tuple[tuple[str, float], ...] = ()
    """How probable each language is, after all messages so far."""


class Sessions(Protocol):
    """Keeps sessions for a while."""

    def get(self, sender: str) -> Session | None:
        """Return the session, or None when there is none or it expired."""
        ...

    def put(self, sender: str, session: Session) -> None:
        """Keep the session, anew for its full time."""
        ...

    def forget(self, sender: str) -> None:
        """Drop the session."""
        ...


class SenderLocks(Protocol):
    """Lets one message of a sender be handled at a time."""

    def hold(self, sender: str) -> AbstractContextManager[None]:
        """Wait for the sender's turn, for a bounded time, and hold it inside the block."""
        ...
