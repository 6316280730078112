"""What the page of needs reads, on both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from bot.messages import Channel
from bot.turns import Contact, Outcome, Turn
from stores.counts import roll_up_all
from stores.database import writing
from stores.deliveries import SqlDeliveries
from stores.insights import (
    FailureCount,
    HelpCount,
    IntentCount,
    OutcomeCount,
    SmsCount,
    TimeCount,
    Unanswered,
    Wanted,
    count_failures,
    count_help,
    count_intents,
    count_outcomes,
    count_sms,
    count_times,
    read_unanswered,
)
from stores.tables import feedback, turns
from stores.tombstones import empty_turns
from stores.turns import SqlTurnLog

MakeTurn = Callable[..., Turn]
MakeContact = Callable[..., Contact]
AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def record(engine: Engine, make_turn: MakeTurn, make_contact: MakeContact) -> Callable[..., None]:
    """A function that records a turn, numbered from 1."""
    log, ids = SqlTurnLog(engine), iter(range(1, 100))

    def record(**changes: object) -> None:
        log.record(make_turn(**({"id": f"SM{next(ids)}", "at": AT} | changes)), make_contact())

    return record


@pytest.fixture
def counted(engine: Engine, record: Callable[..., None]) -> Engine:
    """A database with some turns of two months, counted."""
    answered = {"outcome": Outcome.ANSWERED, "department": "Petén", "took_ms": 90}
    record(**answered, channel=Channel.SMS, segments=3)
    record(**answered, locale="es", intent="passport")
    record(**answered, at=AT - timedelta(days=1))
    record(**answered, at=AT - timedelta(days=40))
    roll_up_all(engine, AT + timedelta(hours=1))
    return engine


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (
            Wanted("day", TODAY - timedelta(days=1)),
            [
                IntentCount(TODAY - timedelta(days=1), "find_shelter", 1),
                IntentCount(TODAY, "find_shelter", 1),
                IntentCount(TODAY, "passport", 1),
            ],
        ),
        (Wanted("day", TODAY, locale="es"), [IntentCount(TODAY, "passport", 1)]),
        (Wanted("day", TODAY, channel="sms"), [IntentCount(TODAY, "find_shelter", 1)]),
        (Wanted("day", TODAY, department="Zacapa"), []),
        (
            Wanted("week", date(2026, 11, 23)),
            [IntentCount(date(2026, 11, 23), "find_shelter", 2), IntentCount(date(2026, 11, 23), "passport", 1)],
        ),
        (
            Wanted("month", date(2026, 10, 1), locale="quc"),
            [IntentCount(date(2026, 10, 1), "find_shelter", 1), IntentCount(date(2026, 11, 1), "find_shelter", 2)],
        ),
    ],
    ids=["by day", "a locale", "a channel", "a department nobody named", "by week", "by month"],
)
def test_intents_are_counted_by_step_and_filter(counted: Engine, wanted: Wanted, expected: list[IntentCount]) -> None:
    assert sorted(count_intents(counted, wanted), key=lambda count: (count.day, count.intent)) == expected


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_outcomes_times_and_segments_are_counted_at_every_grain(counted: Engine, grain: str) -> None:
    wanted = Wanted(grain, date(2026, 11, 1), channel="sms")
    assert count_outcomes(counted, wanted) == [OutcomeCount("sms", "quc", "Petén", "answered", 1)]
    assert count_times(counted, wanted) == [TimeCount("sms", 100, 1)]
    day = {"day": TODAY, "week": date(2026, 11, 23), "month": date(2026, 11, 1)}[grain]
    assert count_sms(counted, wanted) == [SmsCount(day, 1, 3)]


def test_failures_are_counted_by_the_day_in_guatemala_and_their_code(engine: Engine) -> None:
    midnight = datetime(2026, 11, 24, 6, tzinfo=UTC)
    told = [
        ("SM1", midnight - timedelta(seconds=1), "undelivered", "30003"),
        ("SM2", midnight, "failed", "30003"),
        ("SM3", midnight, "failed", None),
        ("SM4", midnight, "delivered", None),
        ("SM5", midnight - timedelta(days=9), "failed", "30003"),
    ]
    for sid, at, status, code in told:
        SqlDeliveries(engine, lambda at=at: at).advance(sid, status, code)  # type: ignore[misc]
    found = sorted(count_failures(engine, TODAY - timedelta(days=1)), key=lambda count: (count.day, count.code))
    assert found == [
        FailureCount(date(2026, 11, 23), "30003", 1),
        FailureCount(date(2026, 11, 24), "", 1),
        FailureCount(date(2026, 11, 24), "30003", 1),
    ]


def test_help_is_counted_by_answer(engine: Engine) -> None:
    said = [("passport", True, 0), ("passport", False, 0), ("shelter", True, 0), ("shelter", True, 9), (None, True, 0)]
    rows = [
        {"turn_id": f"SM{number}", "sender": "ana", "answer": answer, "helped": helped, "at": AT - timedelta(days=days)}
        for number, (answer, helped, days) in enumerate(said)
    ]
    with writing(engine) as connection:
        connection.execute(insert(feedback), rows)
    found = sorted(count_help(engine, TODAY), key=lambda count: count.answer)
    assert found == [HelpCount("passport", 1, 2), HelpCount("shelter", 1, 1)]


def test_the_newest_unanswered_messages_are_read_and_nothing_else(engine: Engine, record: Callable[..., None]) -> None:
    lost: dict[str, object] = {"outcome": Outcome.UNKNOWN, "intent": None}
    record(**lost, text="hace mucho", at=AT - timedelta(days=31))
    record(**lost, text="uno")
    record(text="entendido", outcome=Outcome.ANSWERED)
    record(text="dos", intent="out_of_scope", outcome=Outcome.ANSWERED)
    record(**lost, text="tres")
    since = AT - timedelta(days=30)
    found = [message.text for message in read_unanswered(engine, since, limit=5)]
    assert found == ["tres", "dos", "uno"]
    assert read_unanswered(engine, since, limit=1) == [Unanswered("ana-pseudonym", "tres")]
    later = AT + timedelta(days=1)
    with writing(engine) as connection:
        empty_turns(connection, turns.c.at < later, later)
    assert read_unanswered(engine, since, limit=5) == []
