"""The report as data: no silence makes it better, and every number can be checked by hand."""

import math
from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.errors import ConfigurationError
from daemon.ports.ledger.ranking import EVERYTHING, pick, wanted_ranks
from daemon.reporting.period import period
from tests.unit.reporting.tallies import NOTHING, report

SHARES = (0.5, 0.9, 0.95)
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def test_nothing_at_all_is_no_failure() -> None:
    """Shares of nothing are one; there is no slowest answer of none."""
    found = report(NOTHING)
    assert (found["messages"], found["late"], found["within_24h"]) == (0, 0, 1.0)
    assert found["first_response_seconds"] == {"p50": None, "p90": None, "p95": None, "max": None}
    assert found["windows"][0]["within_24h"] == 1.0
    assert found["by_scenario"] == found["classifier"] == {}
    assert found["drafts"] == dict.fromkeys(
        ("sent_as_is", "sent_edited", "answered_by_agent", "rejected", "held"), 0
    )


def test_messages_are_counted_against_the_rule() -> None:
    """Late is what was answered late and what nobody answered; young and excused ones are not judged."""
    found = report()
    names = ("messages", "answered", "open", "excused", "late", "within_24h")
    assert [found[name] for name in names] == [13, 9, 3, 1, 3, 0.7]
    assert found["windows"][0] == {
        "days": 7,
        "messages": 13,
        "within_24h": 0.7,
        "over_24h": 2,
        "no_response": 1,
    }


def test_scenarios_are_measured_against_their_targets() -> None:
    """Answered clocks only; a scenario without a target has missed none."""
    found = report()["by_scenario"]
    assert found == {
        "product_issue": {"answered": 8, "target_met": 0.625, "p50": 1200, "p90": 90000, "max": 90000},
        "satisfied": {"answered": 1, "target_met": 1.0, "p50": 5400, "p90": 5400, "max": 5400},
    }


def test_the_distribution_counts_each_answer_once() -> None:
    """By the upper end of its class; over two days has no end."""
    found = {row["below_seconds"]: row["answered"] for row in report()["distribution"] if row["answered"]}
    assert found == {1800: 6, 7200: 1, 172800: 2}
    assert report()["distribution"][-1]["below_seconds"] is None


def test_hours_are_those_of_the_zone() -> None:
    """The hour that summer time leaves out stays empty; a quarter after 1:45 it is three o'clock."""
    found = report()
    sunday = found["by_hour_of_week"]["messages"][6]
    assert (sunday[1], sunday[2], sunday[3]) == (4, 0, 9)
    assert found["by_hour_of_week"]["late"][6][1] == 2
    assert found["by_day"] == [{"day": "2026-03-29", "messages": 13, "late": 3}]


def test_open_clocks_are_counted_by_age() -> None:
    """A clock from the future is new; the last class has no end."""
    found = [(row["below_hours"], row["clocks"], row["overdue"]) for row in report()["open_by_age"]]
    assert [row for row in found if row[1]] == [(1, 2, 0), (48, 1, 1), (None, 2, 2)]


def test_outcomes_of_drafts() -> None:
    """Sent, confirmed and bounced were all sent; what nobody has decided yet waits."""
    found = report()["drafts"]
    assert found == {
        "sent_as_is": 5,
        "sent_edited": 2,
        "answered_by_agent": 0,
        "rejected": 0,
        "held": 1,
        "vanished": 1,
        "waiting": 4,
    }


def test_precision_comes_from_people() -> None:
    """A label that agrees confirms; one that does not corrects."""
    assert report()["classifier"] == {
        "product_issue": {
            "confirmed": 9,
            "corrected": 1,
            "precision": 0.9,
            "was": {"delivery_issue": 1},
        }
    }


def test_notices_about_claims_only() -> None:
    """Refunds are no claims."""
    assert report()["a_to_z"] == {"claims": 2, "decisions": 0, "chargebacks": 0}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-(10**9), 10**10)), max_size=60))
def test_percentiles_are_those_of_a_sorted_list(values: list[tuple[str, int]]) -> None:
    """Nearest rank of each group and of all together, whatever falls into one minute."""

    def minute(value: int) -> int:
        return math.trunc(value / 60_000_000)

    counts = Counter((name, minute(value)) for name, value in values)
    ranks = wanted_ranks(counts, SHARES)
    wanted = {rank.minute for rank in ranks}
    rows = Counter((value, name) for name, value in values if minute(value) in wanted)
    found = pick(ranks, [(minute(value), value, name, n) for (value, name), n in sorted(rows.items())])
    groups = {name: sorted(v for n, v in values if n == name) for name, _ in values}
    if values:
        groups[EVERYTHING] = sorted(value for _, value in values)
    assert found == {
        name: {share: ordered[max(1, math.ceil(share * len(ordered))) - 1] for share in SHARES}
        for name, ordered in groups.items()
    }


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        ("2026-03-29", "2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("2026-03-01", None, "2026-02-28T23:00", "2026-03-31T12:00"),
        (None, "2026-03-30", "2026-02-28T23:00", "2026-03-30T22:00"),
        (None, None, "2026-03-01T12:00", "2026-03-31T12:00"),
    ],
)
def test_days_are_those_of_the_zone(first: str | None, last: str | None, start: str, end: str) -> None:
    """Both included; the day of the change to summer time has 23 hours."""
    found = period(first, last, NOON, ZoneInfo("Europe/Berlin"))
    assert [moment.astimezone(UTC).isoformat()[:16] for moment in (found.start, found.end)] == [start, end]


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "01.03.2026"])
def test_what_is_no_day_is_told(day: str) -> None:
    """With the option and an example."""
    with pytest.raises(ConfigurationError, match=r"--to.*2026-11-01"):
        period(None, day, NOON, ZoneInfo("UTC"))
