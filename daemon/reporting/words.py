"""Figures in words: durations, shares, names of slugs, as people say them.

Errors: none.
"""

from datetime import datetime, timedelta
from typing import Any

from daemon.reporting.period import Period

ALL = 1000
SLUGS = {"a_to_z_claim": "A-to-z claim", "presale_question": "pre-sale question"}


def spoken(seconds: float | None) -> str:
    """A duration as people say it."""
    if seconds is None:
        return "–"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if abs(seconds) >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def percent(part: float) -> str:
    """A share, rounded down: 99.97 % is not everything."""
    tenths = int(part * 1000 + 1e-9)
    return "100 %" if tenths == ALL else f"{tenths / 10:.1f} %"


def name_of(slug: str) -> str:
    """A scenario, an outcome or a state without its underscores."""
    return SLUGS.get(slug, slug.replace("_", " "))


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def below(seconds: int | None, last: int) -> str:
    """A class of durations by its upper end; the last one has none."""
    if seconds is None:
        return f"over {short(last)}"
    return f"under {short(seconds)}"


def short(seconds: int) -> str:
    """A round duration in its largest whole unit."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size * (2 if unit == "d" else 1) and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def days_of(when: Period) -> str:
    """The days of a period as a person writes them."""
    first = when.start.astimezone(when.zone)
    last = (when.end - timedelta(microseconds=1)).astimezone(when.zone)
    if first.date() == last.date():
        return _day(first)
    return f"{_day(first)} – {_day(last)}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def summary(report: dict[str, Any]) -> str:
    """The report in two sentences."""
    first = report["first_response_seconds"]
    return (
        f"{count(report['messages'], 'buyer message')}: {report['answered']:,} answered, "
        f"{report['open']:,} open, {report['excused']:,} excused, {report['late']:,} late. "
        f"Within 24 hours: {percent(report['within_24h'])}. "
        f"First response: half within {spoken(first['p50'])}, nine in ten within {spoken(first['p90'])}, "
        f"the slowest {spoken(first['max'])}."
    )


def reasons_of(row: dict[str, Any]) -> list[str]:
    """What the product issues of one ASIN are about, each with its number."""
    return [f"{name_of(reason)} {number:,}" for reason, number in row["reasons"].items()]
