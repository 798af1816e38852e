"""Approval: what people did with drafts becomes states in the ledger.

Promises: level-triggered: the folders as they are now are compared with the ledger. A move into
`Approved` approves exactly the bytes that lie there, by their digest; a copy that cannot be linked with
certainty, or whose addresses or text must not leave, is held with a note and moved out of `Approved`. A
mail in Sent that answers a draft, and is not one of our own deliveries, is a person's answer. Nothing a
person wrote is ever removed.

Errors: `TemporaryError` and `InDoubtError` of the ports.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from daemon.desk.draft import APPROVABLE_STATES, DraftState
from daemon.desk.link import LinkKind
from daemon.ports.imap import FolderStatus
from daemon.ports.ledger.draft_rows import DraftRow, Place
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.reply.copies import Copy, UnreadableCopyError, read_copy, untouched
from daemon.stages.context import Context
from daemon.stages.guarding import Addressee, objection
from daemon.stages.linking import Linked, linked_copies, linked_headers
from daemon.stages.noting import hold, new_note

REJECTABLE = frozenset({DraftState.QUEUED, DraftState.EDITED, DraftState.APPROVED, DraftState.HELD})
ANSWERABLE = REJECTABLE | {DraftState.PLANNED, DraftState.REJECTED, DraftState.VANISHED}
SETTLED = frozenset({DraftState.HELD, DraftState.SENT, DraftState.CONFIRMED})
"""States whose copy in `Approved`, at the place the ledger knows, is no new act of a person."""
UNTOUCHABLE = frozenset({DraftState.PLANNED, DraftState.SENDING, DraftState.IN_DOUBT})
"""States that other stages lead on: drafting, dispatch."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What people did, as far as one pass saw it."""

    approved: int = 0
    rejected: int = 0
    returned: int = 0
    answered: int = 0
    held: int = 0


def first_marks(context: Context, statuses: Mapping[str, FolderStatus]) -> None:
    """Before the first draft: what lies in these folders already has nothing to do with us."""
    if context.ledger.drafts.any(context.claim):
        return
    names = context.folders
    for folder in (names.approval, names.approved, names.rejected, names.sent):
        status = statuses.get(folder) if folder is not None else None
        if folder is None or status is None or context.ledger.mailboxes.folder(context.claim, folder):
            continue
        # in Approved, what lay there before is neither sent nor moved
        floor = status.uidnext - 1 if folder == names.approved else 0
        mark = FolderMark(0, folder, status.uidvalidity, floor, status.uidnext, status.modseq)
        context.ledger.mailboxes.set_mark(context.claim, mark, context.now())


def approval(context: Context, statuses: Mapping[str, FolderStatus]) -> Observed:
    """Look at the folders people touch; `statuses` is the poll that this cycle began with."""
    answered = _look_into_sent(context, statuses)
    rejected = _look_into_rejected(context, statuses)
    returned = _look_into_queue(context, statuses)
    approved, held = _look_into_approved(context, statuses)
    return Observed(approved, rejected, returned, answered, held)


# ---- Approved -------------------------------------------------------------------------------


def _look_into_approved(context: Context, statuses: Mapping[str, FolderStatus]) -> tuple[int, int]:
    folder = context.folders.approved
    status = statuses.get(folder)
    if status is None or not status.messages:
        return 0, 0
    mark = context.ledger.mailboxes.folder(context.claim, folder)
    floor = mark.floor_uid if mark is not None and mark.uidvalidity == status.uidvalidity else 0
    by_draft: dict[int, list[Linked]] = defaultdict(list)
    strangers: list[Linked] = []
    approved = held = 0
    for item in linked_copies(context, folder, status.uidvalidity):
        if item.draft is not None:
            by_draft[item.draft.draft_id].append(item)
        elif item.place.uid > floor:
            strangers.append(item)
    for items in by_draft.values():
        outcome = _approve(context, items)
        approved += outcome is True
        held += outcome is False
    # last, so that a mail which cannot be moved stops no approval
    for item in strangers:
        _move_out(context, item)
        held += 1
    return approved, held


def _move_out(context: Context, item: Linked) -> None:
    """A mail in `Approved` that is no draft of ours: back to the queue, with a note; notes are done."""
    if item.link is not None and item.link.kind is LinkKind.NOTE:
        context.imap.remove(item.place.folder, [item.place.uid])
        context.log.info("note_done", uid=item.place.uid)
        return
    explained = new_note(context, "not_ours", about=item.place)
    context.ledger.drafts.leave_note(context.claim, explained, context.now())
    context.imap.move(item.place.folder, [item.place.uid], context.folders.approval)
    context.log.warning("not_ours", uid=item.place.uid)


