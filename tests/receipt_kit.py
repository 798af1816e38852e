"""Receipts as tests of the ledger need them, and the acts of their book."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from daemon.desk.disposition import Action, Disposition
from daemon.desk.receipt import Outcome
from daemon.ports.ledger.copies import Look
from daemon.ports.ledger.copy_rows import CopyRow
from daemon.ports.ledger.draft_rows import NewDraft
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.ports.ledger.receipt_rows import Sending
from daemon.ports.ledger.store import Claim
from tests.ledger_kit import HOUR, NOW, ORDER, Desk, place

Act = Callable[[Claim], object]
ALIAS = "jd7x2kq4w9bnm5t"


def notice(desk: Desk, at: datetime = NOW, kind: str = "reply_copy", **kept: object) -> int:
    """A stored notice about an answer; returns its message's id."""
    receipt = {"ids": [], "text": "", "trusted": True, "from_server": False} | kept
    return desk.message(
        at,
        kind="notice",
        notice=kind,
        conversation=None,
        limits=None,
        relay_address=None,
        facts={"order_ids": [ORDER], "receipt": receipt},
        disposition=Disposition(Action.LEAVE_ALONE, "not_a_buyer_message"),
    )


def sending(desk: Desk, delivery: int) -> Sending:
    """A sending as the stage sees it."""
    number = desk.ledger.receipts.conversations(desk.claim, ALIAS, ())
    return next(
        each for each in desk.ledger.receipts.sendings(desk.claim, number, ()) if each.delivery_id == delivery
    )


def sent(desk: Desk, at: datetime = NOW, *, edited: bool = False) -> Sending:
    """An answer that the server took."""
    delivery = desk.sending(desk.approved(digest="d2" if edited else "d1", at=at))
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", at)
    return sending(desk, delivery)


def again(desk: Desk, about: Sending) -> NewDraft:
    """The draft that brings a text back."""
    draft = desk.new_draft(about.message_id)
    token = "z" + draft.token[1:]
    header_id = f"<fr.{token}.x@shop.example>"
    return replace(draft, token=token, header_id=header_id, digest="d2", reason="text_of_bounced")


def without_effect(desk: Desk) -> Act:
    """A notice that nobody vouches for."""
    number, note = notice(desk), desk.note("receipt_not_trusted")
    return lambda claim: desk.ledger.receipts.without_effect(claim, number, Outcome.NOT_TRUSTED, NOW, note)


def confirm_doubtful(desk: Desk) -> Act:
    """A copy of an answer in doubt."""
    about = sending(desk, desk.doubtful())
    number = notice(desk)
    return lambda claim: desk.ledger.receipts.confirm(claim, number, about, NOW, NOW)


def bounce(desk: Desk) -> Act:
    """An answer that did not arrive."""
    about = sent(desk, edited=True)
    number, draft, note = notice(desk, kind="undelivered"), again(desk, about), desk.note("undelivered")
    return lambda claim: desk.ledger.receipts.bounce(claim, number, about, "undelivered", note, draft, NOW)


def answered_in_seller_central(desk: Desk) -> Act:
    """A copy of somebody else's answer, while an approved draft waits."""
    about = desk.approved()
    desk.prepared(about)
    number = notice(desk, NOW + HOUR)
    return lambda claim: desk.ledger.receipts.answered_in_seller_central(
        claim, number, about.conversation_id, NOW + HOUR, NOW + HOUR
    )


def reopen_agents(desk: Desk) -> Act:
    """An agent's own answer that did not arrive."""
    draft = desk.queued()
    desk.ledger.clocks.answered_by_agent(desk.claim, draft, NOW, NOW)
    number, note = notice(desk, kind="undelivered"), desk.note("agents_answer_undelivered")
    (about,) = desk.ledger.receipts.waiting([draft.conversation_id])
    return lambda claim: desk.ledger.receipts.reopen(claim, number, about, note, "undelivered", NOW)


def confirm_agents(desk: Desk) -> Act:
    """A copy of an agent's own answer."""
    draft = desk.queued()
    desk.ledger.clocks.answered_by_agent(desk.claim, draft, NOW, NOW)
    number = notice(desk)
    return lambda claim: desk.ledger.receipts.confirm_agents(
        claim, number, draft.conversation_id, NOW + HOUR, NOW + HOUR
    )


def mark_edited(desk: Desk) -> Act:
    """A person's text that is queued again."""
    bounce(desk)(desk.claim)
    (draft,) = desk.ledger.drafts.planned(desk.claim)
    desk.ledger.drafts.queued(desk.claim, [(draft.draft_id, place())], NOW)
    return lambda claim: desk.ledger.receipts.mark_edited(claim, NOW)


def compared(desk: Desk) -> Act:
    """A copy in Sent that was read."""
    about = sent(desk)
    there = place(4, "Sent")
    copy = CopyRow(0, about.draft_id, there, None, deleted=False, flagged=False, internal_at=NOW)
    mark = FolderMark(0, "Sent", there.uidvalidity, 0, 5, None)
    desk.ledger.copies.looked(desk.claim, Look(mark, [copy]), NOW)
    return lambda claim: desk.ledger.sent.compared(claim, there, "d1")


RECEIPT_ACTS = (
    compared,
    *(
        without_effect,
        confirm_doubtful,
        bounce,
        answered_in_seller_central,
        reopen_agents,
        confirm_agents,
        mark_edited,
    ),
)
