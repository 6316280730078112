"""When a contact last wrote, so that it can be forgotten in time; what is still to be deleted at Twilio."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add both. Nobody knows when the contacts of before last wrote: their time begins today."""
    op.add_column("contacts", sa.Column("last_seen", sa.Date()))
    contacts = sa.table("contacts", sa.column("last_seen", sa.Date()))
    op.execute(contacts.update().values(last_seen=datetime.now(UTC).date()))
    op.create_table(
        "remote_deletions",
        sa.Column("message_sid", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("message_sid", name="pk_remote_deletions"),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("remote_deletions")
    op.drop_column("contacts", "last_seen")
