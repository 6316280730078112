"""An index by which a list of turns is filtered without reading the turns."""

from alembic import op

revision = "0007"
down_revision = "0006"

COLUMNS = ["seq", "locale", "outcome", "intent", "channel", "source", "confidence", "at"]


def upgrade() -> None:
    """Add it."""
    op.create_index("ix_turns_listing", "turns", COLUMNS)


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_turns_listing", "turns")
