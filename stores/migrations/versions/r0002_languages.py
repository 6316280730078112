"""The language a person chose, and whether they were asked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add both columns; nobody has chosen or been asked."""
    op.add_column("contacts", sa.Column("speaks", sa.Text()))
    op.add_column(
        "contacts", sa.Column("was_asked_language", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Drop both columns."""
    op.drop_column("contacts", "was_asked_language")
    op.drop_column("contacts", "speaks")
