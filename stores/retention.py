"""Keep less, for less time: what becomes of everything that ages, and the daily run that does it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, delete, exists, func, select, update

from stores.audit import SqlAudit
from stores.database import drop_write_ahead_log, reading, writing
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
    turns,
)
from stores.tombstones import BATCH, LIFE, empty_turns

PAUSE = 0.05
"""Seconds between batches, so that on SQLite, where one writes at a time, the line's own writes get their turn."""

NOBODY = ""
"""The sender of a row that is kept for its counts."""


@dataclass(frozen=True)
class Ages:
    """How old things may become."""

    texts: timedelta = timedelta(days=30)
    """What people wrote and what staff wrote about them."""
    deliveries: timedelta = timedelta(days=90)
    contacts: timedelta = timedelta(days=365)
    """After the last message. A wish not to be written to does not age."""


@dataclass(frozen=True)
class Rule:
    """What becomes of the rows that meet a condition: new values that no longer meet it, or nothing at all."""

    name: str
    table: Table
    condition: ColumnElement[bool]
    becomes: Mapping[str, Any] | None = None

    @property
    def keys(self) -> Select[Any]:
        """The keys of those rows."""
        return select(next(iter(self.table.primary_key))).where(self.condition)

    def apply(self, connection: Connection) -> int:
        """Change a batch of rows that no other transaction is at; return how many there were."""
        key = next(iter(self.table.primary_key))
        found = list(connection.execute(self.keys.limit(BATCH).with_for_update(skip_locked=True)).scalars())
        change = delete(self.table) if self.becomes is None else update(self.table).values(dict(self.becomes))
        if found:
            connection.execute(change.where(key.in_(found)))
        return len(found)


def rules(ages: Ages, now: datetime) -> tuple[Rule, ...]:
    """Return what is done after the turns are emptied, in this order."""
    old = now - ages.texts
    has_turns = exists().where(turns.c.sender == conversations.c.sender)
    long_closed = select(tickets.c.id).where(tickets.c.closed_at < old)
    # The newest turn is never deleted, so that SQLite's `seq` never counts anew.
    newest = select(func.max(turns.c.seq)).scalar_subquery()
    is_dead = turns.c.sender.is_(None) & (turns.c.at < now - LIFE) & (turns.c.seq < newest)
    tells = reviews.c.sender.is_not(None) | reviews.c.utterance.is_not(None) | reviews.c.entities.is_not(None)
    nameless = {"sender": None, "utterance": None, "entities": None}
    shut = {"sender": NOBODY, "address": None, "service_address": None}
    return (
        Rule("tombstones", turns, is_dead),
        Rule("feedback", feedback, (feedback.c.sender != NOBODY) & (feedback.c.at < old), {"sender": NOBODY}),
        Rule("reviews", reviews, tells & (reviews.c.at < old), nameless),
        Rule("second_opinions", second_opinions, second_opinions.c.at < old),
        Rule("notes", notes, notes.c.at < old),
        Rule("conversations", conversations, ~has_turns & (conversations.c.updated_at < old)),
        Rule("ticket_messages", ticket_messages, ticket_messages.c.ticket_id.in_(long_closed)),
        Rule("tickets", tickets, (tickets.c.sender != NOBODY) & (tickets.c.closed_at < old), shut),
        Rule("deliveries", deliveries, deliveries.c.updated_at < now - ages.deliveries),
        Rule("contacts", contacts, _is_stranger(now - ages.contacts)),
    )


def _is_old(before: datetime) -> ColumnElement[bool]:
    return turns.c.sender.is_not(None) & (turns.c.at < before)


def _is_stranger(before: datetime) -> ColumnElement[bool]:
    """Whether nobody would miss a contact: it asked for nothing that must be remembered, and nothing else is held."""
    is_silent = ~contacts.c.opted_out & (contacts.c.last_seen < before.date())
    has_turns = exists().where(turns.c.sender == contacts.c.sender)
    has_ticket = exists().where(tickets.c.sender == contacts.c.sender)
    return is_silent & ~has_turns & ~has_ticket


class Retention:
    """The daily run. `count_first` adds up what is to be counted for ever; if it fails nothing is emptied."""

    def __init__(
        self,
        engine: Engine,
        ages: Ages,
        count_first: Callable[[], object],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._ages = ages
        self._count_first = count_first
        self._now = now

    def preview(self) -> Mapping[str, int]:
        """Return how many rows each step would change; nothing is changed. Raise StoreUnavailable."""
        now = self._now()
        old_turns = select(turns.c.id).where(_is_old(now - self._ages.texts))
        wanted = {"turns": old_turns, **{rule.name: rule.keys for rule in rules(self._ages, now)}}
        with reading(self._engine) as connection:
            return {
                name: connection.execute(select(func.count()).select_from(keys.subquery())).scalar_one()
                for name, keys in wanted.items()
            }

    def run(self) -> Mapping[str, int]:
        """Do it, in small transactions, and return how many rows each step changed. Raise StoreUnavailable."""
        self._count_first()
        steps: dict[str, Callable[[Connection], int]] = {"turns": self._empty_turns}
        steps |= {rule.name: rule.apply for rule in rules(self._ages, self._now())}
        done = {name: self._in_batches(step) for name, step in steps.items()}
        drop_write_ahead_log(self._engine)
        told = ", ".join(f"{name} {count}" for name, count in done.items() if count)
        SqlAudit(self._engine, self._now).record("system", "retention.run", detail=told or "nothing")
        return done

    def overlooked(self) -> int:
        """Return how many tickets are still open whose person wrote so long ago that their texts are gone."""
        is_open = tickets.c.closed_at.is_(None) & (tickets.c.last_inbound_at < self._now() - self._ages.texts)
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(tickets).where(is_open)).scalar_one()

    def _empty_turns(self, connection: Connection) -> int:
        now = self._now()
        return empty_turns(connection, _is_old(now - self._ages.texts), now, most=BATCH)

    def _in_batches(self, step: Callable[[Connection], int]) -> int:
        total = 0
        while True:
            with writing(self._engine) as connection:
                count = step(connection)
            total += count
            if count < BATCH:
                return total
            time.sleep(PAUSE)
