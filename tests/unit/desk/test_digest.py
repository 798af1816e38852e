"""When a digest is due, and which days it tells."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from daemon.desk.digest import Digest, Issue, newest

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("now", "due", "first", "last"),
    [
        ("2026-03-02T05:59:59", "2026-03-01", "2026-02-28", "2026-02-28"),
        ("2026-03-02T06:00:00", "2026-03-02", "2026-03-01", "2026-03-01"),
        ("2026-03-02T23:30:00", "2026-03-02", "2026-03-01", "2026-03-01"),
        # summer time begins: seven o'clock comes an hour earlier
        ("2026-03-29T04:59:59", "2026-03-28", "2026-03-27", "2026-03-27"),
        ("2026-03-29T05:00:00", "2026-03-29", "2026-03-28", "2026-03-28"),
        # and ends
        ("2026-10-25T05:59:59", "2026-10-24", "2026-10-23", "2026-10-23"),
        ("2026-10-25T06:00:00", "2026-10-25", "2026-10-24", "2026-10-24"),
    ],
)
def test_a_daily_digest_tells_of_yesterday(now: str, due: str, first: str, last: str) -> None:
    """At its time in its zone."""
    digest = Digest("daily", ("lead@shop.example",), time(7), BERLIN)
    assert newest(digest, at(now)) == Issue(*map(date.fromisoformat, (due, first, last)))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-02T05:59:59", "2026-02-23"),
        ("2026-03-02T06:00:00", "2026-03-02"),
        ("2026-03-08T23:59:59", "2026-03-02"),
        ("2026-03-09T06:00:00", "2026-03-09"),
    ],
)
def test_a_weekly_digest_tells_of_the_week_before(now: str, due: str) -> None:
    """From Monday to Sunday, on Monday; whoever comes later gets the same."""
    issue = newest(Digest("weekly", ("lead@shop.example",), time(7), BERLIN), at(now))
    assert issue is not None
    assert issue.key == due
    assert (issue.first.weekday(), issue.last.weekday()) == (0, 6)
    assert ((issue.due_on - issue.last).days, (issue.last - issue.first).days) == (1, 6)


def test_no_digest_is_due_that_nobody_wants() -> None:
    """Off, or to nobody."""
    assert newest(Digest("off", ("lead@shop.example",), time(7), BERLIN), at("2026-03-02T12:00:00")) is None
    assert newest(Digest("daily", (), time(7), BERLIN), at("2026-03-02T12:00:00")) is None
