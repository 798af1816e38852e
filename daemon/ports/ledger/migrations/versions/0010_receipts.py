"""Receipts: what each notice about an answer was joined to."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table, and the indexes by which notices and sendings are found."""
    op.create_table(
        "receipt",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mailbox_id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("delivery_id", KEY, nullable=True),
        sa.Column("conversation_id", KEY, nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_receipt_conversation_id")
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_receipt_delivery_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_receipt_mailbox_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_receipt_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("message_id", name=op.f("uq_receipt_message_id")),
    )
    op.create_index("ix_message_receipt", "message", ["mailbox_id", "notice", "id"])
    op.create_index("ix_delivery_started_at", "delivery", ["started_at"])
