"""Each issue of the digest is taken once."""

import pytest

from daemon.errors import LockedError
from daemon.ports.ledger.alerts import NewAlertMail
from tests.ledger_kit import NOW, Desk, snapshot

MAIL = NewAlertMail("lead@shop.example", "<digest.1@shop.example>", b"the report")


def test_an_issue_is_taken_by_the_first_who_comes(desk: Desk) -> None:
    """On several hosts, each with its mailbox; a later issue is wanted again, an earlier one never."""
    other = Desk.open(desk.ledger, "other")
    digests = desk.ledger.digests
    assert not digests.wanted("2026-03-01"), "the very first tells of the time before us"
    keys = ("2026-02-28", "2026-03-01", "2026-03-02")
    assert [digests.wanted(key) for key in keys] == [False, False, True]
    assert digests.plan(desk.claim, "2026-03-02", [MAIL], NOW)
    assert desk.ledger.alerts.last_told_at(desk.claim) is None  # a digest delays no alert
    assert not digests.plan(other.claim, "2026-03-02", [MAIL], NOW)
    assert not digests.wanted("2026-03-02")
    assert [mail.raw for mail in desk.ledger.alerts.due(desk.claim, NOW)] == [b"the report"]
    assert desk.ledger.alerts.due(other.claim, NOW) == []
    assert digests.wanted("2026-03-03")


def test_an_owner_that_was_fenced_takes_none(desk: Desk) -> None:
    """Nothing is noted and nothing planned."""
    desk.ledger.digests.wanted("2026-03-01")
    desk.ledger.mailboxes.claim("shop", "support@shop.example", NOW)
    before = snapshot(desk.ledger)
    with pytest.raises(LockedError):
        desk.ledger.digests.plan(desk.claim, "2026-03-02", [MAIL], NOW)
    assert snapshot(desk.ledger) == before
