"""Stopping a response clock, at an answer or since none is needed, inside a caller's transaction.

Promises: an answer stops the clock of what it answers and of nothing else: buyer messages that came after
it go on waiting, on a clock of their own that starts at the oldest of them and has their limits. A message
that needs no answer leaves the others of its conversation waiting likewise.

Errors: those of `store.py`.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.clock import Deadlines, FirstResponse, given_at, judge
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.clock_rows import clock_of, part, refold
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.store import Claim


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer given at `at`, by `who`, seen by `stage` for `reason`.

    `draft_id` is the draft whose message it certainly answers; None where no draft is known. `absent_at` is
    the last time, by our own clock, at which the answer was certainly not given yet.
    """

    conversation_id: int
    draft_id: int | None
    at: datetime
    who: str
    stage: str
    reason: str
    absent_at: datetime | None = None


def stop_clock(
    connection: Connection, claim: Claim, answer: Answer, unanswered: sa.ColumnElement[bool], now: datetime
) -> FirstResponse | None:
    """End the conversation's open clock; None when none ran. `unanswered` tells messages that came later."""
    k, m = t.response_clock.c, t.message.c
    row = connection.execute(
        sa.select(t.response_clock).where(k.conversation_id == answer.conversation_id, k.state == "open")
    ).one_or_none()
    if row is None:
        return None
    answered = sa.select(t.draft.c.message_id).where(t.draft.c.id == answer.draft_id)
    later = sa.and_(m.id.not_in(answered), unanswered)
    first = connection.execute(
        sa.select(m.internal_at, m.recorded_at)
        .where(m.response_clock_id == row.id, sa.not_(later))
        .order_by(m.id)
        .limit(1)
    ).one_or_none()
    if first is None:
        return None  # all that waits came after this answer
    at = given_at(answer.at, answer.absent_at, first.internal_at, first.recorded_at)
    connection.execute(
        sa.update(t.response_clock)
        .where(k.id == row.id)
        .values(
            state="answered",
            accepted_at=at,
            ended_at=at,
            ended_by=answer.who,
            answer_draft=answer.draft_id,
        )
    )
    entries = [Entry(answer.stage, "clock", row.id, answer.reason, "open", "answered")]
    carried = part(connection, row, later)
    if carried is not None:
        entries.append(Entry(answer.stage, "clock", carried, "clock_carried_on", None, "open"))
    enter(connection, claim, now, entries)
    row = connection.execute(sa.select(t.response_clock).where(k.id == row.id)).one()
    return judge(row.started_at, at, Deadlines(row.target_at, row.rule_at, row.hard_at))


def excuse_message(
    connection: Connection, claim: Claim, message_id: int, now: datetime, stage: str, who: str = "agent"
) -> bool:
    """A person says that this message needs no answer; False when it does not wait any more."""
    row = clock_of(connection, message_id)
    if row is None or row.state != "open":
        return False
    connection.execute(
        sa.update(t.response_clock)
        .where(t.response_clock.c.id == row.id)
        .values(state="excused", ended_at=now, ended_by=who)
    )
    entries = [Entry(stage, "clock", row.id, "no_reply_needed", "open", "excused")]
    carried = part(connection, row, t.message.c.id != message_id)
    if carried is not None:
        entries.append(Entry(stage, "clock", carried, "clock_carried_on", None, "open"))
    enter(connection, claim, now, entries)
    return True


def confirm_clock(connection: Connection, message_id: int, at: datetime) -> None:
    """Amazon has the answer to this message since `at`: that is when its clock stopped, if it is later."""
    row = clock_of(connection, message_id)
    if row is None or row.state != "answered":
        return
    ended = max(at, row.ended_at)
    connection.execute(
        sa.update(t.response_clock)
        .where(t.response_clock.c.id == row.id)
        .values(confirmed_at=at, ended_at=ended)
    )


def reclassify_clock(
    connection: Connection,
    claim: Claim,
    message_id: int,
    scenario: str,
    limits: Deadlines,
    now: datetime,
    stage: str,
) -> None:
    """A person says what a message is: its limits change, the start of its clock never does.

    `limits` are those of the message itself, from its own time on. Where the clock of the message has ended
    the limits it is judged by stay.
    """
    row = clock_of(connection, message_id)
    if row is None or row.state != "open":
        return
    connection.execute(
        sa.update(t.message)
        .where(t.message.c.id == message_id)
        .values(target_at=limits.target, hard_at=limits.hard)
    )
    refold(connection, row.id, scenario=scenario)
    enter(connection, claim, now, [Entry(stage, "clock", row.id, "reclassified", detail=scenario)])
