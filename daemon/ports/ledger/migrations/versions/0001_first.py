"""The first ledger: all tables of version 0.1 and the guards over their states."""

import sqlalchemy as sa
from alembic import op

from daemon.ports.ledger.guards import States, guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# frozen: what this migration installs must not change when the program's own table grows
STATES = (
    States(
        table="message",
        first="fetched",
        steps=(("fetched", "read"), ("fetched", "shunted"), ("shunted", "fetched")),
    ),
    States(
        table="draft",
        first="planned",
        steps=(
            ("approved", "answered_by_agent"),
            ("approved", "edited"),
            ("approved", "held"),
            ("approved", "queued"),
            ("approved", "rejected"),
            ("approved", "sending"),
            ("approved", "superseded"),
            ("approved", "vanished"),
            ("confirmed", "bounced"),
            ("edited", "answered_by_agent"),
            ("edited", "approved"),
            ("edited", "held"),
            ("edited", "rejected"),
            ("edited", "superseded"),
            ("edited", "vanished"),
            ("held", "answered_by_agent"),
            ("held", "approved"),
            ("held", "edited"),
            ("held", "rejected"),
            ("held", "superseded"),
            ("held", "vanished"),
            ("in_doubt", "held"),
            ("in_doubt", "sent"),
            ("planned", "answered_by_agent"),
            ("planned", "held"),
            ("planned", "queued"),
            ("planned", "superseded"),
            ("queued", "answered_by_agent"),
            ("queued", "approved"),
            ("queued", "edited"),
            ("queued", "held"),
            ("queued", "rejected"),
            ("queued", "superseded"),
            ("queued", "vanished"),
            ("rejected", "answered_by_agent"),
            ("rejected", "edited"),
            ("rejected", "queued"),
            ("rejected", "superseded"),
            ("sending", "held"),
            ("sending", "in_doubt"),
            ("sending", "sent"),
            ("sent", "bounced"),
            ("sent", "confirmed"),
            ("vanished", "answered_by_agent"),
            ("vanished", "held"),
        ),
    ),
    States(
        table="delivery",
        first="prepared",
        steps=(
            ("in_doubt", "abandoned"),
            ("in_doubt", "sent"),
            ("prepared", "abandoned"),
            ("prepared", "refused"),
            ("prepared", "sending"),
            ("sending", "in_doubt"),
            ("sending", "refused"),
            ("sending", "sent"),
        ),
    ),
    States(
        table="response_clock",
        first="open",
        steps=(
            ("answered", "open"),
            ("excused", "answered"),
            ("excused", "open"),
            ("open", "answered"),
            ("open", "excused"),
        ),
    ),
    States(table="note", first="planned", steps=(("planned", "queued"),)),
)


def upgrade() -> None:
    """Create everything."""
    create_tables()
    for statement in guards(op.get_bind().dialect.name, STATES):
        op.execute(statement)


