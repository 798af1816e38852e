"""Acts: what is done about each verdict on a draft's copies.

Promises: one function a verdict. Each does one thing in the ledger and, where needed, one in the mailbox;
the copies it moves are known to be moved by us. It answers with the word under which the act is counted,
with an empty one where there is nothing to count, and with None where the mailbox is not as it was seen.

Errors: `TemporaryError` and `InDoubtError` of the ports.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from daemon.desk.draft import DraftState
from daemon.desk.gesture_model import Seen, Verdict
from daemon.ports.ledger.copies import Touched
from daemon.ports.ledger.copy_rows import CopyRow
from daemon.ports.ledger.draft_rows import DraftRow, Place
from daemon.stages.context import Context
from daemon.stages.correcting import correct_draft
from daemon.stages.drafting import find_copy
from daemon.stages.guarding import Addressee, objection
from daemon.stages.noting import hold, new_note
from daemon.stages.sighting import read_back


@dataclass(frozen=True, slots=True)
class Act:
    """What to do it about: the draft, the reason, and the copies, the draft's new place first."""

    item: Touched
    reason: str
    copies: Sequence[CopyRow]

    @property
    def draft_id(self) -> int:
        """The draft's number."""
        return self.item.draft.draft_id

    @property
    def ids(self) -> dict[str, int]:
        """By what a log line is found again."""
        return {"message": self.item.draft.message_id, "draft": self.draft_id}


def lying(item: Touched, seen: Collection[Seen]) -> list[CopyRow]:
    """The rows of these copies, in their order."""
    rows = {copy.copy_id: copy for copy in item.copies}
    return [rows[each.copy_id] for each in seen]


# ---- in the mailbox --------------------------------------------------------------------------


def move(context: Context, copies: Sequence[CopyRow], target: str) -> Place | None:
    """Move copies, all of one folder; returns the place of one of them, where the server tells it."""
    by_folder: dict[str, list[CopyRow]] = {}
    for copy in copies:
        by_folder.setdefault(copy.place.folder, []).append(copy)
    place = None
    for folder, rows in by_folder.items():
        moved = context.imap.move(folder, [row.place.uid for row in rows], target)
        places: dict[int, Place | None] = {}
        for row in rows:
            uid = moved.uids.get(row.place.uid, 0)
            # without COPYUID (RFC 4315) the next look finds it as any new mail
            places[row.copy_id] = Place(target, moved.uidvalidity, uid) if uid and moved.uidvalidity else None
            place = places[row.copy_id] or place
        context.ledger.copies.moved(context.claim, places)
    return place


def to_queue(context: Context, act: Act) -> bool:
    """A draft that is stopped goes back to where people look for it.

    False where the server does not tell where it lies now: only the next look knows it then.
    """
    queue = context.folders.approval
    away = [copy for copy in act.copies if copy.place.folder != queue]
    if not away:
        return True
    place = move(context, away, queue)
    if place is not None:
        context.ledger.drafts.relocate(context.claim, act.draft_id, place)
    return place is not None


def _content(context: Context, copy: CopyRow) -> bytes | None:
    """The bytes of a copy as they are now; None when it is gone or marked as deleted."""
    found = context.imap.fetch(copy.place.folder, [copy.place.uid])
    return None if not found or "\\Deleted" in found[0].flags else found[0].raw


# ---- approvals -------------------------------------------------------------------------------


def _approve(context: Context, act: Act) -> str | None:
    draft, copy = act.item.draft, act.copies[0]
    raw = _content(context, copy)
    if raw is None:
        return None
    read = read_back(context, draft.draft_id, raw)
    if read is None:
        return _hold(context, Act(act.item, "unreadable", act.copies))
    if read.digest != copy.digest:
        return None
    to = Addressee(draft.recipient, draft.order_id, draft.buyer_language, act.ids)
    against = objection(context, read, to, read.digest)
    if against is not None:
        return _hold(context, Act(act.item, against.reason, act.copies), against.detail)
    if draft.state is DraftState.APPROVED:
        # another text than the one approved before: the cool-down starts anew
        context.ledger.drafts.move_to(
            context.claim, draft, DraftState.EDITED, copy.place, "approved_copy_replaced", context.now()
        )
        draft = context.ledger.drafts.by_token(context.claim, {draft.token})[draft.token]
    edited = context.ledger.drafts.approve(context.claim, draft, copy.place, raw, read.digest, context.now())
    context.log.info("draft_approved", **act.ids, edited=edited)
    return "approved"


