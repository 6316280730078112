"""Contacts, turns and deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    _create_contacts()
    _create_turns()
    _create_deliveries()


def downgrade() -> None:
    """Drop the tables and all that is in them."""
    for table in ("deliveries", "turns", "contacts"):
        op.drop_table(table)


def _create_contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_told", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("opted_out", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("sender", name="pk_contacts"),
    )


def _create_turns() -> None:
    op.create_table(
        "turns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.Text()),
        sa.Column("locale", sa.Text()),
        sa.Column("kind", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.Column("texts", sa.JSON()),
        sa.Column("intent", sa.Text()),
        sa.Column("confidence", sa.Float()),
        sa.Column("source", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.Column("facts", sa.JSON()),
        sa.Column("entities", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.UniqueConstraint("seq", name="uq_turns_seq"),
    )
    op.create_index("ix_turns_sender", "turns", ["sender"])
    op.create_index("ix_turns_at", "turns", ["at"])


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("message_sid", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Text()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_sid", name="pk_deliveries"),
    )
