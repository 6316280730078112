"""What the page of needs reads: counts by week and month, and indexes for failed deliveries and feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

FAILED = sa.text("status IN ('undelivered', 'failed')")


def upgrade() -> None:
    """Make the tables and indexes."""
    op.create_table(
        "period_intents",
        *_key(),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "grain", "day", "channel", "locale", "department", "intent", name="pk_period_intents"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "period_outcomes",
        *_key(),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "grain", "day", "channel", "locale", "department", "outcome", name="pk_period_outcomes"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_deliveries_failed",
        "deliveries",
        ["updated_at", "error_code"],
        sqlite_where=FAILED,
        postgresql_where=FAILED,
    )
    op.create_index("ix_feedback_at", "feedback", ["at", "answer", "helped"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_feedback_at", "feedback")
    op.drop_index("ix_deliveries_failed", "deliveries")
    op.drop_table("period_outcomes")
    op.drop_table("period_intents")


def _key() -> list[sa.Column[object]]:
    return [
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
    ]
