"""The benchmarks' filled ledger fits the tables of today, and looks like a shop."""

from datetime import timedelta

from benchmarks.ledger_filler import fill
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.store import open_engine
from tests.ledger_kit import NOW


def test_a_filled_ledger_can_be_reported(sqlite_url: str) -> None:
    """Every figure has something to count, and the guards over states are back."""
    ledger = Ledger.on(open_engine(sqlite_url))
    fill(ledger, 1_000, end=NOW, span=timedelta(days=20), open_clocks=5)
    found = ledger.figures.tally(NOW - timedelta(days=21), NOW, NOW, (7,))
    assert sum(row.number for row in found.arrivals) + sum(found.notices.values()) == 1_000
    for rows in (found.answers, found.drafts, found.open_ages, found.labels, found.defects, found.confirmed):
        assert rows
    assert 0.8 < found.windows[0].in_time / found.windows[0].messages < 1
    assert ledger.answers.sent_between(NOW - timedelta(days=21), NOW)
    with ledger.engine.connect() as connection:
        triggers = connection.exec_driver_sql("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger'")
        assert triggers.scalar_one() > 10
    ledger.close()
