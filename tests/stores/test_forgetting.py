"""Erasing a person and purging the past: what must be gone, what must stay, on SQLite and PostgreSQL."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, select, text

from bot.messages import Channel, MessageKind
from bot.turns import Contact, DuplicateMessage, Outcome, Turn
from stores.database import make_engine, upgrade, writing
from stores.retention import Ages, Retention
from stores.turns import SqlTurnLog

MakeTurn = Callable[..., Turn]
MakeContact = Callable[..., Contact]
Purge = Callable[[datetime], int]

TRACES = ("albergue", "Tecún", "tecun", "Mapa", "find_shelter", "shelter_answer", "shelter_phone", "0.8125", "quc")
"""Words of every column of `make_turn` that is the person's, but for the sender."""


@pytest.fixture
def log(engine: Engine, make_turn: MakeTurn) -> SqlTurnLog:
    """The turn log of an empty database, an hour after `make_turn`'s turns."""
    now = make_turn().at + timedelta(hours=1)
    return SqlTurnLog(engine, lambda: now)


@pytest.fixture
def purge(engine: Engine, make_turn: MakeTurn) -> Purge:
    """Empty what is older than a moment, at the log's time; return how many turns that were."""
    return lambda before: purge_at(engine, make_turn().at + timedelta(hours=1), before)


def purge_at(engine: Engine, now: datetime, before: datetime) -> int:
    """Empty what is older than a moment; return how many turns that were."""
    return Retention(engine, Ages(texts=now - before), lambda: None, lambda: now).run()["turns"]


