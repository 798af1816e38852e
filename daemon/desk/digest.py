"""The digest: when the report is mailed to the team, and which days it tells.

Promises: pure; times are those of the digest's own zone, on nights in which the clock changes too. What was
missed while nobody was there is told once, for the newest period only.

Errors: none.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Digest:
    """How often, to whom, at what time of day; a weekly one comes on Monday."""

    every: Literal["daily", "weekly", "off"]
    to: tuple[str, ...]
    at: time
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Issue:
    """One digest: the day it is due on, and the days from `first` to `last` that it tells."""

    due_on: date
    first: date
    last: date

    @property
    def key(self) -> str:
        """What makes it the same one; a later issue's key sorts behind an earlier one's."""
        return self.due_on.isoformat()


def newest(digest: Digest, now: datetime) -> Issue | None:
    """The issue that was due last; None when there are none."""
    if digest.every == "off" or not digest.to:
        return None
    local = now.astimezone(digest.zone)
    day = local.date() if local.time() >= digest.at else local.date() - DAY
    if digest.every == "daily":
        return Issue(day, day - DAY, day - DAY)
    monday = day - day.weekday() * DAY
    return Issue(monday, monday - WEEK, monday - DAY)
