"""What staff note of a conversation: tags, notes, who looks after it, whether it is done. Erased with the person."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from stores.database import insert_into, reading, writing
from stores.tables import (
    conversations,
    notes,
    roles,
    roles_staff,
    staff,
    turns,
)

MAX_TAGS = 8
RECENT = 2_000
"""Conversations whose tags are suggested."""
SUGGESTED = 30


class NobodyThere(Exception):
    """The person has no turns: there never were any, or they were erased."""


class TooManyTags(Exception):
    """The conversation has MAX_TAGS already."""


@dataclass(frozen=True)
class Noted:
    """What staff noted of a conversation."""

    is_done: bool = False
    is_flagged: bool = False
    assignee: str | None = None
    """The e-mail of an account."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """A note, by whom and when."""

    staff: str
    text: str
    at: datetime


class SqlNotes:
    """Notes in SQL. Every method raises StoreUnavailable; those that change something also NobodyThere."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def noted(self, senders: Collection[str]) -> dict[str, Noted]:
        """Return what was noted of these senders; nothing of whom nothing was."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(conversations).where(conversations.c.sender.in_(senders))).all()
        return {r.sender: Noted(r.is_done, r.is_flagged, r.assignee, tuple(r.tags or ())) for r in rows}

    def notes(self, sender: str) -> tuple[Note, ...]:
        """Return the notes on a sender, oldest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(notes).where(notes.c.sender == sender).order_by(notes.c.id)).all()
        return tuple(Note(row.staff, row.text, row.at) for row in rows)

    def add_note(self, sender: str, email: str, text: str) -> None:
        """Add a note."""
        with writing(self._engine) as connection:
            self._open(connection, sender)
            row = {"sender": sender, "staff": email, "text": text, "at": self._now()}
            connection.execute(insert(notes), row)

    def flag(self, sender: str, is_flagged: bool) -> None:
        """Flag a conversation, or no more."""
        self._change(sender, is_flagged=is_flagged)

    def finish(self, sender: str, is_done: bool) -> None:
        """Mark a conversation as done, or as still to do."""
        self._change(sender, is_done=is_done)

    def assign(self, sender: str, email: str | None) -> None:
        """Give a conversation to a colleague, or to nobody."""
        self._change(sender, assignee=email)

    def add_tag(self, sender: str, tag: str) -> None:
        """Add a tag, once; raise TooManyTags."""
        with writing(self._engine) as connection:
            tags = self._open(connection, sender)
            if tag in tags:
                return
            if len(tags) >= MAX_TAGS:
                raise TooManyTags(sender)
            self._set(connection, sender, tags=[*tags, tag])

    def drop_tag(self, sender: str, tag: str) -> None:
        """Take a tag off."""
        with writing(self._engine) as connection:
            tags = self._open(connection, sender)
            self._set(connection, sender, tags=[each for each in tags if each != tag])

    def used_tags(self) -> tuple[str, ...]:
        """Return the tags used most of late."""
        recent = select(conversations.c.tags).where(conversations.c.tags.is_not(None))
        with reading(self._engine) as connection:
            found = connection.execute(recent.order_by(conversations.c.updated_at.desc()).limit(RECENT)).scalars()
            counts = Counter(tag for tags in found for tag in tags)
        return tuple(tag for tag, _ in counts.most_common(SUGGESTED))

    def colleagues(self, role_names: Collection[str]) -> tuple[str, ...]:
        """Return the e-mails of active accounts that have one of the roles."""
        wanted = (
            select(staff.c.email)
            .join(roles_staff, roles_staff.c.user_id == staff.c.id)
            .join(roles, roles.c.id == roles_staff.c.role_id)
            .where(staff.c.active, roles.c.name.in_(role_names))
            .distinct()
            .order_by(staff.c.email)
        )
        with reading(self._engine) as connection:
            return tuple(connection.execute(wanted).scalars())

    def _change(self, sender: str, **values: object) -> None:
        with writing(self._engine) as connection:
            self._open(connection, sender)
            self._set(connection, sender, **values)

    def _open(self, connection: Connection, sender: str) -> list[str]:
        """Make sure of a row for somebody who is still there, lock it, and return the tags in it."""
        if connection.execute(select(turns.c.seq).where(turns.c.sender == sender).limit(1)).first() is None:
            raise NobodyThere(sender)
        row = insert_into(connection, conversations).values(sender=sender, updated_at=self._now())
        connection.execute(row.on_conflict_do_nothing(index_elements=["sender"]))
        kept = select(conversations.c.tags).where(conversations.c.sender == sender).with_for_update()
        return connection.execute(kept).scalar_one() or []

    def _set(self, connection: Connection, sender: str, **values: object) -> None:
        changed = update(conversations).where(conversations.c.sender == sender)
        connection.execute(changed.values(values | {"updated_at": self._now()}))
