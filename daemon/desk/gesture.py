r"""What people did with a draft, read off the copies of it that lie in the folders.

Promises: pure and level-triggered: the copies as they lie now, and how long they have lain so, decide; it
does not matter which client moved, saved or deleted them, nor in which order. The rules are those of
`design.md` section 4, and the order of the checks is their weight: an answer that left outranks everything,
Approved outranks the queue, a live copy outranks a deleted one. "Gone" is never "rejected": clients delete
a draft before its copy in Sent exists.

Errors: none.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from daemon.desk.draft import DraftState
from daemon.desk.gesture_model import Decision, Hand, Patience, Role, Seen, Verdict

_D = DraftState
_OPEN = frozenset({_D.QUEUED, _D.EDITED, _D.APPROVED, _D.HELD})
ANSWERABLE = _OPEN | {_D.REJECTED, _D.VANISHED}
"""States in which a person's mail in Sent is the answer that this draft was for."""
_NOTHING = Decision(Verdict.NOTHING)
_WAIT = Decision(Verdict.WAIT)


def decide(hand: Hand, now: datetime, patience: Patience) -> Decision:
    """What the copies of one draft say; applied again after each act until nothing is left to do."""
    sent = [item for item in hand.copies if item.role is Role.SENT]
    if sent and hand.state in ANSWERABLE:
        return Decision(Verdict.ANSWERED, "found_in_sent", (min(sent, key=_age),))
    if hand.state in {_D.PLANNED, _D.SENDING}:
        return _WAIT  # drafting and dispatch lead these on
    if hand.state is _D.IN_DOUBT:
        return _in_doubt(hand)
    if hand.state is _D.VANISHED:
        here = _live(hand, Role.QUEUE, Role.DRAFTS, Role.APPROVED)
        return Decision(Verdict.TURNED_UP, "turned_up", here) if here else _NOTHING
    if hand.state is _D.REJECTED:
        return _rejected(hand, now, patience)
    return _open(hand, now, patience) if hand.state in _OPEN else _over(hand, now, patience)


def settled(hand: Hand, now: datetime, wait: timedelta) -> bool:
    """Whether nothing has changed for this long; a clock that was set back makes nobody wait."""
    return not timedelta(0) <= now - hand.touched_at < wait


def _age(item: Seen) -> tuple[datetime, int]:
    return item.internal_at, item.uid


def _live(hand: Hand, *roles: Role) -> tuple[Seen, ...]:
    """The copies in these folders that nobody deleted, oldest first."""
    found = (item for item in hand.copies if item.role in roles and not item.deleted)
    return tuple(sorted(found, key=_age))


# ---- drafts that wait for a person, or for their sending ---------------------------------------


def _open(hand: Hand, now: datetime, patience: Patience) -> Decision:
    named = _live(hand, Role.RECLASSIFY)
    if named:
        return Decision(Verdict.RECLASSIFY, "moved_to_reclassify", named)
    approved = _live(hand, Role.APPROVED)
    left = tuple(item for item in approved if item.known)
    if hand.state is _D.HELD and left:
        return Decision(Verdict.BACK, "left_in_approved", left)
    if approved:
        return _approved(hand, approved, now, patience)
    waiting = _live(hand, Role.QUEUE, Role.DRAFTS)
    if waiting:
        return _waiting(hand, waiting, now, patience)
    return _away(hand, now, patience)


def _approved(hand: Hand, approved: tuple[Seen, ...], now: datetime, patience: Patience) -> Decision:
    digests = {item.digest for item in approved}
    if None in digests:
        return Decision(Verdict.HOLD, "unreadable", approved)
    if len(digests) > 1:
        return Decision(Verdict.HOLD, "two_copies", approved)
    chosen = approved[0]
    others = _live(hand, Role.QUEUE, Role.DRAFTS)
    rivals = [item for item in others if _is_a_persons(hand, item) and item.digest != chosen.digest]
    # the UIDs of two folders say nothing about which is newer, and INTERNALDATE counts whole seconds
    if any(item.internal_at >= chosen.internal_at for item in rivals):
        return Decision(Verdict.HOLD, "newer_revision", approved)
    if hand.state is not _D.APPROVED or hand.approved_digest != chosen.digest:
        return Decision(Verdict.APPROVE, "moved_to_approved", approved)
    if not any(item.known for item in approved):
        return Decision(Verdict.RELOCATE, "elsewhere", (chosen,))
    return _tidy(hand, _left_by_an_edit(hand, chosen), now, patience)


def _is_a_persons(hand: Hand, item: Seen) -> bool:
    """Whether a copy holds, or may hold, words that we did not write."""
    return item.digest != hand.own_digest


def _left_by_an_edit(hand: Hand, chosen: Seen) -> tuple[Seen, ...]:
    """Our own text in the queue while an edited one has been approved: "edit as new" leaves it behind."""
    if chosen.digest == hand.own_digest:
        return ()  # the same text in both folders: an undo, or a client that has not synchronised yet
    return tuple(item for item in _live(hand, Role.QUEUE) if not _is_a_persons(hand, item))


