"""The report as data: first responses against the 24-hour rule and each scenario's target, and what followed.

Promises: figures only, no buyer's words. Buyer messages are counted as Amazon counts them: each from its own
arrival. One that is still unanswered after 24 hours counts as late, so that no silence makes the figures
better; one that waits and may still be answered in time is not judged yet. Shares of nothing are 1.0;
durations are seconds. The shape is that of `report --format json`, to which keys are only ever added.

Errors: none of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from daemon.ports.ledger.figures_rows import Answers, Arrivals, Labels, OpenAge, Tally, Window
from daemon.ports.ledger.ranking import EVERYTHING
from daemon.reporting.period import Period

WINDOWS = (7, 30, 90)
"""The days that Amazon's contact response metrics look back."""

EDGES = (15, 30, 60, 120, 240, 480, 720, 1440, 2880)
"""Upper ends, in minutes, of the distribution's classes; the last class has none."""

AGES = (1, 2, 4, 8, 12, 24, 48)
"""Upper ends, in hours, of the classes of open clocks; the last class has none."""

OUTCOMES = ("sent_as_is", "sent_edited", "answered_by_agent", "rejected", "held")
WAITING = {"planned", "queued", "edited", "approved", "sending", "in_doubt"}
SENT = {"sent", "confirmed", "bounced"}
A_TO_Z = {"a_to_z_claim": "claims", "a_to_z_decision": "decisions", "chargeback": "chargebacks"}
MICRO = 1_000_000
QUARTER = 15 * 60


def figures(tally: Tally, when: Period) -> dict[str, Any]:
    """The whole report."""
    return {
        "from": _iso(when.start),
        "to": _iso(when.end),
        "timezone": when.zone.key,
        **_messages(tally.arrivals),
        "first_response_seconds": _first_responses(tally),
        "windows": [_window(window) for window in tally.windows],
        "distribution": _distribution(tally.answers),
        "by_scenario": _scenarios(tally),
        **_by_time(tally.arrivals, when),
        "open_by_age": _ages(tally.open_ages),
        "drafts": _drafts(tally),
        "classifier": _classifier(tally.confirmed, tally.labels),
        "defects": [asdict(row) for row in tally.defects],
        "cases": {
            row.kind: {"opened": row.opened, "open": row.open, "overdue": row.overdue} for row in tally.cases
        },
        "returns": [asdict(row) for row in tally.returned],
        "a_to_z": {name: tally.notices.get(notice, 0) for notice, name in A_TO_Z.items()},
    }


def share(part: int, whole: int) -> float:
    """A part of a whole; all of nothing."""
    return round(part / whole, 4) if whole else 1.0


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _messages(arrivals: Iterable[Arrivals]) -> dict[str, Any]:
    number = answered = waiting = over = unanswered = 0
    for row in arrivals:
        number += row.number
        answered += row.answered
        waiting += row.open
        over += row.answered_late
        unanswered += row.open_late
    return {
        "messages": number,
        "answered": answered,
        "open": waiting,
        "excused": number - answered - waiting,
        "late": over + unanswered,
        "within_24h": share(answered - over, answered + unanswered),
    }


def _window(row: Window) -> dict[str, Any]:
    late = row.over_24h + row.no_response
    return {
        "days": row.days,
        "messages": row.messages,
        "within_24h": share(row.in_time, row.in_time + late),
        "over_24h": row.over_24h,
        "no_response": row.no_response,
    }


def _seconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / MICRO


def _longest(rows: Iterable[Answers]) -> float | None:
    return _seconds(max((row.longest for row in rows), default=None))


def _first_responses(tally: Tally) -> dict[str, float | None]:
    found = tally.percentiles.get(EVERYTHING, {})
    return {
        "p50": _seconds(found.get(0.5)),
        "p90": _seconds(found.get(0.9)),
        "p95": _seconds(found.get(0.95)),
        "max": _longest(tally.answers),
    }


def _distribution(answers: Iterable[Answers]) -> list[dict[str, Any]]:
    """Answered response clocks by the time they took; `below_seconds` is None for the last class."""
    counts = [0] * (len(EDGES) + 1)
    for row in answers:
        counts[sum(row.minute >= edge for edge in EDGES)] += row.number
    ends = [*(edge * 60 for edge in EDGES), None]
    return [{"below_seconds": end, "answered": number} for end, number in zip(ends, counts, strict=True)]


def _scenarios(tally: Tally) -> dict[str, Any]:
    by_name: dict[str, list[Answers]] = defaultdict(list)
    for row in tally.answers:
        by_name[row.scenario].append(row)
    return {name: _scenario(rows, tally.percentiles.get(name, {})) for name, rows in sorted(by_name.items())}


def _scenario(rows: Sequence[Answers], percentiles: dict[float, int]) -> dict[str, Any]:
    return {
        "answered": sum(row.number for row in rows),
        "target_met": share(sum(row.target_met for row in rows), sum(row.with_target for row in rows)),
        "p50": _seconds(percentiles.get(0.5)),
        "p90": _seconds(percentiles.get(0.9)),
        "max": _longest(rows),
    }


def _by_time(arrivals: Iterable[Arrivals], when: Period) -> dict[str, Any]:
    """Buyer messages by local day, and by hour of the week (seven rows from Monday on, of 24 hours)."""
    days: dict[str, Counter[str]] = defaultdict(Counter)
    week, late = [[0] * 24 for _ in range(7)], [[0] * 24 for _ in range(7)]
    for row in arrivals:
        local = datetime.fromtimestamp(row.quarter * QUARTER, when.zone)
        too_late = row.answered_late + row.open_late
        week[local.weekday()][local.hour] += row.number
        late[local.weekday()][local.hour] += too_late
        days[local.date().isoformat()].update(messages=row.number, late=too_late)
    by_day = [
        {"day": day, "messages": counts["messages"], "late": counts["late"]}
        for day, counts in sorted(days.items())
    ]
    return {"by_day": by_day, "by_hour_of_week": {"messages": week, "late": late}}


def _ages(rows: Iterable[OpenAge]) -> list[dict[str, Any]]:
    """Open response clocks by age; a clock from the future counts as new."""
    numbers, overdue = [0] * (len(AGES) + 1), [0] * (len(AGES) + 1)
    for row in rows:
        place = sum(row.hours >= edge for edge in AGES)
        numbers[place] += row.number
        overdue[place] += row.overdue
    ends = [*AGES, None]
    return [
        {"below_hours": end, "clocks": number, "overdue": past}
        for end, number, past in zip(ends, numbers, overdue, strict=True)
    ]


def _drafts(tally: Tally) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for row in tally.drafts:
        if row.state in SENT:
            counted["sent_edited" if row.edited else "sent_as_is"] += row.number
        else:
            counted["waiting" if row.state in WAITING else row.state] += row.number
    return {name: counted[name] for name in (*OUTCOMES, *sorted(set(counted) - set(OUTCOMES)))}


def _classifier(confirmed: dict[str, int], labels: Iterable[Labels]) -> dict[str, Any]:
    """How often the model's word held, where a person has shown it: sent as it was, or corrected."""
    became: dict[str, Counter[str]] = defaultdict(Counter)
    for row in labels:
        became[row.predicted][row.said] += row.number
    answer = {}
    for name in sorted(set(confirmed) | set(became)):
        wrong = {said: number for said, number in sorted(became[name].items()) if said != name}
        right = confirmed.get(name, 0) + became[name][name]
        corrected = sum(wrong.values())
        answer[name] = {
            "confirmed": right,
            "corrected": corrected,
            "precision": share(right, right + corrected),
            "was": wrong,
        }
    return answer
