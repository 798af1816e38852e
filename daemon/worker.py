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

from daemon.cycle import run_cycle
from daemon.desk.alert import Alert, AlertKind
from daemon.desk.mailbox import Mailbox
from daemon.errors import ConfigurationError, FirstreplyError, LockedError, RevokedError
from daemon.house import House, WatchedSender
from daemon.ports.idle import IdleWatcher
from daemon.ports.imap import FolderNames, FolderStatus, ImapConnection
from daemon.ports.ledger.store import Claim
from daemon.ports.retry import GrowingWait
from daemon.ports.smtp import SmtpSender
from daemon.settings_mailbox import MailboxSettings
from daemon.stages.approval import first_marks
from daemon.stages.context import Context
from daemon.stages.filing import doubt_left_sending
from daemon.stages.freezing import made_again
from daemon.stages.hands import corrections, wanted, watched
from daemon.stages.restoring import hold_after_restoring

Result = TypeVar("Result")

CLOCK_LOOK = timedelta(seconds=20)
"""How often the clocks are looked at when nothing else happens."""

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
        self._claim: Claim | None = None
        self._connected_once = False
        self._recovered = False
        self._cycled = self._wanted = False
        self.looked = asyncio.Event()
        self.progress_at = house.monotonic()

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

    def _run(self, function: Callable[[], Result]) -> Awaitable[Result]:
        return asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def run(self, *, once: bool = False) -> None:
        """Work until told to stop; with `once` until one complete cycle is done."""
        try:
            await self._run(self._claim_mailbox)
            if once:
                await self._session(once=True)
                return
            while not self._stopping.is_set():
                await self._session_with_patience()
                await self._pause(AFTER_A_BREAK)
        finally:
            await self._sender.close()
            self._thread.shutdown(wait=True)

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
        """Everything but a fenced claim, and a setting that has never worked."""
        if isinstance(error, LockedError):
            return False
        if isinstance(error, ConfigurationError) and not isinstance(error, RevokedError):
            return self._connected_once
        return isinstance(error, FirstreplyError)

    async def _session(self, *, once: bool = False) -> None:
        """One connection's life; an error before its first full cycle leaves, a later one only ends it."""
        connection: ImapConnection | None = None
        watchers: list[IdleWatcher] = []
        self._cycled = False
        try:
            connection = await self._run(lambda: ImapConnection.connect(self._settings.imap))
            folders = await self._run(partial(self._folders, connection))
            self._connected_once = True
            watchers = [] if once else self._watch(folders)
            await self._look(connection, folders, once=once)
        except FirstreplyError as error:
            self._failed(error)
            if once or not self._cycled or isinstance(error, LockedError):
                raise
        finally:
            for watcher in watchers:
                await self._run(watcher.stop)
            if connection is not None:
                await self._run(connection.close)

    async def _look(self, connection: ImapConnection, folders: FolderNames, *, once: bool) -> None:
        """Poll, and run a cycle when something changed or is due, until told to stop."""
        seen: dict[str, FolderStatus] = {}
        full_at = clocks_at = -math.inf
        while True:
            now = self._house.monotonic()
            full = now - full_at >= self._house.cycle.full_look.total_seconds()
            context = self._context(connection, folders)
            looked_at = watched(folders, context.corrections)
            statuses = await self._run(partial(connection.poll, looked_at))
            if len(statuses) < len(looked_at):
                folders = await self._run(partial(self._folders, connection))  # somebody deleted one
                context = self._context(connection, folders)
            overdue = await self._run(partial(self._until_due, context)) <= 0
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
            until_due = await self._run(partial(self._until_due, context))  # the cycle may have approved one
            # what was due already and still waits (a limit, a server that is away) is no reason to hurry
            await self._pause(poll if overdue and until_due <= 0 else min(poll, until_due))

    async def _cycle(self, context: Context, statuses: dict[str, FolderStatus], *, full: bool) -> None:
        began = self._house.monotonic()
        since, self._since = self._since, None
        sender = WatchedSender(self._sender, self._progress, self._house, self.name)
        counts = await run_cycle(context, statuses, sender, self._run, full=full, since=since)
        done = self._house.now()
        await self._run(
            lambda: self._house.ledger.mailboxes.note_cycle(context.claim, done, connected=True, error=None)
        )
        await self._run(partial(self._tell_revoked, context.claim))
        seconds = self._house.monotonic() - began
        self._house.metrics.cycle(self.name, seconds)
        if counts or full:
            self._log.info("cycle", full=full, seconds=round(seconds, 3), **counts)

    def _failed(self, error: FirstreplyError) -> None:
        self._progress()
        self.looked.set()
        self._log.warning("cycle_failed", error=str(error), kind=type(error).__name__)
        self._house.metrics.error(self.name, type(error).__name__)
        if self._claim is not None and not isinstance(error, LockedError):
            self._house.ledger.mailboxes.note_cycle(self._claim, None, connected=False, error=str(error))
            self._tell_revoked(self._claim)

    def _tell_revoked(self, claim: Claim) -> None:
        """Raise the alert of a dead grant, once for each grant; SMTP may find it while IMAP still works."""
        tokens = self._settings.tokens
        if tokens is not None and tokens.revoked is not None:
            alert = Alert(
                AlertKind.LOGIN_REVOKED, f"login_revoked:{tokens.revoked}", f"firstreply login {self.name}"
            )
            self._house.ledger.alerts.raise_(claim, [alert], self._house.now(), "worker")

    # ---- in the mailbox's thread -------------------------------------------------------------

    def _claim_mailbox(self) -> None:
        box = self._settings.mailbox
        self._claim = self._house.ledger.mailboxes.claim(box.name, box.address, self._house.now())

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

    def _until_due(self, context: Context) -> float:
        """Seconds until an approved draft may leave; infinite while none waits."""
        now, cool_down = self._house.now(), self._settings.mailbox.approval.cool_down
        at = self._house.ledger.deliveries.next_due(context.claim, now, cool_down)
        return math.inf if at is None else (at - now).total_seconds()

    def _context(self, connection: ImapConnection, folders: FolderNames) -> Context:
        assert self._claim is not None  # noqa: S101  `run` claims before anything else
        box, house = self._settings.mailbox, self._house
        return Context(
            mailbox=box,
            reader=self._settings.reading,
            ledger=house.ledger,
            claim=self._claim,
            imap=connection,
            folders=folders,
            corrections=corrections(folders, connection.child),
            link_key=house.link_key,
            playbook=house.playbook,
            templates=house.templates,
            library=house.library,
            guess=house.guess,
            threshold=house.threshold,
            warn_at=house.warn_at,
            alerting=house.alerting,
            batch=house.cycle.batch,
            keep_texts=house.keep_texts,
            now=house.now,
            log=self._log,
        )

    # ---- hints -------------------------------------------------------------------------------

    def _watch(self, folders: FolderNames) -> list[IdleWatcher]:
        """IDLE on the two folders where a second counts."""
        if not self._house.cycle.idle:
            return []
        loop = asyncio.get_running_loop()

        def hint() -> None:
            loop.call_soon_threadsafe(self._hint.set)

        watchers = [
            IdleWatcher(self._settings.imap, folder, hint) for folder in (folders.inbox, folders.approved)
        ]
        for watcher in watchers:
            watcher.start()
        return watchers

    async def _pause(self, seconds: float) -> None:
        """Wait for a hint, the stop or the end of the time, whichever comes first."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self._hint, self._stopping)]
        self.progress_at = self._house.monotonic() + seconds  # a wait on purpose is no standstill
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            self._progress()
            self._hint.clear()  # one that stayed would shorten every later wait to nothing
