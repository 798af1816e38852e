"""Approval: what people did with drafts becomes states in the ledger.

Promises: level-triggered: the copies that lie in the folders now are compared with the ledger
(`sighting.py`), a pure function decides (`desk.gesture`), and what it says is done here. A move into
`Approved` approves exactly the bytes that lie there, by their digest; a copy that cannot be linked with
certainty, or whose addresses or text must not leave, is held with a note and moved out of `Approved`.
Nothing a person wrote is ever removed. A mailbox in which drafts vanish in numbers is frozen: nothing is
decided in it until they are back, or a person says to go on.

Errors: `TemporaryError` and `InDoubtError` of the ports.
"""

from collections import Counter
from collections.abc import Collection, Mapping

from daemon.desk.gesture import decide
from daemon.desk.gesture_model import Decision, Hand, Seen, Verdict
from daemon.ports.imap import FolderStatus
from daemon.ports.ledger.copies import Touched
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.stages.acts import ACTS, Act, lying
from daemon.stages.context import Context
from daemon.stages.correcting import correct_originals
from daemon.stages.freezing import flooded, frozen
from daemon.stages.hands import roles, watched
from daemon.stages.replies import own_replies
from daemon.stages.sighting import sight
from daemon.stages.strangers import done_notes, move_out, put_back

ROUNDS = 6
"""How many acts one draft may need in one look; a further look goes on."""


def first_marks(context: Context, statuses: Mapping[str, FolderStatus]) -> None:
    """Before the first draft: what lies in these folders already has nothing to do with us."""
    if context.ledger.drafts.any(context.claim):
        return
    names = context.folders
    marked = context.ledger.mailboxes.folders(context.claim)
    for folder in watched(names, context.corrections):
        status = statuses.get(folder)
        if status is None or folder in {names.inbox, *marked}:
            continue
        # in Approved, what lay there before is neither sent nor moved
        floor = status.uidnext - 1 if folder == names.approved else 0
        mark = FolderMark(
            0, folder, status.uidvalidity, floor, status.uidnext, status.modseq, status.messages
        )
        context.ledger.mailboxes.set_mark(context.claim, mark, context.now())


def approval(context: Context, statuses: Mapping[str, FolderStatus], *, full: bool = False) -> dict[str, int]:
    """Look at the folders people touch; `statuses` is the poll that this cycle began with.

    Returns what people did, by name, and `unread`: how many mails of buyers have yet to be taken in.
    """
    seen = sight(context, statuses, full=full)
    counts: Counter[str] = Counter()
    accepted = done_notes(context, seen.notes)
    counts["corrected"] += correct_originals(context, seen.originals)
    if frozen(context, seen, accepted=accepted):
        return dict(counts)
    counts += own_replies(context, seen.replies)  # before the marks say that Sent has been looked through
    for look in seen.looks:
        context.ledger.copies.looked(context.claim, look, context.now())
    touched = context.ledger.copies.touched(context.claim, every=full)
    stopped = flooded(
        context, [item for item in touched if _verdict(context, item).verdict is Verdict.APPROVE]
    )
    counts += _settle_all(context, touched, stopped)
    # last, so that a mail which cannot be moved stops no approval
    counts["unread"] += put_back(context, seen.carried)
    for item in seen.strangers:
        move_out(context, item)
        counts["held"] += 1
    return dict(counts)


def _settle_all(context: Context, touched: Collection[Touched], stopped: Collection[int]) -> Counter[str]:
    counts: Counter[str] = Counter()
    resting = []
    for item in touched:
        done, rests = _settle(context, item, stopped)
        counts.update(done)
        if rests is not None:
            resting.append(rests)
    context.ledger.copies.rest(context.claim, resting)
    return counts


def _settle(context: Context, item: Touched, stopped: Collection[int]) -> tuple[list[str], Touched | None]:
    """Act on one draft until nothing is left to do now; returns what was done, and the draft if it rests."""
    done: list[str] = []
    for _ in range(ROUNDS):
        decision = _verdict(context, item)
        if decision.verdict is Verdict.NOTHING:
            return done, item
        if decision.verdict is Verdict.WAIT:
            return done, None
        if decision.verdict is Verdict.APPROVE and item.draft.draft_id in stopped:
            decision = Decision(Verdict.HOLD, "flood", decision.copies)
        counted = ACTS[decision.verdict](context, Act(item, decision.reason, lying(item, decision.copies)))
        if counted is None:
            return done, None  # it could not be done now: look again
        done += [counted] if counted else []
        (item,) = context.ledger.copies.touched(context.claim, item.draft.draft_id)
    return done, None


def _verdict(context: Context, item: Touched) -> Decision:
    """What the copies of one draft say now."""
    draft = item.draft
    known = roles(context.folders, context.corrections)
    copies = tuple(
        Seen(
            copy.copy_id,
            known[copy.place.folder],
            copy.place.uid,
            copy.internal_at,
            copy.digest,
            copy.place == draft.place,
            copy.deleted,
            copy.flagged,
        )
        for copy in item.copies
        if copy.place.folder in known
    )
    hand = Hand(
        draft.state, item.own_digest, draft.digest, draft.approved_digest, item.touched_at, copies, item.rival
    )
    return decide(hand, context.now(), context.mailbox.approval.patience)
