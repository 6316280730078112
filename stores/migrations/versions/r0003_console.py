"""What the staff console keeps: accounts, an audit nobody edits, reviews, tickets, counts; and a search over turns."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from stores.search import words_in

revision = "0003"
down_revision = "0002"

NEW = (
    "turn_words",
    "feedback",
    "conversations",
    "notes",
    "reviews",
    "second_opinions",
    "tickets",
    "ticket_messages",
    "audit",
    "daily_counts",
    "daily_times",
    "counted_up_to",
    "staff",
    "roles",
    "roles_staff",
    "passkeys",
)

COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "candidates": sa.JSON(),
    "department": sa.Text(),
    "segments": sa.Integer(),
    "took_ms": sa.Integer(),
}

INDEXES = {
    "ix_turns_intent": ["intent", "seq"],
    "ix_turns_locale": ["locale", "seq"],
    "ix_turns_outcome": ["outcome", "seq"],
    "ix_turns_confidence": ["confidence"],
}

SQLITE_AUDIT = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is not edited'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is not edited'); END",
)

POSTGRES_AUDIT = (
    "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the audit is not edited'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
)


def upgrade() -> None:
    """Add columns to turns, make the search and the console's tables."""
    for name, kind in COLUMNS.items():
        op.add_column("turns", sa.Column(name, kind))
    op.drop_index("ix_turns_sender", "turns")
    op.create_index("ix_turns_sender", "turns", ["sender", "seq"])
    for name, columns in INDEXES.items():
        op.create_index(name, "turns", columns)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    _create_tables()
    _index_old_turns()
    for statement in SQLITE_AUDIT if is_sqlite else POSTGRES_AUDIT:
        op.execute(statement)


def downgrade() -> None:
    """Drop them and all that is in them."""
    for name in reversed(NEW):
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_audit_change()")
    for name in INDEXES:
        op.drop_index(name, "turns")
    op.drop_index("ix_turns_sender", "turns")
    op.create_index("ix_turns_sender", "turns", ["sender"])
    for name in COLUMNS:
        op.drop_column("turns", name)


def _index_old_turns() -> None:
    bind = op.get_bind()
    turns = sa.table("turns", sa.column("seq", sa.BigInteger()), sa.column("text", sa.Text()))
    words = sa.table("turn_words", sa.column("word", sa.Text()), sa.column("seq", sa.BigInteger()))
    for row in bind.execute(sa.select(turns.c.seq, turns.c.text).where(turns.c.text.is_not(None))).all():
        if rows := [{"word": word, "seq": row.seq} for word in sorted(words_in(row.text))]:
            bind.execute(words.insert(), rows)


