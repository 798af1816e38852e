r"""Dispatch: what a person approved is sent, at most once, and leaves its traces in the mailbox.

Promises: a delivery's bytes, its own Message-ID, its attempt and the attempt's successor are in the
ledger before the network is touched. What is sent is built from the copy whose digest was approved, to
the one address the ledger knows, after a look into Sent and at `\Answered`. The last checks and the step
to `sending` are one transaction, between the text and its final dot. A lost answer makes `in_doubt`,
which only evidence in Sent, or a person, ends; nothing is ever sent again by itself.

IMAP and ledger are blocking, so each synchronous step runs in the mailbox's own thread (`run`); only the
SMTP dialogue is awaited.

Errors: `TemporaryError` and `InDoubtError` of the ports.
"""

import math
import secrets
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from daemon.desk.draft import BeforeSending, reason_to_hold
from daemon.desk.likeness import likeness
from daemon.desk.link import TOKEN_OCTETS, LinkKind, message_id, token_from
from daemon.desk.retry import next_attempt
from daemon.errors import LockedError
from daemon.ports.imap import Fetched
from daemon.ports.ledger.deliveries import HoldError
from daemon.ports.ledger.delivery_rows import Due, LastLook
from daemon.ports.ledger.steps import OvertakenError
from daemon.ports.retry import retrying
from daemon.ports.smtp import Outcome, OutcomeKind
from daemon.reply.compose import delivery
from daemon.reply.copies import Copy, UnreadableCopyError, read_copy
from daemon.reply.notes import moment
from daemon.reply.templates import gaps_in
from daemon.stages.context import Context, Inside, Runner, Sender
from daemon.stages.filing import compare_sent, file_sent, settle_doubts
from daemon.stages.guarding import Addressee, objection
from daemon.stages.noting import append_notes, hold, new_note
from daemon.stages.presend import Stop, stop_on_server

MINUTE = timedelta(minutes=1)
PATIENCE = 20.0
"""Seconds for which a busy ledger is asked again to write down what became of a mail."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery about to be tried; `copy` is the approved content."""

    delivery_id: int
    due: Due
    copy: Copy
    raw: bytes


async def dispatch(context: Context, sender: Sender, run: Runner) -> int:
    """Send everything that is due; returns how many mails were accepted."""
    await run(lambda: settle_doubts(context))
    sent = 0
    for due in await run(lambda: _due_now(context)):
        if sender.rest:
            break  # it had no room for the one before; none of these has been touched
        ready = await run(lambda due=due: _prepare(context, due))  # type: ignore[misc]  # the loop's value, bound now
        if ready is not None:
            sent += await _send(context, sender, run, ready)
    await run(lambda: file_sent(context))
    await run(lambda: compare_sent(context))
    await run(lambda: append_notes(context))
    return sent


def until_due(inside: Inside, rest: float) -> float:
    """Seconds until an approved draft may leave, after this rest of the server's; infinite: none waits."""
    now, cool_down = inside.now(), inside.mailbox.approval.cool_down
    at = inside.ledger.deliveries.next_due(inside.claim, now, cool_down)
    return math.inf if at is None else max((at - now).total_seconds(), rest)


def _due_now(context: Context) -> list[Due]:
    """What is due, as far as the mailbox's rate allows; the others wait for a later look."""
    now, most = context.now(), context.mailbox.sending.per_minute
    due = context.ledger.deliveries.due(context.claim, now, context.mailbox.approval.cool_down)
    if not most or not due:
        return due
    free = max(0, most - context.ledger.sent.started_between(context.claim, now - MINUTE, now))
    if len(due) > free:
        context.log.info("sending_paced", waiting=len(due) - free, per_minute=most)
    return due[:free]


# ---- before the network ----------------------------------------------------------------------


def _prepare(context: Context, due: Due) -> Ready | None:
    """Check the copy in `Approved` again and write the delivery; None when it must not be sent now."""
    context.takes(due.ids)
    approved = _approved_copy(context, due)
    if approved is None:
        # what became of it is the next look's affair: it may be an undo, or on its way to Sent
        context.log.info("approved_copy_gone", **due.ids)
        return None
    try:
        copy = read_copy(approved.raw, lambda: due.own_raw)
    except UnreadableCopyError:
        hold(context, due.draft_id, "unreadable", "dispatch")
        return None
    to = Addressee(due.recipient, due.order_id, due.buyer_language, due.ids)
    against = objection(context, copy, to, due.approved_digest)
    stop = stop_on_server(context, due, approved) if against is None else Stop(against.reason, against.detail)
    if stop is not None:
        _hold(context, due, stop)
        return None
    delivery_id = due.delivery_id or _write_delivery(context, due, copy)
    content = context.ledger.deliveries.raw(delivery_id)
    context.ledger.deliveries.attempt(context.claim, delivery_id, next_attempt(due.attempts, context.now()))
    return Ready(delivery_id, due, copy, content)


def _approved_copy(context: Context, due: Due) -> Fetched | None:
    """The approved copy, where the ledger knows it to lie."""
    status = context.imap.examine(due.folder, fresh=True)
    if status.uidvalidity != due.uidvalidity or not due.uid:
        return None
    found = context.imap.fetch(due.folder, [due.uid])
    return None if not found or "\\Deleted" in found[0].flags else found[0]


def _hold(context: Context, due: Due, stop: Stop) -> None:
    context.ledger.deliveries.abandon(context.claim, due.draft_id, stop.reason, context.now())
    hold(
        context,
        due.draft_id,
        stop.reason,
        "dispatch",
        recipient=due.recipient,
        detail=stop.detail,
        when=stop.when,
    )
    _back_to_queue(context, due)


