"""The arithmetic of response clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.clock import (
    CLOCK_TRANSITIONS,
    ClockOutcome,
    Deadlines,
    deadlines,
    judge,
    start_of,
    stricter,
    warning_level,
)

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPANS = st.one_of(st.none(), st.timedeltas(timedelta(minutes=1), timedelta(days=10)))
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  a range
LIMITS = st.builds(
    lambda start, target, hard: deadlines(start, target=target, hard=hard), TIMES, SPANS, SPANS
)


@pytest.mark.parametrize(
    ("date", "started"),
    [
        (None, NOW),
        (NOW, NOW),
        (NOW - HOUR, NOW - HOUR),
        (NOW - timedelta(days=7), NOW - timedelta(days=7)),
        (NOW - timedelta(days=7, seconds=1), NOW),
        (NOW + timedelta(seconds=1), NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW),
        (datetime(2099, 1, 1, tzinfo=UTC), NOW),
        ((NOW - HOUR).astimezone(ZoneInfo("Asia/Tokyo")), NOW - HOUR),
    ],
)
def test_the_clock_starts_at_the_earlier_time_when_the_date_is_sane(
    date: datetime | None, started: datetime
) -> None:
    """A Date in the future, or more than a week back, is a broken clock and not a fact about the buyer."""
    assert start_of(date, NOW) == started


@given(TIMES, TIMES)
def test_the_start_is_never_later_than_the_servers_time(date: datetime, internal: datetime) -> None:
    """Whatever Date says, nobody gains time by it."""
    assert internal - timedelta(days=7) <= start_of(date, internal) <= internal


def test_the_rule_runs_over_weekends_and_clock_changes() -> None:
    """24 hours are 24 hours: on a Saturday night, and when summer time begins."""
    for start in (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 10, 24, 23, 0, tzinfo=UTC)):
        assert deadlines(start, target=None, hard=None) == Deadlines(None, start + timedelta(hours=24), None)


@pytest.mark.parametrize(
    ("target", "hard", "nearest"),
    [(None, None, 24), (1, None, 1), (48, 36, 24), (30, 5, 5), (None, 2, 2)],
)
def test_the_nearest_limit_is_the_first_reached(target: int | None, hard: int | None, nearest: int) -> None:
    """Of those that the scenario names, and the rule that always holds."""
    spans = [None if hours is None else hours * HOUR for hours in (target, hard)]
    assert deadlines(NOW, target=spans[0], hard=spans[1]).nearest == NOW + nearest * HOUR


@given(LIMITS, LIMITS, LIMITS)
def test_stricter_is_the_earlier_of_each_limit(one: Deadlines, two: Deadlines, three: Deadlines) -> None:
    """In any order, any grouping, and never later than either."""
    both = stricter(one, two)
    assert both == stricter(two, one)
    assert stricter(both, three) == stricter(one, stricter(two, three))
    assert stricter(one, one) == one
    assert both.nearest == min(one.nearest, two.nearest)


def test_a_limit_that_one_side_does_not_name_is_the_others() -> None:
    """None is no limit, not an early one."""
    assert stricter(
        deadlines(NOW, target=HOUR, hard=None), deadlines(NOW, target=None, hard=HOUR)
    ) == deadlines(NOW, target=HOUR, hard=HOUR)


@pytest.mark.parametrize(
    ("minutes", "level"),
    [(-5, 0), (0, 0), (29, 0), (30, 1), (45, 2), (53, 2), (54, 3), (59, 3), (60, 4), (999, 4)],
)
def test_warnings_come_before_the_breach(minutes: int, level: int) -> None:
    """At half, three quarters and nine tenths of the way to the nearest limit; then comes the breach."""
    limits = deadlines(NOW, target=HOUR, hard=None)
    assert warning_level(NOW, limits, NOW + timedelta(minutes=minutes), (0.5, 0.75, 0.9)) == level


@given(
    LIMITS, st.timedeltas(timedelta(0), timedelta(days=20)), st.timedeltas(timedelta(0), timedelta(days=1))
)
def test_a_warning_level_never_falls(limits: Deadlines, gone: timedelta, more: timedelta) -> None:
    """As time passes, a warning is never taken back."""
    start = limits.rule - timedelta(hours=24)
    marks = (0.5, 0.75, 0.9)
    assert warning_level(start, limits, start + gone, marks) <= warning_level(
        start, limits, start + gone + more, marks
    )


@pytest.mark.parametrize(
    ("hours", "within", "met"), [(1, True, True), (2, True, False), (24, True, False), (25, False, False)]
)
def test_an_answer_is_judged_by_rule_and_target(hours: int, within: bool, met: bool) -> None:
    """An answer in the very moment of a limit is in time."""
    first = judge(NOW, NOW + hours * HOUR, deadlines(NOW, target=HOUR, hard=None))
    assert (first.seconds, first.within_rule, first.target_met) == (hours * 3600.0, within, met)


def test_without_a_target_none_is_met_or_missed() -> None:
    """And an answer before its question is kept as the clock jump it is."""
    first = judge(NOW, NOW - HOUR, deadlines(NOW, target=None, hard=None))
    assert (first.seconds, first.target_met) == (-3600.0, None)


def test_every_outcome_can_be_opened_again() -> None:
    """A bounce re-opens an answered clock; no outcome is forgotten in the table."""
    assert set(CLOCK_TRANSITIONS) == set(ClockOutcome)
    for outcome in (ClockOutcome.ANSWERED, ClockOutcome.EXCUSED):
        assert ClockOutcome.OPEN in CLOCK_TRANSITIONS[outcome]
