"""What was forgotten stays forgotten while the daemon looks on."""

import sqlite3

import sqlalchemy as sa

from daemon.cli import main
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.store import open_engine
from tests.stage_kit import ALIAS, ORDER, Stage

SECRET = "a scratch in the shape of a heron"


def test_the_inbox_does_not_bring_it_back(stage: Stage) -> None:
    """Answered, sent, filed, forgotten; the mail still lies in the inbox, and full looks leave it there."""
    uid, _ = stage.draft(f"Hello, the lamp arrived broken, with {SECRET}. Please help.")
    stage.house.move(uid, "Approved")
    stage.cycle(2)
    assert len(stage.house.sink.accepted) == 1
    assert main(["forget", "--config", str(stage.house.config), ORDER]) == 0
    stage.cycle(2)
    ledger = stage.house.root / "state" / "ledger.db"
    for known in (SECRET, ALIAS, ORDER):
        files = [file for file in ledger.parent.glob("ledger.db*") if known.encode() in file.read_bytes()]
        assert files == [], known
    engine = open_engine(f"sqlite:///{ledger}")
    with engine.connect() as connection:
        assert connection.execute(sa.select(t.response_clock.c.state)).scalars().all() == ["answered"]
    engine.dispose()
    assert len(stage.house.sink.accepted) == 1
    assert sqlite3.connect(ledger).execute("PRAGMA integrity_check").fetchone() == ("ok",)