def _approve(context: Context, items: Sequence[Linked]) -> bool | None:
    """True: approved now; False: held or out of date; None: nothing new."""
    draft = items[0].draft
    assert draft is not None  # noqa: S101  the caller sorted by it
    if draft.state in UNTOUCHABLE:
        return None
    if draft.state in SETTLED:
        # what lies where the ledger knows it is left over from before: filing takes it, or it goes back
        left, items = (
            [i for i in items if i.place == draft.place],
            [i for i in items if i.place != draft.place],
        )
        if left and draft.state is DraftState.HELD:
            _to_queue(context, left, draft)
        if not items:
            return None
    if draft.state not in APPROVABLE_STATES | {DraftState.APPROVED}:
        _out_of_date(context, items, draft, draft.state.value)
        return False
    copies = [(item, _read(context, item)) for item in items]
    readable = [(item, copy) for item, copy in copies if copy is not None]
    if len(readable) < len(copies):
        return _hold_copies(context, items, draft, "unreadable")
    if len({copy.digest for _, copy in readable}) > 1:
        return _hold_copies(context, items, draft, "two_copies")
    return _decide(context, draft, items, readable[0])


def _decide(
    context: Context, draft: DraftRow, items: Sequence[Linked], chosen: tuple[Linked, Copy]
) -> bool | None:
    """What one clear copy in `Approved` means for its draft."""
    item, copy = chosen
    if draft.state is DraftState.APPROVED and draft.approved_digest == copy.digest:
        if draft.place is None or draft.place not in [each.place for each in items]:
            context.ledger.drafts.relocate(context.claim, draft.draft_id, item.place)
        return None
    to = Addressee(draft.recipient, draft.order_id, draft.buyer_language)
    against = objection(context, copy, to, copy.digest)
    if against is not None:
        return _hold_copies(context, items, draft, against.reason, against.detail)
    if draft.state is DraftState.APPROVED:
        # another text than the one approved before: the cool-down starts anew
        context.ledger.drafts.move_to(
            context.claim, draft, DraftState.EDITED, item.place, "approved_copy_replaced", context.now()
        )
        draft = context.ledger.drafts.by_token(context.claim, {draft.token})[draft.token]
    edited = context.ledger.drafts.approve(
        context.claim, draft, item.place, item.raw, copy.digest, context.now()
    )
    context.log.info("draft_approved", draft=draft.draft_id, edited=edited)
    return True


def _read(context: Context, item: Linked) -> Copy | None:
    draft = item.draft
    ours = None if draft is None else lambda: context.ledger.deliveries.written(draft.draft_id)
    try:
        return read_copy(item.raw, ours) if item.raw else None
    except UnreadableCopyError:
        return None


def _hold_copies(
    context: Context, items: Sequence[Linked], draft: DraftRow, reason: str, detail: str = ""
) -> bool:
    if draft.state is not DraftState.HELD:
        hold(context, draft.draft_id, reason, "approval", recipient=draft.recipient, detail=detail)
    else:
        again = new_note(context, reason, recipient=draft.recipient, detail=detail, about=items[0].place)
        context.ledger.drafts.leave_note(context.claim, again, context.now(), draft.draft_id)
    _to_queue(context, items, draft)
    return False


def _to_queue(context: Context, items: Sequence[Linked], draft: DraftRow) -> None:
    """A held draft goes back to where people look for it."""
    queue = context.folders.approval
    moved = context.imap.move(context.folders.approved, [item.place.uid for item in items], queue)
    if moved.uids:
        place = Place(queue, moved.uidvalidity or 0, max(moved.uids.values()))
        context.ledger.drafts.relocate(context.claim, draft.draft_id, place)


def _out_of_date(context: Context, items: Sequence[Linked], draft: DraftRow, why: str) -> None:
    """A draft that is over (rejected, superseded, answered) was brought back: never sent."""
    reason = "newer_draft" if items[0].place.folder == context.folders.approval else "out_of_date"
    explained = new_note(context, reason, detail=why, about=items[0].place)
    context.ledger.drafts.leave_note(context.claim, explained, context.now(), draft.draft_id)
    context.imap.move(items[0].place.folder, [item.place.uid for item in items], context.folders.rejected)
    context.log.warning(reason, draft=draft.draft_id, state=draft.state)


