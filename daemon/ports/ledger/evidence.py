"""Everything the ledger knows of one order, read in one look.

Promises: rows as plain values, oldest first, without surrogate secrets such as tokens; the mails' bytes stand
apart from what is told of them.

Errors: those of `store.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.schema_cases import case_event, casefile
from daemon.ports.ledger.schema_receipts import receipt
from daemon.ports.ledger.store import reading

Row = dict[str, Any]
SUBJECTS = ("message", "clock", "draft", "delivery")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands in the ledger about an order."""

    conversations: Sequence[Row]
    messages: Sequence[Row]
    clocks: Sequence[Row]
    drafts: Sequence[Row]
    revisions: Sequence[Row]
    deliveries: Sequence[Row]
    receipts: Sequence[Row]
    cases: Sequence[Row]
    case_events: Sequence[Row]
    decisions: Sequence[Row]

    def __bool__(self) -> bool:
        return bool(self.conversations or self.messages)


class EvidenceBook:
    """What `evidence` reads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_order(self, order_id: str) -> Evidence:
        """Conversations about this order with all that belongs to them, and notices that name it."""
        c, m, k, d, r, v = (
            table.c
            for table in (t.conversation, t.message, t.response_clock, t.draft, t.revision, t.delivery)
        )
        with reading(self._engine) as connection:
            conversations = _rows(connection, _CONVERSATION.where(c.order_id == order_id).order_by(c.id))
            ids = [row["id"] for row in conversations]
            named = sa.or_(
                *(column.contains(order_id, autoescape=True) for column in (m.subject, m.text, m.facts))
            )
            ours = sa.or_(m.conversation_id.in_(ids), sa.and_(m.conversation_id.is_(None), named))
            messages = _rows(connection, _MESSAGE.where(ours).order_by(m.received_at, m.id))
            clocks = _rows(connection, _CLOCK.where(k.conversation_id.in_(ids)).order_by(k.started_at, k.id))
            drafts = _rows(connection, _DRAFT.where(d.conversation_id.in_(ids)).order_by(d.id))
            of_drafts = [row["id"] for row in drafts]
            revisions = _rows(connection, _REVISION.where(r.draft_id.in_(of_drafts)).order_by(r.id))
            deliveries = _rows(connection, _DELIVERY.where(v.draft_id.in_(of_drafts)).order_by(v.id))
            receipts = _rows(
                connection, _RECEIPT.where(_RECEIPTS.conversation_id.in_(ids)).order_by(_RECEIPTS.id)
            )
            about_order = sa.or_(_CASES.order_id == order_id, _CASES.conversation_id.in_(ids))
            cases = _rows(connection, _CASE.where(about_order).order_by(_CASES.id))
            of_cases = case_event.c.casefile_id.in_([row["id"] for row in cases])
            case_events = _rows(connection, _CASE_EVENT.where(of_cases).order_by(case_event.c.id))
            found = (messages, clocks, drafts, deliveries)
            about = {name: [row["id"] for row in rows] for name, rows in zip(SUBJECTS, found, strict=True)}
            return Evidence(
                conversations,
                messages,
                clocks,
                drafts,
                revisions,
                deliveries,
                receipts,
                cases,
                case_events,
                _decisions(connection, about),
            )


def _rows(connection: Connection, query: sa.Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _decisions(connection: Connection, about: dict[str, list[int]]) -> list[Row]:
    e = t.decision.c
    wanted = sa.or_(*(sa.and_(e.subject == name, e.subject_id.in_(ids)) for name, ids in about.items()))
    columns = (e.id, e.at, e.stage, e.subject, e.subject_id, e.reason, e.old_state, e.new_state, e.detail)
    return _rows(connection, sa.select(*columns).where(wanted).order_by(e.at, e.id))


def _but(table: sa.Table, *left_out: str) -> sa.Select[Any]:
    return sa.select(*(column for column in table.c if column.name not in left_out))


_CONVERSATION = _but(t.conversation)
_MESSAGE = (
    sa.select(
        *(column for column in t.message.c if column.name not in {"attempts", "folder_id", "model"}),
        t.mailbox.c.name.label("mailbox"),
        t.folder.c.name.label("folder"),
    )
    .join_from(t.message, t.mailbox, t.mailbox.c.id == t.message.c.mailbox_id)
    .join(t.folder, t.folder.c.id == t.message.c.folder_id)
)
_CLOCK = _but(t.response_clock)
_DRAFT = _but(t.draft, "token")
_REVISION = _but(t.revision)
_DELIVERY = _but(t.delivery, "next_attempt_at")
_RECEIPT = _but(receipt)
_RECEIPTS = receipt.c
_CASE = _but(casefile)
_CASES = casefile.c
_CASE_EVENT = _but(case_event)
