"""Answering: what the running daemon says of itself and of each mailbox to whoever asks `firstreply status`.

Promises: an answer waits for the ledger at most `LEDGER_PATIENCE`, and reads it once for all who ask
meanwhile; where it cannot be read, the answer says so and tells the rest.

Errors: none.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from daemon.errors import FirstreplyError
from daemon.house import House
from daemon.plain import as_json
from daemon.ports.ledger.mailboxes import MailboxStatus
from daemon.shipped import version
from daemon.standing import Standing

LEDGER_PATIENCE = 1.0


class Answerer:
    """Knows the house, and how its mailboxes stand, by name."""

    def __init__(
        self,
        house: House,
        standings: Mapping[str, Standing],
        statuses: Callable[[], Sequence[MailboxStatus]],
        configuration: Path,
    ) -> None:
        self._house, self._standings, self._statuses = house, standings, statuses
        self._configuration = configuration
        self._began, self._started_at = house.monotonic(), house.now()
        self._reading: asyncio.Task[Sequence[MailboxStatus]] | None = None

    async def answer(self) -> bytes:
        """One line of JSON."""
        rows: Mapping[str, Any] = {}
        trouble = None
        try:
            rows = {row.name: asdict(row) for row in await self._rows()}
        except (FirstreplyError, TimeoutError) as error:
            trouble = str(error) or "it is busy"
        house, uptime = self._house, self._house.monotonic() - self._began
        told = {
            "version": version(),
            "pid": os.getpid(),
            "configuration": str(self._configuration),
            "started_at": self._started_at,
            "uptime_seconds": round(uptime, 1),
            "model": house.guess.version,
            "model_problem": house.guess.problem,
            "written_read_at": house.written_read_at,
            "ledger_error": trouble,
        }
        mailboxes = [
            {"name": name, **rows.get(name, {}), **standing.told()}
            for name, standing in self._standings.items()
        ]
        return (as_json({"daemon": told, "mailboxes": mailboxes}, "milliseconds") + "\n").encode()

    async def _rows(self) -> Sequence[MailboxStatus]:
        """What the ledger knows; one look at a time, for all who ask meanwhile."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(asyncio.to_thread(self._statuses))
            self._reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.wait_for(asyncio.shield(self._reading), LEDGER_PATIENCE)
