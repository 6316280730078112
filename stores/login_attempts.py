"""Who tried to log in and failed, kept in Redis for a quarter of an hour: what stops guessing."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis

from bot.errors import StoreUnavailable
from stores.redis_client import REDIS_ERRORS

WINDOW = 15 * 60
"""Seconds: failures older than this are forgotten, and a lock lasts as long."""
ACCOUNT_LIMIT = 5
ADDRESS_LIMIT = 50
CODE_SECONDS = 5 * 60
"""How long a used code is remembered; longer than any code is taken."""

PREFIX = "console:attempts:"

# An attempt counts as failed until it proves right, so that guesses made at the same time count too.
_BEGIN = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local failures, lock, address = KEYS[1], KEYS[2], KEYS[3]
local id, window = ARGV[1], tonumber(ARGV[2])
local left = redis.call('PTTL', lock)
if left > 0 then return {math.ceil(left / 1000), 0} end
redis.call('ZREMRANGEBYSCORE', address, '-inf', now - window)
redis.call('ZREMRANGEBYSCORE', failures, '-inf', now - window)
if redis.call('ZCARD', address) >= tonumber(ARGV[4]) then
  local oldest = redis.call('ZRANGE', address, 0, 0, 'WITHSCORES')[2]
  return {math.max(1, math.ceil(oldest + window - now)), 0}
end
for _, key in ipairs({failures, address}) do
  redis.call('ZADD', key, now, id)
  redis.call('EXPIRE', key, window)
end
if redis.call('ZCARD', failures) < tonumber(ARGV[3]) then return {0, 0} end
redis.call('SET', lock, id, 'EX', window)
return {0, 1}
"""

_FORGIVE = """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
"""


@dataclass(frozen=True)
class Attempt:
    """One try to log in."""

    account: str
    address: str
    id: str
    wait: int
    """Seconds until one may try again; 0 when this try may go on."""
    is_last: bool
    """Whether the account is locked unless this try proves right."""


class RedisLoginAttempts:
    """Locks an account for 15 minutes after 5 failures within 15, and an address after 50.

    An account is any text: one that does not exist locks like one that does. Raise StoreUnavailable when Redis fails.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def begin(self, account: str, address: str) -> Attempt:
        """Count a failure beforehand; `forgive` takes it back."""
        attempt = secrets.token_hex(8)
        limits = (WINDOW, ACCOUNT_LIMIT, ADDRESS_LIMIT)
        with _translated():
            wait, is_last = self._redis.eval(_BEGIN, 3, *_keys(account, address), attempt, *limits)
        return Attempt(account, address, attempt, wait, bool(is_last))

    def forgive(self, attempt: Attempt) -> None:
        """Take back a try that proved right; the failures before it stay."""
        with _translated():
            self._redis.eval(_FORGIVE, 3, *_keys(attempt.account, attempt.address), attempt.id)

    def forget(self, account: str) -> None:
        """Forget the failures of an account: somebody has logged in."""
        with _translated():
            self._redis.delete(*_keys(account, "")[:2])

    def seconds_locked(self, account: str) -> int:
        """Return how long an account stays locked; 0 when it is open."""
        with _translated():
            return max(0, int(self._redis.ttl(_keys(account, "")[1])))

    def is_first_use(self, account: str, counter: int) -> bool:
        """Whether the code of this moment was not used before; from now on it was."""
        with _translated():
            return bool(self._redis.set(f"{PREFIX}code:{_digest(account)}:{counter}", 1, nx=True, ex=CODE_SECONDS))


def _keys(account: str, address: str) -> tuple[str, str, str]:
    name = _digest(account)
    return f"{PREFIX}account:{name}", f"{PREFIX}lock:{name}", f"{PREFIX}address:{_digest(address)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except REDIS_ERRORS as error:
        raise StoreUnavailable(f"Redis failed: {type(error).__name__}") from error
