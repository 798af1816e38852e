"""Re-opening a response clock whose answer never arrived, inside a caller's transaction.

Promises: it runs again from its original start, with its original limits, and its warnings begin anew. What
the buyer wrote meanwhile waits on the same clock: a conversation has one. Where a later answer stands, the
clock counts as answered by that one, at its time: never at the time of the answer that was lost.

Errors: those of `store.py`.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.clock import ClockOutcome
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.clock_rows import clock_of, refold
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.store import Claim

STOPS = ("approved_at", "accepted_at", "confirmed_at", "ended_at", "ended_by")


def reopen_clock(
    connection: Connection, claim: Claim, message_id: int, reason: str, now: datetime, stage: str
) -> ClockOutcome | None:
    """The answer to this message did not arrive; returns how its clock stands then, None without a clock."""
    row = clock_of(connection, message_id)
    if row is None or row.state == "open":
        return None if row is None else ClockOutcome.OPEN
    k = t.response_clock.c
    later = connection.execute(
        sa.select(t.response_clock)
        .where(
            k.conversation_id == row.conversation_id,
            k.id != row.id,
            k.state == "answered",
            k.ended_at > row.ended_at,
        )
        .order_by(k.ended_at)
        .limit(1)
    ).one_or_none()
    if later is not None:
        stops = {name: getattr(later, name) for name in STOPS}
        connection.execute(
            sa.update(t.response_clock).where(k.id == row.id).values(state="answered", **stops)
        )
        enter(connection, claim, now, [Entry(stage, "clock", row.id, reason, row.state, "answered")])
        return ClockOutcome.ANSWERED
    entries = [*_absorb(connection, row, stage), Entry(stage, "clock", row.id, reason, row.state, "open")]
    refold(connection, row.id, state="open", warned=0, **dict.fromkeys(STOPS))
    enter(connection, claim, now, entries)
    return ClockOutcome.OPEN


def _absorb(connection: Connection, row: Any, stage: str) -> list[Entry]:  # noqa: ANN401  a row
    """The messages of the conversation's running clock join the one that is about to run again."""
    k, m = t.response_clock.c, t.message.c
    running = connection.execute(
        sa.select(k.id).where(k.conversation_id == row.conversation_id, k.state == "open")
    ).scalar_one_or_none()
    if running is None:
        return []
    moved = sa.update(t.message).where(m.response_clock_id == running).values(response_clock_id=row.id)
    connection.execute(moved)
    connection.execute(sa.delete(t.response_clock).where(k.id == running))
    return [Entry(stage, "clock", running, "clock_merged", "open", None, f"into={row.id}")]
