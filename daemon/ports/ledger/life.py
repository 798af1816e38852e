"""The life of a message or of an order's messages: every step that the ledger knows, in its order.

A mail is looked for by its Message-ID: a buyer's, a draft's, a delivery's or a note's. With one that belongs
to a conversation comes all of that conversation, since drafts and clocks may be of several messages.

Promises: ids, states, reasons, times and servers' replies only; what a buyer, an agent or a template wrote is
not even read.

Errors: those of `store.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.schema_alerts import alert
from daemon.ports.ledger.schema_receipts import receipt
from daemon.ports.ledger.store import reading

SUBJECTS = ("message", "clock", "draft", "delivery", "note")
ORDER_OF = ("message", "clock", "draft", "note", "delivery", "receipt", "label", "alert")
"""What comes first of two things at one moment."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: to what, what it was, and for a decision which state followed which."""

    at: datetime
    subject: str
    id: int
    what: str
    old_state: str | None = None
    new_state: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """All steps, and which rows of the ledger they are about."""

    ids: Mapping[str, tuple[int, ...]]
    steps: tuple[Step, ...]


class LifeBook:
    """What `trace` reads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_order(self, order_id: str) -> Life:
        """All conversations about this order."""
        c = t.conversation.c
        with reading(self._engine) as connection:
            return _life(connection, _ids(connection, sa.select(c.id).where(c.order_id == order_id)), ())

    def of_mail(self, header_id: str) -> Life:
        """What belongs to the mail with this Message-ID, whoever wrote it."""
        m, d, v, n = t.message.c, t.draft.c, t.delivery.c, t.note.c
        of_draft = sa.select(d.conversation_id)
        places = (
            sa.select(m.conversation_id).where(m.message_id == header_id),
            of_draft.where(d.message_id_header == header_id),
            of_draft.join_from(t.draft, t.delivery).where(v.message_id_header == header_id),
            of_draft.join_from(t.draft, t.note).where(n.message_id_header == header_id),
            sa.select(m.conversation_id)
            .join_from(t.message, t.note, n.message_id == m.id)
            .where(n.message_id_header == header_id),
        )
        with reading(self._engine) as connection:
            conversations = {each for query in places for each in _ids(connection, query)}
            alone = _ids(connection, sa.select(m.id).where(m.message_id == header_id))
            return _life(connection, conversations, alone)


def _ids(connection: Connection, query: sa.Select[Any]) -> list[int]:
    return [number for number in connection.execute(query).scalars() if number is not None]


def _life(connection: Connection, conversations: Iterable[int], alone: Iterable[int]) -> Life:
    m, k, d, v, n = (table.c for table in (t.message, t.response_clock, t.draft, t.delivery, t.note))
    mine = list(conversations)
    messages = _ids(connection, sa.select(m.id).where(m.conversation_id.in_(mine) | m.id.in_(list(alone))))
    drafts = _ids(connection, sa.select(d.id).where(d.conversation_id.in_(mine)))
    ids = {
        "message": messages,
        "clock": _ids(connection, sa.select(k.id).where(k.conversation_id.in_(mine))),
        "draft": drafts,
        "delivery": _ids(connection, sa.select(v.id).where(v.draft_id.in_(drafts))),
        "note": _ids(connection, sa.select(n.id).where(n.draft_id.in_(drafts) | n.message_id.in_(messages))),
    }
    steps = [*_rows(connection, ids, mine), *_decisions(connection, ids)]
    steps.sort(key=lambda step: step.at)  # stable: rows before the decisions of their moment
    return Life({name: tuple(sorted(found)) for name, found in ids.items()}, tuple(steps))


def _decisions(connection: Connection, ids: Mapping[str, list[int]]) -> list[Step]:
    e = t.decision.c
    about = sa.or_(*(sa.and_(e.subject == name, e.subject_id.in_(ids[name])) for name in SUBJECTS))
    columns = (e.at, e.subject, e.subject_id, e.reason, e.old_state, e.new_state, e.detail)
    return [Step(*row) for row in connection.execute(sa.select(*columns).where(about).order_by(e.id))]


def _rows(connection: Connection, ids: Mapping[str, list[int]], conversations: list[int]) -> list[Step]:
    """What the rows themselves tell, beside the decisions about them."""
    m, k, v, n = t.message.c, t.response_clock.c, t.delivery.c, t.note.c
    r, a, b, i = receipt.c, alert.c, t.label.c, t.revision.c
    about = sa.or_(*(sa.and_(a.subject == name, a.subject_id.in_(ids[name])) for name in SUBJECTS))
    clocks, deliveries, notes = k.id.in_(ids["clock"]), v.id.in_(ids["delivery"]), n.id.in_(ids["note"])
    asked = (
        (
            "message",
            "arrived",
            (m.received_at, m.id, m.message_id, m.kind, m.notice),
            m.id.in_(ids["message"]),
        ),
        ("clock", "nearest_limit", (k.nearest_at, k.id, k.scenario), clocks),
        ("clock", "approved", (k.approved_at, k.id), clocks),
        ("clock", "accepted", (k.accepted_at, k.id), clocks),
        ("clock", "confirmed", (k.confirmed_at, k.id), clocks),
        ("draft", "revision", (i.recorded_at, i.draft_id, i.number, i.author), i.draft_id.in_(ids["draft"])),
        ("note", "planned", (n.planned_at, n.id, n.reason), notes),
        ("note", "done", (n.done_at, n.id, n.state), notes),
        ("delivery", "attempt", (v.started_at, v.id, v.attempts), deliveries),
        ("delivery", "reply", (v.ended_at, v.id, v.code, v.reply), deliveries),
        (
            "receipt",
            "receipt",
            (r.recorded_at, r.id, r.outcome, r.message_id),
            r.conversation_id.in_(conversations) | r.message_id.in_(ids["message"]),
        ),
        ("label", "label", (b.recorded_at, b.id, b.scenario, b.source), b.message_id.in_(ids["message"])),
        ("alert", "raised", (a.raised_at, a.id, a.kind, a.subject), about),
        ("alert", "told", (a.told_at, a.id, a.kind), about),
    )
    steps = []
    for subject, what, columns, where in asked:
        query = sa.select(*columns).where(where, columns[0].is_not(None)).order_by(columns[1])
        for at, number, *rest in connection.execute(query):
            detail = " ".join(str(value) for value in rest if value not in {None, ""})
            steps.append(Step(at, subject, number, what, detail=detail))
    return sorted(steps, key=lambda step: ORDER_OF.index(step.subject))
