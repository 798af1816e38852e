"""What a cycle works with: one mailbox, its ports and its settings, handed from stage to stage.

Promises: built anew by the service for each connection; nothing in it outlives a crash, since all that
matters stands in the ledger. `now` is the only clock a stage may ask.

Errors: none of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from structlog.typing import FilteringBoundLogger

from daemon.desk.alert import Alerting
from daemon.desk.disposition import Guess
from daemon.desk.mailbox import Mailbox
from daemon.desk.playbook import Playbook, Scenario
from daemon.mail.understanding import ReadingContext, Understanding
from daemon.ports.imap import FolderNames, ImapConnection
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.store import Claim
from daemon.reply.library import Library
from daemon.reply.templates import Templates


class Guesser(Protocol):
    """The classifier as the stages see it."""

    def __call__(
        self, seen: Sequence[Understanding], subjects: Sequence[str], explain_below: float
    ) -> list[Guess]:
        """One guess for each message; an empty list when no model can be loaded.

        A guess less sure than `explain_below` names the words it stands on.
        """


@dataclass(frozen=True, slots=True)
class Context:
    """One mailbox at work."""

    mailbox: Mailbox
    reader: ReadingContext
    ledger: Ledger
    claim: Claim
    imap: ImapConnection
    folders: FolderNames
    corrections: Mapping[str, Scenario]
    link_key: bytes
    playbook: Playbook
    templates: Templates
    library: Library
    guess: Guesser
    threshold: float
    warn_at: tuple[float, ...]
    alerting: Alerting
    batch: int
    keep_texts: timedelta
    now: Callable[[], datetime]
    log: FilteringBoundLogger
    takes: Callable[[Mapping[str, int]], None]
    """Told what is taken in hand, so that a hang says what it hangs at."""
