r"""Intake: new UIDs become messages, conversations and running clocks.

Promises: a message is found by set difference between the folder and the ledger, never by `\Seen`; the
inbox is only ever EXAMINEd. The first run writes a mark, and older mail stays what it is. A message
whose reading fails is shunted with a reason, and the next one is read; one that has taken the daemon
down with it is shunted at the third attempt. A new UIDVALIDITY re-keys the rows by content.

Errors: `TemporaryError` of the ports; the cycle is then begun anew.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from daemon.desk.clock import start_of
from daemon.desk.disposition import Action, Disposition, Guess, dispose, needs_model
from daemon.desk.receipt import receipt_facts
from daemon.mail.message import Message, parse
from daemon.mail.understanding import Kind, Understanding, understand
from daemon.ports.imap import Fetched
from daemon.ports.ledger.intake_rows import Arrival, Joining, Reading, Unread
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.stages.backlog import Old, old_mail
from daemon.stages.context import Context
from daemon.stages.fetching import fetch_new
from daemon.stages.joining import Joiner
from daemon.stages.rekey import rekey
from daemon.stages.returning import came_back

Item = TypeVar("Item")

ATTEMPTS = 3
"""After so many attempts that ended in a crash a message is set aside."""

KEPT_REASON = 80
"""Characters of the reason that a return notice names; Amazon's own are shorter."""
KEPT_TEXT = 20_000
"""Characters of a buyer's words that the ledger keeps."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What one pass took in."""

    read: int
    shunted: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One message between parsing and storing."""

    row: Unread
    message: Message
    understanding: Understanding
    internal_at: datetime


def intake(context: Context, *, full: bool, since: timedelta | None = None) -> Intake:
    """Take in all messages that have no row yet; `full` compares whole sets instead of new UIDs only."""
    mark, old = _mark(context, since)
    read = shunted = 0
    if full:
        read, shunted = _take_up_all(context, mark, old)
    status = context.imap.examine(context.folders.inbox, fresh=True)
    first = mark.floor_uid + 1 if full else max(mark.uidnext, mark.floor_uid + 1)
    present = context.imap.uids(context.folders.inbox, first)
    if present:
        known = context.ledger.intake.known_uids(context.claim, mark.folder_id, mark.uidvalidity, first)
        new = [uid for uid in present if uid not in known]
        for uids in _batches(new, context.batch):
            for fetched in fetch_new(context, mark.uidvalidity, uids):
                done, aside = _take_in(context, mark, fetched, old)
                read, shunted = read + done, shunted + aside
    if status.uidnext != mark.uidnext:
        context.ledger.mailboxes.advance(context.claim, mark.folder_id, status.uidnext, status.modseq)
    return Intake(read, shunted)


def _batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _mark(context: Context, since: timedelta | None) -> tuple[FolderMark, Old]:
    """The inbox's mark, made at the first run, lowered by --since, re-keyed at a new UIDVALIDITY.

    With it comes what is recorded but not answered; nothing where UIDs alone decide.
    """
    inbox, now = context.folders.inbox, context.now()
    status = context.imap.examine(inbox, fresh=True)
    mark = context.ledger.mailboxes.folder(context.claim, inbox)
    if mark is None:
        first = FolderMark(0, inbox, status.uidvalidity, status.uidnext - 1, status.uidnext, None)
        mark = context.ledger.mailboxes.set_mark(context.claim, first, now, "first_run_mark")
        context.log.info("first_run_mark", floor=mark.floor_uid, messages=status.messages)
    elif mark.uidvalidity != status.uidvalidity:
        context.log.warning("uidvalidity_changed", old=mark.uidvalidity, new=status.uidvalidity)
        mark = rekey(context, mark, status)
        return mark, Old(context.ledger.mailboxes.marked_at(context.claim))
    if since is None:
        return mark, Old()
    day = (now - since).date()
    wanted = context.imap.uids_since(inbox, day)
    floor = min(mark.floor_uid, min(wanted, default=status.uidnext) - 1)
    if floor < mark.floor_uid:
        lowered = FolderMark(mark.folder_id, inbox, mark.uidvalidity, floor, floor + 1, None)
        mark = context.ledger.mailboxes.set_mark(context.claim, lowered, now, "backlog_wanted")
    return mark, old_mail(context, now - since, day, wanted)


def _take_in(context: Context, mark: FolderMark, fetched: list[Fetched], old: Old) -> tuple[int, int]:
    arrivals = [
        Arrival(mail.uid, hashlib.sha256(mail.raw).hexdigest(), mail.size, mail.internal_at)
        for mail in fetched
    ]
    back = came_back(context, mark, arrivals)
    arrivals = [item for item in arrivals if item.uid not in back]
    fetched = [mail for mail in fetched if mail.uid not in back]
    # the attempt is in the ledger before any of these bytes meets a parser
    rows = context.ledger.intake.record(
        context.claim, mark.folder_id, mark.uidvalidity, arrivals, context.now()
    )
    return _read(context, list(zip(rows, fetched, strict=True)), old)


def _take_up_all(context: Context, mark: FolderMark, old: Old) -> tuple[int, int]:
    """Go on with messages that an earlier daemon fetched and did not finish.

    One at a time, each counted when its turn comes: so the one that kills the daemon stands alone.
    """
    read = shunted = after = 0
    while rows := context.ledger.intake.take_up(context.claim, after=after):
        done, aside = _take_up(context, mark, rows[0], old)
        read, shunted, after = read + done, shunted + aside, rows[0].message_id
    return read, shunted


def _take_up(context: Context, mark: FolderMark, row: Unread, old: Old) -> tuple[int, int]:
    found: list[Fetched] = []
    if (row.folder_id, row.uidvalidity) == (mark.folder_id, mark.uidvalidity):
        found = context.imap.fetch(context.folders.inbox, [row.uid])
    if row.attempts > ATTEMPTS or not found:
        _shunt(context, row, "crashed_three_times" if found else "gone_before_read")
        return 0, 1
    return _read(context, [(row, found[0])], old)


def _shunt(
    context: Context, row: Unread, reason: str, detail: str = "", message: Message | None = None
) -> None:
    """Set a mail aside, with what could be read of it for the person who looks at it."""
    sender, subject = (message.from_address, message.subject) if message is not None else ("", "")
    context.ledger.intake.shunt(
        context.claim, row.message_id, reason, context.now(), detail, sender=sender, subject=subject
    )
    context.log.warning("shunted", message=row.message_id, uid=row.uid, reason=reason, detail=detail)


def _read(context: Context, mails: list[tuple[Unread, Fetched]], old: Old) -> tuple[int, int]:
    """Parse, understand, classify and store a batch; a message that fails is shunted alone."""
    seen: list[Seen] = []
    for row, mail in mails:
        context.takes({"message": row.message_id})
        try:
            message = parse(mail.raw)
            understanding = understand(message, context.reader)
        except Exception as error:  # noqa: BLE001  the stage's one broad except: whatever a mail does, the next is read
            _shunt(context, row, "reading_failed", type(error).__name__)
            continue
        if message.unreadable:
            _shunt(context, row, message.unreadable, message=message)
            continue
        seen.append(Seen(row, message, understanding, mail.internal_at))
    guesses = _guesses(context, seen)
    readings = _readings(context, seen, guesses, old)
    context.ledger.intake.store(context.claim, readings, context.now())
    for reading in readings:
        _tell(context, reading)
    return len(readings), len(mails) - len(seen)


def _tell(context: Context, reading: Reading) -> None:
    context.log.info(
        "message_read",
        message=reading.message_id,
        kind=reading.kind,
        why=reading.reason,
        action=reading.disposition.action.value,
        reason=reading.disposition.reason,
        scenario=reading.disposition.scenario,
        confidence=round(reading.disposition.confidence, 3),
        decided_by=reading.disposition.decided_by.value,
    )


def _guesses(context: Context, seen: list[Seen]) -> dict[int, Guess]:
    """The model's view of those messages that only the model can name, in one batch."""
    asked = [item for item in seen if needs_model(item.understanding)]
    if not asked:
        return {}
    answers = context.guess(
        [item.understanding for item in asked], [item.message.subject for item in asked], context.threshold
    )
    return {item.row.message_id: guess for item, guess in zip(asked, answers, strict=False)}


