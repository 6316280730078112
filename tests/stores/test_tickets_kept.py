"""Tickets on both databases: opened by a yes, kept up, answered, and ended with the address forgotten."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.handoffs import Addresses, Delivery, SendResult
from bot.messages import Channel
from bot.turns import Contact, Outcome, Turn
from stores.deliveries import SqlDeliveries
from stores.handoffs import SqlHandoffs, end_forgotten_tickets
from stores.sealing import Seal
from stores.tables import feedback
from stores.tables import tickets as table
from stores.tickets import SqlTickets, Ticket
from stores.turns import SqlTurnLog
from tests.stores.conftest import NOW

ADDRESSES = Addresses("whatsapp:+50255512345", "whatsapp:+50255500000")
SENT = SendResult(Delivery.SENT, sid="SM" + "1" * 32)


@dataclass
class Line:
    """What the line does with a turn, and what staff see then."""

    log: SqlTurnLog
    handoffs: SqlHandoffs
    tickets: SqlTickets
    make_turn: Callable[..., Turn]
    make_contact: Callable[..., Contact]
    minutes: int = 0

    def hear(self, addresses: Addresses = ADDRESSES, *, erase: bool = False, out: bool = False, **changes: Any) -> Turn:
        """Take one more message, a minute after the one before."""
        self.minutes += 1
        plain = {"id": f"SM{self.minutes}", "at": self.now(), "answer": "passport", "outcome": Outcome.ANSWERED}
        turn = self.make_turn(**plain | changes)
        self.log.record(turn, self.make_contact(sender=turn.sender, opted_out=out), erase=erase)
        self.handoffs.follow(turn, addresses)
        return turn

    def agree(self, **changes: Any) -> Turn:
        """Take a yes to the question whether a person may read."""
        return self.hear(outcome=Outcome.HANDOFF, answer=None, **changes)

    def now(self) -> datetime:
        return NOW + timedelta(minutes=self.minutes)

    @property
    def only(self) -> Ticket:
        """The one who waits."""
        (ticket,) = self.tickets.waiting()
        return ticket


@pytest.fixture
def line(engine: Engine, make_turn: Callable[..., Turn], make_contact: Callable[..., Contact]) -> Line:
    """A line with an empty database."""
    seal = Seal(b"k" * 32)
    made = Line(SqlTurnLog(engine), SqlHandoffs(engine, seal), SqlTickets(engine, seal), make_turn, make_contact)
    made.tickets = SqlTickets(engine, seal, made.now)
    return made


def stored(engine: Engine) -> str:
    with engine.connect() as connection:
        return "\n".join(str(row) for row in connection.execute(select(table)).all())


def test_only_a_yes_keeps_an_address_and_it_is_sealed(line: Line, engine: Engine) -> None:
    line.hear()
    line.hear(outcome=Outcome.CLARIFIED, intent="human_agent", answer=None)
    assert line.tickets.waiting() == ()
    line.agree(department="Huehuetenango")
    assert (line.only.department, line.only.locale, line.only.channel) == ("Huehuetenango", "quc", Channel.WHATSAPP)
    assert line.tickets.addresses(line.only) == ADDRESSES
    assert "555" not in stored(engine)


def test_a_yes_twice_or_delivered_again_is_one_ticket_that_answers_where_it_was_said_last(line: Line) -> None:
    first = line.agree()
    by_sms = Addresses("+50255512345", "+50255500000")
    line.agree(addresses=by_sms, channel=Channel.SMS)
    line.handoffs.follow(first, ADDRESSES)
    assert (line.only.channel, line.only.opened_at) == (Channel.SMS, first.at)
    assert line.tickets.addresses(line.only) == by_sms


def test_a_yes_delivered_again_after_the_end_opens_nothing(line: Line) -> None:
    turn = line.agree()
    line.tickets.close(line.only)
    line.handoffs.follow(turn, ADDRESSES)
    assert line.tickets.waiting() == ()


def test_of_many_yeses_at_once_one_ticket_comes(line: Line) -> None:
    yeses = [line.make_turn(id=f"SMx{n}", outcome=Outcome.HANDOFF, answer=None) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda turn: line.handoffs.follow(turn, ADDRESSES), yeses))
    assert line.only.sender == "ana-pseudonym"


def test_a_later_message_opens_the_window_anew_but_the_wait_counts_from_the_first(line: Line) -> None:
    yes = line.agree()
    later = line.hear()
    line.handoffs.follow(yes, ADDRESSES)
    assert (line.only.waiting_since, line.only.last_inbound_at) == (yes.at, later.at)
    line.hear(channel=Channel.SMS)
    assert line.only.last_inbound_at == later.at, "an SMS opens no WhatsApp window"


def test_answered_waits_no_more_until_the_person_writes_again(line: Line) -> None:
    line.agree()
    ticket = line.only
    line.minutes += 5
    message = line.tickets.write_down(ticket, "eva@example.org", "Buenas")
    assert message
    line.tickets.note_sent(ticket, message, SENT)
    assert line.tickets.waiting() == ()
    assert line.tickets.answered()[0].first_reply_at == line.now()
    assert line.tickets.how_soon(NOW).first_replies == (timedelta(minutes=5),)
    again = line.hear()
    assert line.only.waiting_since == again.at


def test_who_writes_while_the_reply_is_on_its_way_still_waits(line: Line) -> None:
    line.agree()
    ticket = line.only
    message = line.tickets.write_down(ticket, "eva@example.org", "Buenas")
    assert message
    line.hear()
    line.tickets.note_sent(ticket, message, SENT)
    assert line.only.status == "open"


def test_the_same_words_twice_in_a_moment_are_written_down_once(line: Line) -> None:
    line.agree()
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: line.tickets.write_down(line.only, "eva@example.org", "Buenas"), range(4)))
    assert len([id_ for id_ in ids if id_]) == 1
    line.minutes += 3
    assert line.tickets.write_down(line.only, "eva@example.org", "Buenas")


def test_a_status_told_later_shows_and_never_goes_back(line: Line, engine: Engine) -> None:
    line.agree()
    ticket, told = line.only, SqlDeliveries(engine)
    message = line.tickets.write_down(ticket, "eva@example.org", "Buenas")
    assert message
    line.tickets.note_sent(ticket, message, SENT)
    for status in ("delivered", "sent"):
        told.advance(SENT.sid or "", status, None)
    assert [m.status for m in line.tickets.messages(ticket.id)] == ["delivered"]


@pytest.mark.parametrize("how", ["BAJA", "the channel says so", "closed", "nobody came back"])
def test_every_end_forgets_the_address(line: Line, engine: Engine, how: str) -> None:
    line.agree()
    ticket = line.only
    if how == "BAJA":
        line.hear(out=True, intent="opt_out", outcome=Outcome.COMMAND)
    elif how == "the channel says so":
        message = line.tickets.write_down(ticket, "eva@example.org", "Buenas")
        line.tickets.note_sent(ticket, message or 0, SendResult(Delivery.OPTED_OUT, error="21610"))
        contact = line.log.find_contact(ticket.sender)
        assert contact
        assert contact.opted_out
    elif how == "closed":
        line.tickets.close(ticket)
    else:
        assert end_forgotten_tickets(engine, line.now() + timedelta(days=1), line.now()) == 1
    assert line.tickets.waiting() == ()
    assert [(t.id, t.is_closed) for t in line.tickets.closed()] == [(ticket.id, True)]
    assert line.tickets.addresses(ticket) is None
    assert "b'" not in stored(engine)


def test_erasing_leaves_no_ticket_and_no_word_of_it(line: Line, engine: Engine) -> None:
    line.agree()
    other = line.agree(sender="berta")
    ticket = next(t for t in line.tickets.waiting() if t.sender == "ana-pseudonym")
    assert line.tickets.write_down(ticket, "eva@example.org", "Buenas")
    line.hear(erase=True, text="", intent="delete_my_data", answer=None, outcome=Outcome.COMMAND)
    assert [t.sender for t in line.tickets.waiting()] == [other.sender]
    assert line.tickets.messages(ticket.id) == ()
    assert line.tickets.write_down(ticket, "eva@example.org", "Buenas") is None


@pytest.mark.parametrize("answer", [True, False])
def test_what_the_person_says_of_the_help_is_kept_once(line: Line, engine: Engine, answer: bool) -> None:
    opened = line.agree()
    line.tickets.close(line.only)
    for said in (answer, not answer):
        line.hear(outcome=Outcome.COMMAND, intent="affirm" if said else "deny", answer=None)
    assert line.tickets.closed()[0].helped is answer
    with engine.connect() as connection:
        assert [(r.turn_id, r.helped) for r in connection.execute(select(feedback))] == [(opened.id, answer)]


def test_pages_of_what_was_said_meet_without_gap_or_overlap(line: Line) -> None:
    ids = [line.hear().id for _ in range(5)]
    newest = line.tickets.said("ana-pseudonym", size=2)
    middle = line.tickets.said("ana-pseudonym", newest.earlier, size=2)
    oldest = line.tickets.said("ana-pseudonym", middle.earlier, size=2)
    assert [turn.id for page in (oldest, middle, newest) for turn in page.turns] == ids
    assert (oldest.earlier, middle.until) == (None, newest.turns[0].at)