def _hold(context: Context, act: Act, detail: str = "") -> str | None:
    draft = _kept(context, act)
    if draft.state is not DraftState.HELD:
        hold(
            context,
            act.draft_id,
            act.reason,
            "approval",
            recipient=draft.recipient,
            detail=detail,
        )
    else:
        about = act.copies[0].place if act.copies else None
        buyer = context.ledger.about.buyer(act.draft_id)
        again = new_note(context, act.reason, buyer, recipient=draft.recipient, detail=detail, about=about)
        context.ledger.drafts.leave_note(context.claim, again, context.now(), act.draft_id)
    return "held" if to_queue(context, act) else None


def _kept(context: Context, act: Act) -> DraftRow:
    """Note the text that is held as the draft's own, so that its way back into the queue is no edit."""
    draft = act.item.draft
    newest = act.copies[-1] if act.copies and act.reason != "newer_revision" else None
    if newest is None or newest.digest in {None, draft.digest}:
        return draft
    raw = _content(context, newest)
    if raw is None or newest.digest is None:
        return draft
    context.ledger.copies.edited(context.claim, draft, newest.place, raw, newest.digest, context.now())
    return context.ledger.drafts.by_token(context.claim, {draft.token})[draft.token]


def _back(context: Context, act: Act) -> str | None:
    return "" if to_queue(context, act) else None


def _flagged(context: Context, act: Act) -> str:
    move(context, act.copies, context.folders.approved)
    context.log.info("approved_by_flag", **act.ids)
    return ""


# ---- other gestures --------------------------------------------------------------------------


def _edit(context: Context, act: Act) -> str | None:
    copy = act.copies[0]
    raw = _content(context, copy)
    if raw is None or copy.digest is None:
        return None
    context.ledger.copies.edited(context.claim, act.item.draft, copy.place, raw, copy.digest, context.now())
    context.log.info("draft_edited", **act.ids, revision=act.item.draft.revision + 1)
    return "edited"


def _return(context: Context, act: Act) -> str:
    copy = act.copies[0]
    back = DraftState.QUEUED if copy.digest == act.item.own_digest else DraftState.EDITED
    _step(context, act, back)
    context.log.info("draft_returned", **act.ids)
    return "returned"


def _reject(context: Context, act: Act) -> str:
    _step(context, act, DraftState.REJECTED)
    context.log.info("draft_rejected", **act.ids, reason=act.reason)
    return "rejected"


def _step(context: Context, act: Act, new: DraftState) -> None:
    place = act.copies[0].place if act.copies else None
    context.ledger.drafts.move_to(context.claim, act.item.draft, new, place, act.reason, context.now())


def _answered(context: Context, act: Act) -> str:
    copy = act.copies[0]
    first = context.ledger.clocks.answered_by_agent(
        context.claim, act.item.draft, copy.internal_at, context.now()
    )
    seconds = round(first.seconds, 1) if first else None
    context.log.info("answered_by_agent", **act.ids, first_response_seconds=seconds)
    return "answered"


def _unsent(context: Context, act: Act) -> str:
    context.ledger.deliveries.settled_by_person(context.claim, act.draft_id, sent=False, now=context.now())
    context.ledger.drafts.relocate(context.claim, act.draft_id, act.copies[0].place)
    context.log.info("doubt_settled", **act.ids, sent=False)
    return "returned"


