"""The table of receipts: what each notice about an answer was joined to, once.

Promises: one row for each such notice, whatever came of it, so that none has its effect twice.

Errors: none of its own.
"""

from sqlalchemy import Column, Index, String, Table, UniqueConstraint

from daemon.ports.ledger.columns import Instant, key, to
from daemon.ports.ledger.schema import delivery, message, metadata

receipt = Table(
    "receipt",
    metadata,
    key(),
    to("mailbox"),
    to("message"),
    to("delivery", optional=True),
    to("conversation", optional=True),
    Column("outcome", String(32), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("message_id"),
)
Index("ix_message_receipt", message.c.mailbox_id, message.c.notice, message.c.id)
Index("ix_delivery_started_at", delivery.c.started_at)
