"""One mailbox at work: connect, look, run the cycle when something changed, wait for the next hint.

Promises: blocking work runs in one thread that belongs to this mailbox. A poll asks STATUS of all watched
folders in one round trip; a cycle runs when a folder changed, a delivery is due, or a full look is. Every
failure of the outside ends the connection, and the next one starts with a full look. Hints (IDLE, signals)
only shorten the wait. A token that the provider takes no more stops this mailbox alone, with an alert.

Errors: `ConfigurationError` from the very first connection only; afterwards nothing leaves `run`.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

import tenacity
from structlog.typing import FilteringBoundLogger

from daemon.cycle import run_away, run_cycle
from daemon.desk.mailbox import Mailbox
from daemon.desk.retry import crowded
from daemon.errors import ConfigurationError, CrowdedError, FirstreplyError, LockedError, RevokedError
from daemon.house import House, WatchedSender
from daemon.ports.imap import FolderNames, FolderStatus, ImapConnection
from daemon.ports.ledger.store import Claim
from daemon.ports.retry import GrowingWait
from daemon.ports.smtp import SmtpSender
from daemon.settings_mailbox import MailboxSettings
from daemon.stages.approval import first_marks
from daemon.stages.context import Context, Inside
from daemon.stages.dispatch import until_due
from daemon.stages.filing import doubt_left_sending
from daemon.stages.freezing import made_again
from daemon.stages.hands import wanted, watched
from daemon.stages.restoring import hold_after_restoring
from daemon.standing import Connection, Standing
from daemon.troubles import Troubles
from daemon.watching import Watchers

Result = TypeVar("Result")

CLOCK_LOOK = timedelta(seconds=20)
"""How often the clocks are looked at when nothing else happens."""

SETTLED = 600.0
"""Seconds a connection must have lasted to be turned away for the first time again."""

SPARE_LOOK = 5.0
"""Seconds between two looks of a spare whether the mailbox has become free."""

AFTER_A_BREAK = 2.0
"""Seconds before a new connection: an APPEND whose reply was lost shows within 88 ms on Dovecot."""


class MailboxWorker:
    """The loop of one mailbox."""

    def __init__(
        self,
        house: House,
        settings: MailboxSettings,
        log: FilteringBoundLogger,
        stopping: asyncio.Event,
        since: timedelta | None = None,
    ) -> None:
        self._house = house
        self._settings = settings
        self._log = log
        self._stopping = stopping
        self._since = since
        self._sender = SmtpSender(settings.smtp)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"mailbox-{settings.mailbox.name}")
        self._hint = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watchers = Watchers(settings.imap, self._hint_from_a_thread, log, house.monotonic)
        self._troubles = Troubles(house, settings, log)
        self._rest = AFTER_A_BREAK
        self._claim: Claim | None = None
        self._has_worked = self._recovered = self._cycled = self._wanted = False
        self.looked = asyncio.Event()
        self.progress_at = house.monotonic()
        self.standing = Standing(house.now, self._watchers.states)

    @property
    def name(self) -> str:
        """The mailbox's name."""
        return self._settings.mailbox.name

    def _progress(self) -> None:
        self.progress_at = self._house.monotonic()

    def owned(self) -> tuple[Claim, Mailbox] | None:
        """The mailbox, once it is claimed."""
        return None if self._claim is None else (self._claim, self._settings.mailbox)

    def hint(self) -> None:
        """Run a cycle now; may be called from any task of the loop."""
        self._wanted = True
        self._hint.set()

    def _hint_from_a_thread(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._hint.set)

    def _run(self, function: Callable[[], Result]) -> Awaitable[Result]:
        return asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def run(self, *, once: bool = False) -> None:
        """Work until told to stop; with `once` until one complete cycle is done."""
        self._loop = asyncio.get_running_loop()
        try:
            await self._own(once=once)
            if once:
                await self._session(once=True)
                return
            while not self._stopping.is_set():
                await self._session_with_patience()
                await self._pause(self._rest)
        finally:
            await self._sender.close()
            self._thread.shutdown(wait=True)

    async def _own(self, *, once: bool) -> None:
        """Claim the mailbox, as soon as no other host works it; a spare waits, and is ready."""
        locks = self._house.ledger.locks
        while not once and (holder := await self._run(partial(locks.take, self.name))):
            if self.standing.spares(holder):
                self._log.info("spare", holder=holder)
            self.looked.set()
            await self._pause(SPARE_LOOK)
            if self._stopping.is_set():
                return
        await self._run(partial(locks.keep, self.name))
        await self._run(self._claim_mailbox)

    async def _session_with_patience(self) -> None:
        """Repeat failing sessions, waiting longer each time; returns when one had worked for a while."""
        policy = tenacity.AsyncRetrying(
            wait=GrowingWait(first=1.0, cap=60.0),
            stop=lambda _: self._stopping.is_set(),
            retry=tenacity.retry_if_exception(self._may_heal),
            sleep=self._pause,
            reraise=True,
        )
        try:
            await policy(self._session)
        except FirstreplyError as error:
            if not self._stopping.is_set():
                raise
            self._log.info("stopped_while_failing", error=str(error))

    def _may_heal(self, error: BaseException) -> bool:
        """Everything but a fenced claim, and a setting that has never worked; such a start is not ready."""
        if isinstance(error, LockedError):
            return False
        if isinstance(error, ConfigurationError) and not isinstance(error, RevokedError):
            return self._has_worked
        return isinstance(error, FirstreplyError)

    async def _session(self, *, once: bool = False) -> None:
        """One connection's life; an error before its first full cycle leaves, a later one only ends it.

        A server that turns us away again and again soon after it let us in is a failing one, too.
        """
        connection: ImapConnection | None = None
        self._cycled, self._rest, began = False, AFTER_A_BREAK, self._house.monotonic()
        self.standing.becomes(Connection.CONNECTING)
        try:
            await self._run(partial(self._house.ledger.locks.keep, self.name))
            connection = await self._run(lambda: ImapConnection.connect(self._settings.imap))
            folders = await self._run(partial(self._folders, connection))
            self._has_worked = True
            self.standing.becomes(Connection.CONNECTED)
            await self._look(connection, folders, once=once)
        except FirstreplyError as error:
            await self._failed(error)
            failing = not self._cycled
            if isinstance(error, CrowdedError):
                self._watchers.give_way(str(error))
                _, self._rest = crowded(0, error.wait)
                failing |= self._house.monotonic() - began < SETTLED
            if once or failing or isinstance(error, LockedError):
                raise
        finally:
            await self._run(self._watchers.stop)
            self._hint.clear()  # it came before the break, and must not shorten the wait after it
            if connection is not None:
                await self._run(connection.close)

    async def _look(self, connection: ImapConnection, folders: FolderNames, *, once: bool) -> None:
        """Poll, and run a cycle when something changed or is due, until told to stop."""
        seen: dict[str, FolderStatus] = {}
        full_at = clocks_at = -math.inf
        while True:
            if self._house.cycle.idle and not once:
                self._watchers.start(folders)
            now = self._house.monotonic()
            full = now - full_at >= self._house.cycle.full_look.total_seconds()
            context = self._context(connection, folders)
            looked_at = watched(folders, context.corrections)
            statuses = await self._run(partial(connection.poll, looked_at))
            if len(statuses) < len(looked_at):
                folders = await self._run(partial(self._folders, connection))  # somebody deleted one
                context = self._context(connection, folders)
            overdue = await self._run(partial(until_due, context, self._sender.rest)) <= 0
            ticking = now - clocks_at >= CLOCK_LOOK.total_seconds()
            if full or overdue or ticking or self._wanted or statuses != seen:
                self._wanted = False
                await self._cycle(context, statuses, full=full)
                full_at, clocks_at, seen = now if full else full_at, now, statuses
                self._cycled = True
                self.looked.set()
            self._progress()
            if once or self._stopping.is_set():
                return
            poll = self._house.cycle.poll.total_seconds()
            # the cycle may have approved one
            left = await self._run(partial(until_due, context, self._sender.rest))
            # what was due already and still waits (a limit, a server that is away) is no reason to hurry
            await self._pause(poll if overdue and left <= 0 else min(poll, left))

    async def _cycle(self, context: Context, statuses: dict[str, FolderStatus], *, full: bool) -> None:
        began = self._house.monotonic()
        since, self._since = self._since, None
        begins, sender = self.standing.begins, self._watched_sender()
        counts = await run_cycle(context, statuses, sender, self._run, begins, full=full, since=since)
        missing, refusing = self._watchers.missing, self._sender.refusing
        await self._run(lambda: self._troubles.cycled(context.claim, missing, refusing))
        self.standing.cycled(full=full)
        seconds = self._house.monotonic() - began
        self._house.metrics.cycle(self.name, seconds)
        if counts or full:
            self._log.info("cycle", full=full, seconds=round(seconds, 3), **counts)

    def _watched_sender(self) -> WatchedSender:
        return WatchedSender(self._sender, self._progress, self._house, self.name)

    async def _failed(self, error: FirstreplyError) -> None:
        """Note what happened, and go on with what needs no mailbox."""
        self._progress()
        self.standing.failed(error)
        if self._may_heal(error):
            self.looked.set()
        await self._run(lambda: self._troubles.failed(self._claim, error))
        if self._claim is not None and not isinstance(error, LockedError):
            house, box = self._house, self._settings.mailbox
            shared = (house.link_key, house.warn_at, house.alerting, house.now, self._log)
            await run_away(Inside(box, house.ledger, self._claim, *shared), self._watched_sender(), self._run)

    # ---- in the mailbox's thread -------------------------------------------------------------

    def _claim_mailbox(self) -> None:
        box, mailboxes = self._settings.mailbox, self._house.ledger.mailboxes
        self._claim = mailboxes.claim(box.name, box.address, self._house.now())
        self._has_worked = any(row.last_cycle_at for row in mailboxes.status([box.name]))

    def _folders(self, connection: ImapConnection) -> FolderNames:
        folders = connection.resolve(wanted(self._settings.mailbox, connection.profile))
        context = self._context(connection, folders)
        needed = [*watched(folders, context.corrections), folders.reclassify]
        created = connection.ensure(name for name in needed if name != folders.inbox)
        if created:
            self._log.info("folders_created", folders=", ".join(created))
            if self._recovered:
                made_again(context, created)
        if not self._recovered:
            hold_after_restoring(context)
        # nothing is under way here, so this is what a crash left, or a ledger that could not be written
        doubt_left_sending(context)
        if not self._recovered:
            first_marks(context, connection.poll(watched(folders, context.corrections)))
            self._recovered = True
        return folders

    def _context(self, connection: ImapConnection, folders: FolderNames) -> Context:
        assert self._claim is not None  # noqa: S101  `run` claims before anything else
        box, hurdles, takes = self._settings, self._troubles.hurdles, self.standing.takes
        return self._house.context(box, self._claim, connection, folders, hurdles, takes, self._log)

    async def _pause(self, seconds: float) -> None:
        """Wait for a hint, the stop or the end of the time, whichever comes first."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self._hint, self._stopping)]
        self.standing.waits(seconds)
        self.progress_at = self._house.monotonic() + seconds  # a wait on purpose is no standstill
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            self._progress()
            self.standing.looks()
            self._hint.clear()  # one that stayed would shorten every later wait to nothing
