"""Re-opening a response clock whose answer never arrived, inside a caller's transaction.

Promises: it runs again from its original start, with its original limits, and its warnings begin anew. What
the buyer wrote meanwhile waits on the same clock: a conversation has one. Where a later answer stands, its
messages count as answered by that one, on its clock and at its time: never by the answer that was lost.

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

STOPS = ("approved_at", "accepted_at", "confirmed_at", "ended_at", "ended_by", "answer_draft")


def reopen_clock(
    connection: Connection, claim: Claim, message_id: int, reason: str, now: datetime, stage: str
) -> ClockOutcome | None:
    """The answer to this message did not arrive; returns how its clock stands then, None without a clock."""
    own = clock_of(connection, message_id)
    row = own if own is None else _stopped(connection, own, message_id)
    if row is None:
        return None if own is None else ClockOutcome(own.state)
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
        entries = [_merge(connection, row, later.id, stage), Entry(stage, "clock", later.id, reason)]
        refold(connection, later.id)
        enter(connection, claim, now, entries)
        return ClockOutcome.ANSWERED
    running = connection.execute(
        sa.select(t.response_clock).where(k.conversation_id == row.conversation_id, k.state == "open")
    ).one_or_none()
    entries = [] if running is None else [_merge(connection, running, row.id, stage)]
    entries.append(Entry(stage, "clock", row.id, reason, row.state, "open"))
    refold(connection, row.id, state="open", warned=0, **dict.fromkeys(STOPS))
    enter(connection, claim, now, entries)
    return ClockOutcome.OPEN


def _stopped(connection: Connection, own: Any, message_id: int) -> Any | None:  # noqa: ANN401  rows
    """The clock that the lost answer to this message had stopped; None where nothing stopped by it."""
    k, d = t.response_clock.c, t.draft.c
    drafts = sa.select(d.id).where(d.message_id == message_id)
    by_it = connection.execute(
        sa.select(t.response_clock)
        .where(k.state == "answered", k.answer_draft.in_(drafts))
        .order_by(k.ended_at.desc())
        .limit(1)
    ).one_or_none()
    if by_it is not None:
        return by_it
    # what another draft answered, or has not been answered, does not change
    return None if own.state == "open" or own.answer_draft is not None else own


def _merge(connection: Connection, row: Any, into: int, stage: str) -> Entry:  # noqa: ANN401  a row
    """The messages of a clock go on to another one of their conversation, and it is no more."""
    m = t.message.c
    moved = sa.update(t.message).where(m.response_clock_id == row.id).values(response_clock_id=into)
    connection.execute(moved)
    connection.execute(sa.delete(t.response_clock).where(t.response_clock.c.id == row.id))
    return Entry(stage, "clock", row.id, "clock_merged", row.state, None, f"into={into}")
