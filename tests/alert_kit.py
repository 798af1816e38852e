"""Alerts as tests raise them, and the acts of their book."""

from collections.abc import Callable

from daemon.desk.alert import Alert, AlertKind
from daemon.ports.ledger.alerts import AlertBook, NewAlertMail, Raised
from daemon.ports.ledger.clocks import Warned
from daemon.ports.ledger.marking import MarkBook
from daemon.ports.ledger.store import Claim
from daemon.ports.ledger.worklists import WorklistBook
from tests.ledger_kit import HOUR, NOW, Desk

Act = Callable[[Claim], object]
LEAD = "lead@shop.example"


def alert(key: str = "one", kind: AlertKind = AlertKind.MASS_VANISH, detail: str = "") -> Alert:
    """An alert."""
    return Alert(kind, key, detail)


def warning(clock_id: int, level: int) -> Warned:
    """A warning about a clock."""
    return Warned(clock_id, level, alert(f"clock:{clock_id}:{level}", AlertKind.CLOCK_WARNING))


def mail(number: int = 1) -> NewAlertMail:
    """A mail about alerts."""
    return NewAlertMail(LEAD, f"<alert.{number}@shop.example>", b"alert bytes")


def raised(desk: Desk, *keys: str) -> list[Raised]:
    """Alerts that no mail tells yet."""
    desk.ledger.alerts.raise_(desk.claim, [alert(key) for key in keys], NOW, "deadlines")
    return desk.ledger.alerts.untold(desk.claim)


def raise_(desk: Desk) -> Act:
    """Two alerts."""
    return lambda claim: desk.ledger.alerts.raise_(claim, [alert("one"), alert("two")], NOW, "deadlines")


def tell(desk: Desk) -> Act:
    """The mail that tells an alert."""
    told = raised(desk, "one")
    return lambda claim: desk.ledger.alerts.tell(claim, told, [mail()], NOW)


def count_attempt(desk: Desk) -> Act:
    """An attempt to send a mail about alerts."""
    desk.ledger.alerts.tell(desk.claim, raised(desk, "one"), [mail()], NOW)
    (due,) = desk.ledger.alerts.due(desk.claim, NOW)
    return lambda claim: desk.ledger.alerts.count_attempt(claim, due.mail_id, NOW + HOUR)


def ended(desk: Desk) -> Act:
    """A mail about alerts that was accepted."""
    desk.ledger.alerts.tell(desk.claim, raised(desk, "one"), [mail()], NOW)
    (due,) = desk.ledger.alerts.due(desk.claim, NOW)
    return lambda claim: desk.ledger.alerts.ended(claim, due.mail_id, "sent", NOW)


def mark(desk: Desk) -> Act:
    """A buyer's mail about to be marked."""
    message = desk.message()
    return lambda claim: desk.ledger.marks.mark(claim, {message: "FirstreplyDue"})


def marked(desk: Desk) -> Act:
    """A buyer's mail that carries its mark."""
    message = desk.message()
    desk.ledger.marks.mark(desk.claim, {message: "FirstreplyDue"})
    return lambda claim: desk.ledger.marks.marked(claim, [message], NOW)


def cleared(desk: Desk) -> Act:
    """A buyer's mail that carries no mark any more."""
    message = desk.message()
    desk.ledger.marks.mark(desk.claim, {message: "FirstreplyDue"})
    return lambda claim: desk.ledger.marks.cleared(claim, [message])


def plan_copy(desk: Desk) -> Act:
    """A worklist about to be appended."""
    return lambda claim: desk.ledger.worklist.plan_copy(claim, "<w@x>", "f", NOW)


def copy_placed(desk: Desk) -> Act:
    """A worklist in the queue."""
    copy = desk.ledger.worklist.plan_copy(desk.claim, "<w@x>", "f", NOW)
    return lambda claim: desk.ledger.worklist.copy_placed(claim, copy, 7, 3)


def copies_gone(desk: Desk) -> Act:
    """A worklist that was replaced."""
    copy = desk.ledger.worklist.plan_copy(desk.claim, "<w@x>", "f", NOW)
    return lambda claim: desk.ledger.worklist.copies_gone(claim, [copy])


ALERT_BOOKS = (AlertBook, MarkBook, WorklistBook)
ALERT_ACTS = (
    *(raise_, tell, count_attempt, ended, mark, marked, cleared),
    *(plan_copy, copy_placed, copies_gone),
)
