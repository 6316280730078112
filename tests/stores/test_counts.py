"""Rolling counts on both databases: every turn once, whoever counts, and kept when the turns are gone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Table, insert, select

from bot.interpretation import Source
from bot.messages import Channel
from bot.turns import Contact, Outcome, Turn
from stores import counts
from stores.counts import SETTLED, month_of, roll_up, roll_up_all, week_of
from stores.database import reading, writing
from stores.rows import turn_row
from stores.tables import daily_counts, daily_times, period_intents, period_outcomes, turns
from stores.tombstones import empty_turns
from stores.turns import SqlTurnLog

MakeTurn = Callable[..., Turn]
MakeContact = Callable[..., Contact]

AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
NOW = AT + timedelta(hours=1)


@pytest.fixture
def add(engine: Engine, make_turn: MakeTurn) -> Callable[..., None]:
    """A function that puts turns in the log, one for each set of changes."""

    def add(*changes: dict[str, object]) -> None:
        with writing(engine) as connection:
            first = len(connection.execute(select(turns.c.seq)).all()) + 1
            rows = [
                turn_row(make_turn(**({"id": f"SM{first + number}", "at": AT} | change)))
                | ({"seq": first + number} if engine.dialect.name == "sqlite" else {})
                for number, change in enumerate(changes)
            ]
            connection.execute(insert(turns), rows)

    return add


def rows_of(engine: Engine, table: Table) -> list[tuple[Any, ...]]:
    """Return all rows of a table, in order."""
    with reading(engine) as connection:
        return sorted(tuple(row) for row in connection.execute(select(table)))


def total(engine: Engine, table: Table = daily_counts) -> int:
    """Return how many turns a table has counted."""
    with reading(engine) as connection:
        return sum(connection.execute(select(table.c.turns)).scalars())


def test_a_turn_is_counted_by_day_kind_time_week_and_month(engine: Engine, add: Callable[..., None]) -> None:
    sms = {"channel": Channel.SMS, "department": "Petén", "segments": 2, "took_ms": 180, "outcome": Outcome.ANSWERED}
    add(sms, sms, {"intent": None, "source": Source.NONE, "outcome": Outcome.UNKNOWN})
    assert roll_up_all(engine, NOW) == 3
    day, monday, first = date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 1)
    assert rows_of(engine, daily_counts) == [
        (day, "sms", "quc", "find_shelter", "answered", "light", "Petén", 2, 4),
        (day, "whatsapp", "quc", "", "unknown", "none", "", 1, 0),
    ]
    assert rows_of(engine, daily_times) == [(day, "sms", 250, 2)]
    assert rows_of(engine, period_intents) == [
        ("month", first, "sms", "quc", "Petén", "find_shelter", 2),
        ("month", first, "whatsapp", "quc", "", "", 1),
        ("week", monday, "sms", "quc", "Petén", "find_shelter", 2),
        ("week", monday, "whatsapp", "quc", "", "", 1),
    ]
    assert rows_of(engine, period_outcomes)[0] == ("month", first, "sms", "quc", "Petén", "answered", 2, 4)


def test_counting_again_adds_nothing_and_later_turns_are_added(engine: Engine, add: Callable[..., None]) -> None:
    add({}, {})
    for expected in (2, 0):
        assert roll_up_all(engine, NOW) == expected
    add({})
    assert roll_up_all(engine, NOW) == 1
    assert [row[-2:] for row in rows_of(engine, daily_counts)] == [(3, 0)]


def test_a_turn_of_less_than_a_minute_waits_and_so_do_all_after_it(engine: Engine, add: Callable[..., None]) -> None:
    """Where a turn is that young, one with a lower number may still be on its way."""
    add({}, {"at": NOW - SETTLED + timedelta(seconds=1)}, {})
    assert roll_up_all(engine, NOW) == 1
    assert roll_up_all(engine, NOW + timedelta(seconds=1)) == 2
    assert total(engine) == 3


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 12, 1, 5, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 12, 1, 6, 0, tzinfo=UTC), date(2026, 12, 1)),
    ],
    ids=["a second before midnight", "midnight"],
)
def test_days_are_those_of_guatemala(engine: Engine, add: Callable[..., None], at: datetime, day: date) -> None:
    add({"at": at})
    roll_up_all(engine, at + SETTLED)
    assert rows_of(engine, daily_counts)[0][0] == day
    assert [row[1] for row in rows_of(engine, period_intents)] == [month_of(day), week_of(day)]


def test_counts_stay_when_the_texts_are_purged_and_tombstones_count_for_nothing(
    engine: Engine, add: Callable[..., None]
) -> None:
    add({}, {})
    roll_up_all(engine, NOW)
    add({})
    with writing(engine) as connection:
        empty_turns(connection, turns.c.at < NOW, NOW)
    assert roll_up_all(engine, NOW) == 1, "passed over, not counted"
    assert total(engine) == 2


def test_an_erased_turn_stays_counted(
    engine: Engine, add: Callable[..., None], make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    add({}, {})
    roll_up_all(engine, NOW)
    wish = make_turn(id="SM-wish", at=AT, outcome=Outcome.COMMAND, intent="delete_my_data", text="")
    SqlTurnLog(engine, lambda: NOW).record(wish, make_contact(), erase=True)
    roll_up_all(engine, NOW)
    assert total(engine) == 3


def test_several_who_count_at_once_count_each_turn_once(
    engine: Engine, add: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "BATCH", 7)
    add(*[{"took_ms": number, "department": f"D{number % 3}"} for number in range(200)])
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: roll_up_all(engine, NOW), range(4)))
    assert sum(seen) == 200
    assert [total(engine, table) for table in (daily_counts, daily_times)] == [200, 200]
    assert [total(engine, table) for table in (period_intents, period_outcomes)] == [400, 400], "by week and by month"


def test_a_request_counts_some_and_says_that_more_are_waiting(
    engine: Engine, add: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "BATCH", 10)
    add(*[{}] * 25)
    assert roll_up(engine, NOW, at_most=20) == counts.Progress(20, is_behind=True)
    assert roll_up(engine, NOW, at_most=20) == counts.Progress(5, is_behind=False)


def test_times_fall_in_buckets_by_their_upper_bound(engine: Engine, add: Callable[..., None]) -> None:
    add(*[{"took_ms": ms} for ms in (0, 50, 51, 5000, 5001)], {"took_ms": None})
    roll_up_all(engine, NOW)
    assert [row[2:] for row in rows_of(engine, daily_times)] == [(0, 1), (50, 2), (100, 1), (5000, 1)]
