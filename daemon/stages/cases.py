"""Cases: claims, chargebacks, bad reviews and promises get their time lines, and remind of their steps.

Promises: level-triggered over what the ledger holds: a message that belongs to a case is filed once, whatever
happened before. A step that is due is an alert and a note, once each; it stands in the worklist until a
notice or a person leads the case on.

Errors: those of the ledger.
"""

import json
import re
from datetime import UTC, datetime, time, timedelta

from daemon.desk.alert import Alert, AlertKind
from daemon.desk.claim import (
    REMIND_BEFORE,
    Case,
    CaseKind,
    CaseState,
    after,
    over,
    promised,
    received,
    steps,
    title,
    to_do,
)
from daemon.desk.playbook import Playbook
from daemon.desk.worklist import Reminder
from daemon.ports.ledger.about import Buyer
from daemon.ports.ledger.cases import Filing, Unfiled
from daemon.ports.ledger.delivery_rows import Unfiled as Sent
from daemon.reply.copies import UnreadableCopyError, read_copy
from daemon.reply.phrases import LANGUAGES, format_date
from daemon.stages.composing import compose, orders_of
from daemon.stages.context import Context
from daemon.stages.naming import named
from daemon.stages.noting import new_note

REMINDED = frozenset({CaseState.ASSESS, CaseState.FOLLOW_UP, CaseState.PROMISED, CaseState.DECIDED})
"""States whose step wants a person; the others wait for Amazon, or have a response clock that warns."""
FAR_AHEAD = 45
"""Days from an answer on in which a date in it counts as a promise."""


def cases(context: Context) -> int:
    """File what is new, lead cases on, and remind; returns how many messages were filed."""
    book, now = context.ledger.cases, context.now()
    unfiled = book.unfiled(context.claim)
    filed = book.file_all(context.claim, [_filing(row) for row in unfiled]) if unfiled else []
    for row, case_id in zip(unfiled, filed, strict=True):
        context.log.info("case_filed", case=case_id, message=row.message_id, notice=row.notice)
    for case_id, at in book.answered_reviews(context.claim):
        book.lead_on(context.claim, case_id, CaseState.FOLLOW_UP, at)
    for case in book.open(context.claim):
        if over(case, now):
            book.lead_on(context.claim, case.case_id, CaseState.CLOSED, now)
        elif case.state in REMINDED and case.due_at - now <= REMIND_BEFORE:
            _remind(context, case)
    _follow_up(context)
    return len(unfiled)


def _follow_up(context: Context) -> None:
    """A promise about a parcel is due: a draft that keeps it, which goes the way of all drafts."""
    for case_id, owed in context.ledger.follow_ups.due(context.claim, context.now()):
        draft = compose(context, owed, orders_of(context, [owed]), follow_up=True)
        if context.ledger.follow_ups.follow_up(context.claim, case_id, draft, context.now()):
            context.log.info("follow_up_planned", case=case_id, message=owed.message_id)


def reminders(found: list[Case], playbook: Playbook, now: datetime) -> list[Reminder]:
    """What the worklist says of those of these cases that a person has something to do about."""
    may_ask = may_ask_for_change(playbook)
    return [
        Reminder(case.mailbox, title(case), case.due_at, steps(case, may_ask_for_change=may_ask))
        for case in found
        if to_do(case, now)
    ]


def may_ask_for_change(playbook: Playbook) -> bool:
    """Whether the owner lowered the guard's rule about asking for another review."""
    return playbook.severities.get("pg09_change_review") == "warn"


def file_promise(context: Context, item: Sent) -> None:
    """An answer that names a day ahead is a promise: it is looked at when that day is over.

    Any later answer of the conversation ends it: a person has dealt with the buyer since.
    """
    book = context.ledger.cases
    try:
        words = read_copy(item.raw).own_words
    except UnreadableCopyError:
        return
    day = promised_day(words, item.ended_at)
    answered = book.answered_order(item.delivery_id)
    if answered is None:
        return
    if day is None:
        for case_id in book.promises(context.claim, answered[1]):
            book.lead_on(context.claim, case_id, CaseState.CLOSED, item.ended_at)
        return
    at, step = item.ended_at, promised(day)
    filing = Filing(CaseKind.PROMISE, "promised", at, step, *answered, delivery_id=item.delivery_id)
    case_id = book.file(context.claim, filing)
    context.log.info("promise_filed", message=item.message_id, case=case_id, delivery=item.delivery_id)


def promised_day(words: str, sent_at: datetime) -> datetime | None:
    """The end of the last day ahead that a text names, as our templates write days in any language."""
    first = sent_at.astimezone(UTC).date()
    for ahead in range(FAR_AHEAD, 0, -1):
        day = first + timedelta(days=ahead)
        names = {re.escape(format_date(language, day)) for language in LANGUAGES}
        if re.search(rf"(?<!\d)(?:{'|'.join(names)})", words):
            return datetime.combine(day + timedelta(days=1), time(), UTC)
    return None


def _filing(row: Unfiled) -> Filing:
    facts = json.loads(row.facts or "{}")
    order_id = row.order_id or next(iter(facts.get("order_ids", [])), "")
    kind = {"chargeback": CaseKind.CHARGEBACK, None: CaseKind.REVIEW}.get(row.notice, CaseKind.CLAIM)
    decided = row.notice == "a_to_z_decision"
    at = row.received_at
    return Filing(
        kind,
        "decided" if decided else "received",
        at,
        after(CaseState.DECIDED, at) if decided else received(kind, at, facts.get("reply_within_days")),
        order_id,
        row.conversation_id,
        row.buyer_name,
        message_id=row.message_id,
    )


def _remind(context: Context, case: Case) -> None:
    """An alert and a note, once for each step of a case."""
    key = f"case:{case.case_id}:{case.state}:{case.due_at:%Y%m%dT%H%M}"
    alert = Alert(AlertKind.CASE_DUE, key, f"{title(case)}.", "case", case.case_id)
    note = new_note(context, "case_due", Buyer(order_id=case.order_id), detail=title(case), when=case.due_at)
    if context.ledger.cases.remind(context.claim, alert, note, context.now()):
        for ids in named(context, "case", case.case_id):
            context.log.warning("case_due", **ids, state=case.state.value)
