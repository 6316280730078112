"""The turn log in SQL: what was said and what is kept of a person."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, func, select

from bot.errors import StoreUnavailable
from bot.turns import Contact, DuplicateMessage, Turn
from stores.database import drop_write_ahead_log, insert_into, reading, writing
from stores.handoffs import end_tickets
from stores.persons import forget
from stores.rows import read_contact, read_turn, turn_row
from stores.search import add_words
from stores.tables import contacts, turns

ERASURE_WAIT = 0.25
"""Seconds that the reply to an erasure waits for readers to leave SQLite's write-ahead log."""


def utc_now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


class SqlTurnLog:
    """Keeps turns and contacts. An emptied turn stays for a while as a tombstone: its id, channel and time, no more."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._now = now

    def find_turn(self, message_id: str) -> Turn | None:
        """Return the turn of a message that was already handled; of a tombstone, an empty silent one."""
        with reading(self._engine) as connection:
            row = connection.execute(select(turns).where(turns.c.id == message_id)).one_or_none()
        return read_turn(row) if row else None

    def find_contact(self, sender: str) -> Contact | None:
        """Return what is kept of a sender."""
        with reading(self._engine) as connection:
            row = connection.execute(select(contacts).where(contacts.c.sender == sender)).one_or_none()
        return read_contact(row) if row else None

    def record(self, turn: Turn, contact: Contact, *, erase: bool = False) -> None:
        """Commit a turn and its contact in one transaction; with `erase`, first forget all of the sender.

        What staff noted of the sender goes with them.

        Raise DuplicateMessage when the message already has a turn, StoreUnavailable when nothing was written.
        """
        with writing(self._engine) as connection:
            # The contact comes first: its row lock lets one message of a sender through at a time.
            _put_contact(connection, contact, turn, anew=erase)
            if erase:
                forget(connection, turn.sender, turn.at)
            elif contact.opted_out:
                end_tickets(connection, turn.sender, turn.at)
            _add_turn(connection, turn)
        if erase:
            with suppress(StoreUnavailable):  # It is committed; what lingers now goes with the next housekeeping.
                drop_write_ahead_log(self._engine, ERASURE_WAIT)


def _put_contact(connection: Connection, contact: Contact, turn: Turn, *, anew: bool) -> None:
    insert = insert_into(connection, contacts).values(asdict(contact) | {"last_seen": turn.at.astimezone(UTC).date()})
    changed = {"locale", "was_told", "opted_out", "speaks", "was_asked_language", "last_seen"}
    changed |= {"first_seen"} if anew else set()
    values = {name: insert.excluded[name] for name in changed}
    connection.execute(insert.on_conflict_do_update(index_elements=["sender"], set_=values))


def _add_turn(connection: Connection, turn: Turn) -> None:
    row = turn_row(turn)
    if connection.dialect.name == "sqlite":
        # SQLite numbers only an integer primary key by itself; our write lock makes this count exact.
        row["seq"] = select(func.coalesce(func.max(turns.c.seq), 0) + 1).scalar_subquery()
    insert = insert_into(connection, turns).values(row).on_conflict_do_nothing(index_elements=["id"])
    added = connection.execute(insert.returning(turns.c.seq)).one_or_none()
    if added is None:
        raise DuplicateMessage(turn.id)
    add_words(connection, added.seq, turn.text)
