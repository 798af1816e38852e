"""The figures of the report: counted inside the database, so that a million messages cost seconds and few MB.

Promises: each figure comes from one look at the ledger; the looks of one `tally` run side by side, since the
database counts without Python's lock, so that mail of that very moment may be in one and not yet in another.
Buyer messages are counted as Amazon counts them: each from its own arrival to the answer of its response
clock. Numbers and slugs only, never a buyer's words.

Errors: those of `store.py`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.desk.clock import RULE
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import MICROSECOND, instant
from daemon.ports.ledger.figures_more import cases, confirmed, defects, drafts, labels, notices, returned
from daemon.ports.ledger.figures_rows import Answers, Arrivals, OpenAge, Tally, Window
from daemon.ports.ledger.ranking import pick, wanted_ranks
from daemon.ports.ledger.store import reading

MINUTE = timedelta(minutes=1) // MICROSECOND
QUARTER = timedelta(minutes=15) // MICROSECOND
HOUR = timedelta(hours=1) // MICROSECOND
SHARES = (0.5, 0.9, 0.95)
AT_ONCE = 2
"""Looks side by side: what a small server has cores for."""
Counted = TypeVar("Counted")

k, m = t.response_clock.c, t.message.c


def _number(column: sa.ColumnElement[datetime]) -> sa.ColumnElement[int]:
    """A time as the number it is kept as."""
    return sa.type_coerce(column, sa.BigInteger)


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


TOOK = _number(k.ended_at) - _number(k.started_at)
# a literal: with a bound value SQLite would not see that the partial index fits
OPEN = k.state == sa.literal_column("'open'")
ANSWERED = k.state == sa.literal_column("'answered'")


class FigureBook:
    """What the report reads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def tally(self, start: datetime, end: datetime, now: datetime, windows: Sequence[int]) -> Tally:
        """Everything that began within [start, end), as it stands now; `windows` are days back from `end`."""
        began = sa.and_(k.started_at >= start, k.started_at < end)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="tally") as pool:

            def look(count: Callable[[Connection], Counted]) -> Future[Counted]:
                return pool.submit(self._look, count)

            # the longest first
            clocks = look(lambda connection: _clocks(connection, began))
            arrivals = look(lambda connection: _arrivals(connection, start, end, now))
            found = look(lambda connection: defects(connection, start, end))
            kept = look(lambda connection: confirmed(connection, start, end))
            ended = look(lambda connection: drafts(connection, start, end))
            rest = look(
                lambda connection: (
                    [_window(connection, days, end, now) for days in windows],
                    _open_ages(connection, now),
                    notices(connection, start, end),
                    labels(connection, start, end),
                    cases(connection, start, end, now),
                    returned(connection, start, end),
                )
            )
        answers, percentiles = clocks.result()
        in_windows, open_ages, told, said, opened, back = rest.result()
        return Tally(
            answers=answers,
            percentiles=percentiles,
            arrivals=arrivals.result(),
            windows=in_windows,
            open_ages=open_ages,
            drafts=ended.result(),
            confirmed=kept.result(),
            notices=told,
            labels=said,
            defects=found.result(),
            cases=opened,
            returned=back,
        )

    def _look(self, count: Callable[[Connection], Counted]) -> Counted:
        with reading(self._engine) as connection:
            return count(connection)


def _clocks(
    connection: Connection, began: sa.ColumnElement[bool]
) -> tuple[list[Answers], dict[str, dict[float, int]]]:
    answers = _answers(connection, began)
    return answers, _percentiles(connection, began, answers)


def _answers(connection: Connection, began: sa.ColumnElement[bool]) -> list[Answers]:
    """Answered response clocks by minutes to the answer and scenario; a number first sorts faster."""
    minute = (TOOK // MINUTE).label("minute")
    query = (
        sa.select(
            minute,
            k.scenario,
            sa.func.count(),
            _count(k.target_at.is_not(None)),
            _count(k.ended_at <= k.target_at),
            sa.func.max(TOOK),
        )
        .where(began, ANSWERED)
        .group_by(minute, k.scenario)
    )
    return [Answers(*row) for row in connection.execute(query)]


def _percentiles(
    connection: Connection, began: sa.ColumnElement[bool], answers: Sequence[Answers]
) -> dict[str, dict[float, int]]:
    """Microseconds to the answer by scenario and share; all scenarios together under the empty name."""
    ranks = wanted_ranks({(row.scenario, row.minute): row.number for row in answers}, SHARES)
    minute, took = (TOOK // MINUTE).label("minute"), TOOK.label("took")
    query = (
        sa.select(minute, took, k.scenario, sa.func.count())
        .where(began, ANSWERED, (TOOK // MINUTE).in_({rank.minute for rank in ranks}))
        .group_by(minute, took, k.scenario)
        .order_by(took, k.scenario)
    )
    rows = connection.execution_options(yield_per=10_000).execute(query)
    return pick(ranks, ((row[0], row[1], row[2], row[3]) for row in rows))


def _waited(now: datetime) -> sa.ColumnElement[int]:
    """How long a buyer message waited, or has been waiting, for the answer."""
    return sa.func.coalesce(_number(k.ended_at), instant(now)) - _number(m.received_at)


def _late(now: datetime) -> sa.ColumnElement[bool]:
    return _waited(now) > RULE // MICROSECOND


def _of_messages(
    *columns: sa.ColumnElement[int], start: datetime, end: datetime
) -> sa.Select[*tuple[Any, ...]]:
    """Buyer messages that an answer was owed to, joined with their clocks."""
    return (
        sa.select(*columns)
        .join_from(t.message, t.response_clock, k.id == m.response_clock_id)
        .where(m.response_clock_id.is_not(None), m.received_at >= start, m.received_at < end)
    )


def _arrivals(connection: Connection, start: datetime, end: datetime, now: datetime) -> list[Arrivals]:
    """Buyer messages by the quarter of an hour they came in: all zones' hours are made of whole ones."""
    quarter = (_number(m.received_at) // QUARTER).label("quarter")
    query = _of_messages(
        quarter,
        sa.func.count(),
        _count(ANSWERED),
        _count(OPEN),
        _count(sa.and_(ANSWERED, _late(now))),
        _count(sa.and_(OPEN, _late(now))),
        start=start,
        end=end,
    ).group_by(quarter)
    return [Arrivals(*row) for row in connection.execute(query)]


def _window(connection: Connection, days: int, end: datetime, now: datetime) -> Window:
    """The last days before `end`, as Amazon's contact response metrics look at them."""
    query = _of_messages(
        sa.func.count(),
        _count(sa.and_(ANSWERED, sa.not_(_late(now)))),
        _count(sa.and_(ANSWERED, _late(now))),
        _count(sa.and_(OPEN, _late(now))),
        start=end - timedelta(days=days),
        end=end,
    )
    messages, in_time, over, unanswered = connection.execute(query).one()
    return Window(days, messages, in_time, over, unanswered)


def _open_ages(connection: Connection, now: datetime) -> list[OpenAge]:
    """Open clocks by whole hours since they started, whenever that was."""
    hours = ((instant(now) - _number(k.started_at)) // HOUR).label("hours")
    query = sa.select(hours, sa.func.count(), _count(k.nearest_at < now)).where(OPEN).group_by(hours)
    return [OpenAge(*row) for row in connection.execute(query)]
