"""What a cycle works with: one mailbox, its ports and its settings, handed from stage to stage.

Promises: built anew by the service for each connection; nothing in it outlives a crash, since all that
matters stands in the ledger. `now` is the only clock a stage may ask.

Errors: none of its own.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from structlog.typing import FilteringBoundLogger

from daemon.desk.alert import Alerting
from daemon.desk.disposition import Guess
from daemon.desk.hurdles import Hurdles
from daemon.desk.mailbox import Mailbox
from daemon.desk.playbook import Playbook, Scenario
from daemon.mail.understanding import ReadingContext, Understanding
from daemon.ports.imap import FolderNames, ImapConnection
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.store import Claim
from daemon.ports.smtp import Outcome
from daemon.reply.library import Library
from daemon.reply.templates import Templates

Result = TypeVar("Result")


class Guesser(Protocol):
    """The classifier as the stages see it."""

    def __call__(
        self, seen: Sequence[Understanding], subjects: Sequence[str], explain_below: float
    ) -> list[Guess]:
        """One guess for each message; an empty list when no model can be loaded.

        A guess less sure than `explain_below` names the words it stands on.
        """


class Runner(Protocol):
    """Runs a blocking function in the mailbox's thread."""

    def __call__(self, function: Callable[[], Result]) -> Awaitable[Result]:
        """The function's result, when it is there."""


class Sender(Protocol):
    """The SMTP port as this stage sees it."""

    @property
    def rest(self) -> float:
        """Seconds for which the server is to be left alone."""

    async def send(self, sender: str, recipient: str, raw: bytes, before_dot: Callable[[], None]) -> Outcome:
        """One attempt."""


@dataclass(frozen=True, slots=True)
class Inside:
    """One mailbox as the ledger knows it: all that a stage needs which asks no mail server."""

    mailbox: Mailbox
    ledger: Ledger
    claim: Claim
    link_key: bytes
    warn_at: tuple[float, ...]
    alerting: Alerting
    now: Callable[[], datetime]
    log: FilteringBoundLogger


@dataclass(frozen=True, slots=True)
class Context(Inside):
    """One mailbox at work, connected."""

    reader: ReadingContext
    imap: ImapConnection
    folders: FolderNames
    corrections: Mapping[str, Scenario]
    playbook: Playbook
    templates: Templates
    library: Library
    guess: Guesser
    threshold: float
    batch: int
    keep_texts: timedelta
    hurdles: Hurdles
    takes: Callable[[Mapping[str, int]], None]
    """Told what is taken in hand, so that a hang says what it hangs at."""