def everything_in(engine: Engine) -> str:
    """Return all rows of all tables as text."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        return "\n".join(str(row) for t in metadata.tables.values() for row in connection.execute(select(t)))


def erasing(make_turn: MakeTurn, **changes: object) -> Turn:
    """Return a turn as the bot makes it for a person who asks to be erased."""
    bare: dict[str, object] = {
        "id": "SM-erase",
        "text": "",
        "texts": ("Hecho.",),
        "intent": "delete_my_data",
        "answer": None,
        "facts": (),
        "entities": (),
        "media": (),
        "confidence": None,
        "locale": "es",
        "outcome": Outcome.COMMAND,
    }
    return make_turn(**(bare | changes))


def tombstone(turn: Turn) -> Turn:
    """Return what may be read of a turn that was emptied."""
    return Turn(turn.id, "", turn.channel, turn.at, "und", MessageKind.EMPTY, "", Outcome.SILENT, ())


def test_erasing_empties_all_earlier_turns_and_records_the_wish(
    log: SqlTurnLog, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    earlier = [make_turn(id=f"SM{n}", channel=channel) for n, channel in enumerate(Channel)]
    for turn in earlier:
        log.record(turn, make_contact(was_told=True))
    wish, contact = erasing(make_turn), make_contact(locale="es", first_seen=make_turn().at + timedelta(minutes=5))
    log.record(wish, contact, erase=True)
    assert [log.find_turn(turn.id) for turn in earlier] == [tombstone(turn) for turn in earlier]
    assert log.find_turn(wish.id) == wish
    assert log.find_contact(contact.sender) == contact


def test_erasing_leaves_nothing_of_the_person_in_any_column(
    log: SqlTurnLog, engine: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    for number in range(3):
        log.record(make_turn(id=f"SM{number}"), make_contact())
    assert [trace for trace in TRACES if trace not in everything_in(engine)] == []
    log.record(erasing(make_turn), make_contact(locale="es"), erase=True)
    left = everything_in(engine)
    assert [trace for trace in TRACES if trace in left] == []
    assert left.count("ana-pseudonym") == 2, "the contact and the wish itself, no more"


def test_erasing_touches_nobody_else(log: SqlTurnLog, make_turn: MakeTurn, make_contact: MakeContact) -> None:
    turn, contact = make_turn(id="SM-berta", sender="berta"), make_contact(sender="berta")
    log.record(turn, contact)
    log.record(make_turn(), make_contact())
    log.record(erasing(make_turn), make_contact(), erase=True)
    assert log.find_turn(turn.id) == turn
    assert log.find_contact("berta") == contact


def test_an_erased_message_that_is_delivered_again_is_still_a_duplicate(
    log: SqlTurnLog, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    log.record(make_turn(), make_contact())
    log.record(erasing(make_turn), make_contact(locale="es"), erase=True)
    with pytest.raises(DuplicateMessage):
        log.record(make_turn(), make_contact())
    assert log.find_turn("SM1") == tombstone(make_turn())
    assert log.find_contact("ana-pseudonym") == make_contact(locale="es")


def test_a_wish_to_be_erased_that_is_delivered_again_erases_nothing_that_came_after_it(
    log: SqlTurnLog, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    log.record(erasing(make_turn), make_contact(), erase=True)
    log.record(make_turn(), make_contact())
    with pytest.raises(DuplicateMessage):
        log.record(erasing(make_turn), make_contact(), erase=True)
    assert log.find_turn("SM1") == make_turn()


def test_the_files_of_sqlite_hold_nothing_of_the_erased_once_purged(
    tmp_path: Path, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/rumbo.db")
    upgrade(engine)
    log = SqlTurnLog(engine, lambda: make_turn().at)
    for number in range(50):  # enough for pages to split and be freed
        log.record(make_turn(id=f"SM{number}", text="albergue " * 50), make_contact())
    log.record(erasing(make_turn), make_contact(locale="es"), erase=True)
    purge_at(engine, make_turn().at, make_turn().at - timedelta(days=30))
    bytes_on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    engine.dispose()
    assert b"Hecho." in bytes_on_disk
    assert [word for word in ("albergue", "Mapa", "shelter") if word.encode() in bytes_on_disk] == []
    with sqlite3.connect(tmp_path / "rumbo.db") as plain:
        dump = "\n".join(plain.iterdump())
    plain.close()
    assert "SM49" in dump
    assert "albergue" not in dump


def test_a_purge_empties_what_is_older_and_says_how_much(
    log: SqlTurnLog, purge: Purge, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    limit = make_turn().at
    old = [make_turn(id=f"SM-old{n}", at=limit - timedelta(microseconds=n + 1)) for n in range(3)]
    young = make_turn(id="SM-young", at=limit)
    for turn in [*old, young]:
        log.record(turn, make_contact(opted_out=True))
    assert purge(limit) == 3
    assert purge(limit) == 0
    assert [log.find_turn(turn.id) for turn in old] == [tombstone(turn) for turn in old]
    assert log.find_turn(young.id) == young
    assert log.find_contact("ana-pseudonym") == make_contact(opted_out=True)


def test_a_purge_deletes_tombstones_older_than_two_days(
    log: SqlTurnLog, purge: Purge, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    now = make_turn().at + timedelta(hours=1)
    for id_, age in {"SM-49h": 49, "SM-47h": 47}.items():
        log.record(make_turn(id=id_, at=now - timedelta(hours=age)), make_contact())
    log.record(make_turn(id="SM-now", at=now), make_contact())
    assert purge(now) == 2
    assert log.find_turn("SM-49h") is None
    assert log.find_turn("SM-47h") is not None


def test_the_order_of_turns_goes_on_after_everything_was_purged(
    log: SqlTurnLog, purge: Purge, engine: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    old = make_turn().at - timedelta(days=9)
    for number in range(3):
        log.record(make_turn(id=f"SM{number}", at=old), make_contact())
    purge(make_turn().at)
    log.record(make_turn(id="SM-new"), make_contact())
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT max(seq) FROM turns").scalar_one() == 4


def test_a_purge_does_not_wait_for_an_erasure_underway(
    upgraded_postgres: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    """Each would hold rows that the other wants. SQLite needs no such care: one transaction writes at a time."""
    with upgraded_postgres.begin() as connection:
        connection.execute(text("TRUNCATE contacts, turns, turn_words"))
    log = SqlTurnLog(upgraded_postgres, lambda: make_turn().at)
    for sender in ("ana", "berta"):
        log.record(make_turn(id=sender, sender=sender), make_contact(sender=sender))
    with writing(upgraded_postgres) as connection:
        connection.execute(text("UPDATE turns SET text = NULL WHERE sender = 'ana'"))
        assert purge_at(upgraded_postgres, make_turn().at, make_turn().at + timedelta(hours=1)) == 1
    assert log.find_turn("berta") == tombstone(make_turn(id="berta"))


def test_purging_erasing_and_recording_at_once_neither_fail_nor_resurrect(
    log: SqlTurnLog, purge: Purge, engine: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    start = threading.Barrier(4)

    def live(sender: str) -> None:
        start.wait()
        for number in range(15):
            turn = make_turn(id=f"{sender}-{number}", sender=sender, at=make_turn().at - timedelta(hours=number % 2))
            log.record(turn, make_contact(sender=sender))
            if number % 5 == 4:
                wish = erasing(make_turn, id=f"{sender}-wish-{number}", sender=sender)
                log.record(wish, make_contact(sender=sender), erase=True)

    def age() -> None:
        start.wait()
        for _ in range(15):
            purge(make_turn().at)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(live, "ana"), pool.submit(live, "berta"), pool.submit(age), pool.submit(age)]:
            done.result()
    assert "albergue" not in everything_in(engine)
