"""What people said a message is: corrections they made, and drafts they sent as they were.

Promises: the table only grows; of several corrections of a message the last one counts, and a correction
counts more than a silent confirmation. Silent confirmations are read from drafts and deliveries, where they
stand already: sending writes nothing for them. The same mail in two folders or mailboxes is one message.

Errors: those of `store.py`; a message that the ledger does not know is a `PermanentError`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.desk.disposition import Action
from daemon.desk.draft import DeliveryState
from daemon.desk.playbook import Scenario
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.store import Claim, reading, writing


class LabelSource(StrEnum):
    """How we learned what a message is."""

    RECLASSIFY = "reclassify"
    """A person moved the message, or its draft, into a folder below `Reclassify`."""
    IMPORT = "import"
    """`firstreply labels import`."""
    CONFIRMATION = "confirmation"
    """The draft for this scenario was sent as it was; never recorded, always derived."""


CORRECTION_WEIGHT = 1.0
"""A correction counts as much as a text of the shipped corpus."""
UNKNOWN_PERSON = "agent"
"""Who confirmed: the mailbox does not tell which of its agents moved the draft."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label and the message it is about; `text` holds the buyer's own words."""

    mailbox: str
    message_id: int
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


class LabelBook:
    """What the classifier learns from."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(
        self,
        claim: Claim | None,
        message_id: int,
        scenario: Scenario,
        source: LabelSource,
        who: str,
        now: datetime,
        weight: float = CORRECTION_WEIGHT,
    ) -> bool:
        """Somebody said what a message is; False if the same source said the same last.

        `claim` is None for a person at the command line, who owns no mailbox.
        """
        with writing(self._engine, claim) as connection:
            last = connection.execute(_LAST, {"message": message_id}).first()
            if last is not None and tuple(last) == (scenario, source):
                return False
            values = {
                "message_id": message_id,
                "scenario": scenario,
                "source": source,
                "who": who,
                "weight": weight,
                "recorded_at": now,
            }
            connection.execute(sa.insert(t.label).values(values))
            return True

    def recorded(self) -> list[Label]:
        """Every label that was recorded, overruled ones too, oldest first."""
        with reading(self._engine) as connection:
            return _recorded(connection)

    def confirmed(self, weight: float) -> list[Label]:
        """Messages whose draft for their scenario was sent as it was, oldest first.

        A holding draft fits every scenario, so it confirms none.
        """
        with reading(self._engine) as connection:
            return _confirmed(connection, weight)

    def taught(self, confirmation_weight: float) -> list[Label]:
        """What is to be learned: one label a message, the last one said of it."""
        with reading(self._engine) as connection:
            return in_force([*_confirmed(connection, confirmation_weight), *_recorded(connection)])


def in_force(labels: Iterable[Label]) -> list[Label]:
    """Of these labels, each message's last correction, or its confirmation where nobody corrected."""
    kept: dict[str, Label] = {}
    for label in sorted(labels, key=lambda label: label.source is not LabelSource.CONFIRMATION):
        kept[label.content_hash] = label
    return sorted(kept.values(), key=lambda label: label.at)


_LAST = (
    sa.select(t.label.c.scenario, t.label.c.source)
    .where(t.label.c.message_id == sa.bindparam("message"))
    .order_by(t.label.c.id.desc())
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
_RECORDED = (
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
_CONFIRMED = (
    sa.select(*_OF_MESSAGE, t.message.c.scenario, t.delivery.c.ended_at.label("recorded_at"))
    .join_from(t.delivery, t.draft, t.draft.c.id == t.delivery.c.draft_id)
    .join(t.message, t.message.c.id == t.draft.c.message_id)
    .join(t.mailbox, t.mailbox.c.id == t.message.c.mailbox_id)
    .where(
        t.delivery.c.state == DeliveryState.SENT,
        t.draft.c.revision == 1,
        t.message.c.action == Action.DRAFT,
        t.message.c.scenario.is_not(None),
    )
    .order_by(t.delivery.c.ended_at, t.delivery.c.id)
)


def _recorded(connection: Connection) -> list[Label]:
    return [
        _label(row, LabelSource(row.source), row.who, row.weight) for row in connection.execute(_RECORDED)
    ]


def _confirmed(connection: Connection, weight: float) -> list[Label]:
    rows = connection.execute(_CONFIRMED)
    return [_label(row, LabelSource.CONFIRMATION, UNKNOWN_PERSON, weight) for row in rows]


def _label(row: Any, source: LabelSource, who: str, weight: float) -> Label:  # noqa: ANN401  a row of a join
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
