"""Who looked at or changed what: rows are added, read by admins, and never changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, insert, select

from stores.database import reading, writing
from stores.tables import audit


@dataclass(frozen=True)
class AuditEntry:
    """One thing that somebody did."""

    id: int
    at: datetime
    staff: str
    """The e-mail of the account, `system`, or `nobody` for a login with an e-mail that is no account's."""
    action: str
    subject: str | None
    """What it was done to: a person's pseudonym, a fact, an account."""
    detail: str | None
    """What else matters, such as the reason given. Never a person's words."""


def add_entry(
    connection: Connection, at: datetime, staff: str, action: str, subject: str | None, detail: str | None
) -> None:
    """Note what somebody does in the transaction that does it."""
    row = {"at": at, "staff": staff, "action": action, "subject": subject, "detail": detail}
    connection.execute(insert(audit), row)


class SqlAudit:
    """The audit in SQL."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now

    def record(self, staff: str, action: str, subject: str | None = None, detail: str | None = None) -> None:
        """Note what somebody does, before it is done or shown: raise StoreUnavailable rather than let it go unseen."""
        with writing(self._engine) as connection:
            add_entry(connection, self._now(), staff, action, subject, detail)

    def page(
        self, before: int | None = None, *, staff: str | None = None, action: str | None = None, size: int = 50
    ) -> tuple[AuditEntry, ...]:
        """Return the newest entries, or those before the one with the id `before`."""
        wanted = select(audit).order_by(audit.c.id.desc()).limit(size)
        if before is not None:
            wanted = wanted.where(audit.c.id < before)
        if staff:
            wanted = wanted.where(audit.c.staff == staff)
        if action:
            wanted = wanted.where(audit.c.action == action)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(AuditEntry(*(row.id, row.at, row.staff, row.action, row.subject, row.detail)) for row in rows)

    def recent_names(self, size: int = 1000) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return who did what lately: the names of staff and of actions, sorted."""
        wanted = select(audit.c.staff, audit.c.action).order_by(audit.c.id.desc()).limit(size)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(sorted({row.staff for row in rows})), tuple(sorted({row.action for row in rows}))
