"""Alerts in the ledger, and the mails that tell them."""

from daemon.desk.alert import AlertKind
from tests.alert_kit import alert, mail, raised
from tests.ledger_kit import HOUR, MINUTE, NOW, Desk


def test_an_alert_is_raised_once_for_its_key(desk: Desk) -> None:
    """At every further look it is known; another mailbox has its own; the log tells the first."""
    alerts = desk.ledger.alerts
    assert alerts.raise_(desk.claim, [alert("a"), alert("a"), alert("b")], NOW, "approval") == [
        alert("a"),
        alert("b"),
    ]
    assert alerts.raise_(desk.claim, [alert("b"), alert("c")], NOW, "approval") == [alert("c")]
    other = Desk.open(desk.ledger, "other")
    assert len(alerts.raise_(other.claim, [alert("a")], NOW, "approval")) == 1
    assert [found.alert.key for found in alerts.untold(desk.claim)] == ["a", "b", "c"]
    assert desk.reasons("mailbox").count("mass_vanish") == 4


def test_thousands_of_alerts_are_raised_at_once(desk: Desk) -> None:
    """A daemon that was down for a day finds that many."""
    many = [alert(f"clock:{number}") for number in range(1200)]
    assert len(desk.ledger.alerts.raise_(desk.claim, many, NOW, "deadlines")) == 1200
    assert desk.ledger.alerts.raise_(desk.claim, many, NOW, "deadlines") == []
    desk.ledger.alerts.tell(desk.claim, desk.ledger.alerts.untold(desk.claim), [mail()], NOW)
    assert desk.ledger.alerts.untold(desk.claim) == []


def test_alerts_are_shown_by_the_time_they_were_raised(desk: Desk) -> None:
    """Told or not; of one mailbox or of all."""
    desk.ledger.alerts.tell(desk.claim, raised(desk, "old"), [mail()], NOW)
    desk.ledger.alerts.raise_(Desk.open(desk.ledger, "other").claim, [alert("new")], NOW + HOUR, "intake")
    assert [found.alert.key for found in desk.ledger.alerts.since(None, NOW)] == ["old", "new"]
    assert [found.alert.key for found in desk.ledger.alerts.since(None, NOW + MINUTE)] == ["new"]
    assert [found.alert.key for found in desk.ledger.alerts.since(desk.claim, NOW)] == ["old"]
    assert desk.ledger.alerts.since(None, NOW, {AlertKind.MASS_VANISH}) == []


def test_a_mail_is_tried_until_it_ends(desk: Desk) -> None:
    """Each attempt sets the time of the next one first; an ended mail rests."""
    alerts = desk.ledger.alerts
    assert alerts.last_told_at(desk.claim) is None
    alerts.tell(desk.claim, raised(desk, "a"), [mail(1), mail(2)], NOW)
    assert alerts.last_told_at(desk.claim) == NOW
    first, second = alerts.due(desk.claim, NOW)
    alerts.count_attempt(desk.claim, first.mail_id, NOW + MINUTE)
    alerts.ended(desk.claim, second.mail_id, "sent", NOW)
    assert alerts.due(desk.claim, NOW) == []
    (again,) = alerts.due(desk.claim, NOW + MINUTE)
    assert (again.mail_id, again.attempts, again.raw) == (first.mail_id, 1, b"alert bytes")
