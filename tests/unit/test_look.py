"""Commands that only look into the ledger: what they say of one that another version wrote."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from daemon.cli import main
from daemon.ports.ledger.books import Ledger
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
