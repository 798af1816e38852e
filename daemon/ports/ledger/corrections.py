"""Corrections in the ledger: what a person says a message is changes its scenario, its clock and its draft.

Promises: one correction is one transaction: message, clock, and the draft that it supersedes. Repeating it
changes nothing. The start of a clock is never touched.

Errors: `OvertakenError` when the draft has moved on; else those of `store.py`.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.desk.clock import Deadlines
from daemon.desk.disposition import Disposition
from daemon.desk.draft import DraftState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.steps import change_draft, end_prepared
from daemon.ports.ledger.stopping import excuse_message, reclassify_clock
from daemon.ports.ledger.store import Claim, reading, writing

_D = DraftState
IN_HAND = frozenset({_D.QUEUED, _D.EDITED, _D.APPROVED, _D.HELD, _D.REJECTED})
"""States in which a person may still say what a draft's message is."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A message that a person speaks of; `open_draft` is the newest draft that answers it and is not over."""

    message_id: int
    received_at: datetime
    is_buyers: bool
    open_draft: int | None


class CorrectionBook:
    """What corrections read and write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def message(self, claim: Claim, message_id: int) -> Corrected:
        """One message by its number."""
        with reading(self._engine) as connection:
            (found,) = _found(connection, claim, t.message.c.id == message_id)
            return found

    def find(self, claim: Claim, content_hash: str, header_id: str) -> Corrected | None:
        """The message with this content; else the only one with this Message-ID, as servers rewrite mails."""
        m = t.message.c
        with reading(self._engine) as connection:
            found = _found(connection, claim, m.content_hash == content_hash)
            if found:
                return found[-1]
            named = _found(connection, claim, m.message_id == header_id) if header_id else []
            return named[0] if len(named) == 1 else None

    def correct(
        self,
        claim: Claim,
        message_id: int,
        now_is: Disposition,
        limits: Deadlines,
        superseded: int | None,
        now: datetime,
    ) -> None:
        """This message is of that scenario; its draft, if one is named, gives way to a new one."""
        scenario = str(now_is.scenario)
        with writing(self._engine, claim) as connection:
            changed = connection.execute(
                sa.update(t.message)
                .where(
                    t.message.c.id == message_id,
                    sa.or_(t.message.c.scenario != scenario, t.message.c.decided_by != now_is.decided_by),
                )
                .values(
                    action=now_is.action,
                    action_reason=now_is.reason,
                    scenario=scenario,
                    confidence=now_is.confidence,
                    decided_by=now_is.decided_by,
                    unsure=False,
                )
            )
            if changed.rowcount:
                entry = Entry("approval", "message", message_id, now_is.reason, detail=scenario)
                enter(connection, claim, now, [entry])
                reclassify_clock(connection, claim, message_id, scenario, limits, now, "approval")
            _supersede(connection, claim, superseded, "reclassified", now)

    def needs_no_answer(self, claim: Claim, message_id: int, superseded: int | None, now: datetime) -> None:
        """This message needs no answer: its clock ends as excused, and its draft is over."""
        with writing(self._engine, claim) as connection:
            excuse_message(connection, claim, message_id, now, "approval")
            _supersede(connection, claim, superseded, "no_reply_needed", now)


def _supersede(
    connection: Connection, claim: Claim, draft_id: int | None, reason: str, now: datetime
) -> None:
    if draft_id is None:
        return
    end_prepared(connection, claim, draft_id, reason, now)
    change_draft(connection, claim, now, draft_id, IN_HAND, DraftState.SUPERSEDED, reason, "approval")


def _found(connection: Connection, claim: Claim, where: sa.ColumnElement[bool]) -> list[Corrected]:
    m, d = t.message.c, t.draft.c
    draft = sa.select(sa.func.max(d.id)).where(d.message_id == m.id, d.state.in_(IN_HAND)).scalar_subquery()
    query = sa.select(m.id, m.received_at, m.kind, draft).where(m.mailbox_id == claim.mailbox_id, where)
    return [
        Corrected(row[0], row[1], row[2] == "buyer_message", row[3])
        for row in connection.execute(query.order_by(m.id))
    ]
