"""What keeps a mailbox from being worked: noted for `status`, logged, counted, and told when it lasts.

Promises: a cycle that ends well ends the trouble. Alerts are raised once: for a dead grant, for an account
that is full (once a day), and for a server that has let no cycle through, or taken no answer, for a quarter
of an hour.

Errors: those of the ledger.
"""

from datetime import datetime, timedelta

from structlog.typing import FilteringBoundLogger

from daemon.desk.alert import Alert, AlertKind
from daemon.desk.hurdles import Hurdles
from daemon.errors import FirstreplyError, FullError, LockedError
from daemon.house import House
from daemon.ports.ledger.store import Claim
from daemon.settings_mailbox import MailboxSettings

PATIENCE = 900.0
"""So many seconds a server may be away before the team is told."""


class Troubles:
    """How the cycles of one mailbox end."""

    def __init__(self, house: House, settings: MailboxSettings, log: FilteringBoundLogger) -> None:
        self._house = house
        self._settings = settings
        self._log = log
        self.hurdles = Hurdles()
        self._since: datetime | None = None
        self._refused_since: datetime | None = None

    def cycled(self, claim: Claim, missing: str | None, refusing: str | None) -> None:
        """A complete cycle; `missing` and `refusing` are what reading and sending lack all the same."""
        now = self._house.now()
        lesser = None if refusing is None else f"nothing can be sent: {refusing}"
        self._since, self._refused_since = None, (self._refused_since or now) if refusing else None
        self._house.ledger.mailboxes.note_cycle(claim, now, connected=True, error=lesser or missing)
        self._tell_revoked(claim)
        if self._refused_since is not None and now - self._refused_since >= timedelta(seconds=PATIENCE):
            self._tell(claim, AlertKind.SENDING_REFUSED, f"{self._refused_since:%Y%m%dT%H%M%S}", lesser or "")

    def failed(self, claim: Claim | None, error: FirstreplyError) -> None:
        """A cycle, or the way to one, that ended with an error."""
        name, now = self._settings.mailbox.name, self._house.now()
        self._log.warning("cycle_failed", error=str(error), kind=type(error).__name__)
        self._house.metrics.error(name, type(error).__name__)
        if claim is None or isinstance(error, LockedError):
            return
        self._since = self._since or now
        self._house.ledger.mailboxes.note_cycle(claim, None, connected=False, error=str(error))
        self._tell_revoked(claim)
        if isinstance(error, FullError):
            self._tell(claim, AlertKind.MAILBOX_FULL, f"{now:%Y-%m-%d}", str(error))
        elif now - self._since >= timedelta(seconds=PATIENCE):
            self._tell(claim, AlertKind.SERVER_AWAY, f"{self._since:%Y%m%dT%H%M%S}", str(error))

    def _tell_revoked(self, claim: Claim) -> None:
        """The alert of a dead grant, once for each grant; SMTP may find it while IMAP still works."""
        tokens = self._settings.tokens
        if tokens is not None and tokens.revoked is not None:
            remedy = f"firstreply login {self._settings.mailbox.name}"
            self._tell(claim, AlertKind.LOGIN_REVOKED, tokens.revoked, remedy)

    def _tell(self, claim: Claim, kind: AlertKind, key: str, detail: str) -> None:
        alert = Alert(kind, f"{kind}:{key}", detail)
        self._house.ledger.alerts.raise_(claim, [alert], self._house.now(), "worker")
