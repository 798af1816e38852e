"""`firstreply import orders`: Amazon's order reports and shipment files become facts for drafts.

Promises: a file may be imported again and again; bad rows are listed with their line and skipped. The daemon
may run meanwhile: rows go into the ledger in small transactions.

Errors: `ConfigurationError` for a file that cannot be used at all; the files before it are imported.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from daemon.commands.look import print_json
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.store import writable
from daemon.ports.orders import Imported, read_orders
from daemon.settings import find, load

ROWS = 2_000
"""Stored in one transaction: a running daemon waits for tens of milliseconds, not for seconds."""


def import_orders(config: str | None, files: Sequence[Path], *, as_json: bool) -> int:
    """Import these files; 1 when one of them held nothing but bad rows."""
    settings, now = load(find(config)), datetime.now(UTC)
    writable(settings.state_dir)
    ledger = Ledger.open(settings.ledger)
    told: list[dict[str, Any]] = []
    try:
        for path in files:
            found = read_orders(path)
            for start in range(0, max(len(found.lines), len(found.shipments)), ROWS):
                rows = slice(start, start + ROWS)
                ledger.orders.store(found.lines[rows], found.shipments[rows], now)
            told.append(_told(path, found))
            if not as_json:
                _show(told[-1])
    finally:
        ledger.close()
    if as_json:
        print_json({"files": told})
    return int(any(row["bad"] and not row["lines"] and not row["parcels"] for row in told))


def _told(path: Path, found: Imported) -> dict[str, Any]:
    return {
        "file": str(path),
        "lines": len(found.lines),
        "parcels": len(found.shipments),
        "ignored": found.ignored,
        "bad": [{"line": row.line, "problem": row.problem} for row in found.bad],
    }


def _show(row: dict[str, Any]) -> None:
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(
        f"{row['file']}: {row['lines']} order lines and {row['parcels']} parcels imported, "
        f"{row['ignored']} rows ignored, {len(row['bad'])} bad"
    )
    for bad in row["bad"]:
        console.print(f"  line {bad['line']} skipped: {bad['problem']}")
