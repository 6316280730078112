"""The turn log in SQL: what was said, what is kept of a person, and how both are forgotten."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select, update

from bot.turns import Contact, DuplicateMessage, Turn
from stores.database import drop_write_ahead_log, insert_into, reading, writing
from stores.handoffs import drop_tickets, end_tickets
from stores.rows import EMPTIED, read_contact, read_turn, turn_row
from stores.search import add_words, drop_words
from stores.tables import contacts, turns

BATCH = 500
"""Rows named in one statement."""

TOMBSTONE_LIFE = timedelta(hours=48)
"""How long the id of an emptied turn keeps a redelivered message from having a second effect."""


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
        """Commit a turn and its contact in one transaction; with `erase`, first empty the sender's earlier turns.

        Raise DuplicateMessage when the message already has a turn, StoreUnavailable when nothing was written.
        """
        with writing(self._engine) as connection:
            # The contact comes first: its row lock lets one message of a sender through at a time.
            _put_contact(connection, contact, anew=erase)
            if erase:
                _empty(connection, turns.c.sender == turn.sender)
                drop_tickets(connection, turn.sender)
            elif contact.opted_out:
                end_tickets(connection, turn.sender, turn.at)
            _add_turn(connection, turn)

    def purge(self, before: datetime) -> int:
        """Empty the turns older than `before`, delete old tombstones (TOMBSTONE_LIFE); return how many were emptied.

        Contacts stay: a wish not to be written to does not age. Meant for a daily job; raise StoreUnavailable.
        """
        # The newest turn is never deleted, so that SQLite's `seq` never counts anew.
        newest = select(func.max(turns.c.seq)).scalar_subquery()
        with writing(self._engine) as connection:
            old = turns.c.sender.is_not(None) & (turns.c.at < before)
            emptied = _empty(connection, _free(old))
            dead = turns.c.sender.is_(None) & (turns.c.at < self._now() - TOMBSTONE_LIFE)
            connection.execute(delete(turns).where(_free(dead & (turns.c.seq < newest))))
        drop_write_ahead_log(self._engine)
        return emptied


def _empty(connection: Connection, condition: ColumnElement[bool]) -> int:
    """Leave only tombstones of the turns; return how many there were."""
    # Rows are locked before their words, by everybody in this order, lest PostgreSQL see a deadlock.
    rows = select(turns.c.seq, turns.c.text).where(condition).order_by(turns.c.seq).with_for_update()
    found = connection.execute(rows).all()
    drop_words(connection, [(row.seq, row.text) for row in found])
    seqs = [row.seq for row in found]
    for start in range(0, len(seqs), BATCH):
        connection.execute(update(turns).where(turns.c.seq.in_(seqs[start : start + BATCH])).values(EMPTIED))
    return len(seqs)


def _free(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Narrow to rows no other transaction is at, lest PostgreSQL see a deadlock; an erasure empties its rows itself."""
    return turns.c.id.in_(select(turns.c.id).where(condition).with_for_update(skip_locked=True))


def _put_contact(connection: Connection, contact: Contact, *, anew: bool) -> None:
    insert = insert_into(connection, contacts).values(asdict(contact))
    changed = {"locale", "was_told", "opted_out", "speaks", "was_asked_language"} | ({"first_seen"} if anew else set())
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
