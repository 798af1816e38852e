"""How a doubt ends, inside a caller's transaction: the buyer has the mail, or a person says it was not sent.

Promises: nothing but evidence or a person's word gets here; the clock stops at the time of the attempt, since
that is when the content left. A delivery that was not sent is abandoned, and its draft is held: no path leads
from here to another attempt but a new approval.

Errors: `OvertakenError` when the draft is no longer in doubt.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.clock import FirstResponse
from daemon.desk.draft import DeliveryState, DraftState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.steps import OvertakenError, change_draft
from daemon.ports.ledger.stopping import Answer, stop_clock
from daemon.ports.ledger.store import Claim


def doubt_was_sent(
    connection: Connection, claim: Claim, draft_id: int, reason: str, now: datetime
) -> FirstResponse | None:
    """The buyer has it: draft, delivery and clock move together."""
    row = _doubtful(connection, draft_id)
    expected = {DraftState.IN_DOUBT}
    change_draft(connection, claim, now, draft_id, expected, DraftState.SENT, reason, "approval")
    _end(connection, claim, row.id, DeliveryState.SENT, reason, row.started_at, now)
    answer = Answer(
        row.conversation_id, draft_id, row.started_at, "daemon", "approval", reason, row.started_at
    )
    return stop_clock(connection, claim, answer, t.message.c.recorded_at > row.started_at, now)


def doubt_was_not_sent(
    connection: Connection, claim: Claim, draft_id: int, reason: str, now: datetime
) -> None:
    """Nothing reached the buyer: a new approval may send it, nothing else does."""
    row = _doubtful(connection, draft_id)
    expected = {DraftState.IN_DOUBT}
    change_draft(connection, claim, now, draft_id, expected, DraftState.HELD, reason, "approval")
    _end(connection, claim, row.id, DeliveryState.ABANDONED, reason, now, now)


def _doubtful(connection: Connection, draft_id: int) -> Any:  # noqa: ANN401  a row
    v, d = t.delivery.c, t.draft.c
    row = connection.execute(
        sa.select(v.id, v.started_at, d.conversation_id)
        .join_from(t.delivery, t.draft, d.id == v.draft_id)
        .where(d.id == draft_id, v.state == DeliveryState.IN_DOUBT)
    ).one_or_none()
    if row is None:
        raise OvertakenError(f"draft {draft_id} is no longer in doubt")
    return row


def _end(
    connection: Connection,
    claim: Claim,
    delivery_id: int,
    state: DeliveryState,
    reason: str,
    at: datetime,
    now: datetime,
) -> None:
    connection.execute(
        sa.update(t.delivery).where(t.delivery.c.id == delivery_id).values(state=state, ended_at=at)
    )
    entry = Entry("approval", "delivery", delivery_id, reason, DeliveryState.IN_DOUBT, state)
    enter(connection, claim, now, [entry])
