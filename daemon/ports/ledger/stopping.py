"""Stopping a response clock at an answer, inside a caller's transaction.

Promises: an answer stops the clock of what it answers and of nothing else: buyer messages that came after
it go on waiting, on a clock of their own that starts at the oldest of them and has the same spans.

Errors: those of `store.py`.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.clock import Deadlines, FirstResponse, judge
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.store import Claim


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to the message of one draft: given at `at`, by `who`, seen by `stage` for `reason`."""

    conversation_id: int
    draft_id: int
    at: datetime
    who: str
    stage: str
    reason: str


def stop_clock(
    connection: Connection, claim: Claim, answer: Answer, unanswered: sa.ColumnElement[bool], now: datetime
) -> FirstResponse | None:
    """End the conversation's open clock; None when none ran. `unanswered` tells messages that came later."""
    k = t.response_clock.c
    row = connection.execute(
        sa.select(t.response_clock).where(k.conversation_id == answer.conversation_id, k.state == "open")
    ).one_or_none()
    if row is None:
        return None
    connection.execute(
        sa.update(t.response_clock)
        .where(k.id == row.id)
        .values(state="answered", accepted_at=answer.at, ended_at=answer.at, ended_by=answer.who)
    )
    entries = [Entry(answer.stage, "clock", row.id, answer.reason, "open", "answered")]
    _carry_on(connection, answer, row, unanswered, entries)
    enter(connection, claim, now, entries)
    return judge(row.started_at, answer.at, Deadlines(row.target_at, row.rule_at, row.hard_at))


def _carry_on(
    connection: Connection,
    answer: Answer,
    old: sa.Row[tuple[object, ...]],
    unanswered: sa.ColumnElement[bool],
    entries: list[Entry],
) -> None:
    """A clock for the messages of the old one that this answer came too early for."""
    m = t.message.c
    answered = sa.select(t.draft.c.message_id).where(t.draft.c.id == answer.draft_id).scalar_subquery()
    later = sa.and_(m.response_clock_id == old.id, m.id != answered, unanswered)
    start: datetime | None = connection.execute(
        sa.select(sa.func.min(m.received_at)).where(later)
    ).scalar_one()
    if start is None:
        return
    shift = start - old.started_at
    limits = {name: getattr(old, name) for name in ("target_at", "rule_at", "hard_at", "nearest_at")}
    result = connection.execute(
        sa.insert(t.response_clock).values(
            mailbox_id=old.mailbox_id,
            conversation_id=answer.conversation_id,
            state="open",
            scenario=old.scenario,
            started_at=start,
            warned=0,
            **{name: limit + shift if limit is not None else None for name, limit in limits.items()},
        )
    )
    (clock_id,) = result.inserted_primary_key or (0,)
    connection.execute(sa.update(t.message).where(later).values(response_clock_id=clock_id))
    entries.append(Entry(answer.stage, "clock", clock_id, "clock_carried_on", None, "open"))
