"""What Twilio keeps of people and is to delete: the photos and voices they sent, by the id of their message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Connection, Engine, delete, func, select, update

from bot.errors import RemoteUnavailable
from stores.database import insert_into, reading, writing
from stores.tables import remote_deletions

FAILURES_IN_A_ROW = 3
"""After so many it is Twilio, or our credentials, and not the message: the rest waits for the next time."""


class RemoteMedia(Protocol):
    """Whoever keeps the media of messages."""

    def delete(self, message_sid: str) -> None:
        """Delete all media of a message; of one that is gone there is nothing to do. Raise RemoteUnavailable."""
        ...


@dataclass(frozen=True)
class Pending:
    """A message whose media is still to be deleted."""

    message_sid: str
    asked_at: datetime
    tries: int
    tried_at: datetime | None
    error: str | None
    """How the last try failed: a status, or the name of an error."""


@dataclass(frozen=True)
class Deleted:
    """How many messages' media was deleted, for how many it failed, and for how many it is still to be done."""

    done: int
    failed: int
    left: int


def note_media(connection: Connection, message_sids: Sequence[str], at: datetime) -> None:
    """Note that the media of messages is to be deleted, in the transaction that forgets the messages."""
    if message_sids:
        rows = [{"message_sid": sid, "asked_at": at} for sid in message_sids]
        connection.execute(insert_into(connection, remote_deletions).on_conflict_do_nothing(), rows)


class RemoteDeletions:
    """Keeps what is still to be deleted until it is; without `media` (no account set) that is all of it."""

    def __init__(
        self, engine: Engine, media: RemoteMedia | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine = engine
        self._media = media
        self._now = now

    @property
    def is_possible(self) -> bool:
        """Whether there is an account to delete with."""
        return self._media is not None

    def pending(self, size: int = 50) -> tuple[Pending, ...]:
        """Return what is to be done next: what failed least, then what waits longest."""
        table = remote_deletions
        wanted = select(table).order_by(table.c.tries, table.c.asked_at, table.c.message_sid).limit(size)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(Pending(row.message_sid, row.asked_at, row.tries, row.tried_at, row.error) for row in rows)

    def count(self) -> int:
        """Return how many messages wait."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(remote_deletions)).scalar_one()

    def run(self, most: int = 200) -> Deleted:
        """Delete what waits, so many at most. Raise StoreUnavailable; Twilio's failures are kept with the message."""
        done = failed = in_a_row = 0
        for waiting in self.pending(most) if self._media else ():
            if self._try(waiting.message_sid):
                done, in_a_row = done + 1, 0
            else:
                failed, in_a_row = failed + 1, in_a_row + 1
            if in_a_row == FAILURES_IN_A_ROW:
                break
        return Deleted(done, failed, self.count())

    def _try(self, sid: str) -> bool:
        """Delete the media of one message, with no transaction open meanwhile, and note how it went."""
        assert self._media is not None
        is_it = remote_deletions.c.message_sid == sid
        try:
            self._media.delete(sid)
        except RemoteUnavailable as error:
            news = {"tries": remote_deletions.c.tries + 1, "tried_at": self._now(), "error": str(error)}
            with writing(self._engine) as connection:
                connection.execute(update(remote_deletions).where(is_it).values(news))
            return False
        with writing(self._engine) as connection:
            connection.execute(delete(remote_deletions).where(is_it))
        return True
