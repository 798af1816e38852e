"""Cases as tests open them, and the acts of their book."""

from collections.abc import Callable
from dataclasses import replace

from daemon.desk.claim import CaseKind, CaseState, after, promised, received
from daemon.desk.playbook import FOLLOW_UP, Scenario
from daemon.ports.ledger.cases import CaseBook, Filing
from daemon.ports.ledger.draft_rows import NewDraft
from daemon.ports.ledger.follow_ups import FollowUpBook
from daemon.ports.ledger.store import Claim
from tests.alert_kit import alert
from tests.ledger_kit import DRAFT, HOUR, NOW, ORDER, Desk

Act = Callable[[Claim], object]


def notice(desk: Desk, kind: str = "a_to_z_claim", **kept: object) -> int:
    """A notice about an order that has been read; returns its id."""
    message = desk.fetched()
    reading = desk.reading(message, kind="notice", notice=kind, facts={"order_ids": [ORDER], **kept})
    left = replace(reading, conversation=None, limits=None)
    desk.ledger.intake.store(desk.claim, [left], NOW)
    return message


def review(desk: Desk) -> int:
    """A buyer's message about a bad review; returns its id."""
    return desk.message(disposition=replace(DRAFT, scenario=Scenario.NEGATIVE_REVIEW))


def filing(message: int, what: str = "received", kind: CaseKind = CaseKind.CLAIM, days: int = 0) -> Filing:
    """What a notice does to its case."""
    at = NOW + days * 24 * HOUR
    step = after(CaseState.DECIDED, at) if what == "decided" else received(kind, at)
    return Filing(kind, what, at, step, ORDER, message_id=message)


def promise(delivery: int, days: int) -> Filing:
    """What a sent answer with a day in it does."""
    due = NOW + days * 24 * HOUR
    return Filing(CaseKind.PROMISE, "promised", NOW, promised(due), ORDER, delivery_id=delivery)


def file_all(desk: Desk) -> Act:
    """Two claims' notices."""
    filings = [filing(notice(desk)), filing(notice(desk), days=1)]
    return lambda claim: desk.ledger.cases.file_all(claim, filings)


def file_again(desk: Desk) -> Act:
    """The decision on a claim."""
    desk.ledger.cases.file(desk.claim, filing(notice(desk)))
    decision = filing(notice(desk, "a_to_z_decision"), "decided")
    return lambda claim: desk.ledger.cases.file(claim, decision)


def lead_on(desk: Desk) -> Act:
    """A case that goes on by itself."""
    case = desk.ledger.cases.file(desk.claim, filing(notice(desk)))
    return lambda claim: desk.ledger.cases.lead_on(claim, case, CaseState.CLOSED, NOW)


def remind(desk: Desk) -> Act:
    """A step that is due."""
    note = desk.note("case_due")
    return lambda claim: desk.ledger.cases.remind(claim, alert("case:1"), note, NOW)


def kept(desk: Desk) -> tuple[int, int]:
    """A promise about a parcel, in an answer that was sent, due tomorrow: the case and the buyer message."""
    message = desk.message(disposition=replace(DRAFT, scenario=Scenario.DELIVERY_ISSUE))
    delivery = desk.sending(desk.approved(message))
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)
    return desk.ledger.cases.file(desk.claim, promise(delivery, 1)), message


def follow_up(desk: Desk) -> Act:
    """A promise that is due."""
    case, message = kept(desk)
    draft = another(desk.new_draft(message))
    return lambda claim: desk.ledger.follow_ups.follow_up(claim, case, draft, NOW + 24 * HOUR)


def another(draft: NewDraft) -> NewDraft:
    """A follow-up to the same message, with an identity of its own."""
    token = "f" * 24
    link = f"<fr.{token}.x@shop.example>"
    return replace(draft, token=token, header_id=link, template=FOLLOW_UP, reason="follow_up_due")


CASE_BOOKS = (CaseBook, FollowUpBook)
CASE_ACTS = (file_all, file_again, lead_on, remind, follow_up)
