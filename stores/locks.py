"""One message of a sender at a time: among the threads of a process, and among processes through Redis."""

import itertools
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import redis

from stores.redis_client import REDIS_ERRORS

logger = logging.getLogger(__name__)

PREFIX = "rumbo:lock:"

_PAUSES = (0.01, 0.02, 0.04, 0.08)
"""Seconds between tries for a lock that someone else holds; the last one repeats."""

_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
"""Lua: delete the lock only while it is still ours; it may have expired and be someone else's by now."""


@dataclass
class _Queue:
    """The lock of one sender, and how many hold it or wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    members: int = 0


class LocalSenderLocks:
    """Keeps the threads of this process apart, waiting `wait_seconds` at most and then going on regardless.

    `on_error` hears locks.timeout whenever that happens. Only senders whose messages are being handled take memory.
    """

    def __init__(self, wait_seconds: float, on_error: Callable[[str], None]) -> None:
        self._wait = wait_seconds
        self._on_error = on_error
        self._guard = threading.Lock()
        self._queues: dict[str, _Queue] = {}

    @contextmanager
    def hold(self, sender: str) -> Iterator[None]:
        """Wait for the sender's turn, for a bounded time, and hold it inside the block."""
        with self.try_hold(sender):
            yield

    @contextmanager
    def try_hold(self, sender: str) -> Iterator[bool]:
        """Do as `hold`, and say whether the lock was got in time."""
        with self._queued(sender) as lock:
            held = lock.acquire(timeout=self._wait)
            try:
                if not held:
                    self._on_error("locks.timeout")
                yield held
            finally:
                if held:
                    lock.release()

    @contextmanager
    def _queued(self, sender: str) -> Iterator[threading.Lock]:
        with self._guard:
            queue = self._queues.setdefault(sender, _Queue())
            queue.members += 1
        try:
            yield queue.lock
        finally:
            with self._guard:
                queue.members -= 1
                if not queue.members:
                    del self._queues[sender]


class RedisSenderLocks:
    """Keeps all processes on one Redis apart, and always the threads of this one, should Redis be down.

    Waits `wait_seconds` at most, then goes on without: the turn's primary key still stops a message counting twice.
    A lock whose holder died falls after `hold_seconds`, which must outlast the slowest reply.
    `on_error` hears locks.timeout, locks.hold (Redis failed, threads are still kept apart) and locks.release.
    """

    def __init__(
        self, client: redis.Redis, wait_seconds: float, hold_seconds: float, on_error: Callable[[str], None]
    ) -> None:
        self._redis = client
        self._wait = wait_seconds
        self._hold_ms = round(hold_seconds * 1000)
        self._on_error = on_error
        self._local = LocalSenderLocks(wait_seconds, on_error)

    @contextmanager
    def hold(self, sender: str) -> Iterator[None]:
        """Wait for the sender's turn, for a bounded time, and hold it inside the block."""
        deadline = time.monotonic() + self._wait
        with self._local.try_hold(sender) as is_first:
            token = self._acquire(sender, deadline) if is_first else None
            try:
                yield
            finally:
                if token:
                    self._release(sender, token)

    def _acquire(self, sender: str, deadline: float) -> str | None:
        """Return the token of the lock, or None when it was not to be had in time or Redis failed."""
        token = secrets.token_hex(16)
        try:
            for pause in itertools.chain(_PAUSES, itertools.repeat(_PAUSES[-1])):
                if self._redis.set(PREFIX + sender, token, nx=True, px=self._hold_ms):
                    return token
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                time.sleep(min(pause, left))
        except REDIS_ERRORS as error:
            self._count("locks.hold", error)
            return None
        self._count("locks.timeout", "another message of the sender takes too long")
        return None

    def _release(self, sender: str, token: str) -> None:
        try:
            self._redis.eval(_RELEASE, 1, PREFIX + sender, token)
        except REDIS_ERRORS as error:
            self._count("locks.release", error)

    def _count(self, event: str, reason: object) -> None:
        logger.warning("%s: %s", event, reason)
        self._on_error(event)
