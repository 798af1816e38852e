"""The pictures of the report.

Promises: each returns one SVG element, or nothing when there is nothing to see.

Errors: none of its own.
"""

from datetime import date
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from daemon.reporting.drawing import ACCENT, LINE, MUTED, WARN, drawing
from daemon.reporting.words import below, count, name_of, percent, short, spoken

DAY_SECONDS = 86_400
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ROW = 22
"""The height of a bar with its name."""
FEWEST = 14
"""So many days or weeks have room at least, so that a single one is no wall."""
MOST_DAYS = 62
"""So many days are drawn as days, more as weeks."""
FAINT = 0.07
"""How strong a cell without messages is drawn, so that the week keeps its shape."""


def _only_bars(axes: Axes) -> None:
    """Bars from the top down, with their numbers beside them and no scale."""
    axes.invert_yaxis()
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.margins(x=0.12, y=0.01)


def distribution(report: dict[str, Any]) -> str:
    """How long first responses took."""
    rows = report["distribution"]
    whole = sum(row["answered"] for row in rows)
    if not whole:
        return ""
    last = next(row["below_seconds"] for row in reversed(rows) if row["below_seconds"])
    names = [below(row["below_seconds"], last) for row in rows]
    late = [row["below_seconds"] is None or row["below_seconds"] > DAY_SECONDS for row in rows]
    with drawing(ROW * len(rows) + 8) as picture:
        axes = picture.axes
        numbers = [row["answered"] for row in rows]
        bars = axes.barh(names, numbers, height=0.7, color=[WARN if bad else ACCENT for bad in late])
        axes.bar_label(bars, [percent(number / whole) for number in numbers], padding=4, color=MUTED)
        _only_bars(axes)
        spoken_rows = "; ".join(f"{name}: {number:,}" for name, number in zip(names, numbers, strict=True))
        return picture.svg("distribution", "How long first responses took", f"{spoken_rows}.")


