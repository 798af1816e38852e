"""The digest: the report of the last day or week, mailed to the team by the daemon itself.

The report is made by a process of its own, so that plotting costs the daemon neither memory nor time.

Promises: an issue is mailed once; its mails stand in the ledger before they are sent, by the way that alerts
go (`stages/alerting.py`): to our own team only, marked as a machine's. A report that fails is tried again.

Errors: none leave; the log tells them.
"""

import asyncio
import hmac
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from daemon.desk.digest import Digest, Issue, newest
from daemon.desk.link import TOKEN_OCTETS, LinkKind, message_id, token_from
from daemon.desk.mailbox import Mailbox
from daemon.errors import FirstreplyError, TemporaryError
from daemon.ports.ledger.alerts import NewAlertMail
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.store import Claim

EVERY = 2.0
PATIENCE = timedelta(minutes=5)
"""How long one report may take, and how long the next attempt waits after one that failed."""
Owner = Callable[[], tuple[Claim, Mailbox] | None]
"""The mailbox that sends, once it is claimed."""


class DigestTeller:
    """Mails each issue when it is due."""

    def __init__(
        self,
        digest: Digest,
        config: Path,
        ledger: Ledger,
        link_key: bytes,
        owner: Owner,
        hint: Callable[[], None],
        now: Callable[[], datetime],
        log: FilteringBoundLogger,
    ) -> None:
        self._digest, self._config, self._ledger, self._link_key = digest, config, ledger, link_key
        self._owner, self._hint, self._now, self._log = owner, hint, now, log
        self._settled = ""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            pause = EVERY
            try:
                await self.look()
            except FirstreplyError as error:
                self._log.warning("digest_failed", error=str(error))
                pause = PATIENCE.total_seconds()
            await asyncio.sleep(pause)

    async def look(self) -> bool:
        """Mail the issue that is due; True when one was planned now."""
        issue, owner = newest(self._digest, self._now()), self._owner()
        if issue is None or owner is None or issue.key == self._settled:
            return False
        planned = False
        if await asyncio.to_thread(self._ledger.digests.wanted, issue.key):
            text, page = await self._report(issue, "text"), await self._report(issue, "html")
            claim, box = owner
            mails = [self._mail(box, issue, recipient, text, page) for recipient in self._digest.to]
            planned = await asyncio.to_thread(self._ledger.digests.plan, claim, issue.key, mails, self._now())
            self._hint()  # alerting sends it in the next cycle
            self._log.info("digest", issue=issue.key, mails=len(mails), planned=planned)
        self._settled = issue.key
        return planned

    async def _report(self, issue: Issue, shape: str) -> bytes:
        days = ("--from", issue.first.isoformat(), "--to", issue.last.isoformat())
        command = ("-m", "daemon", "report", "--config", str(self._config), *days, "--format", shape)
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *command,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "100"},
            )
        except OSError as error:
            raise TemporaryError(f"the report for the digest cannot be made ({error.strerror})") from error
        try:
            out, told = await asyncio.wait_for(process.communicate(), PATIENCE.total_seconds())
        except TimeoutError as error:
            raise TemporaryError("the report for the digest took too long") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise TemporaryError(f"the report for the digest failed: {told.decode(errors='replace')[-300:]}")
        return out

    def _mail(self, box: Mailbox, issue: Issue, recipient: str, text: bytes, page: bytes) -> NewAlertMail:
        token = token_from(_octets(self._link_key, issue, recipient))
        header_id = message_id(self._link_key, LinkKind.NOTE, token, box.domain)
        days = issue.first.isoformat()
        if issue.first != issue.last:
            days += f" to {issue.last.isoformat()}"
        mail = EmailMessage(policy.SMTP)
        mail["From"] = formataddr((f"firstreply ({box.name})", box.address))
        mail["To"] = recipient
        mail["Subject"] = f"firstreply: first responses, {days}"
        mail["Date"] = format_datetime(self._now())
        mail["Message-ID"] = header_id
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text.decode(), cte="quoted-printable")  # not every server takes 8 bits
        mail.add_attachment(page, "text", "html", filename=f"first-responses-{issue.last.isoformat()}.html")
        return NewAlertMail(recipient, header_id, mail.as_bytes())


def _octets(key: bytes, issue: Issue, recipient: str) -> bytes:
    """The same Message-ID for the same issue and recipient, whoever writes it."""
    return hmac.digest(key, f"digest {issue.key} {recipient}".encode(), "sha256")[:TOKEN_OCTETS]
