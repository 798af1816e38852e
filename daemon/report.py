"""The report: first responses against the 24-hour rule and against each scenario's target.

Promises: figures only, no buyer's words. A clock that is still open and past its limit counts as late,
so that no silence makes the figures better. Shares of nothing are 1.0.

Errors: none of its own.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from daemon.desk.clock import judge
from daemon.ports.ledger.clocks import Measured


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile of an ascending sequence; None when it is empty."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def figures(
    clocks: Iterable[Measured], outcomes: dict[str, int], *, start: datetime, end: datetime, now: datetime
) -> dict[str, Any]:
    """The report as data, in the shape of `report --format json`; durations are seconds."""
    seconds: list[float] = []
    counts = {"messages": 0, "answered": 0, "open": 0, "excused": 0, "late": 0}
    scenarios: dict[str, list[tuple[float, bool | None]]] = defaultdict(list)
    judged = within = 0
    for clock in clocks:
        counts["messages"] += 1
        counts[clock.state] += 1
        if clock.state == "excused":
            continue
        answered_at = clock.ended_at if clock.state == "answered" else None
        first = judge(clock.started_at, answered_at or now, clock.limits)
        if answered_at is not None:
            seconds.append(first.seconds)
            scenarios[clock.scenario].append((first.seconds, first.target_met))
        # an open clock inside its 24 hours is neither in time nor late yet
        if answered_at is not None or not first.within_rule:
            judged += 1
            within += first.within_rule
            counts["late"] += not first.within_rule
    seconds.sort()
    return {
        "from": _iso(start),
        "to": _iso(end),
        **counts,
        "within_24h": _share(within, judged),
        "first_response_seconds": {
            "p50": percentile(seconds, 0.5),
            "p90": percentile(seconds, 0.9),
            "p95": percentile(seconds, 0.95),
            "max": seconds[-1] if seconds else None,
        },
        "by_scenario": {name: _scenario(rows) for name, rows in sorted(scenarios.items())},
        "drafts": {
            name: outcomes.get(name, 0)
            for name in ("sent_as_is", "sent_edited", "answered_by_agent", "rejected", "held")
        },
    }


def _scenario(rows: list[tuple[float, bool | None]]) -> dict[str, Any]:
    ordered = sorted(seconds for seconds, _ in rows)
    with_target = [met for _, met in rows if met is not None]
    return {
        "answered": len(rows),
        "target_met": _share(sum(with_target), len(with_target)),
        "p50": percentile(ordered, 0.5),
        "p90": percentile(ordered, 0.9),
        "max": ordered[-1],
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def spoken(seconds: float | None) -> str:
    """A duration as people say it."""
    if seconds is None:
        return "–"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if abs(seconds) >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def show(report: dict[str, Any], console: Console) -> None:
    """The report as a table for people."""
    first = report["first_response_seconds"]
    console.print(
        f"{report['messages']} conversation{'s' * (report['messages'] != 1)} waited for an answer "
        f"between {report['from']} and {report['to']}: "
        f"{report['answered']} answered, {report['open']} open, "
        f"{report['excused']} excused, {report['late']} late."
    )
    console.print(
        f"Within 24 hours: {report['within_24h']:.0%}. First response: half within {spoken(first['p50'])}, "
        f"nine in ten within {spoken(first['p90'])}, the slowest {spoken(first['max'])}."
    )
    table = Table("scenario", "answered", "target met", "median", "90 %", "slowest")
    for name, row in report["by_scenario"].items():
        figures_ = (spoken(row["p50"]), spoken(row["p90"]), spoken(row["max"]))
        table.add_row(name, str(row["answered"]), f"{row['target_met']:.0%}", *figures_)
    console.print(table)
    drafts = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in report["drafts"].items())
    console.print(f"Drafts: {drafts}.")
