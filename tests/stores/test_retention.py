"""What ages: when it goes, what of it stays, and what no age touches, on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.turns import Contact, Turn
from stores import retention
from stores.audit import SqlAudit
from stores.database import reading
from stores.remote_deletions import RemoteDeletions
from stores.retention import Ages, Retention
from stores.tables import contacts, deliveries, metadata, reviews, tickets
from stores.tables import feedback as feedback_table
from stores.turns import SqlTurnLog
from tests.stores.test_persons import ANA, BERTA, fill

MakeTurn = Callable[..., Turn]
MakeContact = Callable[..., Contact]
KeepAt = Callable[[timedelta], Retention]


@pytest.fixture
def keep_at(engine: Engine, make_turn: MakeTurn, make_contact: MakeContact) -> KeepAt:
    """The retention at some time after two people had a row in every table."""
    start = make_turn().at
    fill(engine, ANA, make_turn, make_contact, start)
    fill(engine, BERTA, make_turn, make_contact, start)
    SqlTurnLog(engine).record(
        make_turn(id="SM-out", sender=BERTA, at=start), make_contact(sender=BERTA, opted_out=True)
    )
    return lambda after: Retention(engine, Ages(), lambda: None, lambda: start + after)


def rows(engine: Engine, name: str) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(metadata.tables[name])))


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    "name", ["turns", "feedback", "reviews", "second_opinions", "notes", "ticket_messages", "tickets"]
)
def test_words_stay_thirty_days_and_no_longer(keep_at: KeepAt, name: str) -> None:
    assert keep_at(timedelta(days=30) - MINUTE).run()[name] == 0
    after = keep_at(timedelta(days=30) + MINUTE)
    count = 3 if name == "turns" else 2
    assert (after.preview()[name], after.run()[name], after.preview()[name]) == (count, count, 0)


def test_nothing_leads_to_a_person_after_a_month_but_the_contact(keep_at: KeepAt, engine: Engine) -> None:
    keep_at(timedelta(days=31)).run()
    keep_at(timedelta(days=34)).run()  # the marks of a conversation go with its turns, tombstones later
    for table in metadata.sorted_tables:
        columns = {"sender", "text", "utterance", "word", "address", "tags"} & set(table.columns.keys())
        kept = {getattr(row, name) for row in rows(engine, table.name) for name in columns}
        assert table is contacts or kept <= {None, ""}, table.name


def test_what_is_counted_for_ever_stays(keep_at: KeepAt, engine: Engine) -> None:
    keep_at(timedelta(days=60)).run()
    assert [(row.helped, row.answer) for row in rows(engine, feedback_table.name)] == [(True, None)] * 2
    assert [(row.verdict, row.use) for row in rows(engine, reviews.name)] == [("wrong", "training")] * 2
    assert [row.closed_at is not None for row in rows(engine, tickets.name)] == [True] * 2


def test_contacts_stay_a_year_and_a_wish_not_to_be_written_to_for_ever(keep_at: KeepAt, engine: Engine) -> None:
    keep_at(timedelta(days=365)).run()
    assert len(rows(engine, contacts.name)) == 2
    keep_at(timedelta(days=367)).run()
    assert [row.sender for row in rows(engine, contacts.name)] == [BERTA]


def test_deliveries_stay_ninety_days(keep_at: KeepAt, engine: Engine) -> None:
    keep_at(timedelta(days=89)).run()
    assert len(rows(engine, deliveries.name)) == 2
    keep_at(timedelta(days=91)).run()
    assert rows(engine, deliveries.name) == []


def test_media_waits_to_be_deleted_once_its_turn_is_emptied(keep_at: KeepAt, engine: Engine) -> None:
    keep_at(timedelta(days=31)).run()
    assert RemoteDeletions(engine, None).count() == 3


def test_a_preview_changes_nothing(keep_at: KeepAt, engine: Engine) -> None:
    before = {table.name: rows(engine, table.name) for table in metadata.sorted_tables}
    assert sum(keep_at(timedelta(days=400)).preview().values()) > 0
    assert {table.name: rows(engine, table.name) for table in metadata.sorted_tables} == before


def test_nothing_is_emptied_when_it_could_not_be_counted(
    engine: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    SqlTurnLog(engine).record(make_turn(), make_contact())

    def fail() -> None:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        Retention(engine, Ages(), fail, lambda: make_turn().at + timedelta(days=99)).run()
    assert SqlTurnLog(engine).find_turn("SM1") == make_turn()


def test_a_run_is_audited_with_its_counts(keep_at: KeepAt, engine: Engine) -> None:
    keep_at(timedelta(days=31)).run()
    newest = SqlAudit(engine).page(action="retention.run", size=1)[0]
    assert newest.staff == "system"
    assert newest.detail is not None
    assert "turns 3" in newest.detail


def test_many_go_in_many_transactions(
    engine: Engine, make_turn: MakeTurn, make_contact: MakeContact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        SqlTurnLog(engine).record(make_turn(id=f"SM{number}"), make_contact())
    done = Retention(engine, Ages(), lambda: None, lambda: make_turn().at + timedelta(days=31)).run()
    assert done["turns"] == 5


def test_an_open_ticket_whose_words_are_gone_is_told(keep_at: KeepAt, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(tickets.update().values(closed_at=None, status="open"))
    assert keep_at(timedelta(days=29)).overlooked() == 0
    assert keep_at(timedelta(days=31)).overlooked() == 2


def test_a_contact_remembers_the_day_of_its_last_turn(
    engine: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    days = (datetime.fromisoformat(text) for text in ("2026-11-24T23:59:00-06:00", "2026-12-01T00:00:00+00:00"))
    for number, at in enumerate(days):
        SqlTurnLog(engine).record(make_turn(id=f"SM{number}", at=at), make_contact())
    assert [row.last_seen for row in rows(engine, contacts.name)] == [date(2026, 12, 1)]
