"""The contract of `Sessions`, in memory and in Redis; and what a failing Redis leaves of it."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from bot.sessions import Choice, Session, Sessions, TargetKind
from stores.memory import MemorySessions
from stores.private_redis import private_redis
from stores.redis_client import connect
from stores.sessions import RedisSessions

FULL = Session(
    locale="quc",
    choices=(Choice("Ri wuj 📄 — ﻻ", TargetKind.ANSWER, "passport"), Choice("Otra", TargetKind.MENU, "main")),
    place="gt-tecun-uman",
    asked_place_for="find_shelter",
    last_answer="passport",
    last_facts=("passport_price",),
    misses=1,
)

MakeSessions = Callable[[float], Sessions]


@pytest.fixture(params=["memory", "redis"])
def make_sessions(request: pytest.FixtureRequest, errors: list[str]) -> MakeSessions:
    """A function from seconds to live to an empty store."""
    if request.param == "memory":
        return MemorySessions
    client: redis.Redis = request.getfixturevalue("redis_client")
    return lambda ttl: RedisSessions(client, ttl, errors.append)


@pytest.mark.parametrize("session", [FULL, Session("es")], ids=["full", "bare"])
def test_a_session_comes_back_as_it_was_put(make_sessions: MakeSessions, session: Session) -> None:
    sessions = make_sessions(60)
    sessions.put("ana", session)
    assert sessions.get("ana") == session


def test_a_sender_without_a_session_has_none(make_sessions: MakeSessions) -> None:
    sessions = make_sessions(60)
    sessions.put("ana", FULL)
    assert sessions.get("berta") is None


def test_the_latest_session_counts(make_sessions: MakeSessions) -> None:
    sessions = make_sessions(60)
    sessions.put("ana", FULL)
    sessions.put("ana", replace(FULL, misses=2))
    assert sessions.get("ana") == replace(FULL, misses=2)


def test_a_forgotten_session_is_gone_and_may_be_forgotten_again(make_sessions: MakeSessions) -> None:
    sessions = make_sessions(60)
    sessions.put("ana", FULL)
    sessions.put("berta", FULL)
    sessions.forget("ana")
    sessions.forget("ana")
    assert sessions.get("ana") is None
    assert sessions.get("berta") == FULL


def test_a_session_expires(make_sessions: MakeSessions) -> None:
    sessions = make_sessions(0.1)
    sessions.put("ana", FULL)
    time.sleep(0.15)
    assert sessions.get("ana") is None


def test_each_put_gives_a_session_its_full_time_anew_and_a_get_does_not(make_sessions: MakeSessions) -> None:
    sessions = make_sessions(0.6)
    sessions.put("ana", FULL)
    sessions.put("berta", FULL)
    time.sleep(0.4)
    sessions.put("ana", FULL)
    sessions.get("berta")
    time.sleep(0.4)
    assert sessions.get("ana") == FULL
    assert sessions.get("berta") is None


def test_redis_holds_nothing_but_keys_of_ours_that_expire(redis_client: redis.Redis, errors: list[str]) -> None:
    RedisSessions(redis_client, 60, errors.append).put("ana", FULL)
    assert redis_client.keys("*") == [b"rumbo:session:ana"]
    assert 0 < redis_client.pttl("rumbo:session:ana") <= 60_000


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"\xff\xfe{}", id="no UTF-8"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"{}", id="no locale"),
        pytest.param(b'{"locale": 7}', id="locale is a number"),
        pytest.param(b'{"locale": "es", "misses": "many"}', id="misses is text"),
        pytest.param(b'{"locale": "es", "choices": [{"label": "x", "kind": "alien", "name": "y"}]}', id="unknown kind"),
        pytest.param(b"[" * 100_000, id="very deep"),
    ],
)
def test_what_redis_holds_but_is_no_session_reads_as_none(
    redis_client: redis.Redis, errors: list[str], kept: bytes
) -> None:
    redis_client.set("rumbo:session:ana", kept)
    assert RedisSessions(redis_client, 60, errors.append).get("ana") is None
    assert errors == ["sessions.unreadable"]


def test_a_key_of_another_type_reads_as_none(redis_client: redis.Redis, errors: list[str]) -> None:
    redis_client.lpush("rumbo:session:ana", "no string")
    assert RedisSessions(redis_client, 60, errors.append).get("ana") is None
    assert errors == ["sessions.get"]


def test_without_redis_there_are_no_sessions_and_no_exceptions(tmp_path: Path, errors: list[str]) -> None:
    with private_redis(tmp_path) as url:
        sessions = RedisSessions(connect(url), 60, errors.append)
        sessions.put("ana", FULL)
    assert sessions.get("ana") is None
    sessions.put("ana", FULL)
    sessions.forget("ana")
    assert errors == ["sessions.get", "sessions.put", "sessions.forget"]


def test_a_redis_that_was_restarted_is_used_again_at_once(tmp_path: Path, errors: list[str]) -> None:
    with private_redis(tmp_path) as url:
        sessions = RedisSessions(connect(url), 60, errors.append)
        sessions.put("ana", FULL)
    with private_redis(tmp_path):
        sessions.put("ana", FULL)
        assert sessions.get("ana") == FULL
    assert errors == []


def test_a_redis_that_accepts_but_never_replies_costs_about_a_timeout(tmp_path: Path, errors: list[str]) -> None:
    path = tmp_path / "mute.sock"
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(path))
        mute.listen()
        sessions = RedisSessions(connect(f"unix://{path}"), 60, errors.append)
        start = time.monotonic()
        assert sessions.get("ana") is None
        assert time.monotonic() - start < 1.2
    assert errors == ["sessions.get"]


def test_threads_may_share_a_store(make_sessions: MakeSessions) -> None:
    sessions = make_sessions(60)
    read: list[Session | None] = []

    def live(sender: str) -> None:
        for misses in range(20):
            sessions.put(sender, Session("es", misses=misses))
        read.append(sessions.get(sender))

    threads = [threading.Thread(target=live, args=(f"sender-{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [Session("es", misses=19)] * 8
