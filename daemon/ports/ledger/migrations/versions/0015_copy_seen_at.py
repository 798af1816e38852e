"""Copies are found by when they were seen."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_copy_seen_at", "copy", ["mailbox_id", "seen_at"])
