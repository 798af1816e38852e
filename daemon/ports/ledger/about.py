"""What a row of the ledger is about: the buyer messages, by which a log line is found again, and the buyer.

Promises: a draft, a delivery, a receipt and a note are about one message; a clock counts several, and a case
may have been led on by several. Oldest first.

Errors: those of `store.py`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.schema_cases import case_event
from daemon.ports.ledger.store import reading

AT_ONCE = 500
"""How many rows are looked up in one statement: databases limit their parameters."""
NEWEST = t.response_clock.alias("newest")


@dataclass(frozen=True, slots=True)
class Buyer:
    """By what a person knows a buyer; both may be empty."""

    name: str = ""
    order_id: str = ""


class AboutBook:
    """What the log and notes ask."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def messages(self, subject: str, numbers: Sequence[int]) -> Mapping[int, Sequence[int]]:
        """The messages of each of these rows; `subject` names what they are, as in a decision."""
        found: dict[int, list[int]] = defaultdict(list)
        with reading(self._engine) as connection:
            for start in range(0, len(numbers), AT_ONCE):
                query = _query(subject, numbers[start : start + AT_ONCE])
                for number, message in connection.execute(query.order_by(sa.text("1, 2"))):
                    found[number].append(message)
        return found

    def buyer(self, draft_id: int) -> Buyer:
        """Whom a draft answers."""
        c = t.conversation.c
        query = sa.select(c.buyer_name, c.order_id).join(t.draft, t.draft.c.conversation_id == c.id)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(t.draft.c.id == draft_id)).one_or_none()
        return Buyer(row.buyer_name or "", row.order_id or "") if row is not None else Buyer()


def _query(subject: str, numbers: Sequence[int]) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    m, d, v, e = t.message.c, t.draft.c, t.delivery.c, case_event.c
    if subject == "clock":
        return sa.select(m.response_clock_id, m.id).where(m.response_clock_id.in_(numbers))
    if subject == "draft":
        return sa.select(d.id, d.message_id).where(d.id.in_(numbers))
    if subject == "delivery":
        return sa.select(v.id, d.message_id).join(t.draft, d.id == v.draft_id).where(v.id.in_(numbers))
    if subject == "case":
        answered = sa.select(e.casefile_id, d.message_id).join_from(
            case_event, t.delivery, v.id == e.delivery_id
        )
        return sa.union(
            sa.select(e.casefile_id, e.message_id).where(
                e.casefile_id.in_(numbers), e.message_id.is_not(None)
            ),
            answered.join(t.draft, d.id == v.draft_id).where(e.casefile_id.in_(numbers)),
        )
    if subject == "conversation":
        last = sa.select(sa.func.max(NEWEST.c.id)).where(NEWEST.c.conversation_id == m.conversation_id)
        return sa.select(m.conversation_id, m.id).where(
            m.conversation_id.in_(numbers), m.response_clock_id == last.scalar_subquery()
        )
    raise ValueError(f"nothing tells whose {subject} it is")
