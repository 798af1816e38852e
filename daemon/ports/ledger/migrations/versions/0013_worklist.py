"""Where the copies of the worklist lie."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "worklist_copy",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mailbox_id", KEY, nullable=False),
        sa.Column("message_id_header", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_worklist_copy_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worklist_copy")),
        sa.UniqueConstraint("message_id_header", name=op.f("uq_worklist_copy_message_id_header")),
    )
    op.create_index("ix_worklist_copy_mailbox_id", "worklist_copy", ["mailbox_id"])
