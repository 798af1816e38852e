"""The service: one worker for each mailbox, and what they share.

Promises: a second daemon on the same ledger is refused at once. The watchdog is fed only while every
mailbox makes progress: finished looks, or attempts that ended. A stop lets the stage in hand finish; a
reload re-reads playbook, templates and library, and a new model is taken over by itself.

Errors: `ConfigurationError` when a mailbox cannot be worked at its very first connection; `LockedError`
when another daemon works on the ledger; with `--once` also the ports' errors.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from structlog.typing import FilteringBoundLogger

from daemon.digest import DigestTeller
from daemon.errors import ConfigurationError, FirstreplyError
from daemon.guessing import LiveGuesser
from daemon.house import House
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.mailboxes import MailboxStatus
from daemon.ports.ledger.store import LedgerLock, lock_path
from daemon.ports.metrics import Endpoint, Metrics
from daemon.ports.systemd import Systemd
from daemon.reply.library import Library, load_library
from daemon.reply.templates import Templates
from daemon.settings import Settings, load, prove_secrets
from daemon.shipped import shipped
from daemon.worker import MailboxWorker

WATCHDOG_SHARE = 0.3
"""The watchdog is fed after this share of its interval, so that one late tick is no death."""

STATUS_EVERY = 10.0
TEXTFILE_EVERY = 15.0


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def template_folders(settings: Settings) -> list[Path]:
    """Where templates are looked for: the seller's own first."""
    own = [settings.templates] if settings.templates else []
    return [*own, shipped("templates")]


class Service:
    """All mailboxes of one configuration at work."""

    def __init__(self, settings: Settings, *, since: timedelta | None = None) -> None:
        self._settings = settings
        self._since = since
        self._stopping = asyncio.Event()
        self._systemd = Systemd()
        self._log: FilteringBoundLogger = structlog.get_logger("firstreply")

    def stop(self) -> None:
        """End after what is in hand."""
        self._log.info("stopping")
        self._systemd.stopping()
        self._stopping.set()

    async def run(self, *, once: bool = False) -> None:
        """Work; returns after a stop, or with `once` after one full cycle of every mailbox."""
        settings = self._settings
        prove_secrets(settings)
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        lock = LedgerLock(lock_path(settings.ledger, settings.state_dir))
        ledger = Ledger.open(settings.ledger)
        house = House(
            ledger=ledger,
            link_key=ledger.mailboxes.link_key(),
            playbook=settings.playbook,
            templates=Templates(template_folders(settings)),
            library=self._library(settings),
            guess=LiveGuesser(settings.state_dir / "model", self._log),
            threshold=settings.threshold,
            warn_at=settings.warn_at,
            keep_texts=settings.keep_texts,
            alerting=settings.alerting,
            metrics=self._metrics(ledger),
            cycle=settings.cycle,
            now=utc_now,
            monotonic=time.monotonic,
        )
        workers = [
            MailboxWorker(house, box, self._log.bind(mailbox=box.mailbox.name), self._stopping, self._since)
            for box in settings.mailboxes
        ]
        self._log.info("started", mailboxes=len(workers), ledger=ledger.engine.dialect.name)
        try:
            with self._signals(house, workers), self._told(house.metrics):
                await self._work(house, workers, once=once)
        finally:
            ledger.close()
            lock.release()
            self._log.info("ended")

    def _metrics(self, ledger: Ledger) -> Metrics:
        names = [box.mailbox.name for box in self._settings.mailboxes]

        def statuses() -> list[MailboxStatus]:
            known = {row.name: row for row in ledger.mailboxes.status(names)}
            return [known.get(name) or MailboxStatus.unknown(name) for name in names]

        return Metrics(statuses, utc_now, self._settings.metrics.unhealthy_after)

    def _digests(self, house: House, worker: MailboxWorker) -> DigestTeller:
        settings = self._settings
        return DigestTeller(
            settings.digest,
            settings.path,
            house.ledger,
            house.link_key,
            worker.owned,
            worker.hint,
            utc_now,
            self._log,
        )

    @contextlib.contextmanager
    def _told(self, metrics: Metrics) -> Iterator[None]:
        """Answer on the port as long as the daemon works."""
        wanted = self._settings.metrics
        if wanted.port is None:
            yield
            return
        endpoint = Endpoint(metrics, wanted.listen, wanted.port)
        self._log.info("metrics", listen=wanted.listen, port=endpoint.port)
        try:
            yield
        finally:
            endpoint.close()

    async def _write_textfile(self, metrics: Metrics, path: Path) -> None:
        """Keep the textfile young; what keeps it from being written later is told in the log."""
        await asyncio.to_thread(metrics.write, path)
        while True:
            await asyncio.sleep(TEXTFILE_EVERY)
            try:
                await asyncio.to_thread(metrics.write, path)
            except FirstreplyError as error:
                self._log.warning("textfile_failed", error=str(error))

    async def _work(self, house: House, workers: list[MailboxWorker], *, once: bool) -> None:
        """Run all workers; the first error that no waiting heals ends them all."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(worker.run(once=once)) for worker in workers]
            helpers = [group.create_task(self._report_to_systemd(workers))]
            helpers.append(group.create_task(self._digests(house, workers[0]).run()))
            textfile = self._settings.metrics.textfile
            if textfile is not None:
                helpers.append(group.create_task(self._write_textfile(house.metrics, textfile)))
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            self._stopping.set()
            for helper in helpers:
                helper.cancel()

    @contextlib.contextmanager
    def _signals(self, house: House, workers: list[MailboxWorker]) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.stop)
        loop.add_signal_handler(signal.SIGINT, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload, house, workers)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.remove_signal_handler(number)

    def _library(self, settings: Settings) -> Library:
        """What the seller wrote down; what of it cannot be used is told and left out."""
        library, problems = load_library(settings.library, settings.playbook.attached)
        for problem in problems:
            self._log.warning("library_problem", file=problem.file, line=problem.line, why=problem.slug)
        return library

    def _reload(self, house: House, workers: list[MailboxWorker]) -> None:
        """Take over a changed playbook, templates and library; a broken file changes nothing."""
        self._systemd.reloading()
        try:
            settings = load(self._settings.path)
        except ConfigurationError as error:
            self._log.error("reload_refused", error=str(error))
        else:
            house.playbook = settings.playbook
            house.templates = Templates(template_folders(settings))
            house.library = self._library(settings)
            house.threshold, house.warn_at = settings.threshold, settings.warn_at
            house.alerting = settings.alerting
            self._log.info("reloaded")
        self._systemd.ready()
        for worker in workers:
            worker.hint()

    async def _report_to_systemd(self, workers: list[MailboxWorker]) -> None:
        """READY after the first look at every mailbox; then the watchdog, fed by progress alone."""
        for worker in workers:
            await worker.looked.wait()
        self._systemd.ready(f"{len(workers)} mailboxes at work")
        interval = self._systemd.watchdog_interval()
        period = STATUS_EVERY if interval is None else interval * WATCHDOG_SHARE
        allowed = interval or STATUS_EVERY
        while True:
            late = [worker.name for worker in workers if time.monotonic() - worker.progress_at > allowed]
            if late:
                self._log.error("no_progress", mailboxes=late)
                self._systemd.status(f"no progress: {', '.join(late)}")
            else:
                self._systemd.watchdog()
            await asyncio.sleep(period)
