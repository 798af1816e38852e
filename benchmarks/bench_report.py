"""The report over a year of a large seller's mail: seconds and memory of the whole command.

The ledger is a file of SQLite, filled by the database itself (`ledger_filler.py`); every command is a process
of its own, from its first instruction to its last.
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.kit import Figures, Options, run_measured, show
from benchmarks.ledger_filler import fill
from daemon.ports.ledger.books import Ledger
from tests.unit.test_settings import LEAST

MESSAGES, MOST_MESSAGES = 200_000, 1_000_000
SECONDS, MEMORY_MB = 5.0, 300.0
YEAR = timedelta(days=365)


def run(options: Options) -> Figures:
    """Measure JSON and HTML over the whole year; print the table and return seconds and MB."""
    messages = MOST_MESSAGES if options.full else MESSAGES
    root = Path(tempfile.mkdtemp(prefix="fr-bench-"))
    try:
        config = _filled(root, messages)
        first = (datetime.now(UTC) - YEAR - timedelta(days=1)).date().isoformat()
        command = [sys.executable, "-m", "daemon", "report", "--config", str(config), "--from", first]
        spent = {
            shape: run_measured([*command, "--format", shape], root / "log") for shape in ("json", "html")
        }
    finally:
        shutil.rmtree(root)
    rows = [(shape, each.seconds, each.cpu, each.peak_mb) for shape, each in spent.items()]
    show(f"Report over {messages:,} buyer messages", ("format", "seconds", "CPU seconds", "peak MB"), rows)
    missed = [
        f"report: {shape} took {each.seconds:.1f} s and {each.peak_mb:.0f} MB, exit status {each.status}"
        for shape, each in spent.items()
        if each.seconds > SECONDS or each.peak_mb > MEMORY_MB or each.status
    ]
    figures: Figures = {"messages": messages, "missed": missed}
    for shape, each in spent.items():
        figures |= {f"{shape}_seconds": each.seconds, f"{shape}_mb": each.peak_mb}
    return figures


def _filled(root: Path, messages: int) -> Path:
    ledger = Ledger.open(f"sqlite:///{root}/ledger.db")
    fill(ledger, messages, end=datetime.now(UTC), span=YEAR)
    ledger.close()
    config = root / "firstreply.toml"
    config.write_text(f'ledger = "sqlite:///{root}/ledger.db"\n{LEAST}', encoding="utf-8")
    return config
