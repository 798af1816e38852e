"""Cases and their time lines."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "'assess', 'answered', 'decided', 'appealed', 'solve', 'follow_up', 'promised', 'closed'"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "casefile",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mailbox_id", KEY, nullable=False),
        sa.Column("conversation_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("order_id", sa.String(length=24), nullable=False),
        sa.Column("buyer_name", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("hard_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('a_to_z_claim', 'chargeback', 'review', 'promise')", name=op.f("ck_casefile_kind")
        ),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_casefile_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_casefile_conversation_id")
        ),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_casefile_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_casefile")),
    )
    op.create_index(
        "ix_casefile_open",
        "casefile",
        ["mailbox_id", "due_at"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_casefile_order_id", "casefile", ["mailbox_id", "order_id"])
    op.create_table(
        "case_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("casefile_id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("delivery_id", KEY, nullable=True),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["casefile_id"], ["casefile.id"], name=op.f("fk_case_event_casefile_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_case_event_delivery_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_case_event_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    op.create_index("ix_case_event_casefile_id", "case_event", ["casefile_id"])
    for name in ("message", "delivery"):
        where = sa.text(f"{name}_id IS NOT NULL")
        op.create_index(
            f"uq_case_event_{name}",
            "case_event",
            [f"{name}_id"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
