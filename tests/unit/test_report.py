"""The report's figures: no silence makes them better, and every number can be checked by hand."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from daemon.commands import look
from daemon.desk.clock import deadlines
from daemon.errors import ConfigurationError
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.clocks import Measured
from daemon.report import figures, percentile, show, spoken
from tests.ledger_kit import HOUR, NOW, Desk
from tests.unit.test_settings import LEAST

DAY = timedelta(days=1)
NOTHING = {"sent_as_is": 0, "sent_edited": 0, "answered_by_agent": 0, "rejected": 0, "held": 0}


def clock(
    hours: float | None, *, state: str = "answered", scenario: str = "other", target: float = 2
) -> Measured:
    """A clock that started at NOW and was answered after so many hours."""
    ended = None if hours is None else NOW + hours * HOUR
    return Measured(scenario, state, NOW, ended, deadlines(NOW, target=target * HOUR, hard=None))


def counted(*clocks: Measured, now: datetime = NOW + 2 * DAY) -> dict[str, object]:
    """The figures of these clocks."""
    return figures(clocks, {}, start=NOW - DAY, end=NOW + DAY, now=now)


def test_nothing_at_all_is_no_failure() -> None:
    """Shares of nothing are one; there is no slowest answer of none."""
    assert counted() == {
        "from": "2026-03-01T10:00:00Z",
        "to": "2026-03-03T10:00:00Z",
        "messages": 0,
        "answered": 0,
        "open": 0,
        "excused": 0,
        "late": 0,
        "within_24h": 1.0,
        "first_response_seconds": {"p50": None, "p90": None, "p95": None, "max": None},
        "by_scenario": {},
        "drafts": NOTHING,
    }


def test_answers_are_counted_against_rule_and_target() -> None:
    """One in time, one past its target, one late."""
    report = counted(clock(1), clock(3), clock(25))
    assert (report["answered"], report["late"], report["within_24h"]) == (3, 1, 0.6667)
    assert report["first_response_seconds"] == {
        "p50": 10800.0,
        "p90": 90000.0,
        "p95": 90000.0,
        "max": 90000.0,
    }
    assert report["by_scenario"] == {
        "other": {"answered": 3, "target_met": 0.3333, "p50": 10800.0, "p90": 90000.0, "max": 90000.0}
    }


def test_an_open_clock_past_its_rule_is_late_already() -> None:
    """Silence does not make the figures better; one that may still be answered in time is not judged yet."""
    waiting = clock(None, state="open")
    assert counted(waiting, clock(1), now=NOW + HOUR)["within_24h"] == 1.0
    report = counted(waiting, clock(1), now=NOW + 25 * HOUR)
    assert (report["open"], report["late"], report["within_24h"]) == (1, 1, 0.5)


def test_an_excused_clock_is_neither_in_time_nor_late() -> None:
    """A person said that no answer was needed."""
    report = counted(clock(30, state="excused"))
    assert (report["messages"], report["excused"], report["late"], report["within_24h"]) == (1, 1, 0, 1.0)
    assert report["by_scenario"] == {}


def test_a_scenario_without_a_target_has_missed_none() -> None:
    """Its share is one."""
    no_target = Measured("satisfied", "answered", NOW, NOW + HOUR, deadlines(NOW, target=None, hard=None))
    scenarios = counted(no_target)["by_scenario"]
    assert isinstance(scenarios, dict)
    assert scenarios["satisfied"]["target_met"] == 1.0


@given(st.lists(st.floats(0, 10**6), min_size=1), st.floats(0.01, 1.0))
def test_a_percentile_is_one_of_the_values(values: list[float], share: float) -> None:
    """Nearest rank: at least that share of the values is not above it, and no smaller value will do."""
    ordered = sorted(values)
    found = percentile(ordered, share)
    assert found in ordered
    assert sum(value <= found for value in ordered) >= share * len(ordered) - 1e-6


def test_percentiles_by_hand() -> None:
    """Of one to ten."""
    ordered = [float(number) for number in range(1, 11)]
    assert [percentile(ordered, share) for share in (0.5, 0.9, 0.95, 1.0)] == [5.0, 9.0, 10.0, 10.0]
    assert percentile([], 0.5) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0.0, "0.0 s"),
        (59.0, "59.0 s"),
        (90.0, "1.5 min"),
        (5400.0, "1.5 h"),
        (129600.0, "1.5 d"),
        (-90.0, "-1.5 min"),
    ],
)
def test_durations_are_spoken_as_people_do(seconds: float | None, words: str) -> None:
    """A clock jump shows as the negative time it is."""
    assert spoken(seconds) == words


def test_the_report_reads_as_text() -> None:
    """A sentence, a table, the drafts."""
    out = io.StringIO()
    report = figures(
        [clock(1), clock(None, state="open")], {"sent_as_is": 2}, start=NOW, end=NOW + DAY, now=NOW + DAY
    )
    show(report, Console(file=out, width=120))
    text = " ".join(out.getvalue().split())
    assert "2 conversations waited for an answer" in text
    assert "1 answered, 1 open, 0 excused, 0 late." in text
    assert "Within 24 hours: 100%." in text
    assert "2 sent as is" in text


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A configuration whose ledger lies in a fresh folder."""
    path = tmp_path / "firstreply.toml"
    path.write_text(f'ledger = "sqlite:///{tmp_path}/ledger.db"\n{LEAST}')
    return str(path)


