"""The tables of alerts, of the mails that tell them, and of what is marked in the inbox.

Promises: an alert is there once for its key; a mail stands here, with all its bytes, before it is tried; so
does a mark before it is made.

Errors: none of its own.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from daemon.ports.ledger.columns import Instant, Words, key, to
from daemon.ports.ledger.schema import metadata

alert = Table(
    "alert",
    metadata,
    key(),
    to("mailbox"),
    Column("kind", String(32), nullable=False),
    Column("key", String(160), nullable=False),
    Column("detail", Words, nullable=False),
    Column("subject", String(16), nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("told_at", Instant),
    UniqueConstraint("mailbox_id", "key"),
    Index("ix_alert_told_at", "mailbox_id", "told_at"),
    Index("ix_alert_raised_at", "mailbox_id", "raised_at"),
)

alert_mail = Table(
    "alert_mail",
    metadata,
    key(),
    to("mailbox"),
    Column("recipient", String(320), nullable=False),
    Column("message_id_header", Words, nullable=False, unique=True),
    Column("raw", LargeBinary, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(16)),
    Index("ix_alert_mail_due", "mailbox_id", "ended_at", "next_attempt_at"),
)

due_mark = Table(
    "due_mark",
    metadata,
    Column(
        "message_id",
        BigInteger().with_variant(Integer, "sqlite"),
        ForeignKey("message.id"),
        primary_key=True,
        autoincrement=False,
    ),
    to("mailbox"),
    Column("set_at", Instant),
    Column("flag", String(32), nullable=False),
    Index("ix_due_mark_mailbox_id", "mailbox_id"),
)
