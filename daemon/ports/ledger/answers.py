"""Answers that were sent, beside the drafts they came from: for the report, and for the knowledge base.

Promises: reads only; how much of a draft was left is known from its delivery, and no mail is read for it.

Errors: those of `store.py`.
"""

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.desk.draft import DeliveryState
from daemon.desk.likeness import HEAVY, LIGHT
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.store import reading


@dataclass(frozen=True, slots=True)
class Sent:
    """Drafts of one template and language that were sent, by how much of them was left."""

    template: str
    language: str
    number: int
    as_is: int
    light: int
    heavy: int
    likeness: float


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

    def sent_between(self, start: datetime, end: datetime) -> list[Sent]:
        """The drafts whose delivery was accepted from `start` on and before `end`."""
        d, v = t.draft.c, t.delivery.c
        query = (
            sa.select(
                d.template,
                d.language,
                sa.func.count(),
                *(_count(condition) for condition in _outcomes(v.likeness)),
                sa.func.avg(v.likeness),
            )
            .join_from(t.delivery, t.draft, d.id == v.draft_id)
            # of the delivery only what its index holds: its own page has the mail
            .where(v.state == DeliveryState.SENT, v.ended_at >= start, v.ended_at < end)
            .where(v.likeness.is_not(None))
            .group_by(d.template, d.language)
        )
        with reading(self._engine) as connection:
            return [Sent(*row) for row in connection.execute(query)]

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


def _outcomes(share: sa.ColumnElement[float]) -> tuple[sa.ColumnElement[bool], ...]:
    """As it was, a light edit, a heavy one; the rest was replaced. The same borders as `desk.likeness`."""
    return share == 1.0, sa.and_(share >= LIGHT, share < 1.0), sa.and_(share >= HEAVY, share < LIGHT)


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
