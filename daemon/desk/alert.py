"""Alerts: what the team must learn at once, each told once, and the mail that tells several together.

Promises: one sentence for each kind; an alert's `key` is what makes it the same one, so that a stage may
raise it at every look. The mail says ids, order numbers and scenarios, never a buyer's words.

Errors: none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Literal

from daemon.desk.calendar import Calendar

_AMAZON = re.compile(r"(?:[^@]*@|.*\.)amazon\.[a-z]{2,3}(?:\.[a-z]{2,3})?\.?", re.IGNORECASE)
MAIL_LINES = 40
"""Alerts that one mail spells out; the rest is counted and stands in the worklist."""


class AlertKind(StrEnum):
    """What happened."""

    CLOCK_WARNING = "clock_warning"
    CLOCK_BREACHED = "clock_breached"
    BREACH_BEFORE_HOURS = "breach_before_hours"
    CLOCK_REOPENED = "clock_reopened"
    CASE_DUE = "case_due"
    MASS_VANISH = "mass_vanish"
    RECEIPT_MISSING = "receipt_missing"
    DUPLICATE = "duplicate"
    AUDIT_DIFFERS = "audit_differs"
    FLOOD = "flood"
    LEDGER_RESTORED = "ledger_restored"
    FOLDER_RENUMBERED = "folder_renumbered"
    FOLDER_MADE_AGAIN = "folder_made_again"
    LOGIN_REVOKED = "login_revoked"
    SERVER_AWAY = "server_away"
    MAILBOX_FULL = "mailbox_full"
    NOT_FETCHED = "not_fetched"
    SENDING_REFUSED = "sending_refused"


ALERTS: Mapping[str, str] = {
    AlertKind.CLOCK_WARNING: "An answer is due soon.",
    AlertKind.CLOCK_BREACHED: "A limit has passed without an answer.",
    AlertKind.BREACH_BEFORE_HOURS: "A limit will pass before the next working hours begin.",
    AlertKind.CLOCK_REOPENED: "An answer did not reach the buyer, who waits again.",
    AlertKind.CASE_DUE: "A step of a case is due.",
    AlertKind.MASS_VANISH: "Many drafts vanished at once; the mailbox is frozen until a person looks.",
    AlertKind.RECEIPT_MISSING: "Amazon has not confirmed an answer that was sent.",
    AlertKind.DUPLICATE: "The same answer may have reached a buyer twice.",
    AlertKind.LEDGER_RESTORED: "The ledger was put back from a backup; approved drafts are held.",
    AlertKind.FLOOD: "Very many drafts were approved within a minute; they wait for a second move.",
    AlertKind.FOLDER_RENUMBERED: "A folder was restored or made again; the drafts in it were read anew.",
    AlertKind.FOLDER_MADE_AGAIN: "A folder was renamed or deleted, and has been made again.",
    AlertKind.LOGIN_REVOKED: "The mail provider takes our token no more; mail waits until somebody logs in.",
    AlertKind.SERVER_AWAY: "The mail server has let nothing be done for a quarter of an hour or more.",
    AlertKind.SENDING_REFUSED: "The mail server has taken no answer for a quarter of an hour or more.",
    AlertKind.NOT_FETCHED: "The mail server does not hand over a mail; a buyer may wait.",
    AlertKind.MAILBOX_FULL: "The account is full: drafts cannot be stored until somebody makes room.",
    AlertKind.AUDIT_DIFFERS: "The inbox and the ledger do not hold the same messages.",
}
"""Every kind of alert, and the sentence that tells it."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert; `key` is unique in its mailbox, `detail` is for people."""

    kind: AlertKind
    key: str
    detail: str = ""
    subject: str = "mailbox"
    subject_id: int = 0


@dataclass(frozen=True, slots=True)
class Alerting:
    """Whom to tell and how: at most one mail in `every`; `office` is when the team is there.

    `mark` says what the mails of buyers who wait too long are marked with in the inbox; the worklist in the
    queue is replaced at most once in `worklist_every`, and there is none where that is None.
    """

    to: tuple[str, ...] = ()
    every: timedelta = timedelta(minutes=10)
    office: Calendar | None = None
    mark: Literal["keyword", "flagged", "none"] = "keyword"
    worklist_every: timedelta | None = timedelta(seconds=30)

    @property
    def zone(self) -> tzinfo:
        """The time zone in which the team is told of times."""
        return self.office.zone if self.office is not None else UTC


def reaches_buyers(address: str) -> bool:
    """Whether mail to this address might reach a buyer or Amazon: no alert ever goes there."""
    return _AMAZON.fullmatch(address.strip()) is not None


def may_tell(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether the next mail about alerts may go; a last one from the future was planned by a wrong clock."""
    return last is None or not timedelta(0) <= now - last < every


def line(alert: Alert) -> str:
    """An alert in one line."""
    return ALERTS[alert.kind] + (f" {alert.detail}" if alert.detail else "")


def mail(mailbox: str, alerts: Sequence[Alert]) -> tuple[str, str]:
    """Subject and text of the mail that tells these alerts, the heaviest kinds first."""
    weight = {kind: place for place, kind in enumerate(_BY_WEIGHT)}
    ordered = sorted(alerts, key=lambda alert: weight[alert.kind])
    first = ALERTS[ordered[0].kind]
    more = f" (and {len(ordered) - 1} more)" if len(ordered) > 1 else ""
    lines = [f"- {line(alert)}" for alert in ordered[:MAIL_LINES]]
    if len(ordered) > MAIL_LINES:
        lines.append(f"- and {len(ordered) - MAIL_LINES} more; all of them are in the worklist.")
    text = f"Mailbox {mailbox}:\n\n" + "\n".join(lines)
    return f"firstreply {mailbox}: {first}{more}", f"{text}\n\nThe worklist tells what to do first.\n"


_BY_WEIGHT = (
    AlertKind.LOGIN_REVOKED,
    AlertKind.SERVER_AWAY,
    AlertKind.SENDING_REFUSED,
    AlertKind.MAILBOX_FULL,
    AlertKind.NOT_FETCHED,
    AlertKind.LEDGER_RESTORED,
    AlertKind.MASS_VANISH,
    AlertKind.FLOOD,
    AlertKind.FOLDER_MADE_AGAIN,
    AlertKind.FOLDER_RENUMBERED,
    AlertKind.CLOCK_BREACHED,
    AlertKind.CLOCK_REOPENED,
    AlertKind.DUPLICATE,
    AlertKind.AUDIT_DIFFERS,
    AlertKind.BREACH_BEFORE_HOURS,
    AlertKind.CASE_DUE,
    AlertKind.RECEIPT_MISSING,
    AlertKind.CLOCK_WARNING,
)
