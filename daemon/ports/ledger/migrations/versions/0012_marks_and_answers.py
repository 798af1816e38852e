"""What is marked in the inbox because its buyer waits too long, and which draft ended a clock."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, add the column."""
    op.create_table(
        "due_mark",
        sa.Column("message_id", KEY, autoincrement=False, nullable=False),
        sa.Column("mailbox_id", KEY, nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=True),
        sa.Column("flag", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_due_mark_mailbox_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_due_mark_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_due_mark")),
    )
    op.create_index("ix_due_mark_mailbox_id", "due_mark", ["mailbox_id"])
    op.add_column("response_clock", sa.Column("answer_draft", sa.BigInteger(), nullable=True))
    op.create_index("ix_response_clock_answer_draft", "response_clock", ["answer_draft"])
