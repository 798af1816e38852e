"""What was sent is counted without reading the mails."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_delivery_ended_at", "delivery", ["state", "ended_at", "draft_id", "likeness"])