# ---- the other folders: only what is new since the folder's mark -----------------------------


def _new_in(
    context: Context,
    folder: str | None,
    statuses: Mapping[str, FolderStatus],
    known: frozenset[int] = frozenset(),
) -> tuple[list[Linked], FolderMark | None]:
    """Linked headers of what came into a folder since its mark, and the mark to write afterwards."""
    status = statuses.get(folder) if folder is not None else None
    if folder is None or status is None:
        return [], None
    mark = context.ledger.mailboxes.folder(context.claim, folder)
    start = 1 if mark is None or mark.uidvalidity != status.uidvalidity else mark.uidnext
    if mark is not None and mark.uidvalidity == status.uidvalidity and start == status.uidnext:
        return [], None
    context.imap.examine(folder, fresh=True)
    uids = [uid for uid in context.imap.uids(folder, start) if uid not in known]
    after = max([status.uidnext, *(uid + 1 for uid in uids)])
    renewed = FolderMark(mark.folder_id if mark else 0, folder, status.uidvalidity, 0, after, status.modseq)
    return linked_headers(context, folder, status.uidvalidity, uids), renewed


def _advance(context: Context, mark: FolderMark | None) -> None:
    if mark is not None:
        context.ledger.mailboxes.set_mark(context.claim, mark, context.now())


def _look_into_rejected(context: Context, statuses: Mapping[str, FolderStatus]) -> int:
    items, mark = _new_in(context, context.folders.rejected, statuses)
    rejected = 0
    for item in items:
        if item.draft is not None and item.draft.state in REJECTABLE:
            context.ledger.drafts.move_to(
                context.claim, item.draft, DraftState.REJECTED, item.place, "moved_to_rejected", context.now()
            )
            context.log.info("draft_rejected", draft=item.draft.draft_id)
            rejected += 1
    _advance(context, mark)
    return rejected


def _look_into_queue(context: Context, statuses: Mapping[str, FolderStatus]) -> int:
    """Undo: a draft that came back into the queue from `Approved` or `Rejected`."""
    queue = context.folders.approval
    known = context.ledger.drafts.uids_in(context.claim, queue)
    items, mark = _new_in(context, queue, statuses, known)
    returned = 0
    for item in items:
        draft = item.draft
        if draft is None or draft.state is DraftState.PLANNED:
            continue
        if draft.state is DraftState.REJECTED and context.ledger.drafts.has_other(context.claim, draft):
            _out_of_date(context, [item], draft, "a newer one")
        elif draft.state in {DraftState.APPROVED, DraftState.REJECTED}:
            back = DraftState.EDITED if draft.revision > 1 else DraftState.QUEUED
            context.ledger.drafts.move_to(context.claim, draft, back, item.place, "moved_back", context.now())
            context.log.info("draft_returned", draft=draft.draft_id)
            returned += 1
        elif draft.state is DraftState.QUEUED and not _untouched(context, item, draft):
            context.ledger.drafts.move_to(
                context.claim, draft, DraftState.EDITED, item.place, "edited_in_queue", context.now()
            )
        elif draft.state in APPROVABLE_STATES:
            context.ledger.drafts.relocate(context.claim, draft.draft_id, item.place)
    _advance(context, mark)
    return returned


def _untouched(context: Context, item: Linked, draft: DraftRow) -> bool:
    """Whether a copy still says what we wrote."""
    found = context.imap.fetch(item.place.folder, [item.place.uid])
    return all(untouched(mail.raw, draft.digest) for mail in found)


def _look_into_sent(context: Context, statuses: Mapping[str, FolderStatus]) -> int:
    """An answer that a person sent from their own mail client."""
    items, mark = _new_in(context, context.folders.sent, statuses)
    answered = 0
    for item in items:
        draft = item.draft
        if draft is None or item.own_delivery or draft.state not in ANSWERABLE:
            continue
        if draft.recipient.partition("@")[0].partition("+")[0] not in item.addressees:
            context.log.info("sent_to_somebody_else", draft=draft.draft_id)  # forwarded, for instance
            continue
        size = context.imap.sizes(item.place.folder, [item.place.uid]).get(item.place.uid)
        at = size.internal_at if size is not None else context.now()
        first = context.ledger.clocks.answered_by_agent(context.claim, draft, at, context.now())
        seconds = round(first.seconds, 1) if first else None
        context.log.info("answered_by_agent", draft=draft.draft_id, first_response_seconds=seconds)
        answered += 1
    _advance(context, mark)
    return answered
