"""The tables, as `migrations/` makes them."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    func,
    text,
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


class CommaList(TypeDecorator[list[str]]):
    """A list of words, kept as text with commas between, as Flask-Security writes it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        """Return the text."""
        return None if value is None else ",".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str]:
        """Return the words."""
        return value.split(",") if value else []


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
    # The day, in UTC, of the last turn; no more of it is needed to know when to forget.
    Column("last_seen", Date),
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
    Column("candidates", JSON(none_as_null=True)),
    Column("department", Text),
    Column("segments", Integer),
    Column("took_ms", Integer),
    # NULL too in turns of before there were recordings.
    Column("media", JSON(none_as_null=True)),
    Index("ix_turns_sender", "sender", "seq"),
    Index(None, "at"),
    Index("ix_turns_intent", "intent", "seq"),
    Index("ix_turns_locale", "locale", "seq"),
    Index("ix_turns_outcome", "outcome", "seq"),
    Index("ix_turns_confidence", "confidence"),
    # All that `stores.conversations` filters by, in its order: a million turns are gone through without their rows.
    Index("ix_turns_listing", "seq", "locale", "outcome", "intent", "channel", "source", "confidence", "at"),
)

_FAILED = "status IN ('undelivered', 'failed')"

deliveries = Table(
    "deliveries",
    metadata,
    Column("message_sid", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("error_code", Text),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(
        "ix_deliveries_failed", "updated_at", "error_code", sqlite_where=text(_FAILED), postgresql_where=text(_FAILED)
    ),
)

turn_words = Table(
    "turn_words",
    metadata,
    Column("word", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Which words stand in which turn, as they sound (`stores.search`): full-text indexes keep words that were erased."""

feedback = Table(
    "feedback",
    metadata,
    Column("turn_id", Text, primary_key=True),
    Column("sender", Text, nullable=False, index=True),
    Column("answer", Text),
    Column("helped", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_feedback_at", "at", "answer", "helped"),
)
"""Whether the answer of a turn helped, as the person said."""

conversations = Table(
    "conversations",
    metadata,
    Column("sender", Text, primary_key=True),
    Column("is_done", Boolean, nullable=False, server_default=false()),
    Column("is_flagged", Boolean, nullable=False, server_default=false()),
    Column("assignee", Text),
    Column("tags", JSON(none_as_null=True)),
    Column("updated_at", UtcDateTime, nullable=False),
)
"""What staff noted of a conversation; there is no row until somebody does. Staff are named by their e-mail."""

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender", Text, nullable=False, index=True),
    Column("staff", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("turn_id", Text, nullable=False),
    Column("sender", Text, index=True),
    Column("staff", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("intent", Text),
    Column("entities", JSON(none_as_null=True)),
    # What becomes of it: none, training, test.
    Column("use", Text, nullable=False),
    Column("locale", Text, nullable=False),
    # The utterance, scrubbed of personal data; only of what is to become training or test.
    Column("utterance", Text),
    Column("imported_at", UtcDateTime),
    UniqueConstraint("turn_id", "staff"),
)
"""What a reviewer thought of a turn; one opinion a person a turn."""

second_opinions = Table(
    "second_opinions",
    metadata,
    Column("turn_id", Text, primary_key=True),
    Column("asked_by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""Turns for which a second reviewer is wanted."""

tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender", Text, nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("department", Text),
    Column("turn_id", Text, nullable=False),
    # Encrypted (`stores.sealing`), and emptied when the ticket ends.
    Column("address", LargeBinary),
    # Our own number or channel address that the person wrote to, encrypted alike.
    Column("service_address", LargeBinary),
    Column("status", Text, nullable=False, index=True),
    Column("assignee", Text),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_inbound_at", UtcDateTime, nullable=False),
    # Since when the person has been without a reply; NULL once there is one.
    Column("waiting_since", UtcDateTime),
    Column("first_reply_at", UtcDateTime, index=True),
    Column("closed_at", UtcDateTime),
    Column("helped", Boolean),
)
"""People who asked for a person: `status` is open, answered or closed."""

# Of two that open a ticket for one person at once, the second must find the first.
IS_OPEN = tickets.c.status != "closed"
Index("uq_tickets_sender_open", tickets.c.sender, unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)

ticket_messages = Table(
    "ticket_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("staff", Text, nullable=False),
    Column("text", Text),
    Column("at", UtcDateTime, nullable=False),
    # queued, sent, failed, unknown (a timeout: it may have been sent), refused
    Column("status", Text, nullable=False),
    Column("message_sid", Text, unique=True),
    Column("error", Text),
)
"""What staff wrote to a person; what the person wrote stands in `turns`."""

remote_deletions = Table(
    "remote_deletions",
    metadata,
    Column("message_sid", Text, primary_key=True),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("tried_at", UtcDateTime),
    Column("error", Text),
)
"""Messages whose photos and voices Twilio is still to delete; ours of them is gone already."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("staff", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text),
    Column("detail", Text),
)
"""Who looked at or changed what. Triggers refuse any change or removal of a row."""

daily_counts = Table(
    "daily_counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("intent", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("department", Text, primary_key=True),
    Column("turns", Integer, nullable=False),
    Column("segments", Integer, nullable=False),
)
"""Turns counted by day and kind, kept when the turns are gone; "" where something was not known."""

period_intents = Table(
    "period_intents",
    metadata,
    # week or month; `day` is its first.
    Column("grain", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("department", Text, primary_key=True),
    Column("intent", Text, primary_key=True),
    Column("turns", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""The same turns by week and by month: a year of days is too many rows to add up while somebody waits."""

period_outcomes = Table(
    "period_outcomes",
    metadata,
    Column("grain", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("department", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("turns", Integer, nullable=False),
    Column("segments", Integer, nullable=False),
    sqlite_with_rowid=False,
)

daily_times = Table(
    "daily_times",
    metadata,
    Column("day", Date, primary_key=True),
    Column("channel", Text, primary_key=True),
    # The upper bound of the bucket in milliseconds; 0 is beyond the last.
    Column("up_to_ms", Integer, primary_key=True),
    Column("turns", Integer, nullable=False),
)
"""How long replies took, in buckets."""

counted_up_to = Table(
    "counted_up_to", metadata, Column("what", Text, primary_key=True), Column("seq", BigInteger, nullable=False)
)
"""The last turn that each kind of count has seen."""

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(255), nullable=False, unique=True),
    Column("username", String(255), unique=True),
    Column("password", String(255)),
    Column("active", Boolean, nullable=False),
    Column("fs_uniquifier", String(64), nullable=False, unique=True),
    Column("confirmed_at", DateTime),
    Column("last_login_at", DateTime),
    Column("current_login_at", DateTime),
    Column("last_login_ip", String(64)),
    Column("current_login_ip", String(64)),
    Column("login_count", Integer),
    Column("tf_primary_method", String(64)),
    Column("tf_totp_secret", String(255)),
    Column("tf_phone_number", String(128)),
    Column("us_totp_secrets", Text),
    Column("us_phone_number", String(128), unique=True),
    Column("fs_webauthn_user_handle", String(64), unique=True),
    Column("mf_recovery_codes", CommaList),
    Column("create_datetime", DateTime, nullable=False, server_default=func.now()),
    Column("update_datetime", DateTime, nullable=False, server_default=func.now()),
)
"""Accounts of the console, in the shape Flask-Security reads (`console.accounts`)."""

roles = Table(
    "roles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("description", String(255)),
    Column("permissions", CommaList),
    Column("update_datetime", DateTime, nullable=False, server_default=func.now()),
)

roles_staff = Table(
    "roles_staff",
    metadata,
    Column("user_id", ForeignKey("staff.id"), primary_key=True),
    Column("role_id", ForeignKey("roles.id"), primary_key=True),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("credential_id", LargeBinary(1024), nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", Integer),
    Column("transports", CommaList),
    Column("backup_state", Boolean, nullable=False),
    Column("device_type", String(64), nullable=False),
    Column("extensions", String(255)),
    Column("create_datetime", DateTime, nullable=False, server_default=func.now()),
    Column("lastuse_datetime", DateTime, nullable=False),
    Column("name", String(64), nullable=False),
    Column("usage", String(64), nullable=False),
    Column("user_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
)
