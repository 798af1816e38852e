"""How much of a draft was left in what was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was sent before stays unmeasured."""
    op.add_column("delivery", sa.Column("likeness", sa.Float(), nullable=True))
