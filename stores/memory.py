"""State in this process alone, for `rumbo chat`, `rumbo ask`, the evaluation and tests."""

import threading
import time
from collections.abc import Callable

from bot.sessions import Session
from bot.turns import Contact, DuplicateMessage, Turn


class MemorySessions:
    """Keeps sessions for `ttl_seconds` after they were last put, by a clock that counts seconds."""

    def __init__(self, ttl_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._ttl = ttl_seconds
        self._clock = clock
        self._guard = threading.Lock()
        self._kept: dict[str, tuple[float, Session]] = {}

    def get(self, sender: str) -> Session | None:
        """Return the session, or None when there is none or it expired."""
        with self._guard:
            self._drop_expired()
            return self._kept[sender][1] if sender in self._kept else None

    def put(self, sender: str, session: Session) -> None:
        """Keep the session, anew for its full time."""
        with self._guard:
            self._kept[sender] = (self._clock() + self._ttl, session)

    def forget(self, sender: str) -> None:
        """Drop the session."""
        with self._guard:
            self._kept.pop(sender, None)

    def _drop_expired(self) -> None:
        now = self._clock()
        self._kept = {sender: kept for sender, kept in self._kept.items() if kept[0] > now}


class MemoryTurnLog:
    """Keeps the turns of this process alone, for `rumbo chat`, `rumbo ask` and the evaluation: nothing durable."""

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}
        self._contacts: dict[str, Contact] = {}

    def find_turn(self, message_id: str) -> Turn | None:
        """Return the turn of a message that was already handled."""
        return self._turns.get(message_id)

    def find_contact(self, sender: str) -> Contact | None:
        """Return what is kept of a sender."""
        return self._contacts.get(sender)

    def record(self, turn: Turn, contact: Contact, *, erase: bool = False) -> None:
        """Keep a turn and its contact; with `erase`, forget the sender's earlier ones."""
        if turn.id in self._turns:
            raise DuplicateMessage(turn.id)
        if erase:
            self._turns = {id_: kept for id_, kept in self._turns.items() if kept.sender != turn.sender}
        self._turns[turn.id] = turn
        self._contacts[contact.sender] = contact
