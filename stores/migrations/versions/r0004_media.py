"""The recordings that went out with a reply."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; the turns of before had none."""
    op.add_column("turns", sa.Column("media", sa.JSON()))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("turns", "media")
