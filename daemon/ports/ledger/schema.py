"""The tables of the ledger, and the guards by which the database itself refuses a forbidden act.

Promises: SQLAlchemy Core only; the same tables on SQLite and PostgreSQL. Every state column may hold
only its enum's values, and a trigger (`guards.py`) refuses every transition that `daemon.desk` does not
list. Partial unique indexes make "two at once" impossible: one open draft and one open clock for a
conversation, one live delivery for a draft. The log of decisions and the labels can only grow.

Errors: none of its own; SQLAlchemy's leave through `store.py`, which translates them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from daemon.desk.clock import ClockOutcome
from daemon.desk.draft import LIVE_DELIVERIES, OPEN_STATES, DeliveryState, DraftState
from daemon.ports.ledger.columns import (
    Instant,
    MessageState,
    NoteState,
    Words,
    key,
    one_of,
    partial,
    sparse,
    state,
    to,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


CLAIMS = "(notice IN ('a_to_z_claim', 'chargeback') OR scenario = 'a_to_z_claim')"
"""Messages that announce or make a claim; a query must say it in the same words to use the index."""

house = Table(
    "house",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Words, nullable=False),
)

mailbox = Table(
    "mailbox",
    metadata,
    key(),
    Column("name", String(128), nullable=False, unique=True),
    Column("address", String(320), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("marked_at", Instant, nullable=False),
    Column("last_cycle_at", Instant),
    Column("last_error", Words),
    Column("connected", Boolean, nullable=False, default=False),
    Column("frozen_at", Instant),
    Column("frozen_reason", String(64)),
)

folder = Table(
    "folder",
    metadata,
    key(),
    to("mailbox"),
    Column("name", Words, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("floor_uid", BigInteger, nullable=False),
    Column("uidnext", BigInteger, nullable=False),
    Column("modseq", BigInteger),
    Column("messages", BigInteger),
    UniqueConstraint("mailbox_id", "name"),
)

conversation = Table(
    "conversation",
    metadata,
    key(),
    to("mailbox"),
    Column("alias", String(64), nullable=False),
    Column("marketplace", String(32), nullable=False),
    Column("order_id", String(24), nullable=False),
    Column("relay_address", String(320), nullable=False),
    Column("buyer_name", Words),
    Column("last_message_at", Instant, nullable=False),
    UniqueConstraint("mailbox_id", "alias", "marketplace", "order_id"),
)

response_clock = Table(
    "response_clock",
    metadata,
    key(),
    to("mailbox"),
    to("conversation"),
    *state(ClockOutcome),
    Column("scenario", String(32), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("target_at", Instant),
    Column("rule_at", Instant, nullable=False),
    Column("hard_at", Instant),
    Column("nearest_at", Instant, nullable=False),
    Column("warned", Integer, nullable=False, default=0),
    Column("approved_at", Instant),
    Column("accepted_at", Instant),
    Column("confirmed_at", Instant),
    Column("ended_at", Instant),
    Column("ended_by", String(32)),
    # no foreign key: drafts lead to messages, and messages to clocks
    Column("answer_draft", BigInteger),
    Index("ix_response_clock_open", "mailbox_id", "state", "nearest_at"),
    Index("ix_response_clock_started_at", "started_at"),
    Index("ix_response_clock_answer_draft", "answer_draft"),
)
partial("uq_response_clock_open", response_clock.c.conversation_id, "state = 'open'")

message = Table(
    "message",
    metadata,
    key(),
    to("mailbox"),
    to("folder"),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("message_id", Words, nullable=False),
    Column("reference_ids", Words, nullable=False, default=""),
    Column("size", BigInteger, nullable=False),
    *state(MessageState),
    Column("attempts", Integer, nullable=False),
    Column("internal_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("target_at", Instant),
    Column("hard_at", Instant),
    Column("kind", String(24)),
    Column("notice", String(32)),
    Column("reason", String(64)),
    Column("sender", Words),
    Column("subject", Words),
    Column("text", Words),
    Column("language", String(8)),
    Column("relay_address", String(320)),
    Column("facts", Words),
    Column("action", String(24)),
    Column("action_reason", String(64)),
    Column("scenario", String(32)),
    Column("confidence", Float),
    Column("decided_by", String(16)),
    Column("unsure", Boolean),
    Column("model", String(64)),
    Column("predicted", String(32)),  # what the model was sure of, whatever a person says later
    Column("recorded_at", Instant, nullable=False),
    to("conversation", optional=True),
    to("response_clock", optional=True),
    UniqueConstraint("folder_id", "uidvalidity", "uid"),
    Index("ix_message_conversation_id", "conversation_id", "received_at"),
    Index("ix_message_clock", "response_clock_id"),
    Index("ix_message_received_at", "received_at", "response_clock_id"),
    sparse("ix_message_kept", "mailbox_id", "received_at", where="subject IS NOT NULL"),
    sparse("ix_message_notice", "received_at", "notice", where="notice IS NOT NULL"),
    Index("ix_message_message_id", "mailbox_id", "message_id"),
    Index("ix_message_content_hash", "mailbox_id", "content_hash"),
    Index("ix_message_state", "mailbox_id", "state"),
    Index("ix_message_action", "mailbox_id", "action", "id"),
    sparse("ix_message_claim", "mailbox_id", "id", where=CLAIMS),
)

draft = Table(
    "draft",
    metadata,
    key(),
    to("mailbox"),
    to("conversation"),
    to("message"),
    *state(DraftState),
    Column("token", String(32), nullable=False, unique=True),
    Column("message_id_header", Words, nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("template", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("gaps", Words),
    Column("source", Words),
    Column("reason", String(64)),
    Column("folder_name", Words),
    Column("uidvalidity", BigInteger),
    Column("uid", BigInteger),
    Column("approved_digest", String(64)),
    Column("approved_at", Instant),
    Column("planned_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("touched_at", Instant),
    Index("ix_draft_state", "mailbox_id", "state"),
    Index("ix_draft_message_id", "message_id"),
    Index("ix_draft_conversation_id", "conversation_id", "id"),
    sparse("ix_draft_touched", "mailbox_id", where="touched_at IS NOT NULL"),
)
partial("uq_draft_open", draft.c.conversation_id, one_of(OPEN_STATES))

revision = Table(
    "revision",
    metadata,
    key(),
    to("draft"),
    Column("number", Integer, nullable=False),
    Column("author", String(16), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("draft_id", "number"),
    CheckConstraint("author IN ('daemon', 'agent')", name="author"),
)

delivery = Table(
    "delivery",
    metadata,
    key(),
    to("draft"),
    *state(DeliveryState),
    Column("message_id_header", Words, nullable=False, unique=True),
    Column("sender", String(320), nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("likeness", Float),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("code", Integer),
    Column("reply", Words),
    Column("filed_at", Instant),
    Index("ix_delivery_state", "state", "started_at"),
    Index("ix_delivery_draft_id", "draft_id", "state"),
    sparse("ix_delivery_unfiled", "state", where="filed_at IS NULL"),
    Index("ix_delivery_ended_at", "state", "ended_at", "draft_id", "likeness"),
)
partial("uq_delivery_live", delivery.c.draft_id, one_of(LIVE_DELIVERIES))

note = Table(
    "note",
    metadata,
    key(),
    to("mailbox"),
    to("draft", optional=True),
    # no foreign key: SQLite could add one only by making the table, and its triggers, anew
    Column("message_id", BigInteger),
    *state(NoteState),
    Column("message_id_header", Words, nullable=False, unique=True),
    Column("reason", String(64), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index("ix_note_state", "mailbox_id", "state"),
    Index("ix_note_message_id", "message_id"),
)

label = Table(
    "label",
    metadata,
    key(),
    to("message"),
    Column("scenario", String(32), nullable=False),
    Column("source", String(24), nullable=False),
    Column("who", Words, nullable=False),
    Column("weight", Float, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_label_message_id", "message_id"),
)

decision = Table(
    "decision",
    metadata,
    key(),
    to("mailbox"),
    Column("at", Instant, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("reason", String(64), nullable=False),
    Column("old_state", String(24)),
    Column("new_state", String(24)),
    Column("detail", Words, nullable=False, default=""),
    Index("ix_decision_subject", "subject", "subject_id"),
)
