"""`firstreply forget`: the command over a real ledger."""

import json
from pathlib import Path

import pytest

from daemon.cli import main
from tests.fresh_ledger import open_ledger
from tests.ledger_kit import NOW, ORDER, RELAY, Desk
from tests.unit.test_settings import LEAST


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A configuration with a ledger that holds one answered buyer."""
    path = tmp_path / "firstreply.toml"
    path.write_text(f'ledger = "sqlite:///{tmp_path}/ledger.db"\n{LEAST}')
    desk = Desk.open(open_ledger(tmp_path / "ledger.db"))
    desk.ledger.clocks.excuse(desk.claim, desk.message(), NOW)
    desk.ledger.close()
    return str(path)


@pytest.mark.parametrize("who", [ORDER, f" {RELAY.upper()} "])
def test_what_is_known_is_forgotten_once(config: str, capsys: pytest.CaptureFixture[str], who: str) -> None:
    """Exit 0; a second time there is nothing: exit 1."""
    assert main(["forget", "--config", config, "--json", who]) == 0
    assert json.loads(capsys.readouterr().out) == {"messages": 1, "bodies": 0}
    assert main(["forget", "--config", config, who]) == 1
    assert "knows nothing" in capsys.readouterr().out


@pytest.mark.parametrize("who", ["302-1234567", "%", "jane@example.com", ""])
def test_what_names_nobody_is_told(config: str, capsys: pytest.CaptureFixture[str], who: str) -> None:
    """With an example, before anything is touched."""
    assert main(["forget", "--config", config, who]) == 78
    assert "302-1234567-7654321" in capsys.readouterr().err
