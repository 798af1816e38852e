"""The life of a message or of an order's messages: every step that the ledger knows, in its order.

A mail is looked for by its Message-ID: a buyer's, a draft's, a delivery's or a note's; or by a draft's token,
an order, or the number of a row as the log names it. With whatever belongs to a conversation comes all of
that conversation, since drafts and clocks may be of several messages; and with it its cases, and the notices
that are their own messages: receipts, claims, decisions.

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
from daemon.ports.ledger.schema_cases import case_event, casefile
from daemon.ports.ledger.schema_receipts import receipt
from daemon.ports.ledger.store import reading

SUBJECTS = ("message", "clock", "draft", "delivery", "note", "case")
ROWS = (*SUBJECTS, "receipt", "conversation")
"""What a life can be looked for by, with its number; a receipt is the message that is one."""
ORDER_OF = ("message", "clock", "draft", "note", "delivery", "receipt", "label", "case", "alert")
"""What comes first of two things at one moment."""
Ids = dict[str, list[int]]
SAME = sa.or_(
    t.conversation.c.id == casefile.c.conversation_id,
    sa.and_(
        t.conversation.c.order_id == casefile.c.order_id,
        t.conversation.c.mailbox_id == casefile.c.mailbox_id,
        casefile.c.order_id != "",
    ),
)
"""A case and a conversation belong together: Amazon's notices of a claim name an order and no buyer."""
Query = sa.Select[Any] | sa.CompoundSelect[Any]


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
        """All conversations about this order, and its cases."""
        c, f, e = t.conversation.c, casefile.c, case_event.c
        filed = sa.select(e.message_id).join(casefile, f.id == e.casefile_id)
        with reading(self._engine) as connection:
            conversations = _ids(connection, sa.select(c.id).where(c.order_id == order_id))
            return _life(connection, conversations, _ids(connection, filed.where(f.order_id == order_id)))

    def of_token(self, token: str) -> Life:
        """The life of the draft with this token."""
        return self._of(sa.select(t.draft.c.conversation_id).where(t.draft.c.token == token))

    def of_row(self, subject: str, number: int) -> Life:
        """The life of this row; `subject` is one of `ROWS`."""
        c, m, k, d, v, n = (
            table.c for table in (t.conversation, t.message, t.response_clock, t.draft, t.delivery, t.note)
        )
        f, e, of_draft = casefile.c, case_event.c, sa.select(d.conversation_id)
        places: dict[str, Query] = {
            "conversation": sa.select(c.id).where(c.id == number),
            "clock": sa.select(k.conversation_id).where(k.id == number),
            "draft": of_draft.where(d.id == number),
            "delivery": of_draft.join_from(t.draft, t.delivery).where(v.id == number),
            "note": of_draft.join_from(t.draft, t.note).where(n.id == number),
            "case": sa.union(
                sa.select(c.id).join(casefile, SAME).where(f.id == number),
                _sent(sa.select(e.delivery_id).where(e.casefile_id == number)),
            ),
        }
        message = sa.select(m.id).where(m.id == number)
        none = message.where(sa.false())
        messages: dict[str, Query] = {
            "message": message,
            "receipt": message,
            "note": sa.select(n.message_id).where(n.id == number),
            "case": sa.select(e.message_id).where(e.casefile_id == number),
        }
        return self._of(places.get(subject, none), messages.get(subject, none))

    def of_mail(self, header_id: str) -> Life:
        """What belongs to the mail with this Message-ID, whoever wrote it."""
        m, d, v, n = t.message.c, t.draft.c, t.delivery.c, t.note.c
        of_draft = sa.select(d.conversation_id)
        places = sa.union(
            of_draft.where(d.message_id_header == header_id),
            of_draft.join_from(t.draft, t.delivery).where(v.message_id_header == header_id),
            of_draft.join_from(t.draft, t.note).where(n.message_id_header == header_id),
        )
        messages = sa.union(
            sa.select(m.id).where(m.message_id == header_id),
            sa.select(n.message_id).where(n.message_id_header == header_id),
        )
        return self._of(places, messages)

    def _of(self, conversations: Query, messages: Query | None = None) -> Life:
        with reading(self._engine) as connection:
            alone = [] if messages is None else _ids(connection, messages)
            return _life(connection, _ids(connection, conversations), alone)


def _sent(deliveries: sa.Select[Any]) -> sa.Select[Any]:
    """The conversations in which these deliveries are."""
    of_draft = sa.select(t.draft.c.conversation_id).join_from(t.draft, t.delivery)
    return of_draft.where(t.delivery.c.id.in_(deliveries))


def _ids(connection: Connection, query: Query) -> list[int]:
    return sorted({number for number in connection.execute(query).scalars() if number is not None})


def _life(connection: Connection, conversations: Iterable[int], messages: Iterable[int]) -> Life:
    ids = _belonging(connection, conversations, messages)
    steps = [*_rows(connection, ids), *_decisions(connection, ids)]
    steps.sort(key=lambda step: step.at)  # stable: rows before the decisions of their moment
    return Life({name: tuple(ids[name]) for name in SUBJECTS}, tuple(steps))