def create_tables() -> None:
    """The tables and indexes, as they were in version 0.1."""
    op.create_table(
        "house",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_house")),
    )
    op.create_table(
        "mailbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.BigInteger(), nullable=False),
        sa.Column("last_cycle_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox")),
        sa.UniqueConstraint("name", name=op.f("uq_mailbox_name")),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("alias", sa.String(length=64), nullable=False),
        sa.Column("marketplace", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=24), nullable=False),
        sa.Column("relay_address", sa.String(length=320), nullable=False),
        sa.Column("buyer_name", sa.Text(), nullable=True),
        sa.Column("last_message_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_conversation_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint(
            "mailbox_id",
            "alias",
            "marketplace",
            "order_id",
            name=op.f("uq_conversation_mailbox_id_alias_marketplace_order_id"),
        ),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("old_state", sa.String(length=24), nullable=True),
        sa.Column("new_state", sa.String(length=24), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_decision_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_subject", "decision", ["subject", "subject_id"], unique=False)
    op.create_table(
        "folder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("floor_uid", sa.BigInteger(), nullable=False),
        sa.Column("uidnext", sa.BigInteger(), nullable=False),
        sa.Column("modseq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_folder_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folder")),
        sa.UniqueConstraint("mailbox_id", "name", name=op.f("uq_folder_mailbox_id_name")),
    )
    op.create_table(
        "response_clock",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("scenario", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("target_at", sa.BigInteger(), nullable=True),
        sa.Column("rule_at", sa.BigInteger(), nullable=False),
        sa.Column("hard_at", sa.BigInteger(), nullable=True),
        sa.Column("nearest_at", sa.BigInteger(), nullable=False),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.CheckConstraint("state IN ('open', 'answered', 'excused')", name=op.f("ck_response_clock_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_response_clock_conversation_id")
        ),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_response_clock_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_clock")),
    )
    op.create_index(
        "ix_response_clock_open", "response_clock", ["mailbox_id", "state", "nearest_at"], unique=False
    )
    op.create_index("ix_response_clock_started_at", "response_clock", ["started_at"], unique=False)
    op.create_index(
        "uq_response_clock_open",
        "response_clock",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("folder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("reference_ids", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("internal_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=True),
        sa.Column("notice", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("relay_address", sa.String(length=320), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("action", sa.String(length=24), nullable=True),
        sa.Column("action_reason", sa.String(length=64), nullable=True),
        sa.Column("scenario", sa.String(length=32), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("decided_by", sa.String(length=16), nullable=True),
        sa.Column("unsure", sa.Boolean(), nullable=True),
        sa.Column("model", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("response_clock_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("state IN ('fetched', 'read', 'shunted')", name=op.f("ck_message_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id")
        ),
        sa.ForeignKeyConstraint(["folder_id"], ["folder.id"], name=op.f("fk_message_folder_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_message_mailbox_id")),
        sa.ForeignKeyConstraint(
            ["response_clock_id"], ["response_clock.id"], name=op.f("fk_message_response_clock_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "folder_id", "uidvalidity", "uid", name=op.f("uq_message_folder_id_uidvalidity_uid")
        ),
    )
    op.create_index("ix_message_action", "message", ["mailbox_id", "action", "id"], unique=False)
    op.create_index("ix_message_clock", "message", ["response_clock_id"], unique=False)
    op.create_index("ix_message_conversation_id", "message", ["conversation_id", "received_at"], unique=False)
    op.create_index("ix_message_message_id", "message", ["mailbox_id", "message_id"], unique=False)
    op.create_index("ix_message_state", "message", ["mailbox_id", "state"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("message_id_header", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("folder_name", sa.Text(), nullable=True),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.BigInteger(), nullable=True),
        sa.Column("approved_digest", sa.String(length=64), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'queued', 'edited', 'approved', 'sending', 'sent', 'confirmed', 'bounced', 'in_doubt', 'held', 'answered_by_agent', 'rejected', 'superseded', 'vanished')",
            name=op.f("ck_draft_state"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_draft_conversation_id")
        ),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_draft_mailbox_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_draft_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("message_id_header", name=op.f("uq_draft_message_id_header")),
        sa.UniqueConstraint("token", name=op.f("uq_draft_token")),
    )
    op.create_index("ix_draft_conversation_id", "draft", ["conversation_id", "id"], unique=False)
    op.create_index("ix_draft_message_id", "draft", ["message_id"], unique=False)
    op.create_index("ix_draft_state", "draft", ["mailbox_id", "state"], unique=False)
    op.create_index(
        "uq_draft_open",
        "draft",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text(
            "state IN ('approved', 'edited', 'held', 'in_doubt', 'planned', 'queued', 'sending')"
        ),
        postgresql_where=sa.text(
            "state IN ('approved', 'edited', 'held', 'in_doubt', 'planned', 'queued', 'sending')"
        ),
    )
    op.create_table(
        "label",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scenario", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_label_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label")),
    )
    op.create_index("ix_label_message_id", "label", ["message_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("message_id_header", sa.Text(), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("filed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('prepared', 'sending', 'sent', 'in_doubt', 'refused', 'abandoned')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_delivery_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message_id_header", name=op.f("uq_delivery_message_id_header")),
    )
    op.create_index("ix_delivery_state", "delivery", ["state", "next_attempt_at"], unique=False)
    op.create_index(
        "uq_delivery_live",
        "delivery",
        ["draft_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('in_doubt', 'prepared', 'sending', 'sent')"),
        postgresql_where=sa.text("state IN ('in_doubt', 'prepared', 'sending', 'sent')"),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mailbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("message_id_header", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'queued')", name=op.f("ck_note_state")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_note_draft_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_note_mailbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("message_id_header", name=op.f("uq_note_message_id_header")),
    )
    op.create_index("ix_note_state", "note", ["mailbox_id", "state"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("author IN ('daemon', 'agent')", name=op.f("ck_revision_author")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_revision_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_revision_draft_id_number")),
    )
