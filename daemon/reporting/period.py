"""What a report looks at: whole days of one time zone.

Promises: days begin and end at midnight of that zone, whatever its daylight saving does; both ends are
included.

Errors: `ConfigurationError` for what is no day.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from daemon.errors import ConfigurationError

REPORT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Period:
    """The time from `start` to `end` (not included) as it stands at `now`, told in the days of `zone`."""

    start: datetime
    end: datetime
    now: datetime
    zone: ZoneInfo


def period(first: str | None, last: str | None, now: datetime, zone: ZoneInfo) -> Period:
    """The days from `first` to `last`; without them the last thirty days up to now."""
    end = _midnight(_day(last, "--to") + timedelta(days=1), zone) if last else now
    if first:
        start = _midnight(_day(first, "--from"), zone)
    elif last:
        start = _midnight(_day(last, "--to") - timedelta(days=REPORT_DAYS - 1), zone)
    else:
        start = end - timedelta(days=REPORT_DAYS)
    return Period(start, end, now, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _day(text: str, option: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError as error:
        raise ConfigurationError(
            f"{text!r} is no day", where=option, remedy="Write it as 2026-11-01"
        ) from error
