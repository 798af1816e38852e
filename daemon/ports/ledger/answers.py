"""Answers that were sent, beside the drafts they came from: for the report, and for the knowledge base.

Promises: reads only; what was sent as it was drafted is not read again.

Errors: those of `store.py`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.desk.draft import DeliveryState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.store import reading

AT_ONCE = 200
"""Rows held in memory, since each may have its attachments."""


@dataclass(frozen=True, slots=True)
class SentDraft:
    """One draft that was sent; the bytes are None where nobody had edited it."""

    template: str
    language: str
    ours: bytes | None
    sent: bytes | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The last mail sent in one conversation, with what would name its buyer."""

    raw: bytes
    template: str
    language: str
    scenario: str
    asins: tuple[str, ...]
    order_id: str
    relay_address: str
    buyer_name: str


class AnswerBook:
    """What the report and `knowledge promote` read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sent_between(self, start: datetime, end: datetime) -> Iterator[SentDraft]:
        """The drafts whose delivery was accepted from `start` on and before `end`."""
        d, v, r = t.draft.c, t.delivery.c, t.revision.c
        edited = d.revision > 1
        query = (
            sa.select(d.template, d.language, sa.case((edited, r.raw)), sa.case((edited, v.raw)))
            .join_from(t.draft, t.delivery, v.draft_id == d.id)
            .join(t.revision, sa.and_(r.draft_id == d.id, r.number == 1))
            .where(v.state == DeliveryState.SENT, v.ended_at >= start, v.ended_at < end)
        )
        with reading(self._engine) as connection:
            streamed = connection.execution_options(yield_per=AT_ONCE).execute(query)
            for row in streamed:
                yield SentDraft(*row)

    def latest(self, order_id: str | None, draft_id: int | None) -> Answer | None:
        """The last answer sent about an order, or from one draft."""
        d, v, c, m = t.draft.c, t.delivery.c, t.conversation.c, t.message.c
        query = (
            sa.select(
                v.raw, d.template, d.language, m.scenario, m.facts, c.order_id, m.relay_address, c.buyer_name
            )
            .join_from(t.draft, t.delivery, v.draft_id == d.id)
            .join(t.conversation, c.id == d.conversation_id)
            .join(t.message, m.id == d.message_id)
            .where(
                v.state == DeliveryState.SENT,
                d.id == draft_id if order_id is None else c.order_id == order_id,
            )
            .order_by(v.ended_at.desc(), v.id.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Answer(
            raw=row.raw,
            template=row.template,
            language=row.language,
            scenario=row.scenario or "",
            asins=tuple(json.loads(row.facts or "{}").get("asins", [])),
            order_id=row.order_id,
            relay_address=row.relay_address or "",
            buyer_name=row.buyer_name or "",
        )