def _readings(context: Context, seen: list[Seen], guesses: dict[int, Guess], old: Old) -> list[Reading]:
    joiner = Joiner(context, [item.understanding for item in seen])
    again = context.ledger.identity.repeated(context.claim, [item.row.message_id for item in seen])
    readings = []
    for item in sorted(seen, key=lambda item: (item.internal_at, item.row.uid)):
        guess = guesses.get(item.row.message_id)
        if item.row.message_id in again:
            disposition = Disposition(Action.LEAVE_ALONE, "duplicate")
        elif reason := old.reason(item.internal_at, item.row.uid, item.message.message_id):
            disposition = Disposition(Action.LEAVE_ALONE, reason)
        else:
            disposition = dispose(item.understanding, guess, context.threshold)
        readings.append(_reading(context, item, disposition, guess, joiner))
    return readings


def _reading(
    context: Context, item: Seen, disposition: Disposition, guess: Guess | None, joiner: Joiner
) -> Reading:
    message, understanding = item.message, item.understanding
    received_at = start_of(message.date, item.internal_at)
    joining: Joining | None = None
    limits = None
    if understanding.kind is Kind.BUYER_MESSAGE and understanding.relay is not None:
        joining = joiner.join(message, understanding, received_at)
        if disposition.scenario is not None:
            limits = context.playbook.deadlines(received_at, disposition.scenario, disposition.runner_up)
    return Reading(
        message_id=item.row.message_id,
        header_id=message.message_id,
        reference_ids=message.references,
        received_at=received_at,
        kind=understanding.kind.value,
        notice=understanding.notice.value if understanding.notice else None,
        reason=understanding.reason,
        sender=message.from_address,
        subject=message.subject,
        text=understanding.text[:KEPT_TEXT],
        language=understanding.language,
        relay_address=understanding.relay.address if understanding.relay else None,
        buyer_name=understanding.buyer_name,
        facts=_facts(understanding, guess, unsure=disposition.unsure)
        | receipt_facts(message, understanding, context.reader),
        disposition=disposition,
        model=guess.model if guess else "",
        conversation=joining,
        limits=limits,
    )


def _facts(understanding: Understanding, guess: Guess | None, *, unsure: bool) -> dict[str, object]:
    """What drafts and notes use; where we are unsure, also the words that the best guess stands on."""
    facts: dict[str, object] = {
        "product": understanding.product,
        "asins": list(understanding.asins),
        "tracking_numbers": list(understanding.tracking_numbers),
        "no_response_url": understanding.no_response_url,
        "reply_within_days": understanding.reply_within_days,
        "returned": [
            [row.asin, row.reason[:KEPT_REASON]]
            for row in understanding.return_rows
            if row.asin and row.reason
        ],
        # only such a mail's draft may tell what the seller's files know of an order
        "order_ids": list(understanding.order_ids),
        "vouched_orders": list(understanding.named_orders) if understanding.verified else [],
        "grounds": [word for word, _ in guess.grounds] if guess and unsure else [],
        "issue_reason": guess.issue_reason if guess else "",
    }
    return {name: value for name, value in facts.items() if value}