def _tidy(hand: Hand, surplus: tuple[Seen, ...], now: datetime, patience: Patience) -> Decision:
    if not surplus:
        return _NOTHING
    if not settled(hand, now, patience.settle):
        return _WAIT
    return Decision(Verdict.TIDY, "left_over", surplus)


def _waiting(hand: Hand, waiting: tuple[Seen, ...], now: datetime, patience: Patience) -> Decision:
    """Copies in the queue or in Drafts, and none in Approved."""
    newest = waiting[-1]
    if hand.state is _D.APPROVED:
        return Decision(Verdict.RETURN, "moved_back", (newest,))
    edits = [item for item in waiting if _is_a_persons(hand, item) and item.digest is not None]
    if edits and edits[-1].digest != hand.digest:
        if not settled(hand, now, patience.settle):
            return _WAIT  # autosave: one revision for many saves
        return Decision(Verdict.EDIT, "edited", (edits[-1],))
    current = edits[-1] if edits else newest
    flagged = [item for item in waiting if item.flagged and item.digest == current.digest]
    if patience.flag_approves and flagged and flagged[0].role is Role.QUEUE:
        return Decision(Verdict.FLAGGED, "flagged", (flagged[0],))
    if not any(item.known for item in waiting):
        return Decision(Verdict.RELOCATE, "elsewhere", (current,))
    return _tidy(hand, _twins(hand, waiting, current), now, patience)


def _twins(hand: Hand, waiting: tuple[Seen, ...], current: Seen) -> tuple[Seen, ...]:
    """Untouched copies in the queue beside another one there: a late append, or what an edit left."""
    ours = [item for item in waiting if item.role is Role.QUEUE and not _is_a_persons(hand, item)]
    if _is_a_persons(hand, current):
        return tuple(ours) if current.role is Role.QUEUE else ()
    keep = next((item for item in ours if item.known), min(ours, key=_age, default=None))
    return tuple(item for item in ours if item is not keep)


def _away(hand: Hand, now: datetime, patience: Patience) -> Decision:
    """No copy where it could be sent from: rejected only by evidence, else gone after the grace time."""
    rejected = _live(hand, Role.REJECTED)
    if rejected:
        return Decision(Verdict.REJECT, "moved_to_rejected", rejected)
    trashed = tuple(item for item in hand.copies if item.role is Role.TRASH)
    deleted = tuple(item for item in hand.copies if item.deleted)
    archived = tuple(item for item in hand.copies if item.role is Role.ARCHIVE)
    for reason, found in (("moved_to_trash", trashed), ("marked_deleted", deleted), ("archived", archived)):
        if found and not settled(hand, now, patience.sent_may_follow):
            return _WAIT
        if found:
            return Decision(Verdict.REJECT, reason, found)
    return Decision(Verdict.VANISH, "gone") if settled(hand, now, patience.grace) else _WAIT


# ---- drafts that are in doubt, rejected or over --------------------------------------------------


def _in_doubt(hand: Hand) -> Decision:
    """Taken out of Approved by a person: they looked, and the buyer does not have it."""
    elsewhere = _live(hand, Role.QUEUE, Role.DRAFTS, Role.REJECTED)
    if elsewhere and not _live(hand, Role.APPROVED):
        return Decision(Verdict.UNSENT, "person_says_unsent", elsewhere)
    return _NOTHING


def _rejected(hand: Hand, now: datetime, patience: Patience) -> Decision:
    named = _live(hand, Role.RECLASSIFY)
    if named and not hand.rival:
        return Decision(Verdict.RECLASSIFY, "moved_to_reclassify", named)
    back = _live(hand, Role.APPROVED) or _live(hand, Role.QUEUE, Role.DRAFTS)
    if not back:
        return _NOTHING
    if hand.rival:
        return _set_aside(hand, back, now, patience)
    return Decision(Verdict.RETURN, "moved_back", (back[-1],))


def _over(hand: Hand, now: datetime, patience: Patience) -> Decision:
    """Sent, answered or superseded: nothing of it may leave any more, and nothing a person wrote is lost."""
    approved = tuple(item for item in _live(hand, Role.APPROVED) if not item.known)
    waiting = _live(hand, Role.QUEUE, Role.DRAFTS)
    if approved:
        return Decision(Verdict.OUT_OF_DATE, "out_of_date", approved)
    ours = tuple(item for item in waiting if not _is_a_persons(hand, item) and item.role is Role.QUEUE)
    if ours:
        return Decision(Verdict.TIDY, "left_over", ours)
    theirs = tuple(item for item in waiting if _is_a_persons(hand, item))
    return _set_aside(hand, theirs, now, patience) if theirs else _NOTHING


def _set_aside(hand: Hand, items: Collection[Seen], now: datetime, patience: Patience) -> Decision:
    approved = any(item.role is Role.APPROVED for item in items)
    if not approved and not settled(hand, now, patience.settle):
        return _WAIT  # an editor may still be open
    return Decision(Verdict.OUT_OF_DATE, "out_of_date" if approved else "newer_draft", tuple(items))