def _relocate(context: Context, act: Act) -> str:
    context.ledger.drafts.relocate(context.claim, act.draft_id, act.copies[0].place)
    return ""


def _tidy(context: Context, act: Act) -> str:
    by_folder: dict[str, list[int]] = {}
    for copy in act.copies:
        by_folder.setdefault(copy.place.folder, []).append(copy.place.uid)
    for folder, uids in by_folder.items():
        context.imap.remove(folder, uids)
    context.ledger.copies.moved(context.claim, dict.fromkeys(copy.copy_id for copy in act.copies))
    context.log.info("tidied", **act.ids, copies=len(act.copies))
    return ""


def _out_of_date(context: Context, act: Act) -> str:
    """A draft that is over, or has a rival, was brought back: never sent, and whatever it says is kept."""
    state, names = act.item.draft.state, context.folders
    kept = any(copy.place.folder == names.rejected for copy in act.item.copies)
    said = {act.item.own_digest, act.item.draft.digest}  # other words are news, whatever carried them
    known = kept and all(copy.digest in said for copy in act.copies)
    if act.item.rival and known and context.imap.profile.labels and names.archive is not None:
        # the conversation was moved for the newer draft's sake: this one lost no label and got another
        move(context, act.copies, names.archive)
        context.log.info("carried_along", **act.ids)
        return ""
    why = "a newer one" if act.reason == "newer_draft" and act.item.rival else state.value
    about = Place(state.value, 0, act.draft_id)  # an editor that saves again and again gets one note
    buyer = context.ledger.about.buyer(act.draft_id)
    explained = new_note(context, act.reason, buyer, detail=why, about=about)
    context.ledger.drafts.leave_note(context.claim, explained, context.now(), act.draft_id)
    move(context, act.copies, context.folders.rejected)
    context.log.warning(act.reason, **act.ids, state=state)
    return "held"


def _vanish(context: Context, act: Act) -> str | None:
    draft, archive = act.item.draft, context.folders.archive
    if archive is not None and context.imap.search_header(archive, "Message-ID", draft.header_id):
        return _reject(context, Act(act.item, "archived", ()))  # too deep in it for a look
    found = find_copy(context, draft.header_id, draft.token)
    if found is not None:  # a folder that no look goes through, or a look that came too early
        context.log.warning("vanished_copy_found", **act.ids, folder=found.folder)
        return None
    buyer = context.ledger.about.buyer(act.draft_id)
    explained = new_note(context, "vanished", buyer, recipient=draft.recipient)
    context.ledger.copies.vanished(context.claim, draft, explained, context.now())
    context.log.warning("draft_vanished", **act.ids)
    return "vanished"


def _turned_up(context: Context, act: Act) -> str | None:
    draft = act.item.draft
    hold(context, act.draft_id, "turned_up", "approval", recipient=draft.recipient)
    return "held" if to_queue(context, act) else None


def _reclassify(context: Context, act: Act) -> str:
    scenario = context.corrections[act.copies[0].place.folder]
    kept = correct_draft(context, act.item, scenario)
    if kept:
        _hold(context, Act(act.item, "kept_after_correction", act.copies))
    else:
        _tidy(context, act)
    return "corrected"


ACTS: Mapping[Verdict, Callable[[Context, Act], str | None]] = MappingProxyType(
    {
        Verdict.RELOCATE: _relocate,
        Verdict.APPROVE: _approve,
        Verdict.EDIT: _edit,
        Verdict.RETURN: _return,
        Verdict.REJECT: _reject,
        Verdict.ANSWERED: _answered,
        Verdict.RECLASSIFY: _reclassify,
        Verdict.HOLD: _hold,
        Verdict.BACK: _back,
        Verdict.FLAGGED: _flagged,
        Verdict.UNSENT: _unsent,
        Verdict.OUT_OF_DATE: _out_of_date,
        Verdict.TIDY: _tidy,
        Verdict.VANISH: _vanish,
        Verdict.TURNED_UP: _turned_up,
    }
)
