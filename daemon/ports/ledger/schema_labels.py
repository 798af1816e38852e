"""The ledger's table of labels that were imported together with their text, since no message here has it.

Promises: unlike the labels of messages these hold a buyer's words themselves, so rows can be removed.

Errors: none.
"""

from sqlalchemy import Column, Float, Index, String, Table

from daemon.ports.ledger.columns import Instant, Words, key
from daemon.ports.ledger.schema import metadata

imported_label = Table(
    "imported_label",
    metadata,
    key(),
    Column("content_hash", String(64), nullable=False),
    Column("scenario", String(32), nullable=False),
    Column("source", String(24), nullable=False),
    Column("who", Words, nullable=False),
    Column("weight", Float, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("language", String(8)),
    Column("subject", Words, nullable=False),
    Column("text", Words, nullable=False),
    Index("ix_imported_label_content_hash", "content_hash"),
)
