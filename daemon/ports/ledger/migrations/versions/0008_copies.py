"""What the looks at the folders saw: copies, when a draft was touched, frozen mailboxes, notes done with."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table and the columns; drafts that are under way are looked at anew."""
    op.create_table(
        "copy",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mailbox_id", KEY, nullable=False),
        sa.Column("draft_id", KEY, nullable=False),
        sa.Column("folder_name", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("internal_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_copy_draft_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_copy_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy")),
        sa.UniqueConstraint(
            "mailbox_id",
            "folder_name",
            "uidvalidity",
            "uid",
            name=op.f("uq_copy_mailbox_id_folder_name_uidvalidity_uid"),
        ),
    )
    op.create_index("ix_copy_draft_id", "copy", ["draft_id"], unique=False)
    op.add_column("mailbox", sa.Column("frozen_at", sa.BigInteger(), nullable=True))
    op.add_column("mailbox", sa.Column("frozen_reason", sa.String(length=64), nullable=True))
    op.add_column("folder", sa.Column("messages", sa.BigInteger(), nullable=True))
    op.add_column("draft", sa.Column("touched_at", sa.BigInteger(), nullable=True))
    op.add_column("note", sa.Column("done_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_message_content_hash", "message", ["mailbox_id", "content_hash"], unique=False)
    # their copies are no rows yet: the folders people touch are looked through from the beginning
    op.execute("UPDATE folder SET uidnext = 1 WHERE name <> 'INBOX'")
