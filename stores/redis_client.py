"""A Redis client that would rather fail than keep a person waiting."""

import redis
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

TIMEOUT = 0.5
"""Seconds to connect, and to wait for each reply."""

REDIS_ERRORS = (redis.RedisError, OSError)
"""All that a Redis which is down, slow or full may raise."""


def connect(url: str) -> redis.Redis:
    """Return a client for `redis://`, `rediss://` or `unix://`; nothing is connected yet.

    redis-py 8 by itself waits 5 s, tries ten times more (though not by `from_url`, so far) and lets the server ask for
    longer timeouts; none of it here.
    A connection that the server closed in the meantime is still replaced before use.
    Raise ValueError for any other kind of URL.
    """
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 0),
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
