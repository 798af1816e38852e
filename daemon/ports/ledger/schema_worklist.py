"""The copies of the worklist that lie, or may lie, in the queue.

Promises: a copy stands here before it is appended and until it has been removed.

Errors: none of its own.
"""

from sqlalchemy import BigInteger, Column, Index, String, Table

from daemon.ports.ledger.columns import Instant, Words, key, to
from daemon.ports.ledger.schema import metadata

worklist_copy = Table(
    "worklist_copy",
    metadata,
    key(),
    to("mailbox"),
    Column("message_id_header", Words, nullable=False, unique=True),
    Column("fingerprint", String(64), nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("uidvalidity", BigInteger),
    Column("uid", BigInteger),
    Index("ix_worklist_copy_mailbox_id", "mailbox_id"),
)
