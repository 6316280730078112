"""The contract of `SenderLocks`, among threads and through Redis; and what a failing Redis leaves of it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from bot.sessions import SenderLocks
from stores.locks import LocalSenderLocks, RedisSenderLocks
from stores.private_redis import private_redis
from stores.redis_client import connect

MakeLocks = Callable[[float], SenderLocks]


@pytest.fixture(params=["local", "redis"])
def make_locks(request: pytest.FixtureRequest, errors: list[str]) -> MakeLocks:
    """A function from seconds to wait to locks."""
    if request.param == "local":
        return lambda wait: LocalSenderLocks(wait, errors.append)
    client: redis.Redis = request.getfixturevalue("redis_client")
    return lambda wait: RedisSenderLocks(client, wait, 30, errors.append)


def most_at_once(holders: list[SenderLocks], senders: list[str]) -> int:
    """Let every holder hold for each sender for a moment, all at once; return how many were inside together."""
    guard = threading.Lock()
    inside = most = 0

    def handle(locks: SenderLocks, sender: str) -> None:
        nonlocal inside, most
        with locks.hold(sender):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.03)
            with guard:
                inside -= 1

    jobs = [(locks, sender) for locks in holders for sender in senders]
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(handle, *job) for job in jobs]:
            done.result()
    return most


def test_messages_of_one_sender_are_handled_one_at_a_time(make_locks: MakeLocks, errors: list[str]) -> None:
    assert most_at_once([make_locks(10)] * 8, ["ana"]) == 1
    assert errors == []


def test_senders_do_not_wait_for_each_other(make_locks: MakeLocks, errors: list[str]) -> None:
    locks = make_locks(0)
    with locks.hold("ana"), locks.hold("berta"):
        pass
    assert errors == []


def test_waiting_is_bounded_then_it_goes_on_and_is_counted(make_locks: MakeLocks, errors: list[str]) -> None:
    locks = make_locks(0.2)
    with locks.hold("ana"):
        start = time.monotonic()
        with locks.hold("ana"):
            waited = time.monotonic() - start
    assert 0.2 <= waited < 1
    assert errors == ["locks.timeout"]


def test_one_that_went_on_without_the_lock_does_not_take_it_from_its_holder(
    make_locks: MakeLocks, errors: list[str]
) -> None:
    locks = make_locks(0.05)
    with locks.hold("ana"):
        for _ in range(2):
            with locks.hold("ana"):
                pass
    assert errors == ["locks.timeout"] * 2


def test_a_lock_falls_when_its_block_fails(make_locks: MakeLocks, errors: list[str]) -> None:
    locks = make_locks(0)
    with pytest.raises(KeyError), locks.hold("ana"):
        raise KeyError
    with locks.hold("ana"):
        pass
    assert errors == []


def test_locks_that_nobody_holds_take_no_memory(errors: list[str]) -> None:
    locks = LocalSenderLocks(5, errors.append)
    most_at_once([locks] * 3, [f"sender-{n}" for n in range(5)])
    with pytest.raises(KeyError), locks.hold("ana"):
        raise KeyError
    assert locks._queues == {}


def test_processes_on_one_redis_keep_apart(redis_url: str, redis_client: redis.Redis, errors: list[str]) -> None:
    processes: list[SenderLocks] = [RedisSenderLocks(connect(redis_url), 10, 30, errors.append) for _ in range(6)]
    assert most_at_once(processes, ["ana"]) == 1
    assert errors == []
    assert redis_client.keys("*") == []


def test_the_wait_for_another_process_is_bounded_too(redis_client: redis.Redis, errors: list[str]) -> None:
    one, other = (RedisSenderLocks(redis_client, 0.2, 30, errors.append) for _ in range(2))
    with one.hold("ana"):
        start = time.monotonic()
        with other.hold("ana"):
            waited = time.monotonic() - start
        assert redis_client.exists("rumbo:lock:ana")
    assert 0.2 <= waited < 1
    assert errors == ["locks.timeout"]


def test_the_lock_of_a_process_that_died_falls_after_its_time(redis_client: redis.Redis, errors: list[str]) -> None:
    never_left = RedisSenderLocks(redis_client, 0, 0.3, errors.append).hold("ana")
    never_left.__enter__()
    start = time.monotonic()
    with RedisSenderLocks(redis_client, 5, 0.3, errors.append).hold("ana"):
        assert 0.2 < time.monotonic() - start < 1
    assert errors == []


def test_a_lock_that_outlived_its_time_is_not_taken_from_the_next(redis_client: redis.Redis, errors: list[str]) -> None:
    slow = RedisSenderLocks(redis_client, 0, 0.05, errors.append)
    with slow.hold("ana"):
        time.sleep(0.1)
        redis_client.set("rumbo:lock:ana", "the next one's token")
    assert redis_client.get("rumbo:lock:ana") == b"the next one's token"


def test_without_redis_the_threads_of_a_process_still_keep_apart(tmp_path: Path, errors: list[str]) -> None:
    with private_redis(tmp_path) as url:
        locks = RedisSenderLocks(connect(url), 10, 30, errors.append)
        with locks.hold("ana"):
            pass
    assert most_at_once([locks] * 5, ["ana"]) == 1
    assert errors == ["locks.hold"] * 5


def test_a_redis_stopped_midway_is_counted_and_harms_nobody(tmp_path: Path, errors: list[str]) -> None:
    server = private_redis(tmp_path)
    locks = RedisSenderLocks(connect(server.__enter__()), 1, 30, errors.append)
    with locks.hold("ana"):
        server.__exit__(None, None, None)
    assert errors == ["locks.release"]