def desk_of(config: str) -> Desk:
    """The ledger of that configuration, with its mailbox."""
    return Desk.open(Ledger.open(f"sqlite:///{Path(config).parent}/ledger.db"))


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The JSON object that a command printed."""
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    found: dict[str, Any] = json.loads(line)
    return found


def test_looking_before_the_first_run_says_what_to_do(config: str) -> None:
    """No ledger is made by looking for one."""
    with pytest.raises(ConfigurationError, match="firstreply run"):
        look.status(config, as_json=True)
    assert not (Path(config).parent / "ledger.db").exists()


def test_the_report_command_counts_the_days_asked_for(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both ends included, in UTC."""
    desk = desk_of(config)
    desk.queued()
    for start, end, messages in (
        ("2026-03-02", "2026-03-02", 1),
        ("2026-03-03", None, 0),
        ("2026-02-01", "2026-03-01", 0),
    ):
        assert look.report(config, start=start, end=end, as_json=True) == 0
        assert answer(capsys)["messages"] == messages
    desk.ledger.close()


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "01.03.2026", ""])
def test_what_is_no_day_is_told(config: str, day: str) -> None:
    """With the option and an example."""
    desk_of(config).ledger.close()
    if day:
        with pytest.raises(ConfigurationError, match=r"--from.*2026-11-01"):
            look.report(config, start=day, end=None, as_json=True)
    else:
        assert look.report(config, start=day, end=None, as_json=True) == 0


def test_the_worklist_is_ordered_and_plain(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nearest limit first, times as the interface says."""
    desk = desk_of(config)
    desk.message(NOW + HOUR, alias="late")
    desk.queued(desk.message(NOW))
    assert look.worklist(config, as_json=True) == 0
    rows = answer(capsys)["worklist"]
    assert [row["started_at"] for row in rows] == ["2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z"]
    assert (rows[0]["draft_state"], rows[0]["nearest"], rows[0]["seconds_left"] < 0) == (
        "queued",
        "2026-03-02T11:00:00Z",
        True,
    )
    assert look.worklist(config, as_json=False) == 0
    assert "queued" in capsys.readouterr().out
    desk.ledger.close()


def test_status_answers_no_when_a_mailbox_does_not_work(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never run, cut off, or standing still: exit 1; at work: exit 0."""
    desk = desk_of(config)
    assert look.status(config, as_json=True) == 1
    for moment, connected, status in (
        (datetime.now(UTC), True, 0),
        (datetime.now(UTC), False, 1),
        (NOW, True, 1),
    ):
        desk.ledger.mailboxes.note_cycle(desk.claim, moment, connected=connected, error=None)
        capsys.readouterr()
        assert look.status(config, as_json=True) == status
        (row,) = answer(capsys)["mailboxes"]
        assert row["healthy"] is (status == 0)
    assert look.status(config, as_json=False) == 1
    assert "shop" in capsys.readouterr().out
    desk.ledger.close()


def test_a_mailbox_that_was_never_worked_is_shown(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It stands in the configuration, so its silence is an answer too."""
    Ledger.open(f"sqlite:///{Path(config).parent}/ledger.db").close()
    assert look.status(config, as_json=True) == 1
    (row,) = answer(capsys)["mailboxes"]
    assert (row["name"], row["last_cycle_at"], row["healthy"]) == ("shop", None, False)
