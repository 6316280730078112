"""What became of the messages we sent, as Twilio's status callbacks tell, in whatever order they arrive."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, case, select

from stores.database import insert_into, reading, writing
from stores.tables import deliveries
from stores.turns import utc_now

RANK = {
    "accepted": 0,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    # Only a delivery overrules a failure: carriers report late, and a phone that got the text is right.
    "undelivered": 5,
    "failed": 5,
    "canceled": 5,
    "delivered": 6,
    "read": 7,
}
"""Twilio's statuses of an outbound message. A status gives way only to one of a higher rank."""


@dataclass(frozen=True)
class Delivery:
    """The furthest status told of a message, Twilio's error code with it if there was one, and when we heard."""

    message_sid: str
    status: str
    error_code: str | None
    updated_at: datetime


class SqlDeliveries:
    """Keeps the furthest status of each message sent."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._now = now

    def find(self, sid: str) -> Delivery | None:
        """Return what is known of a message. Raise StoreUnavailable."""
        with reading(self._engine) as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.message_sid == sid)).one_or_none()
        return Delivery(row.message_sid, row.status, row.error_code, row.updated_at) if row else None

    def advance(self, sid: str, status: str, error_code: str | None) -> None:
        """Note a status unless a further one is known; ignore statuses we do not know. Raise StoreUnavailable."""
        if status not in RANK:
            return
        delivery = {"message_sid": sid, "status": status, "error_code": error_code, "updated_at": self._now()}
        # One statement, so that of two callbacks at once the further one wins.
        with writing(self._engine) as connection:
            insert = insert_into(connection, deliveries).values(delivery)
            news = {name: insert.excluded[name] for name in ("status", "error_code", "updated_at")}
            is_further = case(RANK, value=deliveries.c.status, else_=-1) < RANK[status]
            connection.execute(
                insert.on_conflict_do_update(index_elements=["message_sid"], set_=news, where=is_further)
            )
