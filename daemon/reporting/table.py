"""The report as CSV: one figure a line, so that any spreadsheet can pivot it.

Promises: four columns, `section`, `item`, `measure`, `value`; text that a spreadsheet would take for a
formula begins with an apostrophe.

Errors: none.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

COLUMNS = ("section", "item", "measure", "value")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KEYS = ("days", "below_seconds", "below_hours", "day", "asin", "reason")
"""Which keys of a listed row name it."""


def as_csv(report: Mapping[str, Any]) -> str:
    """The whole report."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in row] for row in _rows(report))
    return out.getvalue()


def safe(cell: object) -> object:
    """A cell that no spreadsheet runs; numbers are numbers."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell


def _rows(report: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    for section, value in report.items():
        if section == "by_hour_of_week":
            yield from _week(section, value)
        elif isinstance(value, Mapping):
            for item, inner in value.items():
                yield from _inner(section, item, inner)
        elif isinstance(value, list):
            for row in value:
                yield from _listed(section, row)
        else:
            yield "total", "", section, value


def _listed(section: str, row: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    """The figures of one row of a list, which is named by its first keys."""
    names = [row[key] for key in KEYS if key in row]
    item = "above" if names == [None] else names[0] if len(names) == 1 else " ".join(map(str, names))
    for measure in row:
        if measure not in KEYS:
            yield from _inner(section, item, {measure: row[measure]})


def _inner(section: str, item: str, value: object) -> Iterator[Sequence[object]]:
    if not isinstance(value, Mapping):
        yield section, "", item, value
        return
    for measure, figure in value.items():
        if isinstance(figure, Mapping):
            yield from ((section, item, f"{measure}_{name}", number) for name, number in figure.items())
        else:
            yield section, item, measure, figure


def _week(section: str, measures: Mapping[str, Sequence[Sequence[int]]]) -> Iterator[Sequence[object]]:
    for measure, days in measures.items():
        for day, hours in zip(DAYS, days, strict=True):
            yield from ((section, f"{day} {hour:02}:00", measure, n) for hour, n in enumerate(hours))
