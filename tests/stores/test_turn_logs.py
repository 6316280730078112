"""The contract of `TurnLog` on SQLite and PostgreSQL: what is recorded, once, and what is read back."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import StatementError

from bot.cleaning import clean
from bot.errors import StoreUnavailable
from bot.interpretation import Source
from bot.messages import Channel, MessageKind
from bot.turns import Contact, DuplicateMessage, Outcome, Turn, TurnLog
from stores.database import make_engine
from stores.tables import turns
from stores.turns import SqlTurnLog

MakeTurn = Callable[..., Turn]
MakeContact = Callable[..., Contact]

HARD_TEXTS = {
    "emoji": "¿Dónde? 🧑‍🧑‍🧒‍🧒🇬🇹👍🏽",
    "right to left": "أين الملجأ؟ \u202eabc\u202c שלום",
    "glottal stops": "K'iche' k\u2019iche\u02bc \ua78c",
    "zalgo": clean("z\u0300\u0301\u0302\u0303\u0304\u0305a\u0316\u0317\u0318l"),
    "beyond the first plane": "𝒳 𐍈 \U0010fffd",
    "quotes and slashes": '\'; DROP TABLE turns; -- \\u0000 \\x00 "%s" :name {id}',
    "lines": "uno\ndos\tu2028\u2028fin",
    "a thousand of four bytes": "🦜" * 1000,
    "nothing": "",
}


@pytest.fixture
def log(engine: Engine) -> TurnLog:
    """The turn log of an empty database."""
    return SqlTurnLog(engine)


def test_a_turn_and_its_contact_come_back_as_recorded(
    log: TurnLog, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    turn, contact = make_turn(), make_contact(was_told=True, opted_out=True)
    log.record(turn, contact)
    assert log.find_turn(turn.id) == turn
    assert log.find_contact(contact.sender) == contact


def test_a_turn_with_nothing_optional_comes_back_as_recorded(
    log: TurnLog, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    full = make_turn()
    bare = Turn(
        "SM2", full.sender, Channel.SMS, full.at, "es", MessageKind.EMPTY, "", Outcome.SILENT, (), source=Source.NONE
    )
    log.record(bare, make_contact())
    assert log.find_turn("SM2") == bare


def test_what_was_never_recorded_is_not_found(log: TurnLog) -> None:
    assert log.find_turn("SM1") is None
    assert log.find_contact("ana-pseudonym") is None


@pytest.mark.parametrize("words", HARD_TEXTS.values(), ids=HARD_TEXTS.keys())
def test_every_text_that_cleaning_lets_through_comes_back_unchanged(
    log: TurnLog, make_turn: MakeTurn, make_contact: MakeContact, words: str
) -> None:
    assert clean(words) == words
    turn = make_turn(text=words, texts=(words, words), intent=words)
    log.record(turn, make_contact())
    assert log.find_turn(turn.id) == turn


def test_times_come_back_aware_and_in_utc(log: TurnLog, make_turn: MakeTurn, make_contact: MakeContact) -> None:
    guatemala = timezone(timedelta(hours=-6))
    at = datetime(2026, 1, 1, 20, 0, 0, 5, tzinfo=guatemala)
    log.record(make_turn(at=at), make_contact(first_seen=at))
    turn, contact = log.find_turn("SM1"), log.find_contact("ana-pseudonym")
    assert turn is not None
    assert contact is not None
    assert turn.at == contact.first_seen == at
    assert turn.at.tzinfo is contact.first_seen.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(log: TurnLog, make_turn: MakeTurn, make_contact: MakeContact) -> None:
    with pytest.raises(StatementError, match="a time without a zone"):
        log.record(make_turn(at=datetime(2026, 1, 1)), make_contact())  # noqa: DTZ001 - the point of the test
    assert log.find_contact("ana-pseudonym") is None


def test_a_contact_is_brought_up_to_date_but_was_first_seen_once(
    log: TurnLog, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    first = make_contact()
    later = replace(first, locale="kek", was_told=True, opted_out=True, first_seen=first.first_seen + timedelta(days=9))
    log.record(make_turn(), first)
    log.record(make_turn(id="SM2"), later)
    assert log.find_contact(first.sender) == replace(later, first_seen=first.first_seen)


def test_a_message_is_recorded_once_and_its_second_turn_changes_nothing(
    log: TurnLog, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    turn, contact = make_turn(), make_contact()
    log.record(turn, contact)
    with pytest.raises(DuplicateMessage):
        log.record(replace(turn, text="otra"), replace(contact, opted_out=True))
    assert log.find_turn(turn.id) == turn
    assert log.find_contact(contact.sender) == contact


def test_of_twenty_threads_that_record_one_message_one_wins(
    log: TurnLog, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    start = threading.Barrier(20)

    def record(number: int) -> str:
        start.wait()
        try:
            log.record(make_turn(text=f"thread {number}"), make_contact(locale=f"locale {number}"))
        except DuplicateMessage:
            return "duplicate"
        return f"thread {number}"

    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(record, range(20)))
    assert told.count("duplicate") == 19
    turn, contact = log.find_turn("SM1"), log.find_contact("ana-pseudonym")
    assert turn is not None
    assert contact is not None
    assert turn.text in told
    assert contact.locale == turn.text.replace("thread", "locale")


def test_threads_that_record_different_messages_all_succeed_in_some_order(
    log: TurnLog, engine: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    def record(number: int) -> None:
        sender = f"sender-{number % 5}"
        log.record(make_turn(id=f"SM{number}", sender=sender), make_contact(sender=sender))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(record, range(60)))
    with engine.connect() as connection:
        rows = connection.execute(select(turns.c.id, turns.c.seq)).all()
    assert {row.id for row in rows} == {f"SM{number}" for number in range(60)}
    assert len({row.seq for row in rows}) == 60


def test_turns_are_numbered_in_the_order_they_were_recorded(
    log: TurnLog, engine: Engine, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    ids = ["SM9", "SM1", "SM5", "SM3"]
    for id_ in ids:
        log.record(make_turn(id=id_), make_contact())
    with engine.connect() as connection:
        assert list(connection.scalars(select(turns.c.id).order_by(turns.c.seq))) == ids


def test_a_database_without_our_tables_is_unavailable_and_the_error_names_its_cause_but_no_words_of_people(
    empty_url: str, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    engine = make_engine(empty_url)
    log = SqlTurnLog(engine)
    with pytest.raises(StoreUnavailable) as caught:
        log.record(make_turn(), make_contact())
    assert "contacts" in str(caught.value.__cause__)
    assert "ana-pseudonym" not in f"{caught.value} {caught.value.__cause__}"
    with pytest.raises(StoreUnavailable):
        log.find_turn("SM1")
    with pytest.raises(StoreUnavailable):
        log.find_contact("ana-pseudonym")
    engine.dispose()
