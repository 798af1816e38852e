"""The service: one worker for each mailbox, and what they share.

Promises: a second daemon on the same ledger is refused at once. A stop lets the stage in hand finish, if that
does not take too long (`notifying.py`). A reload re-reads playbook, templates and library; a new model is
taken over by itself.

Errors: `ConfigurationError` when a mailbox cannot be worked at its very first connection; `LockedError`
when another daemon works on the ledger; with `--once` also the ports' errors.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from structlog.typing import FilteringBoundLogger

from daemon.answering import Answerer
from daemon.digest import DigestTeller
from daemon.errors import ConfigurationError, FirstreplyError, TemporaryError
from daemon.guessing import LiveGuesser
from daemon.house import House
from daemon.notifying import Leaver, Notifier
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.mailboxes import MailboxStatus
from daemon.ports.ledger.store import LedgerLock, lock_path
from daemon.ports.metrics import Endpoint, Metrics
from daemon.ports.status_socket import StatusSocket, place
from daemon.ports.systemd import Systemd
from daemon.reloading import Written, broken_templates, read_again, read_written, take_over
from daemon.reply.problems import Problem
from daemon.settings import Settings
from daemon.shipped import version
from daemon.worker import MailboxWorker

TEXTFILE_EVERY = 15.0


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Service:
    """All mailboxes of one configuration at work."""

    def __init__(self, settings: Settings, *, since: timedelta | None = None) -> None:
        self._settings = settings
        self._since = since
        self._stopping = asyncio.Event()
        self._systemd = Systemd()
        self._notifier: Notifier | None = None
        self._leaver: Leaver | None = None
        self._problems: frozenset[Problem] = frozenset()
        self._reloading = asyncio.Lock()
        self._log: FilteringBoundLogger = structlog.get_logger("firstreply")

    def stop(self) -> None:
        """End after what is in hand."""
        self._log.info("stopping")
        self._systemd.stopping("ending what is in hand")
        self._stopping.set()
        if self._leaver is not None:
            self._leaver.begin()

    async def run(self, *, once: bool = False) -> None:
        """Work; returns after a stop, or with `once` after one full cycle of every mailbox."""
        settings = self._settings
        lock = LedgerLock(lock_path(settings.ledger, settings.state_dir))
        ledger = Ledger.open(settings.ledger)
        written = self._read(settings)
        house = House(
            ledger=ledger,
            link_key=ledger.mailboxes.link_key(),
            playbook=settings.playbook,
            templates=written.templates,
            library=written.library,
            guess=LiveGuesser(settings.state_dir / "model", self._log),
            threshold=settings.threshold,
            warn_at=settings.warn_at,
            keep_texts=settings.keep_texts,
            alerting=settings.alerting,
            metrics=Metrics(self._statuses(ledger), utc_now, settings.metrics.unhealthy_after),
            cycle=settings.cycle,
            now=utc_now,
            monotonic=time.monotonic,
            written_read_at=utc_now(),
        )
        workers = [
            MailboxWorker(house, box, self._log.bind(mailbox=box.mailbox.name), self._stopping, self._since)
            for box in settings.mailboxes
        ]
        self._notifier = Notifier(self._systemd, workers, self._statuses(ledger), utc_now, self._log)
        self._leaver = Leaver(house.past_dot, self._log)
        self._log.info(
            "started", version=version(), mailboxes=len(workers), ledger=ledger.engine.dialect.name
        )
        try:
            async with self._asked(house, workers):
                await self._work(house, workers, once=once)
        finally:
            ledger.close()
            lock.release()
            self._leaver.end()
            self._log.info("ended")

    def _statuses(self, ledger: Ledger) -> Callable[[], list[MailboxStatus]]:
        names = [box.mailbox.name for box in self._settings.mailboxes]

        def statuses() -> list[MailboxStatus]:
            known = {row.name: row for row in ledger.mailboxes.status(names)}
            return [known.get(name) or MailboxStatus.unknown(name) for name in names]

        return statuses

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

    @contextlib.asynccontextmanager
    async def _asked(self, house: House, workers: list[MailboxWorker]) -> AsyncIterator[None]:
        """Answer to signals, on the port, and on the status socket; without one the work goes on."""
        settings, standings = self._settings, {worker.name: worker.standing for worker in workers}
        answerer = Answerer(house, standings, self._statuses(house.ledger), settings.path)
        listening = StatusSocket(place(lock_path(settings.ledger, settings.state_dir)), answerer.answer)
        with self._signals(house, workers), self._told(house.metrics):
            try:
                await listening.open()
            except TemporaryError as error:
                self._log.warning("no_status_socket", error=str(error))
            try:
                yield
            finally:
                await listening.close()

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
        notifier = self._notifier
        assert notifier is not None  # noqa: S101  `run` made it
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(worker.run(once=once)) for worker in workers]
            helpers = [group.create_task(notifier.run())]
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
        reloads: set[asyncio.Task[None]] = set()

        def hang_up() -> None:
            task = loop.create_task(self.reload(house, workers))
            reloads.add(task)
            task.add_done_callback(reloads.discard)

        loop.add_signal_handler(signal.SIGHUP, hang_up)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.remove_signal_handler(number)

    def _read(self, settings: Settings) -> Written:
        """What the seller wrote down; what of it cannot be used is told and left out."""
        written = read_written(settings)
        self._problems = written.problems
        templates = broken_templates(settings) if settings.templates else []  # the shipped ones are tested
        for problem in [*templates, *sorted(written.problems, key=str)]:
            self._log.warning("library_problem", file=problem.file, line=problem.line, why=problem.slug)
        return written

    async def reload(self, house: House, workers: list[MailboxWorker]) -> None:
        """Take over a changed playbook, templates and library; a broken file changes nothing."""
        async with self._reloading:
            self._systemd.reloading()
            trouble = ""
            try:
                written = await asyncio.to_thread(read_again, self._settings.path, self._problems)
            except ConfigurationError as error:
                self._log.error("reload_refused", error=str(error))
                trouble = f"reload refused: {error}"
            else:
                take_over(house, written)
                house.written_read_at = utc_now()
                self._problems = written.problems
                new, old = (
                    [box.table for box in each.mailboxes] for each in (written.settings, self._settings)
                )
                self._log.info("reloaded", restart_needed=new != old)
            status = trouble
            if self._notifier is not None:
                self._notifier.trouble = trouble
                status = await self._notifier.standing()
            self._systemd.ready(status)
            for worker in workers:
                worker.hint()
