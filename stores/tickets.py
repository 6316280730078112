"""Tickets as staff see and work them: who waits, what was said, what was sent, how soon."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, insert, select, update

from bot.errors import SealBroken
from bot.handoffs import Addresses, Delivery, SendResult
from bot.messages import Channel
from bot.turns import Turn
from stores.database import reading, writing
from stores.handoffs import ANSWERED, CLOSED, OPEN, PERSON, SERVICE, end_tickets, place_of
from stores.rows import read_turn
from stores.sealing import Seal
from stores.tables import IS_OPEN, contacts, deliveries, ticket_messages, tickets, turns

QUEUED = "queued"
"""Of a message: written down, and not yet known to be sent. If it stays so, it may have been."""
TWICE_WITHIN = timedelta(minutes=2)
"""The same words to the same person so soon are one message, sent twice by a double click."""
MOST_LISTED = 200


@dataclass(frozen=True)
class Ticket:
    """Somebody who asked for a person."""

    id: int
    sender: str
    channel: Channel
    locale: str
    speaks: str | None
    """The language the person chose, which need not be one we answer in."""
    department: str | None
    turn_id: str
    status: str
    assignee: str | None
    opened_at: datetime
    last_inbound_at: datetime
    waiting_since: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    helped: bool | None
    opted_out: bool

    @property
    def is_closed(self) -> bool:
        """Whether it has ended, with the address forgotten."""
        return self.status == CLOSED


@dataclass(frozen=True)
class StaffMessage:
    """What staff wrote, and the furthest that is known of it."""

    id: int
    staff: str
    text: str
    at: datetime
    status: str
    error: str | None


@dataclass(frozen=True)
class Said:
    """A page of what a person and the line said to each other, oldest first."""

    turns: tuple[Turn, ...]
    earlier: int | None
    """Where the page before begins, if there is one."""
    until: datetime | None = None
    """When the page after this one begins, if there is one."""


@dataclass(frozen=True)
class Waiting:
    """How soon people are answered."""

    first_replies: tuple[timedelta, ...] = field(default=())
    """From asking to the first reply, in ascending order, of the first replies in the period."""
    oldest: datetime | None = None
    """Since when the one who waits longest does."""


class SqlTickets:
    """Tickets in SQL."""

    def __init__(self, engine: Engine, seal: Seal, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._seal = seal
        self._now = now

    def find(self, ticket_id: int) -> Ticket | None:
        """Return a ticket. Raise StoreUnavailable, as all of these do."""
        with reading(self._engine) as connection:
            row = connection.execute(_tickets().where(tickets.c.id == ticket_id)).one_or_none()
        return _read_ticket(row) if row else None

    def waiting(self) -> tuple[Ticket, ...]:
        """Return who waits for a reply, longest first; at most MOST_LISTED."""
        return self._listed(tickets.c.status == OPEN, tickets.c.waiting_since, tickets.c.id)

    def answered(self) -> tuple[Ticket, ...]:
        """Return who had a reply and has not written since, those answered longest ago first; at most MOST_LISTED."""
        return self._listed(tickets.c.status == ANSWERED, tickets.c.last_inbound_at, tickets.c.id)

    def closed(self, before: int | None = None, size: int = 40) -> tuple[Ticket, ...]:
        """Return the newest closed tickets, or those before the one with the id `before`."""
        wanted = tickets.c.status == CLOSED
        if before is not None:
            wanted &= tickets.c.id < before
        return self._listed(wanted, tickets.c.id.desc(), size=size)

    def _listed(self, wanted: ColumnElement[bool], *order: Any, size: int = MOST_LISTED) -> tuple[Ticket, ...]:
        with reading(self._engine) as connection:
            rows = connection.execute(_tickets().where(wanted).order_by(*order).limit(size)).all()
        return tuple(map(_read_ticket, rows))

    def said(self, sender: str, before: int | None = None, size: int = 40) -> Said:
        """Return the newest page of turns, or the one before the turn with the sequence number `before`."""
        wanted = select(turns).where(turns.c.sender == sender).order_by(turns.c.seq.desc()).limit(size + 1)
        if before is not None:
            wanted = wanted.where(turns.c.seq < before)
        next_page = select(turns.c.at).where(turns.c.seq == before)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
            until = connection.execute(next_page).scalar_one_or_none() if before is not None else None
        earlier = rows[size - 1].seq if len(rows) > size else None
        return Said(tuple(read_turn(row) for row in reversed(rows[:size])), earlier, until)

    def messages(self, ticket_id: int) -> tuple[StaffMessage, ...]:
        """Return what staff wrote, oldest first, each with the furthest status that the channel told."""
        told = ticket_messages.outerjoin(deliveries, deliveries.c.message_sid == ticket_messages.c.message_sid)
        wanted = select(ticket_messages, deliveries.c.status.label("told"), deliveries.c.error_code).select_from(told)
        with reading(self._engine) as connection:
            ours = wanted.where(ticket_messages.c.ticket_id == ticket_id).order_by(ticket_messages.c.id)
            return tuple(map(_read_message, connection.execute(ours).all()))

    def addresses(self, ticket: Ticket) -> Addresses | None:
        """Return where to write from and to; None when the ticket has ended or its seal is broken."""
        wanted = select(tickets.c.address, tickets.c.service_address, tickets.c.turn_id)
        with reading(self._engine) as connection:
            row = connection.execute(wanted.where(tickets.c.id == ticket.id)).one_or_none()
        if row is None or row.address is None:
            return None
        try:
            return Addresses(
                self._seal.open(row.address, place_of(ticket.sender, row.turn_id, PERSON)),
                self._seal.open(row.service_address, place_of(ticket.sender, row.turn_id, SERVICE)),
            )
        except SealBroken:
            return None

    def write_down(self, ticket: Ticket, staff: str, text: str) -> int | None:
        """Keep a message before it is sent and return its id; None when the same was written a moment ago."""
        now = self._now()
        same = select(ticket_messages.c.id).where(
            ticket_messages.c.ticket_id == ticket.id,
            ticket_messages.c.text == text,
            ticket_messages.c.at > now - TWICE_WITHIN,
            ticket_messages.c.status != Delivery.FAILED.value,
        )
        row = {"ticket_id": ticket.id, "staff": staff, "text": text, "at": now, "status": QUEUED}
        with writing(self._engine) as connection:
            # The ticket's row is locked first, so that of two clicks one waits for the other.
            held = select(tickets.c.id).where(tickets.c.id == ticket.id, IS_OPEN).with_for_update()
            if connection.execute(held).first() is None or connection.execute(same).first() is not None:
                return None
            return int(connection.execute(insert(ticket_messages).returning(ticket_messages.c.id), row).scalar_one())

    def note_sent(self, ticket: Ticket, message_id: int, result: SendResult) -> None:
        """Note what became of a message; who has been answered waits no more."""
        became = {"status": result.delivery.value, "message_sid": result.sid, "error": result.error}
        with writing(self._engine) as connection:
            connection.execute(update(ticket_messages).where(ticket_messages.c.id == message_id).values(became))
            if result.delivery is Delivery.SENT:
                self._note_answered(connection, ticket)
            if result.delivery is Delivery.OPTED_OUT:
                wish = update(contacts).where(contacts.c.sender == ticket.sender).values(opted_out=True)
                connection.execute(wish)
                end_tickets(connection, ticket.sender, self._now())

    def _note_answered(self, connection: Any, ticket: Ticket) -> None:
        """Mark as answered, unless the person wrote again while the reply was on its way."""
        is_it = tickets.c.id == ticket.id
        first = tickets.c.first_reply_at.is_(None)
        connection.execute(update(tickets).where(is_it, first).values(first_reply_at=self._now()))
        unheard = tickets.c.last_inbound_at == ticket.last_inbound_at
        connection.execute(update(tickets).where(is_it, IS_OPEN, unheard).values(status=ANSWERED, waiting_since=None))

    def assign(self, ticket: Ticket, staff: str | None) -> None:
        """Note who looks after a ticket."""
        with writing(self._engine) as connection:
            connection.execute(update(tickets).where(tickets.c.id == ticket.id).values(assignee=staff))

    def close(self, ticket: Ticket) -> None:
        """End a ticket and forget the address."""
        with writing(self._engine) as connection:
            end_tickets(connection, ticket.sender, self._now())

    def how_soon(self, since: datetime) -> Waiting:
        """Return how long first replies took since a moment, and since when the longest wait lasts."""
        replied = select(tickets.c.opened_at, tickets.c.first_reply_at).where(tickets.c.first_reply_at >= since)
        oldest = select(tickets.c.waiting_since).where(tickets.c.status == OPEN).order_by(tickets.c.waiting_since)
        with reading(self._engine) as connection:
            took = sorted(row.first_reply_at - row.opened_at for row in connection.execute(replied).all())
            return Waiting(tuple(took), connection.execute(oldest.limit(1)).scalar_one_or_none())


def _tickets() -> Select[Any]:
    joined = tickets.outerjoin(contacts, contacts.c.sender == tickets.c.sender)
    shown = [column for column in tickets.columns if column.name not in {"address", "service_address"}]
    return select(*shown, contacts.c.speaks, contacts.c.opted_out).select_from(joined)


def _read_ticket(row: Row[Any]) -> Ticket:
    values = dict(row._mapping)
    return Ticket(**values | {"channel": Channel(row.channel), "opted_out": bool(row.opted_out)})


def _read_message(row: Row[Any]) -> StaffMessage:
    return StaffMessage(row.id, row.staff, row.text or "", row.at, row.told or row.status, row.error_code or row.error)
