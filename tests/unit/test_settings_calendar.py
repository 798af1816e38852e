"""Calendars in `playbook.toml`: what is right, and what each mistake is told."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from daemon.desk.playbook import Playbook, Scenario
from daemon.errors import ConfigurationError
from daemon.settings import load

from .test_config_files import EXAMPLE

GOOD = """
[product_issue]
target = "1h"
hard_limit = "48h"
calendar = "office"
[calendar.office]
time_zone = "Europe/Berlin"
monday = ["09:00-12:30", "13:30-18:00"]
friday = ["20:00-24:00"]
holidays = "DE-BY"
closed = ["2026-03-16"]
"""


def playbook(folder: Path, text: str) -> Playbook:
    """The playbook of a file with this text."""
    (folder / "playbook.toml").write_text(text)
    (folder / "firstreply.toml").write_text(EXAMPLE.format(state=folder))
    return load(folder / "firstreply.toml").playbook


def test_a_calendar_defers_the_target_and_nothing_else(tmp_path: Path) -> None:
    """A buyer writes on a Tuesday; the team works on Mondays and Friday nights."""
    start = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
    limits = playbook(tmp_path, GOOD).deadlines(start, Scenario.PRODUCT_ISSUE)
    assert limits.target == datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
    assert (limits.rule, limits.hard) == (start + timedelta(hours=24), start + timedelta(hours=48))
    assert limits.nearest == limits.rule


def test_an_unsure_message_has_the_stricter_limit_with_or_without_a_calendar(tmp_path: Path) -> None:
    """The other label's two hours run day and night."""
    start = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
    limits = playbook(tmp_path, GOOD).deadlines(start, Scenario.PRODUCT_ISSUE, Scenario.DELIVERY_ISSUE)
    assert limits.target == start + timedelta(hours=2)


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (date(2026, 3, 16), True),  # a day of the list
        (date(2026, 1, 6), True),  # Epiphany, a holiday in Bavaria and not in all of Germany
        (date(2026, 12, 25), True),
        (date(2026, 3, 17), False),
    ],
)
def test_nobody_works_on_holidays_and_closed_days(tmp_path: Path, day: date, closed: bool) -> None:
    """Of the country and the part of it that the file names."""
    assert (day in playbook(tmp_path, GOOD).calendars["office"].closed) is closed


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Europe/Berlin", "Europe/Atlantis", "calendar.office.time_zone: 'Europe/Atlantis' is no time zone"),
        ("Europe/Berlin", "../etc/passwd", "calendar.office.time_zone"),
        ("DE-BY", "DE-XX", "calendar.office.holidays: no holidays are known for 'DE-XX'"),
        ("DE-BY", "Atlantis", "calendar.office.holidays"),
        ("09:00-12:30", "9-12", "calendar.office.monday[0]: write hours as"),
        ("20:00-24:00", "20:00-24:30", "calendar.office.friday[0]: write hours as"),
        ("09:00-12:30", "12:30-09:00", "calendar.office: the hours of a day must follow each other"),
        ("2026-03-16", "16 March", "calendar.office.closed[0]: write a day as"),
        ('calendar = "office"', 'calendar = "shop"', "product_issue.calendar: there is no [calendar.shop]"),
        ("friday", "fryday", "Did you mean friday?"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_a_remedy(tmp_path: Path, old: str, new: str, told: str) -> None:
    """In the file, by its key."""
    with pytest.raises(ConfigurationError) as found:
        playbook(tmp_path, GOOD.replace(old, new))
    assert told in str(found.value)
    assert str(tmp_path / "playbook.toml") in str(found.value)


def test_a_calendar_without_hours_is_refused(tmp_path: Path) -> None:
    """Its targets would never come."""
    with pytest.raises(ConfigurationError, match="no weekday has working hours"):
        playbook(tmp_path, '[calendar.office]\ntime_zone = "Europe/Berlin"\n')
