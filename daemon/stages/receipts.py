"""Receipts: what Amazon and mail servers say of our answers takes its effect, each notice once.

Promises: a copy confirms the delivery whose text it shows, and proves one in doubt; a copy of another text
says that somebody answered in Seller Central, which ends the draft and the clock. A notice that an answer
did not arrive re-opens its clock with its original start, and leaves a note; undelivered text comes back as
a draft, so that no words of a person are lost. A notice that the trusted service does not vouch for changes
nothing.

Errors: those of the ledger.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from daemon.desk.alert import Alert, AlertKind
from daemon.desk.draft import DraftState
from daemon.desk.link import TOKEN_OCTETS, LinkKind, links_in, message_id, token_from
from daemon.desk.receipt import Candidate, Joined, Outcome, Receipt, bare, join, overdue
from daemon.mail.kinds import Notice
from daemon.ports.ledger.about import Buyer
from daemon.ports.ledger.draft_rows import NewDraft
from daemon.ports.ledger.receipt_rows import NoticeRow, Sending
from daemon.reply.compose import Reply, written
from daemon.reply.copies import read_copy
from daemon.reply.names import usable_name
from daemon.stages.context import Context
from daemon.stages.naming import Ids, named
from daemon.stages.noting import new_note

LOOKED_BACK = timedelta(days=7)
"""Sendings older than this raise no alert any more: their clocks have told long ago."""


@dataclass(frozen=True, slots=True)
class Received:
    """What one pass learned."""

    confirmed: int = 0
    bounced: int = 0
    seller_central: int = 0


def receipts(context: Context, *, news: bool, full: bool) -> Received:
    """Join the notices about answers that have had no effect yet; without `news` there can be none.

    A `full` look also asks which receipts are missing.
    """
    book = context.ledger.receipts
    outcomes = [_take(context, row) for row in book.unjoined(context.claim)] if news or full else []
    book.mark_edited(context.claim, context.now())
    if full:
        _alert_missing(context)
    bounced = sum(outcome in {Outcome.BOUNCED, Outcome.REOPENED} for outcome in outcomes)
    return Received(outcomes.count(Outcome.CONFIRMED), bounced, outcomes.count(Outcome.SELLER_CENTRAL))


def _take(context: Context, row: NoticeRow) -> Outcome:
    receipt = _receipt(context, row)
    book = context.ledger.receipts
    numbers: Sequence[int] = []
    if receipt.alias or receipt.order_ids:
        numbers = book.conversations(context.claim, receipt.alias, receipt.order_ids)
    sendings = {each.delivery_id: each for each in book.sendings(context.claim, numbers, receipt.ids)}
    candidates = [_candidate(each) for each in sendings.values()]
    found = join(receipt, candidates, book.waiting(numbers))
    sending = sendings[found.delivery.delivery_id] if found.delivery is not None else None
    fresh = _apply(context, receipt, row, found, sending)
    for ids in _ids(context, row, found, sending):
        context.log.info("receipt", **ids, notice=row.notice, outcome=found.outcome.value, news=fresh)
    return found.outcome if fresh else Outcome.NOTHING


def _ids(context: Context, row: NoticeRow, found: Joined, sending: Sending | None) -> list[Ids]:
    """The notice is a message of its own, but its line is about the one whose answer it tells of."""
    if sending is not None:
        ids = {"message": sending.message_id, "draft": sending.draft_id, "delivery": sending.delivery_id}
        return [{**ids, "receipt": row.message_id}]
    if found.conversation is None:
        return [{"message": row.message_id}]
    lines = named(context, "conversation", found.conversation.conversation_id)
    return [{**ids, "receipt": row.message_id} for ids in lines]


def _receipt(context: Context, row: NoticeRow) -> Receipt:
    facts = json.loads(row.facts or "{}")
    kept = facts.get("receipt", {})
    ids = (text for text in kept.get("ids", ()) if links_in(context.link_key, [text]))
    return Receipt(
        message_id=row.message_id,
        notice=Notice(row.notice),
        at=row.at,
        alias=(row.relay_address or "").partition("@")[0].partition("+")[0],
        order_ids=tuple(facts.get("order_ids", ())),
        ids=frozenset(ids),
        text=kept.get("text", ""),
        trusted=kept.get("trusted", False),
        from_server=kept.get("from_server", False),
    )


def _candidate(sending: Sending) -> Candidate:
    return Candidate(
        delivery_id=sending.delivery_id,
        draft_id=sending.draft_id,
        alias=sending.alias,
        order_id=sending.order_id,
        ids=frozenset({sending.header_id, sending.link}),
        sent_at=sending.sent_at,
        said=bare(read_copy(sending.raw).own_words),
        copied=sending.state is DraftState.CONFIRMED,
        failed=sending.state is DraftState.BOUNCED,
    )


def _apply(
    context: Context, receipt: Receipt, row: NoticeRow, found: Joined, sending: Sending | None
) -> bool:
    """Write the effect; False when there was none, or it was there already."""
    book, claim, now = context.ledger.receipts, context.claim, context.now()
    if found.outcome is Outcome.CONFIRMED and sending is not None:
        return book.confirm(claim, row.message_id, sending, receipt.at, now)
    if found.outcome is Outcome.BOUNCED and sending is not None:
        return _bounce(context, receipt, sending)
    if found.outcome is Outcome.SELLER_CENTRAL and found.conversation is not None:
        number = found.conversation.conversation_id
        book.answered_in_seller_central(claim, row.message_id, number, receipt.at, now)
        return True
    if found.outcome is Outcome.AGENTS and found.conversation is not None:
        book.confirm_agents(claim, row.message_id, found.conversation.conversation_id, receipt.at, now)
        return True
    if found.outcome is Outcome.REOPENED and found.conversation is not None:
        about = found.conversation
        note = new_note(
            context, "agents_answer_undelivered", Buyer(order_id=about.order_id), when=about.answered_at
        )
        book.reopen(claim, row.message_id, about, note, receipt.notice, now)
        return True
    told = None
    if found.outcome is Outcome.NOT_TRUSTED:
        order = receipt.order_ids[0] if receipt.order_ids else ""
        told = new_note(context, "receipt_not_trusted", Buyer(order_id=order), detail=row.sender or "")
    book.without_effect(claim, row.message_id, found.outcome, now, told)
    return False


def _bounce(context: Context, receipt: Receipt, sending: Sending) -> bool:
    """A new draft with the text that had been approved where that helps, and a note in any case."""
    book, reason = context.ledger.receipts, receipt.notice.value
    again = None
    # the text of old answers has been forgotten
    if receipt.notice is Notice.UNDELIVERED and sending.raw and book.may_be_drafted_again(sending):
        again = _again(context, sending)
    words = reason if again is not None or receipt.notice is Notice.OPT_OUT else "undelivered_no_draft"
    buyer = context.ledger.about.buyer(sending.draft_id)
    note = new_note(context, words, buyer, recipient=sending.recipient, when=sending.sent_at)
    return book.bounce(context.claim, receipt.message_id, sending, reason, note, again, context.now())


def _again(context: Context, sending: Sending) -> NewDraft:
    """A new draft, with an identity of its own, that says what had been sent."""
    box, sent = context.mailbox, read_copy(sending.raw)
    token = token_from(secrets.token_bytes(TOKEN_OCTETS))
    link = message_id(context.link_key, LinkKind.DRAFT, token, box.domain)
    reply = Reply(
        sender_name=box.brand,
        sender=box.address,
        recipient=sending.recipient,
        subject=sent.subject,
        text=sent.text,
        quoted="",
        attribution="",
        answers=sending.answers,
        reference_ids=sending.reference_ids,
        attachments=sent.attachments,
        recipient_name=usable_name(context.ledger.about.buyer(sending.draft_id).name),
    )
    content = written(reply, link=link, token=token, now=context.now())
    return NewDraft(
        message_id=sending.message_id,
        conversation_id=sending.conversation_id,
        token=token,
        header_id=link,
        recipient=sending.recipient,
        template=sending.template,
        language=sending.language,
        raw=content.raw,
        digest=content.digest,
        reason="text_of_bounced",
    )


def _alert_missing(context: Context) -> None:
    """Where receipts are normal, one that does not come is told, once for a delivery."""
    wait = context.mailbox.sending.receipt_alert
    if not wait:
        return
    now = context.now()
    sent = context.ledger.receipts.recent(context.claim, now - wait - LOOKED_BACK)
    alerts = [
        Alert(AlertKind.RECEIPT_MISSING, f"receipt_missing:{delivery}", "", "delivery", delivery)
        for delivery in overdue(sent, now - wait)
    ]
    if alerts:
        for alert in context.ledger.alerts.raise_(context.claim, alerts, now, "receipts"):
            for ids in named(context, "delivery", alert.subject_id):
                context.log.warning("receipt_missing", **ids)
