"""Calendars of the playbook: `[calendar.NAME]` in `playbook.toml`, and the one that the team itself keeps.

Promises: a calendar that can be built is right in itself: its time zone and its holidays exist, and its week
has working hours.

Errors: `ConfigurationError` with file, key and remedy.
"""

import re
from datetime import date, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from daemon.desk.calendar import MIDNIGHT, Calendar, Hours
from daemon.desk.playbook import Playbook
from daemon.errors import ConfigurationError

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


def _span(text: str) -> str:
    match = _SPAN.fullmatch(text)
    if match is None or (match[3] == "24" and match[4] != "00"):
        raise ValueError('write hours as "09:00-17:30"; a day ends at "24:00"')
    return text


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise ValueError('write a day as "2026-12-24"') from error
    return text


Span = Annotated[str, AfterValidator(_span)]
Day = Annotated[str, AfterValidator(_day)]


class CalendarTable(BaseModel):
    """`[calendar.NAME]`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    time_zone: str
    monday: list[Span] = Field(default_factory=list)
    tuesday: list[Span] = Field(default_factory=list)
    wednesday: list[Span] = Field(default_factory=list)
    thursday: list[Span] = Field(default_factory=list)
    friday: list[Span] = Field(default_factory=list)
    saturday: list[Span] = Field(default_factory=list)
    sunday: list[Span] = Field(default_factory=list)
    holidays: str = ""
    closed: list[Day] = Field(default_factory=list)


class _Closed:
    """The days of a list, and the holidays of a country or a part of it."""

    def __init__(self, days: list[str], holidays: str) -> None:
        self._days = frozenset(date.fromisoformat(day) for day in days)
        self._holidays = None
        if holidays:
            from holidays import country_holidays  # noqa: PLC0415  only calendars with holidays pay for it

            country, _, part = holidays.partition("-")
            self._holidays = country_holidays(country, subdiv=part or None)

    def __contains__(self, day: object) -> bool:
        return day in self._days or (
            self._holidays is not None and isinstance(day, date) and day in self._holidays
        )


def calendar_of(path: Path, name: str, table: CalendarTable) -> Calendar:
    """The calendar that a table describes."""
    try:
        zone = ZoneInfo(table.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"{table.time_zone!r} is no time zone that this system knows",
            where=f"{path}: calendar.{name}.time_zone",
            remedy='Write an IANA name such as "Europe/Berlin", or install the package tzdata',
        ) from error
    try:
        closed = _Closed(table.closed, table.holidays)
    except (NotImplementedError, ValueError) as error:
        raise ConfigurationError(
            f"no holidays are known for {table.holidays!r}",
            where=f"{path}: calendar.{name}.holidays",
            remedy='Write a country, or a country and a part of it, such as "DE", "DE-BY" or "US-CA"',
        ) from error
    try:
        week = tuple(_hours(getattr(table, day)) for day in WEEK)
        return Calendar(zone, week, closed)  # type: ignore[arg-type]  # seven, since WEEK has seven
    except ValueError as error:
        raise ConfigurationError(
            str(error),
            where=f"{path}: calendar.{name}",
            remedy='Such as monday = ["09:00-13:00", "14:00-18:00"]',
        ) from error


def office_of(path: Path, name: str, playbook: Playbook) -> Calendar | None:
    """The team's own working hours, as `deadlines.calendar` names them; None without a name."""
    if name and name not in playbook.calendars:
        raise ConfigurationError(
            f"there is no [calendar.{name}] in the playbook",
            where=f"{path}: deadlines.calendar",
            remedy="Add that table to playbook.toml, or leave the key out",
        )
    return playbook.calendars.get(name)


def _hours(spans: list[str]) -> Hours:
    return tuple((_at(begin), _at(end)) for begin, end in (span.split("-") for span in spans))


def _at(text: str) -> time:
    return MIDNIGHT if text == "24:00" else time.fromisoformat(text)