def _create_tables() -> None:
    op.create_table(
        "turn_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("word", "seq", name="pk_turn_words"),
        sqlite_with_rowid=False,
    )
    op.create_table('feedback',
    sa.Column('turn_id', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text()),
    sa.Column('helped', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('turn_id', name='pk_feedback')
    )
    op.create_index('ix_feedback_sender', 'feedback', ['sender'], unique=False)
    op.create_table('conversations',
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('is_done', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('is_flagged', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('assignee', sa.Text()),
    sa.Column('tags', sa.JSON()),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('sender', name='pk_conversations')
    )
    op.create_table('notes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('staff', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_notes')
    )
    op.create_index('ix_notes_sender', 'notes', ['sender'], unique=False)
    op.create_table('reviews',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('turn_id', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text()),
    sa.Column('staff', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verdict', sa.Text(), nullable=False),
    sa.Column('intent', sa.Text()),
    sa.Column('entities', sa.JSON()),
    sa.Column('use', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('utterance', sa.Text()),
    sa.Column('imported_at', sa.DateTime(timezone=True)),
    sa.PrimaryKeyConstraint('id', name='pk_reviews'),
    sa.UniqueConstraint('turn_id', 'staff', name='uq_reviews_turn_id')
    )
    op.create_index('ix_reviews_sender', 'reviews', ['sender'], unique=False)
    op.create_table('second_opinions',
    sa.Column('turn_id', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('turn_id', name='pk_second_opinions')
    )
    op.create_table('tickets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('department', sa.Text()),
    sa.Column('turn_id', sa.Text(), nullable=False),
    sa.Column('address', sa.LargeBinary()),
    sa.Column('service_address', sa.LargeBinary()),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('assignee', sa.Text()),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_inbound_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_reply_at', sa.DateTime(timezone=True)),
    sa.Column('closed_at', sa.DateTime(timezone=True)),
    sa.Column('helped', sa.Boolean()),
    sa.PrimaryKeyConstraint('id', name='pk_tickets')
    )
    op.create_index('ix_tickets_sender', 'tickets', ['sender'], unique=False)
    op.create_index('ix_tickets_status', 'tickets', ['status'], unique=False)
    op.create_table('ticket_messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('staff', sa.Text(), nullable=False),
    sa.Column('text', sa.Text()),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('message_sid', sa.Text()),
    sa.Column('error', sa.Text()),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name='pk_ticket_messages'),
    sa.UniqueConstraint('message_sid', name='uq_ticket_messages_message_sid')
    )
    op.create_index('ix_ticket_messages_ticket_id', 'ticket_messages', ['ticket_id'], unique=False)
    op.create_table('audit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text()),
    sa.Column('detail', sa.Text()),
    sa.PrimaryKeyConstraint('id', name='pk_audit')
    )
    op.create_index('ix_audit_at', 'audit', ['at'], unique=False)
    op.create_table('daily_counts',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('intent', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('turns', sa.Integer(), nullable=False),
    sa.Column('segments', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'channel', 'locale', 'intent', 'outcome', 'source', 'department', name='pk_daily_counts')
    )
    op.create_table('daily_times',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('up_to_ms', sa.Integer(), nullable=False),
    sa.Column('turns', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'channel', 'up_to_ms', name='pk_daily_times')
    )
    op.create_table('counted_up_to',
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('what', name='pk_counted_up_to')
    )
    op.create_table('staff',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('username', sa.String(length=255)),
    sa.Column('password', sa.String(length=255)),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('confirmed_at', sa.DateTime()),
    sa.Column('last_login_at', sa.DateTime()),
    sa.Column('current_login_at', sa.DateTime()),
    sa.Column('last_login_ip', sa.String(length=64)),
    sa.Column('current_login_ip', sa.String(length=64)),
    sa.Column('login_count', sa.Integer()),
    sa.Column('tf_primary_method', sa.String(length=64)),
    sa.Column('tf_totp_secret', sa.String(length=255)),
    sa.Column('tf_phone_number', sa.String(length=128)),
    sa.Column('us_totp_secrets', sa.Text()),
    sa.Column('us_phone_number', sa.String(length=128)),
    sa.Column('fs_webauthn_user_handle', sa.String(length=64)),
    sa.Column('mf_recovery_codes', sa.Text()),
    sa.Column('create_datetime', sa.DateTime(), server_default=sa.func.now(), nullable=False),
    sa.Column('update_datetime', sa.DateTime(), server_default=sa.func.now(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_staff'),
    sa.UniqueConstraint('email', name='uq_staff_email'),
    sa.UniqueConstraint('fs_uniquifier', name='uq_staff_fs_uniquifier'),
    sa.UniqueConstraint('fs_webauthn_user_handle', name='uq_staff_fs_webauthn_user_handle'),
    sa.UniqueConstraint('us_phone_number', name='uq_staff_us_phone_number'),
    sa.UniqueConstraint('username', name='uq_staff_username')
    )
    op.create_table('roles',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('description', sa.String(length=255)),
    sa.Column('permissions', sa.Text()),
    sa.Column('update_datetime', sa.DateTime(), server_default=sa.func.now(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_roles'),
    sa.UniqueConstraint('name', name='uq_roles_name')
    )
    op.create_table('roles_staff',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['roles.id'], ),
    sa.ForeignKeyConstraint(['user_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('user_id', 'role_id', name='pk_roles_staff')
    )
    op.create_table('passkeys',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('credential_id', sa.LargeBinary(length=1024), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.Integer()),
    sa.Column('transports', sa.Text()),
    sa.Column('backup_state', sa.Boolean(), nullable=False),
    sa.Column('device_type', sa.String(length=64), nullable=False),
    sa.Column('extensions', sa.String(length=255)),
    sa.Column('create_datetime', sa.DateTime(), server_default=sa.func.now(), nullable=False),
    sa.Column('lastuse_datetime', sa.DateTime(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('usage', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['staff.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name='pk_passkeys'),
    sa.UniqueConstraint('credential_id', name='uq_passkeys_credential_id')
    )
