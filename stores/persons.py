"""What is held about a person, in every table that holds anything, and how all of it is forgotten."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, Table, delete, select, update

from stores.database import drop_write_ahead_log, reading, writing
from stores.search import read_words
from stores.tables import (
    contacts,
    conversations,
    deliveries,
    feedback,
    notes,
    reviews,
    second_opinions,
    ticket_messages,
    tickets,
    turn_words,
    turns,
)
from stores.tombstones import empty_turns

Condition = Callable[[str], ColumnElement[bool]]


def _turn_ids(sender: str) -> Select[tuple[str]]:
    return select(turns.c.id).where(turns.c.sender == sender)


def _ticket_ids(sender: str) -> Select[tuple[int]]:
    return select(tickets.c.id).where(tickets.c.sender == sender)


def _sent_sids(sender: str) -> Select[tuple[str]]:
    sent = select(ticket_messages.c.message_sid).where(ticket_messages.c.message_sid.is_not(None))
    return sent.where(ticket_messages.c.ticket_id.in_(_ticket_ids(sender)))


DELETED: Mapping[Table, Condition] = {
    second_opinions: lambda sender: second_opinions.c.turn_id.in_(_turn_ids(sender)),
    reviews: lambda sender: (reviews.c.sender == sender) | reviews.c.turn_id.in_(_turn_ids(sender)),
    feedback: lambda sender: feedback.c.sender == sender,
    notes: lambda sender: notes.c.sender == sender,
    conversations: lambda sender: conversations.c.sender == sender,
    deliveries: lambda sender: deliveries.c.message_sid.in_(_sent_sids(sender)),
    ticket_messages: lambda sender: ticket_messages.c.ticket_id.in_(_ticket_ids(sender)),
    tickets: lambda sender: tickets.c.sender == sender,
}
"""Whose rows an erasure deletes, and which of them are a person's; what finds its rows through another comes first."""

EMPTIED: Mapping[Table, Condition] = {
    contacts: lambda sender: contacts.c.sender == sender,
    turns: lambda sender: turns.c.sender == sender,
}
"""Whose rows an erasure handles otherwise: of turns stay tombstones, of contacts the wish not to be written to."""

PERSONAL: frozenset[Table] = frozenset({*EMPTIED, *DELETED, turn_words})
"""Every table that holds anything of a person. A table that is to hold more of them belongs above."""

STAFF_COLUMNS = frozenset({"staff", "assignee", "asked_by"})
"""Who of the staff did something is not about the person, and is not exported."""


@dataclass(frozen=True)
class Held:
    """All that is held about a person, as plain as JSON: rows by table, times in ISO 8601."""

    sender: str
    tables: Mapping[str, tuple[Mapping[str, Any], ...]]

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows in each table that has any."""
        return {name: len(rows) for name, rows in self.tables.items() if rows}


def as_json(held: Held) -> dict[str, Any]:
    """Return what can be handed over as JSON."""
    return {"pseudonym": held.sender, "held": {name: list(rows) for name, rows in held.tables.items()}}


class SqlPersons:
    """Reads and forgets what is held about people."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now

    def is_known(self, sender: str) -> bool:
        """Whether anything is held about a person. Raise StoreUnavailable."""
        return bool(self.held_about(sender).counts)

    def held_about(self, sender: str) -> Held:
        """Return everything, tables with nothing included. Raise StoreUnavailable."""
        with reading(self._engine) as connection:
            held = {table.name: _rows(connection, table, is_theirs(sender)) for table, is_theirs in _conditions()}
            texts = select(turns.c.seq, turns.c.text).where(turns.c.sender == sender).order_by(turns.c.seq)
            words = read_words(connection, [(row.seq, row.text) for row in connection.execute(texts)])
        return Held(sender, held | {turn_words.name: tuple({"seq": seq, "word": word} for seq, word in words)})

    def erase(self, sender: str) -> Mapping[str, int]:
        """Forget a person in one transaction and return how many rows of each table that had any.

        The wish not to be written to stays, with the pseudonym and the locale. Raise StoreUnavailable.
        """
        now = self._now()
        with writing(self._engine) as connection:
            # The contact comes first, as when the person writes BORRAR (`stores.turns`).
            counts = {contacts.name: _forget_contact(connection, sender, now)} | forget(connection, sender, now)
        drop_write_ahead_log(self._engine)
        return {name: count for name, count in counts.items() if count}


def forget(connection: Connection, sender: str, at: datetime) -> dict[str, int]:
    """Forget a person but for the contact, which the caller has locked; return how many rows of each table."""
    # No one else holds rows of these tables while it waits for one of the turns, so their order is free.
    locked = connection.execute(_turn_ids(sender).order_by(turns.c.seq).with_for_update()).all()
    counts = {
        table.name: connection.execute(delete(table).where(is_theirs(sender))).rowcount
        for table, is_theirs in DELETED.items()
    }
    return counts | {turns.name: empty_turns(connection, EMPTIED[turns](sender), at) if locked else 0}


def _forget_contact(connection: Connection, sender: str, at: datetime) -> int:
    kept = select(contacts.c.opted_out).where(contacts.c.sender == sender).with_for_update()
    opted_out = connection.execute(kept).scalar_one_or_none()
    is_it = contacts.c.sender == sender
    if opted_out:
        anew = {"first_seen": at, "last_seen": at.date(), "was_told": False}
        anew |= {"speaks": None, "was_asked_language": False}
        connection.execute(update(contacts).where(is_it).values(anew))
    else:
        connection.execute(delete(contacts).where(is_it))
    return int(opted_out is not None)


def _conditions() -> list[tuple[Table, Condition]]:
    return [*EMPTIED.items(), *reversed(list(DELETED.items()))]


def _rows(connection: Connection, table: Table, condition: ColumnElement[bool]) -> tuple[Mapping[str, Any], ...]:
    shown = [column for column in table.columns if column.name not in STAFF_COLUMNS]
    order = table.c["seq"] if "seq" in table.c else next(iter(table.primary_key))
    return tuple(map(_plain_row, connection.execute(select(*shown).where(condition).order_by(order))))


def _plain_row(row: Row[Any]) -> Mapping[str, Any]:
    return {name: _plain(value) for name, value in row._mapping.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # datetimes are dates
        return value.isoformat()
    return "(encrypted)" if isinstance(value, bytes) else value