def _back_to_queue(context: Context, due: Due) -> None:
    """A held draft goes back to where people look for it."""
    context.imap.move(due.folder, [due.uid], context.folders.approval)


def _write_delivery(context: Context, due: Due, copy: Copy) -> int:
    box, now = context.mailbox, context.now()
    token = token_from(secrets.token_bytes(TOKEN_OCTETS))
    header_id = message_id(context.link_key, LinkKind.DELIVERY, token, box.domain)
    raw = delivery(
        sender_name=box.brand,
        sender=box.address,
        recipient=due.recipient,
        subject=copy.subject,
        text=copy.text,
        attachments=copy.attachments,
        priority=copy.priority,
        message_id=header_id,
        link=due.header_id,
        answers=due.answers,
        reference_ids=due.reference_ids,
        now=now,
    )
    return context.ledger.deliveries.prepare(
        context.claim,
        due.draft_id,
        header_id=header_id,
        sender=box.address,
        recipient=due.recipient,
        raw=raw,
        now=now,
        likeness=_likeness(due, copy),
    )


def _likeness(due: Due, copy: Copy) -> float:
    """How much of our own draft is left in what was approved, measured while both are there."""
    if due.own_digest == due.approved_digest:
        return 1.0
    try:
        return likeness(read_copy(due.own_raw).own_words, copy.own_words)
    except UnreadableCopyError:
        return 0.0


# ---- the attempt and its result --------------------------------------------------------------


async def _send(context: Context, sender: Sender, run: Runner, ready: Ready) -> bool:
    """One attempt; True when the server took the mail."""
    seen: list[LastLook] = []

    def check(look: LastLook) -> str | None:
        seen.append(look)
        return _last_check(context, ready, look)

    def before_dot() -> None:
        context.ledger.deliveries.commit_sending(context.claim, ready.delivery_id, check, context.now())

    try:
        outcome = await sender.send(context.mailbox.address, ready.due.recipient, ready.raw, before_dot)
    except HoldError as error:
        stop = said(error.reason, seen[-1], context.alerting.zone)
        await run(lambda: _hold(context, ready.due, stop))
        return False
    except OvertakenError:
        context.log.info("overtaken", **ready.due.ids)
        return False
    return await run(lambda: _last_word(context, ready, outcome))


def _last_check(context: Context, ready: Ready, look: LastLook) -> str | None:
    return reason_to_hold(
        BeforeSending(
            state=look.state,
            approved_digest=look.approved_digest,
            present_digest=ready.copy.digest,
            recipients=ready.copy.recipients,
            relay=look.relay,
            sender=ready.copy.sender,
            approved_sender=context.mailbox.address,
            text=ready.copy.own_words,
            gaps=gaps_in(ready.copy.unquoted),
            newer_message=look.newer_message_at is not None,
            newer_revision=look.newer_revision,
            answered_elsewhere=look.answered_elsewhere,
        )
    )


def said(reason: str, look: LastLook, zone: tzinfo) -> Stop:
    """What the note says of a check that failed between the text and its dot."""
    if reason == "newer_message":
        return Stop(reason, when=look.newer_message_at)
    if reason == "answered_elsewhere" and look.answered_at is not None:
        return Stop(reason, moment(look.answered_at.astimezone(zone)), look.answered_at)
    return Stop(reason)


def _last_word(context: Context, ready: Ready, outcome: Outcome) -> bool:
    """Write the result, patiently: what the server said is known only here, and lost it becomes a doubt."""
    patiently = retrying(first=0.1, cap=1.0, patience=PATIENCE, but=(LockedError, OvertakenError))
    sent = patiently(_record, context, ready, outcome)
    if _refused(outcome):
        _back_to_queue(context, ready.due)
    return sent


def _refused(outcome: Outcome) -> bool:
    """Whether the server will not have this mail: for good, or after it had all of it."""
    late = outcome.kind is OutcomeKind.RETRY and outcome.stage == "content"
    return late or outcome.kind is OutcomeKind.REJECT


def _record(context: Context, ready: Ready, outcome: Outcome) -> bool:
    """Write what the attempt came to."""
    due, now = ready.due, context.now()
    say = context.log.info if outcome.kind is OutcomeKind.SENT else context.log.warning
    say(
        "attempt",
        **due.ids,
        delivery=ready.delivery_id,
        outcome=outcome.kind.value,
        at=outcome.stage,
        code=outcome.code,
        said=outcome.text,
    )
    book = context.ledger.deliveries
    if outcome.kind is OutcomeKind.SENT:
        first = book.sent(context.claim, ready.delivery_id, outcome.code, outcome.text, now)
        if first is not None:
            _tell_first_response(context, due, first.seconds, within=first.within_rule)
        return True
    if outcome.kind is OutcomeKind.IN_DOUBT:
        doubtful = new_note(context, "in_doubt", context.ledger.about.buyer(due.draft_id), when=now)
        book.in_doubt(context.claim, ready.delivery_id, outcome.text, doubtful, now)
    elif _refused(outcome):
        reason = "refused_at_the_end" if outcome.stage == "content" else "refused"
        refused = new_note(context, reason, context.ledger.about.buyer(due.draft_id), detail=outcome.text)
        book.refused(context.claim, ready.delivery_id, outcome.code, outcome.text, refused, now)
    return False


def _tell_first_response(context: Context, due: Due, seconds: float, *, within: bool) -> None:
    context.log.info(
        "first_response",
        **due.ids,
        conversation=due.conversation_id,
        seconds=round(seconds, 1),
        within_24h=within,
    )
