"""`firstreply import orders`: fast, idempotent, and clear about what it skipped."""

import json
import time
from pathlib import Path

import pytest

from daemon.cli import main
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.store import open_engine
from tests.config_kit import LEAST
from tests.unit.ports.test_orders import ALL_ORDERS, SHIPMENTS, all_orders

ORDER = "302-1234567-7654321"


def run(root: Path, *files: Path) -> int:
    """The command, in JSON."""
    config = root / "firstreply.toml"
    config.write_text(LEAST.format(root=root))
    return main(["import", "orders", "--json", "--config", str(config), *map(str, files)])


def test_reports_and_shipments_are_imported_and_bad_rows_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger is made when there is none; a bad row is named by its line, the rest is taken."""
    report, shipments = tmp_path / "report.txt", tmp_path / "parcels.csv"
    report.write_text(ALL_ORDERS + all_orders() + all_orders(quantity="many"))
    shipments.write_text(f"{SHIPMENTS}{ORDER},DHL,JJD0001,2026-05-04,2026-05-09,,in transit\n")
    assert run(tmp_path, report, shipments) == 0
    first, second = json.loads(capsys.readouterr().out)["files"]
    assert (first["lines"], first["bad"]) == (1, [{"line": 3, "problem": "'many' is no quantity"}])
    assert (second["lines"], second["parcels"], second["bad"]) == (0, 1, [])
    ledger = Ledger.on(open_engine(f"sqlite:///{tmp_path}/state/ledger.db"))
    known = ledger.orders.known([ORDER])[ORDER]
    ledger.close()
    assert (known.lines[0].product, known.shipments[0].tracking_number) == ("Lamp", "JJD0001")


def test_a_file_of_bad_rows_only_is_a_no(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A script sees by the exit status that nothing was taken; people read each line."""
    report = tmp_path / "report.txt"
    report.write_text(ALL_ORDERS + all_orders(asin="lamp"))
    assert run(tmp_path, report) == 1
    config = str(tmp_path / "firstreply.toml")
    assert main(["import", "orders", "--config", config, str(report)]) == 1
    assert "line 2 skipped: 'LAMP' is no ASIN" in capsys.readouterr().out


def test_a_file_that_is_no_report_is_a_configuration_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the file and what to do."""
    report = tmp_path / "letter.txt"
    report.write_text("Dear all,\n")
    assert run(tmp_path, report) == 78
    assert "letter.txt" in capsys.readouterr().err


def test_fifty_thousand_rows_take_seconds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And the second import of the same file leaves as many rows."""
    report = tmp_path / "report.txt"
    rows = "".join(all_orders(order_id=f"302-1234567-{number:07d}") for number in range(50_000))
    report.write_text(ALL_ORDERS + rows)
    began = time.process_time()
    assert run(tmp_path, report) == 0
    assert time.process_time() - began < 10
    assert json.loads(capsys.readouterr().out)["files"][0]["lines"] == 50_000
