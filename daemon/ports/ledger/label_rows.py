"""What a label looks like on its way out of the ledger: values, rows and the queries behind them.

Promises: frozen values only; the queries run unchanged on SQLite and PostgreSQL.

Errors: none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.disposition import Action
from daemon.desk.draft import DeliveryState
from daemon.desk.playbook import HOLDING, Scenario
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.schema_labels import imported_label


class LabelSource(StrEnum):
    """How we learned what a message is."""

    RECLASSIFY = "reclassify"
    """A person moved the message, or its draft, into a folder below `Reclassify`."""
    IMPORT = "import"
    """`firstreply labels import`."""
    CONFIRMATION = "confirmation"
    """The draft for this scenario was sent as it was; derived, and recorded only from an import."""


CORRECTION_WEIGHT = 1.0
"""A correction counts as much as a text of the shipped corpus."""
UNKNOWN_PERSON = "agent"
"""Who confirmed: the mailbox does not tell which of its agents moved the draft."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label and the message it is about; `text` holds the buyer's own words.

    A label that was imported with its text has no message here: no mailbox, no ids.
    """

    mailbox: str
    message_id: int | None
    header_id: str
    content_hash: str
    scenario: Scenario
    source: LabelSource
    who: str
    weight: float
    at: datetime
    language: str | None
    subject: str
    text: str


def in_force(labels: Iterable[Label]) -> list[Label]:
    """Of these labels, each message's last correction, or its confirmation where nobody corrected."""
    kept: dict[str, Label] = {}
    for label in sorted(labels, key=lambda label: (label.source is not LabelSource.CONFIRMATION, label.at)):
        kept[label.content_hash] = label
    return sorted(kept.values(), key=lambda label: label.at)


LAST = (
    sa.select(t.label.c.scenario, t.label.c.source)
    .where(t.label.c.message_id == sa.bindparam("message"))
    .order_by(t.label.c.recorded_at.desc(), t.label.c.id.desc())
    .limit(1)
)
_OF_MESSAGE = (
    t.mailbox.c.name.label("mailbox"),
    t.message.c.id.label("message_id"),
    t.message.c.message_id.label("header_id"),
    t.message.c.content_hash,
    t.message.c.language,
    t.message.c.subject,
    t.message.c.text,
)
RECORDED = (
    sa.select(
        *_OF_MESSAGE,
        t.label.c.scenario,
        t.label.c.source,
        t.label.c.who,
        t.label.c.weight,
        t.label.c.recorded_at,
    )
    .join_from(t.label, t.message, t.message.c.id == t.label.c.message_id)
    .join(t.mailbox, t.mailbox.c.id == t.message.c.mailbox_id)
    .order_by(t.label.c.id)
)
CONFIRMED = (
    sa.select(*_OF_MESSAGE, t.message.c.scenario, t.delivery.c.ended_at.label("recorded_at"))
    .join_from(t.delivery, t.draft, t.draft.c.id == t.delivery.c.draft_id)
    .join(t.message, t.message.c.id == t.draft.c.message_id)
    .join(t.mailbox, t.mailbox.c.id == t.message.c.mailbox_id)
    .where(
        t.delivery.c.state == DeliveryState.SENT,
        t.draft.c.revision == 1,
        t.draft.c.template != HOLDING,
        t.message.c.action == Action.DRAFT,
        t.message.c.scenario.is_not(None),
    )
    .order_by(t.delivery.c.ended_at, t.delivery.c.id)
)


IMPORTED = sa.select(
    sa.literal("").label("mailbox"),
    sa.null().label("message_id"),
    sa.literal("").label("header_id"),
    *imported_label.c["content_hash", "language", "subject", "text"],
    *imported_label.c["scenario", "source", "who", "weight", "recorded_at"],
).order_by(imported_label.c.id)


def recorded(connection: Connection) -> list[Label]:
    """Every label that was recorded, with its message or with its own text, oldest first."""
    rows = [row for query in (RECORDED, IMPORTED) for row in connection.execute(query)]
    labels = [_label(row, LabelSource(row.source), row.who, row.weight) for row in rows]
    return sorted(labels, key=lambda label: label.at)


def confirmed(connection: Connection, weight: float) -> list[Label]:
    """Every confirmation, oldest first."""
    rows = connection.execute(CONFIRMED)
    return [_label(row, LabelSource.CONFIRMATION, UNKNOWN_PERSON, weight) for row in rows]


def _label(row: Any, source: LabelSource, who: str, weight: float) -> Label:  # noqa: ANN401  a row of a query
    return Label(
        mailbox=row.mailbox,
        message_id=row.message_id,
        header_id=row.header_id,
        content_hash=row.content_hash,
        scenario=Scenario(row.scenario),
        source=source,
        who=who,
        weight=weight,
        at=row.recorded_at,
        language=row.language,
        subject=row.subject or "",
        text=row.text or "",
    )
