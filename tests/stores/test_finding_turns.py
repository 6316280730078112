"""Finding turns as staff look for them, on SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, insert

import stores.conversations
from bot.interpretation import Source
from bot.messages import Channel
from bot.turns import Contact, Outcome, Turn
from stores.conversations import Band, Filters, Page, SqlConversations
from stores.database import writing
from stores.notes import SqlNotes
from stores.tables import feedback, tickets
from stores.turns import SqlTurnLog

MakeTurn = Callable[..., Turn]
MakeContact = Callable[..., Contact]
Say = Callable[..., None]


@pytest.fixture
def say(engine: Engine, make_turn: MakeTurn, make_contact: MakeContact) -> Say:
    """A function that records one more turn, a minute after the last one; `SM1` is the first."""
    log, numbers = SqlTurnLog(engine), count(1)
    plain: dict[str, object] = {
        "text": "pasaporte",
        "locale": "es",
        "outcome": Outcome.ANSWERED,
        "source": Source.MODEL,
        "confidence": 0.95,
        "intent": "passport",
    }

    def say(**changes: object) -> None:
        number = next(numbers)
        at = make_turn().at + timedelta(minutes=number)
        turn = make_turn(**(plain | {"id": f"SM{number}", "at": at} | changes))
        log.record(turn, make_contact(sender=turn.sender))

    return say


def ids(page: Page) -> list[str]:
    """Return the ids of the turns on a page."""
    return [found.turn.id for found in page.turns]


def test_each_filter_finds_its_turns_newest_first(engine: Engine, say: Say, make_turn: MakeTurn) -> None:
    say()
    say(channel=Channel.SMS, text="la katch\u02bcaw pa K\u2019iche\u2019")
    say(locale="mam", sender="berta")
    say(intent="shelter", confidence=0.61)
    say(confidence=0.2, outcome=Outcome.UNKNOWN)
    say(source=Source.LIGHT, outcome=Outcome.CLARIFIED)
    say(outcome=Outcome.HANDOFF)
    at = make_turn().at
    with writing(engine) as connection:
        row = {"turn_id": "SM1", "sender": "ana-pseudonym", "answer": "passport", "helped": False, "at": at}
        connection.execute(insert(feedback), row)
        connection.execute(insert(feedback), row | {"turn_id": "SM2", "helped": True})
        ticket = {"sender": "ana-pseudonym", "channel": "sms", "locale": "es", "turn_id": "SM4", "status": "open"}
        connection.execute(insert(tickets), ticket | {"opened_at": at, "last_inbound_at": at})
    notes = SqlNotes(engine, lambda: at)
    notes.flag("berta", True)
    notes.assign("berta", "reviewer@example.org")
    notes.add_tag("berta", "niñez")
    conversations = SqlConversations(engine)
    for filters, expected in [
        (Filters(), ["SM7", "SM6", "SM5", "SM4", "SM3", "SM2", "SM1"]),
        (Filters(words="quiche"), ["SM2"]),
        (Filters(since=at + timedelta(minutes=3), until=at + timedelta(minutes=5)), ["SM4", "SM3"]),
        (Filters(since=at + timedelta(days=3)), []),
        (Filters(until=at), []),
        (Filters(channel=Channel.SMS), ["SM2"]),
        (Filters(locale="mam"), ["SM3"]),
        (Filters(intent="shelter"), ["SM4"]),
        (Filters(band=Band.FAIR), ["SM4"]),
        (Filters(band=Band.LOW), ["SM5"]),
        (Filters(band=Band.SURE, channel=Channel.SMS), ["SM2"]),
        (Filters(outcome=Outcome.UNKNOWN), ["SM5"]),
        (Filters(outcome=Outcome.HANDOFF), ["SM7", "SM4"]),
        (Filters(is_degraded=True), ["SM6"]),
        (Filters(helped=False), ["SM1"]),
        (Filters(helped=True), ["SM2"]),
        (Filters(is_flagged=True), ["SM3"]),
        (Filters(assignee="reviewer@example.org"), ["SM3"]),
        (Filters(assignee="viewer@example.org"), []),
        (Filters(is_done=False), ["SM3"]),
        (Filters(is_done=True), []),
        (Filters(tag="niñez"), ["SM3"]),
        (Filters(tag="%"), []),
    ]:
        assert ids(conversations.find(filters)) == expected, filters


def test_an_erased_person_is_not_listed(
    engine: Engine, say: Say, make_turn: MakeTurn, make_contact: MakeContact
) -> None:
    say()
    wish = make_turn(id="SM-wish", text="", entities=())
    SqlTurnLog(engine).record(wish, make_contact(), erase=True)
    assert ids(SqlConversations(engine).find(Filters())) == ["SM-wish"]
    assert ids(SqlConversations(engine).talk("ana-pseudonym")) == ["SM-wish"]


def walk(turn_page: Callable[[int], Page], start: int | None, way: str) -> Iterator[list[str]]:
    """Yield the ids of page after page."""
    cursor = start
    while cursor is not None:
        page = turn_page(cursor)
        yield ids(page)
        cursor = getattr(page, way)


def test_pages_follow_each_other_both_ways_without_gap_or_repetition(engine: Engine, say: Say) -> None:
    for number in range(7):
        say(channel=Channel.SMS if number != 3 else Channel.WHATSAPP)
    find = SqlConversations(engine).find
    sms = Filters(channel=Channel.SMS)
    first = find(sms, size=2)
    assert (ids(first), first.newer) == (["SM7", "SM6"], None)
    older = list(walk(lambda cursor: find(sms, before=cursor, size=2), first.older, "older"))
    assert older == [["SM5", "SM3"], ["SM2", "SM1"]]
    newer = list(walk(lambda cursor: find(sms, after=cursor, size=2), 1, "newer"))
    assert newer == [["SM3", "SM2"], ["SM6", "SM5"], ["SM7", "SM6"]], "the last one is the first page again"


def test_when_time_runs_out_the_page_says_how_far_it_looked_and_goes_on_from_there(
    engine: Engine, say: Say, make_turn: MakeTurn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores.conversations, "FIRST_WINDOW", 1)
    say(intent="shelter")
    for _ in range(12):
        say()
    ticks = count()
    conversations = SqlConversations(engine, clock=lambda: float(next(ticks)))
    page = conversations.find(Filters(intent="shelter"), seconds=0.5)
    assert (ids(page), page.looked_until) == ([], make_turn().at + timedelta(minutes=12))
    pages = 1
    while page.older:
        page = conversations.find(Filters(intent="shelter"), before=page.older, seconds=0.5)
        pages += 1
    assert (ids(page), page.looked_until, pages) == (["SM1"], None, 13)


def test_a_conversation_opens_around_a_turn(engine: Engine, say: Say) -> None:
    for number in range(9):
        say(sender="berta" if number % 3 == 2 else "ana-pseudonym")
    talk = SqlConversations(engine).talk
    page = talk("ana-pseudonym", around=4, size=4)
    assert (ids(page), page.older, page.newer) == (["SM5", "SM4", "SM2", "SM1"], None, 5)
    assert ids(talk("ana-pseudonym", after=5, size=4)) == ["SM8", "SM7"]
    assert ids(talk("ana-pseudonym", before=4, size=1)) == ["SM2"]
    assert talk("nobody") == Page(())


def test_everything_found_can_be_read_at_once(engine: Engine, say: Say) -> None:
    for _ in range(5):
        say()
    found = SqlConversations(engine).each(Filters(), size=4, seconds=9)
    assert [each.turn.id for each in found] == ["SM5", "SM4", "SM3", "SM2"]


def test_the_locales_of_all_turns_are_told(engine: Engine, say: Say) -> None:
    for locale in ("es", "quc", "es", "mam"):
        say(locale=locale)
    assert SqlConversations(engine).locales() == ("es", "mam", "quc")
