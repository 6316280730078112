"""Since when a person waits, one open ticket a person, and first replies by time."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

IS_OPEN = sa.text("status != 'closed'")


def upgrade() -> None:
    """Add the column and the indexes; nothing could open a ticket before."""
    op.add_column("tickets", sa.Column("waiting_since", sa.DateTime(timezone=True)))
    op.create_index("ix_tickets_first_reply_at", "tickets", ["first_reply_at"])
    op.create_index(
        "uq_tickets_sender_open", "tickets", ["sender"], unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("uq_tickets_sender_open", "tickets")
    op.drop_index("ix_tickets_first_reply_at", "tickets")
    op.drop_column("tickets", "waiting_since")
