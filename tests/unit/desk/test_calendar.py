"""Working hours: through nights, weekends, holidays and clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.calendar import Calendar, Hours, away_until, due, next_shift

BERLIN, TOKYO, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Auckland")
OFFICE: Hours = ((time(9), time(12, 30)), (time(13, 30), time(18)))
NIGHT: Hours = ((time(), time(6)), (time(22), time()))
WEEKEND: Hours = ()
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 26)})
OPEN = Calendar(BERLIN, (OFFICE,) * 5 + (WEEKEND,) * 2, CHRISTMAS)
NIGHTS = Calendar(BERLIN, (NIGHT,) * 7)
ALWAYS = Calendar(BERLIN, (((time(), time()),),) * 7)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """A wall-clock time of a zone, in UTC; "*" behind it means the second of two."""
    wall = datetime.fromisoformat(text.rstrip("*")).replace(tzinfo=zone, fold=text.endswith("*"))
    return wall.astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "due_at"),
    [
        ("2026-03-03 10:00", 2, "2026-03-03 12:00"),
        ("2026-03-03 10:00", 2.5, "2026-03-03 12:30"),
        ("2026-03-03 12:00", 1, "2026-03-03 14:00"),
        ("2026-03-03 12:45", 1, "2026-03-03 14:30"),
        ("2026-03-03 17:30", 1, "2026-03-04 09:30"),
        ("2026-03-03 03:00", 1, "2026-03-03 10:00"),
        ("2026-03-06 17:00", 2, "2026-03-09 10:00"),
        ("2026-03-07 11:00", 1, "2026-03-09 10:00"),
        ("2026-12-24 17:00", 2, "2026-12-28 10:00"),
        ("2026-03-02 09:00", 40, "2026-03-06 18:00"),
        ("2026-03-02 09:00", 0, "2026-03-02 09:00"),
        ("2026-03-27 17:00", 2, "2026-03-30 10:00"),
        ("2026-10-23 17:00", 2, "2026-10-26 10:00"),
    ],
)
def test_a_target_counts_working_hours(start: str, hours: float, due_at: str) -> None:
    """Over breaks, nights, weekends, holidays, and weekends in which the clock changes."""
    assert due(at(start), timedelta(hours=hours), OPEN) == at(due_at)


@pytest.mark.parametrize(
    ("start", "hours", "due_at"),
    [
        # 29 March: 02:00 becomes 03:00, so that the night is an hour shorter
        ("2026-03-28 22:00", 3, "2026-03-29 01:00"),
        ("2026-03-28 22:00", 5, "2026-03-29 04:00"),
        ("2026-03-28 22:00", 7, "2026-03-29 06:00"),
        ("2026-03-28 22:00", 7.5, "2026-03-29 22:30"),
        # 25 October: 03:00 becomes 02:00, and the night is an hour longer
        ("2026-10-24 22:00", 4.5, "2026-10-25 02:30"),
        ("2026-10-24 22:00", 5.5, "2026-10-25 02:30*"),
        ("2026-10-24 22:00", 9, "2026-10-25 06:00"),
        ("2026-10-24 22:00", 9.5, "2026-10-25 22:30"),
    ],
)
def test_a_night_in_which_the_clock_changes_has_its_real_hours(start: str, hours: float, due_at: str) -> None:
    """Nobody works the hour that is left out; everybody works the one that comes twice."""
    assert due(at(start), timedelta(hours=hours), NIGHTS) == at(due_at)


def test_hours_that_the_clock_shows_twice_count_once() -> None:
    """Two shifts that meet inside the repeated hour do not overlap; in the missing one they do not vanish."""
    halves = ((time(0), time(2, 30)), (time(2, 30), time(6)))
    split, whole = Calendar(BERLIN, (halves,) * 7), Calendar(BERLIN, (((time(), time(6)),),) * 7)
    for night in ("2026-10-25 00:00", "2026-03-29 00:00"):
        for minutes in range(0, 500, 10):
            span = timedelta(minutes=minutes)
            assert due(at(night), span, split) == due(at(night), span, whole)


def test_a_shift_that_ends_in_the_repeated_hour_lasts_to_its_second_end() -> None:
    """From midnight to half past two are three hours and a half in that night."""
    early = Calendar(BERLIN, (((time(), time(2, 30)),),) * 7)
    assert due(at("2026-10-25 00:00"), timedelta(hours=3.5), early) == at("2026-10-25 02:30*")


@pytest.mark.parametrize(("zone", "start"), [(TOKYO, "2026-03-02 08:00"), (AUCKLAND, "2026-04-04 08:00")])
def test_every_zone_has_its_own_day(zone: ZoneInfo, start: str) -> None:
    """A day begins elsewhere the day before in UTC."""
    calendar = Calendar(zone, (OFFICE,) * 7)
    assert due(at(start, zone), timedelta(hours=1), calendar) == at(start.replace("08", "10"), zone)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  a range
    st.timedeltas(timedelta(0), timedelta(days=9)),
    st.timedeltas(timedelta(seconds=1), timedelta(days=9)),
)
def test_working_time_is_never_shorter_than_time(start: datetime, span: timedelta, more: timedelta) -> None:
    """A calendar only defers, adds up, and where somebody always works it changes nothing."""
    assert due(start, span, ALWAYS) == start + span
    assert due(start, span, OPEN) >= start + span
    assert due(due(start, span, OPEN), more, OPEN) == due(start, span + more, OPEN)


def test_a_calendar_that_ends_falls_back_to_plain_hours() -> None:
    """Too early rather than never."""

    class Always:
        def __contains__(self, day: object) -> bool:
            return True

    never = Calendar(BERLIN, (OFFICE,) * 7, Always())
    assert due(at("2026-03-02 09:00"), timedelta(hours=2), never) == at("2026-03-02 11:00")
    assert next_shift(at("2026-03-02 09:00"), never) is None
    assert away_until(at("2026-03-02 09:00"), never, ahead=timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("now", "away"),
    [
        ("2026-03-03 10:00", None),
        ("2026-03-03 11:45", ("2026-03-03 12:30", "2026-03-03 13:30")),
        ("2026-03-03 17:30", ("2026-03-03 18:00", "2026-03-04 09:00")),
        ("2026-03-03 20:00", ("2026-03-03 20:00", "2026-03-04 09:00")),
        ("2026-03-06 17:01", ("2026-03-06 18:00", "2026-03-09 09:00")),
        ("2026-03-08 12:00", ("2026-03-08 12:00", "2026-03-09 09:00")),
    ],
)
def test_it_tells_when_the_team_is_away(now: str, away: tuple[str, str] | None) -> None:
    """From an hour before it leaves."""
    expected = away and (at(away[0]), at(away[1]))
    assert away_until(at(now), OPEN, ahead=timedelta(hours=1)) == expected


def test_a_team_that_never_leaves_is_never_away() -> None:
    """One shift follows the other without a gap."""
    assert away_until(at("2026-03-03 23:30"), ALWAYS, ahead=timedelta(hours=1)) is None


@pytest.mark.parametrize(
    "hours",
    [
        ((time(9), time(9)),),
        ((time(12), time(9)),),
        ((time(9), time(13)), (time(12), time(14))),
        ((time(13), time(14)), (time(9), time(12))),
        ((time(9), time()), (time(10), time(11))),
    ],
)
def test_hours_that_make_no_sense_are_refused(hours: Hours) -> None:
    """They end before they begin, overlap, or are not in order."""
    with pytest.raises(ValueError, match="must follow each other"):
        Calendar(BERLIN, (hours,) * 7)


def test_a_week_without_hours_is_refused() -> None:
    """It would defer every target for ever."""
    with pytest.raises(ValueError, match="no weekday has working hours"):
        Calendar(BERLIN, (WEEKEND,) * 7)
