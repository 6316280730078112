"""Guessing is stopped, by account and by address, also when many guess at the same time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from bot.errors import StoreUnavailable
from stores.login_attempts import ACCOUNT_LIMIT, ADDRESS_LIMIT, WINDOW, RedisLoginAttempts
from stores.redis_client import connect


@pytest.fixture
def attempts(redis_client: redis.Redis) -> RedisLoginAttempts:
    """Attempts on an empty server."""
    return RedisLoginAttempts(redis_client)


def test_the_fifth_failure_locks_the_account_for_a_quarter_of_an_hour(attempts: RedisLoginAttempts) -> None:
    tries = [attempts.begin("ana", "10.0.0.1") for _ in range(ACCOUNT_LIMIT)]
    assert [(attempt.wait, attempt.is_last) for attempt in tries] == [(0, False)] * 4 + [(0, True)]
    refused = attempts.begin("ana", "10.0.0.2")
    assert WINDOW - 5 < refused.wait <= WINDOW
    assert attempts.seconds_locked("ana") == pytest.approx(WINDOW, abs=5)
    assert attempts.begin("luis", "10.0.0.1").wait == 0


def test_a_right_try_is_taken_back_but_not_the_wrong_ones_before_it(attempts: RedisLoginAttempts) -> None:
    for _ in range(ACCOUNT_LIMIT - 1):
        attempts.begin("ana", "10.0.0.1")
    attempts.forgive(attempts.begin("ana", "10.0.0.1"))
    assert attempts.seconds_locked("ana") == 0
    assert attempts.begin("ana", "10.0.0.1").is_last


def test_a_login_forgets_failures_and_lock(attempts: RedisLoginAttempts) -> None:
    for _ in range(ACCOUNT_LIMIT):
        attempts.begin("ana", "10.0.0.1")
    attempts.forget("ana")
    assert not attempts.begin("ana", "10.0.0.1").wait


def test_an_address_that_tries_many_accounts_must_wait(attempts: RedisLoginAttempts) -> None:
    for number in range(ADDRESS_LIMIT):
        assert not attempts.begin(f"person {number}", "10.0.0.1").wait
    assert 0 < attempts.begin("ana", "10.0.0.1").wait <= WINDOW
    assert not attempts.begin("ana", "10.0.0.2").wait


def test_of_many_guesses_at_once_five_are_heard(attempts: RedisLoginAttempts) -> None:
    with ThreadPoolExecutor(20) as pool:
        tries = list(pool.map(lambda _: attempts.begin("ana", "10.0.0.1"), range(40)))
    assert sum(not attempt.wait for attempt in tries) == ACCOUNT_LIMIT


def test_a_code_is_taken_once(attempts: RedisLoginAttempts) -> None:
    assert [attempts.is_first_use("ana", 7), attempts.is_first_use("ana", 7), attempts.is_first_use("ana", 8)] == [
        True,
        False,
        True,
    ]


def test_no_try_goes_on_without_redis(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        RedisLoginAttempts(connect(f"unix://{tmp_path}/nobody.sock")).begin("ana", "10.0.0.1")
