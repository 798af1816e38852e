"""What the service manager is told: ready, how things stand, alive, and that the end has come.

Promises: READY comes after the first look at every mailbox, complete or failed, so that one server that is
away keeps no other mailbox waiting. The watchdog is fed while every mailbox makes progress (a finished look,
an attempt that ended), never by a thread that only pings. An end takes no longer than `LEAVE_AFTER`, what is
in hand being left as a crash would leave it, unless a mail waits for the reply to its final dot.

Errors: none leave; a ledger that cannot be read is told of in the status.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from structlog.typing import FilteringBoundLogger

from daemon.desk.draft import DraftState
from daemon.errors import FirstreplyError
from daemon.ports.ledger.mailboxes import MailboxStatus
from daemon.ports.systemd import Systemd
from daemon.reporting.words import spoken
from daemon.worker import MailboxWorker

WATCHDOG_SHARE = 0.3
"""The watchdog is fed after this share of its interval, so that one late tick is no death."""
STATUS_EVERY = 10.0
LEAVE_AFTER = 8.0
IN_THE_QUEUE = (DraftState.QUEUED, DraftState.EDITED)


class Notifier:
    """Tells systemd how all mailboxes are."""

    def __init__(
        self,
        systemd: Systemd,
        workers: Sequence[MailboxWorker],
        statuses: Callable[[], list[MailboxStatus]],
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
    ) -> None:
        self._systemd, self._workers, self._statuses = systemd, workers, statuses
        self._now, self._log = now, log
        self.trouble = ""

    async def run(self) -> None:
        """Until cancelled."""
        for worker in self._workers:
            await worker.looked.wait()
        self._systemd.ready(await self.standing())
        interval = self._systemd.watchdog_interval()
        period = STATUS_EVERY if interval is None else min(STATUS_EVERY, interval * WATCHDOG_SHARE)
        allowed = interval or STATUS_EVERY
        while True:
            late = [
                worker.name for worker in self._workers if time.monotonic() - worker.progress_at > allowed
            ]
            if late:
                self._log.error("no_progress", mailboxes=late)
            else:
                self._systemd.watchdog()
            self._systemd.status(await self.standing(late))
            await asyncio.sleep(period)

    async def standing(self, late: Sequence[str] = ()) -> str:
        """One line for `systemctl status`."""
        if not self._systemd.present:
            return ""
        try:
            rows = await asyncio.to_thread(self._statuses)
        except FirstreplyError as error:
            return f"{error}"
        return standing(rows, late, self._now(), self.trouble)


def standing(rows: Sequence[MailboxStatus], late: Sequence[str], now: datetime, trouble: str = "") -> str:
    """What is wrong first, then the counts."""
    away = [row.name for row in rows if not row.connected and row.name not in late]
    clocks, doubts = sum(row.open_clocks for row in rows), sum(row.in_doubt for row in rows)
    queue = sum(row.drafts.get(state, 0) for row in rows for state in IN_THE_QUEUE)
    parts = [
        trouble,
        f"no progress: {', '.join(late)}" if late else "",
        f"not connected: {', '.join(away)}" if away else "",
        f"{len(rows)} mailboxes",
        f"{clocks} open clocks{_nearest(rows, now)}",
        f"{queue} in the queue",
        f"{doubts} in doubt",
    ]
    return "; ".join(part for part in parts if part)


def _nearest(rows: Sequence[MailboxStatus], now: datetime) -> str:
    nearest = min((row.nearest_at for row in rows if row.nearest_at), default=None)
    if nearest is None:
        return ""
    seconds = (nearest - now).total_seconds()
    return (
        f", nearest limit in {spoken(seconds)}" if seconds >= 0 else f", nearest limit {spoken(-seconds)} ago"
    )


class Leaver:
    """Ends the process when the end takes too long; `past_dot` are those that are worth the wait."""

    def __init__(
        self, past_dot: set[str], log: FilteringBoundLogger, leave: Callable[[int], object] = os._exit
    ) -> None:
        self._past_dot, self._log, self._leave = past_dot, log, leave
        self._done = threading.Event()

    def begin(self) -> None:
        """From now on; a thread of its own, since the loop may be what hangs."""
        threading.Thread(target=self._watch, name="leaver", daemon=True).start()

    def end(self) -> None:
        """Everything ended by itself."""
        self._done.set()

    def _watch(self) -> None:
        while not self._done.wait(LEAVE_AFTER):
            if not self._past_dot:
                break
            self._log.warning("waiting_for_reply", mailboxes=sorted(self._past_dot))
            while self._past_dot and not self._done.wait(0.1):
                pass  # and then as long again, to write down what the reply was
        else:
            return
        # the ledger holds every intention: the next start goes on as after a crash
        self._log.warning("left_in_hand")
        self._leave(0)
