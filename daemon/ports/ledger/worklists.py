"""What the worklist is made of, and where its copies lie.

Promises: a few queries whatever the number of open clocks. A copy is written down before it is appended.

Errors: those of `store.py`.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.desk.clock import Deadlines
from daemon.desk.worklist import Aside, Waiting
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import Instant, MessageState
from daemon.ports.ledger.schema_worklist import worklist_copy
from daemon.ports.ledger.store import Claim, reading, writing

ASIDES = 20
"""Mails set aside that a worklist names, the newest first."""

# the newest message says what the buyer wants now; the newest draft of this clock, not of the conversation
WAITING = sa.text(
    """
    SELECT b.name AS mailbox, k.id, k.scenario, k.started_at, k.target_at, k.rule_at, k.hard_at,
           c.buyer_name, c.order_id, c.relay_address, m.confidence, m.unsure, m.facts,
           (SELECT COUNT(*) FROM message n WHERE n.response_clock_id = k.id) AS messages,
           d.id AS draft_id, d.state AS draft_state, d.reason, d.gaps, d.source
      FROM response_clock k
      JOIN mailbox b ON b.id = k.mailbox_id
      JOIN conversation c ON c.id = k.conversation_id
      JOIN message m ON m.id = (SELECT MAX(n.id) FROM message n WHERE n.response_clock_id = k.id)
      LEFT JOIN draft d ON d.id = (SELECT MAX(e.id) FROM message n JOIN draft e ON e.message_id = n.id
                                    WHERE n.response_clock_id = k.id)
     WHERE k.state = 'open' AND (:box = 0 OR k.mailbox_id = :box)
     ORDER BY k.nearest_at, k.id
    """
).columns(started_at=Instant, target_at=Instant, rule_at=Instant, hard_at=Instant)


@dataclass(frozen=True, slots=True)
class WorklistCopy:
    """A copy of the worklist; `uid` is None while nobody knows whether it was appended."""

    copy_id: int
    header_id: str
    fingerprint: str
    planned_at: datetime
    uidvalidity: int | None
    uid: int | None


class WorklistBook:
    """What the worklist reads and writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def waiting(self, claim: Claim | None) -> list[Waiting]:
        """Every open clock with what is known about it, by nearest limit."""
        with reading(self._engine) as connection:
            rows = connection.execute(WAITING, {"box": claim.mailbox_id if claim else 0})
            return [_waiting(row) for row in rows]

    def asides(self, claim: Claim | None) -> list[Aside]:
        """The newest mails that were set aside."""
        m = t.message.c
        query = (
            sa.select(t.mailbox.c.name, m.sender, m.subject, m.reason, m.internal_at)
            .join_from(t.message, t.mailbox, t.mailbox.c.id == m.mailbox_id)
            .where(m.state == MessageState.SHUNTED)
            .order_by(m.id.desc())
            .limit(ASIDES)
        )
        if claim is not None:
            query = query.where(m.mailbox_id == claim.mailbox_id)
        with reading(self._engine) as connection:
            return [
                Aside(row.name, row.sender or "", row.subject or "", row.reason or "", row.internal_at)
                for row in connection.execute(query)
            ]

    def copies(self, claim: Claim) -> list[WorklistCopy]:
        """The copies that lie, or may lie, in the queue; the newest last."""
        c = worklist_copy.c
        query = sa.select(c.id, c.message_id_header, c.fingerprint, c.planned_at, c.uidvalidity, c.uid).where(
            c.mailbox_id == claim.mailbox_id
        )
        with reading(self._engine) as connection:
            return [WorklistCopy(*row) for row in connection.execute(query.order_by(c.id))]

    def plan_copy(self, claim: Claim, header_id: str, fingerprint: str, now: datetime) -> int:
        """A copy is about to be appended; returns its number."""
        with writing(self._engine, claim) as connection:
            result = connection.execute(
                sa.insert(worklist_copy).values(
                    mailbox_id=claim.mailbox_id,
                    message_id_header=header_id,
                    fingerprint=fingerprint,
                    planned_at=now,
                )
            )
            (copy_id,) = result.inserted_primary_key or (0,)
            return int(copy_id)

    def copy_placed(self, claim: Claim, copy_id: int, uidvalidity: int, uid: int) -> None:
        """A copy lies here."""
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(worklist_copy)
                .where(worklist_copy.c.id == copy_id)
                .values(uidvalidity=uidvalidity, uid=uid)
            )

    def copies_gone(self, claim: Claim, copy_ids: Collection[int]) -> None:
        """These copies do not lie in the queue any more."""
        with writing(self._engine, claim) as connection:
            connection.execute(sa.delete(worklist_copy).where(worklist_copy.c.id.in_(copy_ids)))


def _waiting(row: Any) -> Waiting:  # noqa: ANN401  a row of a textual query
    facts = json.loads(row.facts or "{}")
    return Waiting(
        mailbox=row.mailbox,
        clock_id=row.id,
        scenario=row.scenario,
        started_at=row.started_at,
        limits=Deadlines(row.target_at, row.rule_at, row.hard_at),
        buyer_name=row.buyer_name,
        order_id=row.order_id,
        relay_address=row.relay_address,
        messages=row.messages,
        confidence=row.confidence or 0.0,
        unsure=bool(row.unsure),
        grounds=tuple(facts.get("grounds", ())),
        draft_id=row.draft_id,
        draft_state=row.draft_state,
        reason=row.reason,
        source=row.source,
        gaps=tuple(row.gaps.split("\n")) if row.gaps else (),
        no_response_url=facts.get("no_response_url"),
    )
