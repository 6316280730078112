"""What is held about a person: found in every table, and gone from every table, on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select

from bot.sessions import Session
from bot.turns import Contact, Turn
from stores.audit import SqlAudit
from stores.database import make_engine, reading, upgrade, writing
from stores.locks import LocalSenderLocks
from stores.memory import MemorySessions
from stores.person_records import PersonRecords
from stores.persons import PERSONAL, SqlPersons
from stores.remote_deletions import RemoteDeletions
from stores.tables import (
    contacts,
    conversations,
    deliveries,
    feedback,
    metadata,
    notes,
    reviews,
    second_opinions,
    ticket_messages,
    tickets,
    turns,
)
from stores.turns import SqlTurnLog

MakeTurn = Callable[..., Turn]
MakeContact = Callable[..., Contact]

LEADS_TO_PEOPLE = {"sender", "turn_id", "seq", "ticket_id", "message_sid"}
NOT_PERSONAL = {
    "counted_up_to": "how far the counting came",
    "remote_deletions": "what of erased people Twilio is still to delete; nothing leads from it to them",
}
ANA, BERTA = "ana-pseudonym", "berta-pseudonym"


def fill(engine: Engine, sender: str, make_turn: MakeTurn, make_contact: MakeContact, at: datetime) -> None:
    """Put a row of the person into every table; all their words hold the sender, so that traces can be told apart."""
    SqlTurnLog(engine).record(make_turn(id=f"SM-{sender}", sender=sender, at=at), make_contact(sender=sender))
    turn_id = f"SM-{sender}"
    with writing(engine) as connection:

        def add(table: object, **values: object) -> None:
            connection.execute(insert(table), values)  # type: ignore[arg-type]  # tables of any columns

        add(feedback, turn_id=turn_id, sender=sender, helped=True, at=at)
        add(conversations, sender=sender, tags=[f"tag {sender}"], updated_at=at)
        add(notes, sender=sender, staff="staff@example.org", text=f"note {sender}", at=at)
        add(
            reviews,
            turn_id=turn_id,
            sender=sender,
            staff="staff@example.org",
            at=at,
            verdict="wrong",
            use="training",
            locale="es",
            utterance=f"utterance {sender}",
            entities=[],
        )
        add(second_opinions, turn_id=turn_id, asked_by="staff@example.org", at=at)
        ticket = connection.execute(
            insert(tickets).returning(tickets.c.id),
            {
                "sender": sender,
                "channel": "sms",
                "locale": "es",
                "turn_id": turn_id,
                "address": b"sealed",
                "status": "closed",
                "opened_at": at,
                "last_inbound_at": at,
                "closed_at": at,
            },
        ).scalar_one()
        add(
            ticket_messages,
            ticket_id=ticket,
            staff="staff@example.org",
            text=f"words to {sender}",
            at=at,
            status="sent",
            message_sid=f"SM-out-{sender}",
        )
        add(deliveries, message_sid=f"SM-out-{sender}", status="delivered", updated_at=at)


@pytest.fixture
def filled(engine: Engine, make_turn: MakeTurn, make_contact: MakeContact) -> Engine:
    """A database in which two people have a row in every table."""
    for sender in (ANA, BERTA):
        fill(engine, sender, make_turn, make_contact, make_turn().at)
    return engine


def test_every_table_that_leads_to_a_person_is_in_the_list() -> None:
    leading = {table for table in metadata.tables.values() if LEADS_TO_PEOPLE & set(table.columns.keys())}
    assert {table.name for table in leading - PERSONAL} == set(NOT_PERSONAL)


def test_what_is_held_comes_from_every_table_and_is_of_one_person(filled: Engine) -> None:
    held = SqlPersons(filled).held_about(ANA)
    assert set(held.counts) == {table.name for table in PERSONAL}
    assert BERTA not in str(held)
    assert "staff@example.org" not in str(held), "who of the staff wrote it is not about the person"
    assert held.tables["tickets"][0]["address"] == "(encrypted)"


def test_erasing_empties_every_table_of_one_person_and_leaves_the_other(filled: Engine) -> None:
    persons = SqlPersons(filled)
    before = persons.held_about(BERTA)
    counts = persons.erase(ANA)
    assert set(counts) == {table.name for table in PERSONAL} - {"turn_words"}
    assert persons.held_about(ANA).counts == {}
    assert persons.held_about(BERTA) == before
    with reading(filled) as connection:
        rows = [row for table in metadata.sorted_tables for row in connection.execute(select(table))]
    left = [row for row in rows if ANA in str(row)]
    assert [row.id for row in left if hasattr(row, "seq")] == [f"SM-{ANA}"], "the tombstone, for a redelivered message"
    assert len(left) == 2, "and what Twilio is still to delete"


def test_the_persons_own_wish_goes_the_same_way(filled: Engine, make_turn: MakeTurn, make_contact: MakeContact) -> None:
    SqlTurnLog(filled).record(make_turn(id="SM-wish", sender=ANA, text=""), make_contact(sender=ANA), erase=True)
    assert SqlPersons(filled).held_about(ANA).counts == {"contacts": 1, "turns": 1}


def test_the_wish_not_to_be_written_to_outlives_an_erasure(
    engine: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    log = SqlTurnLog(engine)
    log.record(make_turn(), make_contact(opted_out=True, was_told=True, speaks="quc", was_asked_language=True))
    SqlPersons(engine, lambda: make_turn().at).erase(ANA)
    assert log.find_contact(ANA) == make_contact(opted_out=True)


def test_erasing_somebody_unknown_does_nothing(filled: Engine) -> None:
    assert SqlPersons(filled).erase("nobody") == {}


def test_the_media_of_the_erased_waits_to_be_deleted(filled: Engine) -> None:
    SqlPersons(filled).erase(ANA)
    assert [waiting.message_sid for waiting in RemoteDeletions(filled, None).pending()] == [f"SM-{ANA}"]


def test_each_act_is_audited_and_erasing_ends_the_session(filled: Engine) -> None:
    sessions, audit = MemorySessions(60), SqlAudit(filled)
    sessions.put(ANA, Session("es"))
    newest = audit.page(size=1)
    records = PersonRecords(SqlPersons(filled), sessions, LocalSenderLocks(1, lambda _: None), audit)
    records.view(ANA, "admin")
    records.export(ANA, "admin", "json")
    records.erase(ANA, "admin")
    entries = [entry for entry in audit.page() if entry not in newest][:3]
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("person.erase", ANA),
        ("person.export", ANA),
        ("person.view", ANA),
    ]
    assert sessions.get(ANA) is None


@pytest.mark.parametrize("erase", ["by the person", "by staff"])
def test_the_files_of_sqlite_hold_nothing_of_the_erased(
    tmp_path: Path, make_turn: MakeTurn, make_contact: MakeContact, erase: str
) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/rumbo.db")
    upgrade(engine)
    log = SqlTurnLog(engine)
    for number in range(50):  # enough for pages to split and be freed
        log.record(make_turn(id=f"SM{number}", text="albergue " * 50), make_contact())
    if erase == "by staff":
        SqlPersons(engine).erase(ANA)
    else:
        log.record(make_turn(id="SM-wish", text="", texts=(), entities=()), make_contact(), erase=True)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    engine.dispose()
    assert "rumbo.db-wal" in files
    assert [name for name, content in files.items() if b"albergue" in content] == []


def test_an_erasure_with_a_reader_in_the_way_is_done_and_not_late(
    tmp_path: Path, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/rumbo.db")
    upgrade(engine)
    log = SqlTurnLog(engine)
    log.record(make_turn(), make_contact())
    with reading(engine) as connection:
        connection.execute(select(func.count()).select_from(turns))
        log.record(make_turn(id="SM-wish", text=""), make_contact(), erase=True)
    with reading(engine) as connection:
        assert connection.execute(select(contacts.c.last_seen)).scalar_one() == make_turn().at.date()
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 5000
    engine.dispose()
