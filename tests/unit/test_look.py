"""Commands that only look into the ledger: what they say of one that another version wrote."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from daemon.cli import main
from daemon.commands import status
from daemon.ports.ledger.books import Ledger
from daemon.shipped import version
from tests.config_kit import write_config


@pytest.mark.parametrize("command", ["status", "worklist", "report"])
def test_a_ledger_of_another_version_is_told_with_its_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """After an upgrade, before the daemon was restarted: 78, not a missing column."""
    config = write_config(tmp_path)
    ledger = Ledger.open(f"sqlite:///{tmp_path}/state/ledger.db")
    with ledger.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    ledger.close()
    assert main([command, "--config", str(config)]) == 78
    said = capsys.readouterr().err
    assert "the ledger has version 0001" in said
    assert "Restart the daemon" in said


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_status_says_which_program_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """For a table as for a monitor: a mailbox that no daemon has worked yet is not well."""
    config = write_config(tmp_path)
    Ledger.open(f"sqlite:///{tmp_path}/state/ledger.db").close()

    assert main(["status", "--config", str(config), *words]) == 1
    assert version() in capsys.readouterr().out


@pytest.mark.parametrize("frozen", [None, "mass_vanish"])
def test_a_frozen_mailbox_is_not_healthy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frozen: str | None
) -> None:
    """It is connected and its cycles end well, and still nothing leaves it: a monitor must hear of it."""
    works = {"connected": True, "connection": "connected", "last_cycle_at": datetime.now(UTC)}
    said = {"daemon": {}, "mailboxes": [{"name": "shop", "frozen": frozen, **works}]}
    monkeypatch.setattr(status, "_asked", lambda _: (said, ""))
    assert main(["status", "--json", "--config", str(write_config(tmp_path))]) == bool(frozen)
