"""The commands that look into the ledger: status, worklist, report."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from daemon.cli import main
from daemon.commands.status import status
from daemon.commands.worklist import worklist
from daemon.errors import ConfigurationError
from tests.fresh_ledger import open_ledger
from tests.ledger_kit import HOUR, NOW, Desk
from tests.unit.test_settings import LEAST


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A configuration whose ledger lies in a fresh folder."""
    path = tmp_path / "firstreply.toml"
    path.write_text(f'ledger = "sqlite:///{tmp_path}/ledger.db"\n{LEAST}')
    return str(path)


def desk_of(config: str) -> Desk:
    """The ledger of that configuration, with its mailbox."""
    return Desk.open(open_ledger(Path(config).parent / "ledger.db"))


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The JSON object that a command printed."""
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    found: dict[str, Any] = json.loads(line)
    return found


def test_looking_before_the_first_run_says_what_to_do(config: str) -> None:
    """No ledger is made by looking for one."""
    with pytest.raises(ConfigurationError, match="firstreply run"):
        status(config, as_json=True)
    assert not (Path(config).parent / "ledger.db").exists()


def test_the_report_command_counts_the_days_asked_for(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both ends included, in the zone of the settings."""
    desk = desk_of(config)
    desk.queued()
    for start, end, messages in (
        ("2026-03-02", "2026-03-02", 1),
        ("2026-03-03", None, 0),
        ("2026-02-01", "2026-03-01", 0),
    ):
        days = ["--from", start, *(["--to", end] if end else [])]
        assert main(["report", "--config", config, "--json", *days]) == 0
        assert answer(capsys)["messages"] == messages
    desk.ledger.close()


@pytest.mark.parametrize(
    ("shape", "beginning"),
    [("text", "From 20"), ("json", '{"from"'), ("csv", "section,"), ("html", "<!DOCTYPE html>")],
)
def test_the_report_has_four_shapes(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: str, beginning: str
) -> None:
    """On the terminal and in a file; a file that cannot be written is told."""
    desk_of(config).ledger.close()
    command = ["report", "--config", config, "--format", shape]
    assert main(command) == 0
    assert capsys.readouterr().out.startswith(beginning)
    assert main([*command, "--output", str(tmp_path / "report")]) == 0
    assert (tmp_path / "report").read_text(encoding="utf-8").startswith(beginning)
    assert main([*command, "--output", str(tmp_path / "no" / "report")]) == 1
    assert "--output" in capsys.readouterr().err


def test_a_zone_that_does_not_exist_is_told(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the key and an example."""
    path = Path(config)
    path.write_text(path.read_text() + '[report]\ntimezone = "Mars/Olympus"\n')
    assert main(["report", "--config", config]) == 78
    assert "report.timezone" in (told := capsys.readouterr().err)
    assert "Europe/Berlin" in told


def test_the_worklist_is_ordered_and_plain(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nearest limit first, times as the interface says."""
    desk = desk_of(config)
    desk.message(NOW + HOUR, alias="late")
    desk.queued(desk.message(NOW))
    assert worklist(config, as_json=True) == 0
    rows = answer(capsys)["worklist"]
    assert [row["started_at"] for row in rows] == ["2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z"]
    assert (rows[0]["draft_state"], rows[0]["nearest"], rows[0]["seconds_left"] < 0) == (
        "queued",
        "2026-03-02T11:00:00Z",
        True,
    )
    assert worklist(config, as_json=False) == 0
    assert "waits for" in capsys.readouterr().out
    desk.ledger.close()


def test_the_worklist_tells_what_a_draft_lacks_and_whence_its_answer_came(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the newest draft of the conversation."""
    desk = desk_of(config)
    draft = replace(
        desk.new_draft(desk.message()), gaps=("carrier", "expected date"), source="lamp.md, Reset"
    )
    desk.ledger.drafts.plan(desk.claim, [draft], NOW)
    assert worklist(config, as_json=True) == 0
    (row,) = answer(capsys)["worklist"]
    assert (row["gaps"], row["source"]) == (["carrier", "expected date"], "lamp.md, Reset")
    desk.ledger.close()


def test_status_without_a_daemon_is_what_the_ledger_knows(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1, however well the last daemon worked, and said in words."""
    desk = desk_of(config)
    desk.ledger.mailboxes.note_cycle(desk.claim, datetime.now(UTC), connected=True, error="cut off")
    desk.ledger.mailboxes.freeze(desk.claim, "mass_vanish", NOW)
    assert status(config, as_json=True) == 1
    found = answer(capsys)
    (row,) = found["mailboxes"]
    assert (found["daemon"], row["connected"], row["healthy"]) == (None, True, False)
    assert status(config, as_json=False) == 1
    said = capsys.readouterr().out
    assert said.startswith("No daemon is running on this ledger")
    assert "shop: frozen: mass_vanish" in said
    assert "of the last cycle: cut off" in said
    desk.ledger.close()


def test_a_mailbox_that_was_never_worked_is_shown(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It stands in the configuration, so its silence is an answer too."""
    open_ledger(Path(config).parent / "ledger.db").close()
    assert status(config, as_json=True) == 1
    (row,) = answer(capsys)["mailboxes"]
    assert (row["name"], row["last_cycle_at"], row["healthy"]) == ("shop", None, False)
