"""Waiting on purpose, as the watchdog sees it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import structlog

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
