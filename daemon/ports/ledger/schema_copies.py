"""The table of copies: which mails in the watched folders are copies of drafts, as the last look saw them.

Promises: an observation, not a decision: rows come and go with the mails. At most one row for a mail, by
its folder, UIDVALIDITY and UID (RFC 9051, section 2.3.1.1).

Errors: none of its own.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, UniqueConstraint

from daemon.ports.ledger.columns import Instant, Words, key, to
from daemon.ports.ledger.schema import metadata

copy = Table(
    "copy",
    metadata,
    key(),
    to("mailbox"),
    to("draft"),
    Column("folder_name", Words, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("digest", String(64)),  # None: it could not be read, or needs not to be
    Column("deleted", Boolean, nullable=False),
    Column("flagged", Boolean, nullable=False),
    Column("internal_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    UniqueConstraint("mailbox_id", "folder_name", "uidvalidity", "uid"),
    Index("ix_copy_draft_id", "draft_id"),
    Index("ix_copy_seen_at", "mailbox_id", "seen_at"),
)
