"""Sessions in Redis: JSON under the sender's key, gone after a while."""

import logging
from collections.abc import Callable

import redis
from pydantic import TypeAdapter, ValidationError

from bot.sessions import Session
from stores.redis_client import REDIS_ERRORS

logger = logging.getLogger(__name__)

PREFIX = "rumbo:session:"

_JSON = TypeAdapter(Session)


class RedisSessions:
    """Keeps sessions for `ttl_seconds` after they were last put; without Redis there are none.

    `on_error` hears what went wrong: sessions.get, sessions.put, sessions.forget or sessions.unreadable.
    """

    def __init__(self, client: redis.Redis, ttl_seconds: float, on_error: Callable[[str], None]) -> None:
        self._redis = client
        self._ttl_ms = round(ttl_seconds * 1000)
        self._on_error = on_error

    def get(self, sender: str) -> Session | None:
        """Return the session, or None when there is none, it expired, Redis is down or what it holds is not ours."""
        try:
            kept = self._redis.get(PREFIX + sender)
        except REDIS_ERRORS as error:
            self._count("sessions.get", error)
            return None
        return None if kept is None else self._read(kept)

    def put(self, sender: str, session: Session) -> None:
        """Keep the session, anew for its full time."""
        try:
            self._redis.set(PREFIX + sender, _JSON.dump_json(session), px=self._ttl_ms)
        except REDIS_ERRORS as error:
            self._count("sessions.put", error)

    def forget(self, sender: str) -> None:
        """Drop the session."""
        try:
            self._redis.delete(PREFIX + sender)
        except REDIS_ERRORS as error:
            self._count("sessions.forget", error)

    def _read(self, kept: bytes | str) -> Session | None:
        try:
            return _JSON.validate_json(kept, strict=True)
        except ValidationError:
            # Not the error itself: it quotes what it could not read.
            self._count("sessions.unreadable", "no session of ours")
            return None

    def _count(self, event: str, reason: object) -> None:
        logger.warning("%s: %s", event, reason)
        self._on_error(event)