def by_day(report: dict[str, Any]) -> str:
    """Buyer messages by day or, over a longer time, by week."""
    rows = [(date.fromisoformat(row["day"]), row["messages"], row["late"]) for row in report["by_day"]]
    if not rows:
        return ""
    step = 1
    if (rows[-1][0] - rows[0][0]).days > MOST_DAYS:
        step = 7
        weeks: dict[date, tuple[int, int]] = {}
        for day, messages, late in rows:
            monday = date.fromordinal(day.toordinal() - day.weekday())
            before = weeks.get(monday, (0, 0))
            weeks[monday] = (before[0] + messages, before[1] + late)
        rows = [(day, *numbers) for day, numbers in sorted(weeks.items())]
    with drawing(165) as picture:
        axes = picture.axes
        places = [day.toordinal() for day, _, _ in rows]
        late_ones = [late for _, _, late in rows]
        in_time = [messages - late for _, messages, late in rows]
        axes.bar(places, in_time, width=0.78 * step, color=ACCENT)
        axes.bar(places, late_ones, width=0.78 * step, bottom=in_time, color=WARN)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.grid(axis="y", color=LINE, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", colors=MUTED)
        axes.tick_params(axis="x", pad=6)
        shown = places[:: max(1, len(places) // 5)]
        axes.set_xticks(shown, [_day(place) for place in shown])
        first = min(places[0], places[-1] - (FEWEST - 1) * step)
        axes.set_xlim(first - 0.6 * step, places[-1] + 0.6 * step)
        busiest = max(rows, key=lambda row: row[1])
        unit = "day" if step == 1 else "week"
        words = (
            f"The busiest {unit} began on {busiest[0]}, with {count(busiest[1], 'message')}; "
            f"{sum(late_ones):,} late in all."
        )
        return picture.svg("by-day", f"Buyer messages by {unit}", words)


def _day(ordinal: int) -> str:
    day = date.fromordinal(ordinal)
    return f"{day.day} {day:%b}"


def scenarios(report: dict[str, Any]) -> str:
    """Median and 90th percentile of each scenario on one scale of time."""
    rows = [(name, row) for name, row in report["by_scenario"].items() if row["p50"] is not None]
    if not rows:
        return ""
    rows.sort(key=lambda item: -item[1]["answered"])
    ticks = [60, 600, 3600, 6 * 3600, DAY_SECONDS, 3 * DAY_SECONDS]
    with drawing(ROW * len(rows) + 34) as picture:
        axes = picture.axes
        for place, (_, row) in enumerate(rows):
            half, most = max(row["p50"], 1.0), max(row["p90"], 1.0)
            colour = ACCENT if most <= DAY_SECONDS else WARN
            axes.plot(
                [half, most], [place, place], color=colour, linewidth=3, alpha=0.45, solid_capstyle="round"
            )
            axes.plot([half], [place], "o", color=colour, markersize=8)
            axes.plot([most], [place], "|", color=colour, markersize=11, markeredgewidth=2.5)
        axes.axvline(DAY_SECONDS, color=WARN, linewidth=1, linestyle=(0, (4, 3)))
        axes.set_xscale("log")
        axes.set_yticks(range(len(rows)), [name_of(name) for name, _ in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(
            min(30, *(max(row["p50"], 1.0) for _, row in rows)) * 0.8,
            max(ticks[-1], *(row["p90"] for _, row in rows)) * 1.2,
        )
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticklabels([short(tick) for tick in ticks])
        axes.grid(axis="x", color=LINE, linewidth=0.8)
        axes.set_axisbelow(True)
        words = "; ".join(
            f"{name_of(name)}: half within {spoken(row['p50'])}, nine in ten within {spoken(row['p90'])}"
            for name, row in rows
        )
        return picture.svg("scenarios", "First response by scenario", f"{words}.")


def week(report: dict[str, Any]) -> str:
    """When buyers write: the hours of a week."""
    hours = report["by_hour_of_week"]["messages"]
    most = max(max(day) for day in hours)
    if not most:
        return ""
    with drawing(155) as picture:
        axes = picture.axes
        for day, numbers in enumerate(hours):
            for hour, number in enumerate(numbers):
                strength = FAINT + (1 - FAINT) * number / most
                axes.add_patch(
                    Rectangle(
                        (hour + 0.06, day + 0.08), 0.88, 0.84, color=ACCENT, alpha=strength, linewidth=0
                    )
                )
        axes.set(xlim=(0, 24), ylim=(7, 0))
        axes.set_yticks([place + 0.5 for place in range(7)], WEEKDAYS)
        axes.set_xticks([0, 6, 12, 18, 24], ["0:00", "6:00", "12:00", "18:00", "24:00"])
        axes.spines["bottom"].set_visible(False)
        day, hour = divmod(max(range(168), key=lambda place: hours[place // 24][place % 24]), 24)
        words = f"Most buyers write on {WEEKDAYS[day]} from {hour}:00: {count(most, 'message')} in that hour."
        return picture.svg("week", "When buyers write", words)


def ages(report: dict[str, Any]) -> str:
    """Open clocks by age, those past their nearest limit apart."""
    rows = report["open_by_age"]
    if not any(row["clocks"] for row in rows):
        return ""
    last = next(row["below_hours"] for row in reversed(rows) if row["below_hours"])
    names = [below(row["below_hours"] and row["below_hours"] * 3600, last * 3600) for row in rows]
    with drawing(ROW * len(rows) + 8) as picture:
        axes = picture.axes
        well = [row["clocks"] - row["overdue"] for row in rows]
        past = [row["overdue"] for row in rows]
        axes.barh(names, well, height=0.7, color=ACCENT)
        bars = axes.barh(names, past, left=well, height=0.7, color=WARN)
        axes.bar_label(bars, [f"{row['clocks']:,}" for row in rows], padding=4, color=MUTED)
        _only_bars(axes)
        words = "; ".join(
            f"{name}: {row['clocks']:,}, of which {row['overdue']:,} are past their limit"
            for name, row in zip(names, rows, strict=True)
        )
        return picture.svg("ages", "Open response clocks by age", f"{words}.")


def bars(name: str, title: str, rows: list[tuple[str, int]]) -> str:
    """Named numbers, largest first as given."""
    if not any(number for _, number in rows):
        return ""
    with drawing(ROW * len(rows) + 8) as picture:
        axes = picture.axes
        names, numbers = [label for label, _ in rows], [number for _, number in rows]
        drawn = axes.barh(names, numbers, height=0.7, color=ACCENT)
        axes.bar_label(drawn, [f"{number:,}" for number in numbers], padding=4, color=MUTED)
        _only_bars(axes)
        words = "; ".join(f"{label}: {number:,}" for label, number in rows)
        return picture.svg(name, title, f"{words}.")
