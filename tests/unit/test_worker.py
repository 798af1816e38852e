"""Waiting on purpose, as the watchdog sees it."""

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import structlog

from daemon.errors import TemporaryError
from daemon.ports.retry import SLOW
from daemon.worker import MailboxWorker
from tests.settings_kit import settings_of


def test_a_wait_on_purpose_is_no_standstill(tmp_path: Path) -> None:
    """After a refused login it lasts longer than the watchdog's patience; when it ends, progress is now."""
    clock = SimpleNamespace(now=1000.0)
    house: Any = SimpleNamespace(monotonic=lambda: clock.now, now=lambda: datetime.now(UTC))
    (box,) = settings_of(tmp_path, port=1, user="anna").mailboxes

    async def run() -> None:
        worker = MailboxWorker(house, box, structlog.get_logger(), asyncio.Event())
        waiting = asyncio.create_task(worker._pause(SLOW))  # noqa: SLF001  the wait itself is looked at
        await asyncio.sleep(0)
        clock.now += SLOW - 1
        assert clock.now - worker.progress_at < 0
        worker.hint()
        await waiting
        assert worker.progress_at == clock.now

    asyncio.run(run())


def test_a_ledger_that_is_busy_holds_no_other_mailbox_up(tmp_path: Path) -> None:
    """What is noted of a failure may wait for the ledger: never in the loop that all mailboxes share."""
    house: Any = SimpleNamespace(monotonic=lambda: 0.0, now=lambda: datetime.now(UTC))
    (box,) = settings_of(tmp_path, port=1, user="anna").mailboxes
    noted: list[str] = []

    def fail(*_: object) -> None:
        noted.append(threading.current_thread().name)

    async def run() -> None:
        worker: Any = MailboxWorker(house, box, structlog.get_logger(), asyncio.Event())
        worker._troubles = SimpleNamespace(failed=fail)  # noqa: SLF001  what is noted is looked at
        await worker._failed(TemporaryError("the connection broke"))  # noqa: SLF001  the same

    asyncio.run(run())
    assert noted == [f"mailbox-{box.mailbox.name}_0"]
