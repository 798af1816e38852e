"""The tables of cases and of their time lines.

Promises: a message or a delivery stands in one time line at most, so that nothing opens two cases.

Errors: none of its own.
"""

from sqlalchemy import Column, Index, String, Table, text

from daemon.desk.claim import CaseKind, CaseState
from daemon.ports.ledger.columns import Instant, Words, key, partial, state, to
from daemon.ports.ledger.schema import metadata

casefile = Table(
    "casefile",
    metadata,
    key(),
    to("mailbox"),
    to("conversation", optional=True),
    *state(CaseKind, "kind"),
    *state(CaseState),
    Column("order_id", String(24), nullable=False),
    Column("buyer_name", Words),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("hard_at", Instant),
    Column("closed_at", Instant),
    Index(
        "ix_casefile_open",
        "mailbox_id",
        "due_at",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_casefile_order_id", "mailbox_id", "order_id"),
)

case_event = Table(
    "case_event",
    metadata,
    key(),
    to("casefile"),
    to("message", optional=True),
    to("delivery", optional=True),
    Column("what", String(24), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_case_event_casefile_id", "casefile_id"),
)
partial("uq_case_event_message", case_event.c.message_id, "message_id IS NOT NULL")
partial("uq_case_event_delivery", case_event.c.delivery_id, "delivery_id IS NOT NULL")
