"""What people's gestures write into the ledger, as acts of its books."""

from collections.abc import Callable

from daemon.desk.clock import deadlines
from daemon.desk.disposition import corrected
from daemon.desk.playbook import Scenario
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.copies import Look
from daemon.ports.ledger.copy_rows import CopyRow
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.ports.ledger.store import Claim
from tests.ledger_kit import HOUR, NOW, Desk, place

Act = Callable[[Claim], object]
QUEUE = FolderMark(0, "Approval", 7, 0, 12, None, 1)


def copy_of(draft_id: int, uid: int = 11, digest: str | None = "d1") -> CopyRow:
    """A copy in the queue."""
    return CopyRow(0, draft_id, place(uid), digest, deleted=False, flagged=False, internal_at=NOW)


def seen(desk: Desk, draft_id: int, uid: int = 11, digest: str | None = "d1") -> int:
    """A copy that a look has seen; returns its number."""
    mark = desk.ledger.mailboxes.folder(desk.claim, "Approval") or QUEUE
    desk.ledger.copies.looked(desk.claim, Look(mark, [copy_of(draft_id, uid, digest)]), NOW)
    return desk.ledger.copies.of_drafts([draft_id])[-1].copy_id


def looked(desk: Desk) -> Act:
    """A look that finds a copy, misses another and sees a flag on a third."""
    draft = desk.queued()
    first, second = seen(desk, draft.draft_id, 21), seen(desk, draft.draft_id, 22)
    mark = desk.ledger.mailboxes.folder(desk.claim, "Approval") or QUEUE
    look = Look(mark, [copy_of(draft.draft_id, 23)], [first], {second: (True, False)})
    return lambda claim: desk.ledger.copies.looked(claim, look, NOW + HOUR)


def moved(desk: Desk) -> Act:
    """Two copies that we moved: one the server told about, one it did not."""
    draft = desk.queued()
    first, second = seen(desk, draft.draft_id, 21), seen(desk, draft.draft_id, 22)
    return lambda claim: desk.ledger.copies.moved(claim, {first: place(5, "Approved"), second: None})


def rest(desk: Desk) -> Act:
    """A draft about which nothing is left to do."""
    draft = desk.queued()
    seen(desk, draft.draft_id, 21)
    touched = desk.ledger.copies.touched(desk.claim)
    return lambda claim: desk.ledger.copies.rest(claim, touched)


def vanished(desk: Desk) -> Act:
    """A draft that lies nowhere any more."""
    draft = desk.queued()
    return lambda claim: desk.ledger.copies.vanished(claim, draft, desk.note("vanished"), NOW)


def edited(desk: Desk) -> Act:
    """Another text of an approved draft whose delivery is prepared."""
    draft = desk.approved()
    desk.prepared(draft)
    return lambda claim: desk.ledger.copies.edited(claim, draft, place(4), b"mine", "d2", NOW)


def correct(desk: Desk) -> Act:
    """Another scenario, in which the draft gives way to a new one."""
    message = desk.message()
    draft = desk.queued(message)
    limits = deadlines(NOW, target=2 * HOUR, hard=48 * HOUR)
    now_is = corrected(Scenario.DELIVERY_ISSUE)
    return lambda claim: desk.ledger.corrections.correct(claim, message, now_is, limits, draft.draft_id, NOW)


def needs_no_answer(desk: Desk) -> Act:
    """An excused message whose draft is over."""
    message = desk.message()
    draft = desk.queued(message)
    return lambda claim: desk.ledger.corrections.needs_no_answer(claim, message, draft.draft_id, NOW)


def done(desk: Desk) -> Act:
    """A note that a person has dealt with."""
    note = desk.note()
    desk.ledger.drafts.leave_note(desk.claim, note, NOW)
    return lambda claim: desk.ledger.notes.done(claim, note.header_id, NOW)


def freeze(desk: Desk) -> Act:
    """A mailbox that must not be followed now."""
    return lambda claim: desk.ledger.mailboxes.freeze(claim, "mass_vanish", NOW, "drafts=4")


def came_back(desk: Desk) -> Act:
    """A message under another UID."""
    message, inbox = desk.message(), desk.inbox
    return lambda claim: desk.ledger.identity.came_back(claim, message, inbox.folder_id, 7, 99, NOW)


def answered_by_hand(desk: Desk) -> Act:
    """A reply that a person wrote without any draft."""
    message = desk.message()
    header_id, alias = f"<buyer.{message}@amazon.com>", "jd7x2kq4w9bnm5t"
    return lambda claim: desk.ledger.clocks.answered_by_hand(claim, [header_id], [alias], NOW, NOW + HOUR)


def settled_by_person(desk: Desk) -> Act:
    """A delivery in doubt that did not arrive, as a person says."""
    delivery = desk.one(t.delivery, desk.doubtful())
    return lambda claim: desk.ledger.deliveries.settled_by_person(
        claim, delivery["draft_id"], sent=False, now=NOW
    )


GESTURE_ACTS = (
    settled_by_person,
    *(looked, moved, rest, vanished, edited, correct, needs_no_answer, done),
    *(freeze, came_back, answered_by_hand),
)
