"""Who looked at or changed what: rows are added, read by admins, and never changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select

from stores.database import reading, writing
from stores.tables import audit


@dataclass(frozen=True)
class AuditEntry:
    """One thing that somebody did."""

    id: int
    at: datetime
    staff: str
    """The e-mail of the account, or `system`."""
    action: str
    subject: str | None
    """What it was done to: a person's pseudonym, a fact, an account."""
    detail: str | None
    """What else matters, such as the reason given. Never a person's words."""


class SqlAudit:
    """The audit in SQL."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._now = now

    def record(self, staff: str, action: str, subject: str | None = None, detail: str | None = None) -> None:
        """Note what somebody does, before it is done or shown: raise StoreUnavailable rather than let it go unseen."""
        row = {"at": self._now(), "staff": staff, "action": action, "subject": subject, "detail": detail}
        with writing(self._engine) as connection:
            connection.execute(insert(audit), row)

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