def _belonging(connection: Connection, conversations: Iterable[int], messages: Iterable[int]) -> Ids:
    """All that is of these conversations and messages, and of the conversations that the messages tell of."""
    m, k, d, v, n = (table.c for table in (t.message, t.response_clock, t.draft, t.delivery, t.note))
    r, e, f, alone = receipt.c, case_event.c, casefile.c, list(messages)
    told_of = sa.union(
        sa.select(m.conversation_id).where(m.id.in_(alone)),
        sa.select(r.conversation_id).where(r.message_id.in_(alone)),
        _sent(sa.select(r.delivery_id).where(r.message_id.in_(alone))),
        sa.select(t.conversation.c.id).join(casefile, SAME).join(case_event).where(e.message_id.in_(alone)),
    )
    mine = sorted({*conversations, *_ids(connection, told_of)})
    drafts = _ids(connection, sa.select(d.id).where(d.conversation_id.in_(mine)))
    deliveries = _ids(connection, sa.select(v.id).where(v.draft_id.in_(drafts)))
    ours = _ids(connection, sa.select(m.id).where(m.conversation_id.in_(mine) | m.id.in_(alone)))
    events = sa.select(e.casefile_id).where(e.message_id.in_(ours) | e.delivery_id.in_(deliveries))
    of_order = sa.select(f.id).join(t.conversation, SAME).where(t.conversation.c.id.in_(mine))
    cases = _ids(connection, sa.union(events, of_order))
    notices = sa.union(
        sa.select(r.message_id).where(r.conversation_id.in_(mine) | r.delivery_id.in_(deliveries)),
        sa.select(e.message_id).where(e.casefile_id.in_(cases)),
    )
    everything = sorted({*ours, *_ids(connection, notices)})
    return {
        "message": everything,
        "clock": _ids(connection, sa.select(k.id).where(k.conversation_id.in_(mine))),
        "draft": drafts,
        "delivery": deliveries,
        "note": _ids(
            connection, sa.select(n.id).where(n.draft_id.in_(drafts) | n.message_id.in_(everything))
        ),
        "case": cases,
    }


def _about(column: Any, number: Any, ids: Ids) -> sa.ColumnElement[bool]:  # noqa: ANN401  two columns of a table
    return sa.or_(*(sa.and_(column == name, number.in_(ids[name])) for name in SUBJECTS))


def _decisions(connection: Connection, ids: Ids) -> list[Step]:
    e = t.decision.c
    columns = (e.at, e.subject, e.subject_id, e.reason, e.old_state, e.new_state, e.detail)
    query = sa.select(*columns).where(_about(e.subject, e.subject_id, ids)).order_by(e.id)
    return [Step(*row) for row in connection.execute(query)]


def _rows(connection: Connection, ids: Ids) -> list[Step]:
    """What the rows themselves tell, beside the decisions about them; without a name, each row has one."""
    m, k, v, n, f, e = t.message.c, t.response_clock.c, t.delivery.c, t.note.c, casefile.c, case_event.c
    r, a, b, i = receipt.c, alert.c, t.label.c, t.revision.c
    messages, about = m.id.in_(ids["message"]), _about(a.subject, a.subject_id, ids)
    clocks, deliveries, notes = k.id.in_(ids["clock"]), v.id.in_(ids["delivery"]), n.id.in_(ids["note"])
    asked = (
        ("message", "arrived", (m.received_at, m.id, m.message_id, m.kind, m.notice), messages),
        ("clock", "nearest_limit", (k.nearest_at, k.id, k.scenario), clocks),
        ("clock", "approved", (k.approved_at, k.id), clocks),
        ("clock", "accepted", (k.accepted_at, k.id), clocks),
        ("clock", "confirmed", (k.confirmed_at, k.id), clocks),
        ("draft", "revision", (i.recorded_at, i.draft_id, i.number, i.author), i.draft_id.in_(ids["draft"])),
        ("note", "planned", (n.planned_at, n.id, n.reason), notes),
        ("note", "done", (n.done_at, n.id, n.state), notes),
        ("delivery", "attempt", (v.started_at, v.id, v.attempts), deliveries),
        ("delivery", "reply", (v.ended_at, v.id, v.code, v.reply), deliveries),
        ("receipt", "receipt", (r.recorded_at, r.message_id, r.outcome), r.message_id.in_(ids["message"])),
        ("label", "label", (b.recorded_at, b.id, b.scenario, b.source), b.message_id.in_(ids["message"])),
        ("case", "", (e.at, e.casefile_id, e.what, f.kind), e.casefile_id.in_(ids["case"])),
        ("case", "due", (f.due_at, f.id, f.kind, f.state), f.id.in_(ids["case"]) & f.closed_at.is_(None)),
        ("alert", "raised", (a.raised_at, a.id, a.kind, a.subject), about),
        ("alert", "told", (a.told_at, a.id, a.kind), about),
    )
    steps = []
    for subject, name, columns, where in asked:
        query = sa.select(*columns).where(where, columns[0].is_not(None)).order_by(columns[1])
        if not name:
            query = query.join_from(case_event, casefile)
        for at, number, *rest in connection.execute(query):
            what = name or rest.pop(0)
            detail = " ".join(str(value) for value in rest if value not in {None, ""})
            steps.append(Step(at, subject, number, what, detail=detail))
    return sorted(steps, key=lambda step: ORDER_OF.index(step.subject))
