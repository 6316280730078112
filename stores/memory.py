"""Sessions in this process alone, for `rumbo chat`, `rumbo ask` and tests."""

import threading
import time
from collections.abc import Callable

from bot.sessions import Session


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
