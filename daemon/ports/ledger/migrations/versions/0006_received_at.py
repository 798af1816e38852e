"""Messages are found by their arrival, for the report."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes; they hold all that the report's counting reads of a message."""
    op.create_index("ix_message_received_at", "message", ["received_at", "response_clock_id"])
    op.create_index(
        "ix_message_notice",
        "message",
        ["received_at", "notice"],
        sqlite_where=sa.text("notice IS NOT NULL"),
        postgresql_where=sa.text("notice IS NOT NULL"),
    )
