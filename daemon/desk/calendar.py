"""Working hours: when a team is there, in its own time zone, with its holidays and its clock changes.

Promises: only a scenario's own target may count by a calendar; Amazon's 24 hours and hard limits have none
(`desk/clock.py`). Hours are wall-clock times of the zone, spans are real time: a night in which the clock
changes neither gains nor loses any. Everything returned is aware UTC.

Errors: `ValueError` for hours that overlap, end before they begin, or never come.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Hours = tuple[tuple[time, time], ...]
"""The working hours of one weekday, in order; an end of 00:00 is the end of the day."""

MIDNIGHT = time()
HORIZON = 1_100
"""Days that are looked ahead, three years: a calendar without working hours in them has none."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working hours of a week that begins on Monday, and the days on which nobody works."""

    zone: tzinfo
    week: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]
    closed: Container[date] = field(default=frozenset())

    def __post_init__(self) -> None:
        if not any(self.week):
            raise ValueError("no weekday has working hours; write at least one, such as 09:00-17:00")
        for hours in self.week:
            spans = [(_minutes(begin), _minutes(end) or 24 * 60) for begin, end in hours]
            edges = [edge for span in spans for edge in span]
            if edges != sorted(edges) or any(begin == end for begin, end in spans):
                raise ValueError("the hours of a day must follow each other and end after they begin")


def due(start: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """The moment by which so much working time has passed since `start`.

    Where no working hours come any more it is the plain sum: too early rather than never.
    """
    left = span
    for begin, end in _shifts(start, calendar):
        begin = max(begin, start)  # noqa: PLW2901  a shift that has begun
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return start + span


def next_shift(now: datetime, calendar: Calendar) -> tuple[datetime, datetime] | None:
    """The working hours that run now or come next, as (begin, end)."""
    return next(_shifts(now, calendar), None)


def away_until(now: datetime, calendar: Calendar, *, ahead: timedelta) -> tuple[datetime, datetime] | None:
    """The time without working hours that has begun or begins within `ahead`: from when until when.

    None while the team stays longer than `ahead`.
    """
    current = next_shift(now, calendar)
    if current is None:
        return None
    begin, end = current
    if now < begin:
        return now, begin
    following = next_shift(end, calendar)
    if end - now > ahead or following is None or following[0] == end:
        return None
    return end, following[0]


def _shifts(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """The working hours from `start` on that have not ended yet, in order."""
    first = start.astimezone(calendar.zone).date()
    over = start
    for number in range(HORIZON):
        day = first + number * DAY
        if day in calendar.closed:
            continue
        for opens, closes in calendar.week[day.weekday()]:
            begin, end = _begin(day, opens, calendar.zone), _end(day, closes, calendar.zone)
            begin = max(begin, over) if over > start else begin  # hours that the clock shows twice count once
            if end > start and end > begin:
                yield begin, end
                over = end


def _begin(day: date, at: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _end(day: date, at: time, zone: tzinfo) -> datetime:
    """The later of two readings: an hour that the clock shows twice belongs to the shift that it ends."""
    wall = datetime.combine(day + DAY if at == MIDNIGHT else day, at, zone)
    return max(wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC))


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
