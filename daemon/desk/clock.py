"""The response clock: from the oldest unanswered buyer message to the answer.

Promises: everything here is arithmetic on aware UTC times; `now` is always an argument. Amazon's
24 hours run on weekends and holidays too (help page 200549770), so no calendar touches them, nor hard
limits: only a scenario's own target may count working hours.
Deadlines are computed once, when the clock starts or its scenario changes, and then stand in the
ledger: new settings hold for new clocks only.

Errors: none leave this module.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from daemon.desk.calendar import Calendar, due

RULE = timedelta(hours=24)
"""Amazon's contact response time (help page 200549770)."""

SANE_PAST = timedelta(days=7)
"""How far a Date may lie before the server's INTERNALDATE and still be believed."""


class ClockOutcome(StrEnum):
    """How a response clock stands."""

    OPEN = "open"
    ANSWERED = "answered"
    EXCUSED = "excused"


CLOCK_TRANSITIONS = {
    ClockOutcome.OPEN: frozenset({ClockOutcome.ANSWERED, ClockOutcome.EXCUSED}),
    # an undelivered or opt-out notice re-opens the clock with its original start
    ClockOutcome.ANSWERED: frozenset({ClockOutcome.OPEN}),
    ClockOutcome.EXCUSED: frozenset({ClockOutcome.OPEN, ClockOutcome.ANSWERED}),
}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The three limits of one clock; `target` and `hard` are None where the scenario names none."""

    target: datetime | None
    rule: datetime
    hard: datetime | None

    @property
    def nearest(self) -> datetime:
        """The limit that is reached first."""
        return min(limit for limit in (self.target, self.rule, self.hard) if limit is not None)


def start_of(date: datetime | None, internal_at: datetime) -> datetime:
    """When a buyer message began to wait: the earlier of Date and INTERNALDATE, when Date is sane.

    A Date in the future or more than a week before INTERNALDATE is a broken clock somewhere, not
    a fact about the buyer; then only the server's own time counts.
    """
    if date is None or not internal_at - SANE_PAST <= date <= internal_at:
        return internal_at
    return date


def deadlines(
    start: datetime, *, target: timedelta | None, hard: timedelta | None, calendar: Calendar | None = None
) -> Deadlines:
    """The limits of a clock that starts at `start`; durations and calendar as the playbook gives them."""
    due_at = None
    if target is not None:
        due_at = start + target if calendar is None else due(start, target, calendar)
    return Deadlines(
        target=due_at,
        rule=start + RULE,
        hard=start + hard if hard is not None else None,
    )


def stricter(first: Deadlines, second: Deadlines) -> Deadlines:
    """The earlier of each limit: what an `unsure` message gets of its two best labels."""

    def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
        return min((limit for limit in (one, other) if limit is not None), default=None)

    return Deadlines(
        target=earlier(first.target, second.target),
        rule=min(first.rule, second.rule),
        hard=earlier(first.hard, second.hard),
    )


def warning_level(start: datetime, limits: Deadlines, now: datetime, warn_at: Sequence[float]) -> int:
    """How many of the warning marks have passed on the way to the nearest limit; 0 for none.

    `warn_at` holds shares of the way, ascending, such as (0.5, 0.75, 0.9); one more level means
    that the limit itself has passed.
    """
    whole = (limits.nearest - start).total_seconds()
    gone = (now - start).total_seconds()
    return sum(gone >= share * whole for share in (*warn_at, 1.0))


def given_at(
    stamp: datetime, absent_at: datetime | None, internal_at: datetime, recorded_at: datetime
) -> datetime:
    """When an answer counts as given: at its stamp, and never before it can have been.

    `absent_at` is the last time by our clock at which it was not there. The question was stamped
    `internal_at` by the mail server and `recorded_at` by us: so far our clock is ahead, at most.
    """
    if absent_at is None:
        return stamp
    return max(stamp, absent_at - (recorded_at - internal_at))


@dataclass(frozen=True, slots=True)
class FirstResponse:
    """How one answered clock is judged: seconds from the oldest message to the answer."""

    seconds: float
    within_rule: bool
    target_met: bool | None


def judge(start: datetime, answered_at: datetime, limits: Deadlines) -> FirstResponse:
    """Compare an answer with the limits of its clock.

    A negative interval is a clock jump; it is kept as it is, so that it shows in the report.
    """
    return FirstResponse(
        seconds=(answered_at - start).total_seconds(),
        within_rule=answered_at <= limits.rule,
        target_met=None if limits.target is None else answered_at <= limits.target,
    )
