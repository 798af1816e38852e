"""A draft tells its gaps and the source of its answer; a note tells which message it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and the index by which claims without a note are found."""
    op.add_column("draft", sa.Column("gaps", sa.Text(), nullable=True))
    op.add_column("draft", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("note", sa.Column("message_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_note_message_id", "note", ["message_id"])
    claims = sa.text("(notice IN ('a_to_z_claim', 'chargeback') OR scenario = 'a_to_z_claim')")
    op.create_index(
        "ix_message_claim", "message", ["mailbox_id", "id"], sqlite_where=claims, postgresql_where=claims
    )
