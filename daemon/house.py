"""What all mailboxes share, and the SMTP port as the watchdog sees it.

Errors: none.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from daemon.desk.alert import Alerting
from daemon.desk.hurdles import Hurdles
from daemon.desk.playbook import Playbook
from daemon.guessing import LiveGuesser
from daemon.ports.imap import FolderNames, ImapConnection
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.store import Claim
from daemon.ports.metrics import Metrics
from daemon.ports.smtp import Outcome, SmtpSender
from daemon.reply.library import Library
from daemon.reply.templates import Templates
from daemon.settings import CycleSettings
from daemon.settings_mailbox import MailboxSettings
from daemon.stages.context import Context
from daemon.stages.hands import corrections


@dataclass(slots=True)
class House:
    """What all mailboxes share; `playbook`, `templates` and `library` are replaced at a reload."""

    ledger: Ledger
    link_key: bytes
    playbook: Playbook
    templates: Templates
    library: Library
    guess: LiveGuesser
    threshold: float
    warn_at: tuple[float, ...]
    keep_texts: timedelta
    alerting: Alerting
    metrics: Metrics
    cycle: CycleSettings
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    written_read_at: datetime
    """When playbook, templates and library were read."""
    past_dot: set[str] = field(default_factory=set)
    """The mailboxes that wait for the reply to a final dot: to leave now would be a doubt."""

    def context(
        self,
        box: MailboxSettings,
        claim: Claim,
        imap: ImapConnection,
        folders: FolderNames,
        hurdles: Hurdles,
        takes: Callable[[Mapping[str, int]], None],
        log: FilteringBoundLogger,
    ) -> Context:
        """What the stages of one mailbox need, as it is now."""
        return Context(
            mailbox=box.mailbox,
            reader=box.reading,
            ledger=self.ledger,
            claim=claim,
            imap=imap,
            folders=folders,
            corrections=corrections(folders, imap.child),
            link_key=self.link_key,
            playbook=self.playbook,
            templates=self.templates,
            library=self.library,
            guess=self.guess,
            threshold=self.threshold,
            warn_at=self.warn_at,
            alerting=self.alerting,
            batch=self.cycle.batch,
            keep_texts=self.keep_texts,
            now=self.now,
            log=log,
            hurdles=hurdles,
            takes=takes,
        )


class WatchedSender:
    """The SMTP port, whose own bounded waits (600 s for the dot's reply) count as progress."""

    def __init__(self, sender: SmtpSender, progress: Callable[[], None], house: House, name: str) -> None:
        self._sender = sender
        self._progress = progress
        self._house = house
        self._name = name

    @property
    def rest(self) -> float:
        """Seconds for which the server is to be left alone."""
        return self._sender.rest

    async def send(self, sender: str, recipient: str, raw: bytes, before_dot: Callable[[], None]) -> Outcome:
        """One attempt."""

        def at_the_dot() -> None:
            before_dot()
            self._house.past_dot.add(self._name)

        attempt = asyncio.ensure_future(self._sender.send(sender, recipient, raw, at_the_dot))
        try:
            while not attempt.done():
                self._progress()
                await asyncio.wait({attempt}, timeout=5)
            outcome = attempt.result()
        finally:
            self._house.past_dot.discard(self._name)
        self._house.metrics.send(self._name, outcome.kind.value)
        return outcome
