"""Upkeep on a real server: the audit of the inbox, and old words that leave."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog

from daemon.desk.alert import AlertKind
from daemon.ports.imap import ImapConnection
from daemon.ports.ledger.intake_rows import Arrival
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.stages.context import Context
from daemon.stages.upkeep import AUDIT, AUDIT_EVERY, upkeep
from tests.account import Account
from tests.fresh_ledger import open_ledger
from tests.mails import buyer_mail

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Box:
    """A mailbox whose ledger knows some of its mails, and a clock to turn."""

    def __init__(self, account: Account, path: Path, *, mails: int, known: int) -> None:
        for number in range(mails):
            account.deliver(buyer_mail("It broke.", number=number))
        self.account, self.now = account, NOW
        self.imap = ImapConnection.connect(account.server())
        self.ledger = open_ledger(path / "ledger.db")
        self.claim = self.ledger.mailboxes.claim("shop", "support@shop.example", NOW)
        status = self.imap.status("INBOX")
        mark = FolderMark(0, "INBOX", status.uidvalidity, 1, status.uidnext, None)
        mark = self.ledger.mailboxes.set_mark(self.claim, mark, NOW)
        arrivals = [Arrival(uid, f"{uid:064d}", 100, NOW) for uid in range(2, 2 + known)]
        self.ledger.intake.record(self.claim, mark.folder_id, mark.uidvalidity, arrivals, NOW)

    def look(self) -> dict[str, int]:
        """Upkeep once."""
        return upkeep(
            cast(
                "Context",
                SimpleNamespace(
                    ledger=self.ledger,
                    claim=self.claim,
                    imap=self.imap,
                    folders=SimpleNamespace(inbox="INBOX"),
                    keep_texts=timedelta(days=180),
                    now=lambda: self.now,
                    log=structlog.get_logger(),
                ),
            )
        )

    def alerts(self) -> list[Any]:
        """The alerts that wait to be told."""
        return [raised.alert for raised in self.ledger.alerts.untold(self.claim)]

    def close(self) -> None:
        """Log out."""
        self.imap.close()
        self.ledger.close()


@pytest.mark.parametrize(("known", "missing"), [(4, 0), (3, 1)])
def test_the_audit_compares_the_inbox_with_the_ledger(
    account: Account, tmp_path: Path, known: int, missing: int
) -> None:
    """Mail from before the mark does not count, nor what has arrived since the last look."""
    box = Box(account, tmp_path, mails=5, known=known)
    account.deliver(buyer_mail("Too late for this look.", number=9))
    assert box.look()["audit_missing"] == missing
    kinds = [alert.kind for alert in box.alerts()]
    assert kinds == [AlertKind.AUDIT_DIFFERS] * missing
    if missing:
        assert box.alerts()[0].detail == "1 of 4 messages are not in the ledger; the first: UID 5."
    box.close()


def test_the_audit_comes_once_an_hour_and_its_alert_once(account: Account, tmp_path: Path) -> None:
    """A difference that stays is told once; a clock that was set back does not stop the audit."""
    box = Box(account, tmp_path, mails=3, known=1)
    seen = []
    for minutes in (0, 59, 60, -300):
        box.now = NOW + timedelta(minutes=minutes)
        seen.append("audit_missing" in box.look())
    assert seen == [True, False, True, True]
    assert len(box.alerts()) == 1
    box.close()


def test_an_inbox_that_was_renumbered_is_not_judged(account: Account, tmp_path: Path) -> None:
    """Its UIDs mean other mails now; the audit waits for the next look."""
    box = Box(account, tmp_path, mails=3, known=1)
    mark = box.ledger.mailboxes.folder(box.claim, "INBOX")
    assert mark is not None
    box.ledger.mailboxes.set_mark(
        box.claim, FolderMark(mark.folder_id, "INBOX", mark.uidvalidity + 1, 0, 9, None), NOW
    )
    assert box.look().get("audit_missing") == 0
    assert box.alerts() == []
    assert box.ledger.upkeep.due(box.claim, AUDIT, AUDIT_EVERY, NOW)
    box.close()


def test_old_words_leave_once_a_day(account: Account, tmp_path: Path) -> None:
    """What was set aside half a year ago loses its subject; today's keeps it."""
    box = Box(account, tmp_path, mails=3, known=2)
    for row in box.ledger.intake.take_up(box.claim):
        box.ledger.intake.shunt(box.claim, row.message_id, "too_big", NOW, subject="A buyer's words")
    box.now = NOW + timedelta(days=180)
    assert box.look()["expired"] == 0
    box.now += timedelta(hours=23)
    assert "expired" not in box.look()
    box.now += timedelta(hours=1)
    assert box.look()["expired"] == 2
    assert box.ledger.privacy.kept() == 0
    box.close()
