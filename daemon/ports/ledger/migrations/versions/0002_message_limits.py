"""Each buyer message keeps its own limits, so that a clock can lose or gain a message."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the limits; known messages get those of their clock, which are never later than their own."""
    for name in ("target_at", "hard_at"):
        op.add_column("message", sa.Column(name, sa.BigInteger(), nullable=True))
        op.execute(
            f"UPDATE message SET {name} = (SELECT k.{name} FROM response_clock k "  # noqa: S608  two names from above
            "WHERE k.id = message.response_clock_id) WHERE response_clock_id IS NOT NULL"
        )
