"""The table of what is done now and then for each mailbox, and when it was done last.

Promises: one row for each mailbox and task.

Errors: none.
"""

from sqlalchemy import Column, String, Table, UniqueConstraint

from daemon.ports.ledger.columns import Instant, key, to
from daemon.ports.ledger.schema import metadata

upkeep = Table(
    "upkeep",
    metadata,
    key(),
    to("mailbox"),
    Column("task", String(32), nullable=False),
    Column("done_at", Instant, nullable=False),
    UniqueConstraint("mailbox_id", "task"),
)
