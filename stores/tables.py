"""The tables, as `migrations/` makes them."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Identity,
    Index,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    false,
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware and in UTC in Python on every database, though SQLite knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time (SQLAlchemy wraps the ValueError): nobody could say which moment it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

contacts = Table(
    "contacts",
    metadata,
    Column("sender", Text, primary_key=True),
    Column("locale", Text, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("was_told", Boolean, nullable=False, server_default=false()),
    Column("opted_out", Boolean, nullable=False, server_default=false()),
    Column("speaks", Text),
    Column("was_asked_language", Boolean, nullable=False, server_default=false()),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Text, primary_key=True),
    # The order turns were recorded in. PostgreSQL counts by itself; for SQLite see `stores.turns`.
    Column("seq", BigInteger, Identity(), nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # All that follows is NULL in a tombstone.
    Column("sender", Text),
    Column("locale", Text),
    Column("kind", Text),
    Column("text", Text),
    Column("outcome", Text),
    Column("texts", JSON(none_as_null=True)),
    Column("intent", Text),
    Column("confidence", Float),
    Column("source", Text),
    Column("answer", Text),
    Column("facts", JSON(none_as_null=True)),
    Column("entities", JSON(none_as_null=True)),
    # NULL too in turns of before there were recordings.
    Column("media", JSON(none_as_null=True)),
    Index(None, "sender"),
    Index(None, "at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("message_sid", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("error_code", Text),
    Column("updated_at", UtcDateTime, nullable=False),
)
