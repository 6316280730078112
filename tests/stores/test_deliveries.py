"""What is known of a message that was sent only moves forward, on SQLite and PostgreSQL alike."""

import itertools
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from stores.deliveries import RANK, Delivery, SqlDeliveries

PROGRESS = ["accepted", "scheduled", "queued", "sending", "sent", "delivered", "read"]
FAILURES = ["undelivered", "failed", "canceled"]
BEFORE = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def deliveries(engine: Engine) -> SqlDeliveries:
    """An empty store whose clock is one second on at each look."""
    ticks: Callable[[], int] = itertools.count().__next__
    return SqlDeliveries(engine, lambda: BEFORE + timedelta(seconds=ticks()))


def status_of(deliveries: SqlDeliveries, sid: str) -> str | None:
    """Return the status known of a message."""
    delivery = deliveries.find(sid)
    return delivery.status if delivery else None


def test_the_first_status_is_noted(deliveries: SqlDeliveries) -> None:
    deliveries.advance("SM1", "undelivered", "30003")
    assert deliveries.find("SM1") == Delivery("SM1", "undelivered", "30003", BEFORE)
    assert deliveries.find("SM2") is None


def test_a_status_gives_way_exactly_to_a_further_one(deliveries: SqlDeliveries) -> None:
    def wins(first: str, second: str) -> bool:
        if first in FAILURES:
            return second in {"delivered", "read"}
        if second in FAILURES:
            return first not in {"delivered", "read"}
        return PROGRESS.index(second) > PROGRESS.index(first)

    pairs = list(itertools.product([*PROGRESS, *FAILURES], repeat=2))
    for first, second in pairs:
        deliveries.advance(f"{first}-{second}", first, None)
        deliveries.advance(f"{first}-{second}", second, None)
    found = {pair: status_of(deliveries, "-".join(pair)) for pair in pairs}
    assert found == {(first, second): second if wins(first, second) else first for first, second in pairs}


def test_every_status_has_a_rank() -> None:
    assert sorted(RANK) == sorted([*PROGRESS, *FAILURES])


def test_error_code_and_time_go_with_the_status_that_won(deliveries: SqlDeliveries) -> None:
    deliveries.advance("SM1", "sent", None)
    deliveries.advance("SM1", "failed", "30008")
    deliveries.advance("SM1", "queued", "30001")
    failed = deliveries.find("SM1")
    assert failed is not None
    assert (failed.status, failed.error_code) == ("failed", "30008")
    assert failed.updated_at == BEFORE + timedelta(seconds=1)
    deliveries.advance("SM1", "delivered", None)
    assert deliveries.find("SM1") == Delivery("SM1", "delivered", None, BEFORE + timedelta(seconds=3))


@pytest.mark.parametrize("status", ["", "Delivered", "received", "partially_delivered", "🦜"])
def test_a_status_we_do_not_know_is_ignored(deliveries: SqlDeliveries, status: str) -> None:
    deliveries.advance("SM1", status, None)
    assert deliveries.find("SM1") is None
    deliveries.advance("SM1", "sent", None)
    deliveries.advance("SM1", status, "1")
    assert status_of(deliveries, "SM1") == "sent"


def test_callbacks_that_race_end_at_the_furthest_status(deliveries: SqlDeliveries) -> None:
    sids = [f"SM{number}" for number in range(6)]
    callbacks = list(itertools.product(sids, [*PROGRESS[:-1], *FAILURES]))
    random.Random(7).shuffle(callbacks)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda callback: deliveries.advance(callback[0], callback[1], None), callbacks))
    assert [status_of(deliveries, sid) for sid in sids] == ["delivered"] * 6
