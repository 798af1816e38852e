"""A cycle without news does not cost more after a long history: SQLite counts the steps of each statement."""

import itertools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

import daemon.worker
from benchmarks.ledger_filler import fill
from daemon.cli import main
from daemon.cycle import run_cycle
from tests.fresh_ledger import open_ledger
from tests.stage_kit import Stage

STEP, GRAIN = 500, 20
"""Messages of the smaller history; instructions of SQLite's machine that are counted as one."""
ALLOWED = 500 // GRAIN
"""Beside four times as much: some rows that are left to do stay in a history, such as what is held."""


@contextmanager
def recorded(seen: dict[str, Any]) -> Iterator[None]:
    """Every statement that a mailbox's thread executes, with the parameters of one execution."""

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if threading.current_thread().name.startswith("mailbox-"):  # others count drafts for `status`
            seen[statement] = parameters

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)


def steps(folder: Path, messages: int, statements: Mapping[str, Any]) -> dict[str, int]:
    """How much work each statement is in a ledger with so many messages, of which as many wait as ever."""
    ledger = open_ledger(folder / f"{messages}.db")
    fill(ledger, messages, end=datetime.now(UTC), span=timedelta(hours=messages / 2), open_clocks=5)
    raw: Any = ledger.engine.raw_connection()
    counted: dict[str, int] = {}
    for statement, parameters in statements.items():
        count = itertools.count()
        raw.driver_connection.set_progress_handler(lambda count=count: next(count) < 0, GRAIN)
        raw.driver_connection.execute(statement, parameters).fetchall()
        counted[statement] = next(count)
    raw.close()
    ledger.close()
    return counted


@pytest.mark.parametrize("full", [False, True])
def test_a_cycle_without_news_costs_the_same_after_ten_times_as_many_mails(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    """What it asks the ledger, asked of a short and of a long history with as much left to do."""

    async def cycle(*arguments: Any, **_: object) -> dict[str, int]:  # noqa: ANN401  those of `run_cycle`
        with recorded(seen):  # what comes before and after the cycle is asked once a start
            return await run_cycle(*arguments, full=full)

    seen: dict[str, Any] = {}
    stage.promise()
    monkeypatch.setattr(daemon.worker, "run_cycle", cycle)
    assert main(stage.house.words("run", "--once")) == 0
    asked = {statement: seen[statement] for statement in seen if statement.lstrip().startswith("SELECT")}
    assert len(asked) > 20
    short, long = (steps(tmp_path, messages, asked) for messages in (STEP, 10 * STEP))
    grown = [
        f"{short[statement]} -> {long[statement]}: {' '.join(statement.split())}"
        for statement in asked
        if long[statement] > 4 * short[statement] + ALLOWED
    ]
    assert not grown, "\n".join(grown)
