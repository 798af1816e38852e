"""What the model was sure of, kept when a person corrects it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of messages that a person corrected before, nobody knows any more."""
    op.add_column("message", sa.Column("predicted", sa.String(length=32), nullable=True))
    op.execute(
        sa.text("UPDATE message SET predicted = scenario WHERE decided_by = 'model' AND unsure = :no").bindparams(
            no=False
        )
    )
