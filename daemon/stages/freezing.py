"""Guards against disasters: drafts that vanish or are approved in numbers which no person means.

Promises: when more than max(3, 30 %) of the open drafts lose their last copy in one look, the mailbox is
frozen: what was seen is not written down and nothing is decided, until they are back or a person moves the
note into Approved. When more drafts than the limit come into Approved within a minute, all of them are
held, and each must be moved there once more. A folder that was renumbered is read anew, by links, and one
that a person deleted is told of.

Errors: those of the ports.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from daemon.desk.alert import Alert, AlertKind
from daemon.desk.draft import OPEN_STATES, DraftState
from daemon.ports.ledger.copies import Touched
from daemon.stages.context import Context
from daemon.stages.noting import new_note
from daemon.stages.sighting import Sighted

FEW = 3
SHARE = 0.3
"""Up to so many, or this share of the open drafts, may vanish in one look without a question."""
MINUTE = timedelta(minutes=1)
IN_A_FOLDER = OPEN_STATES - {DraftState.PLANNED}


def frozen(context: Context, seen: Sighted, *, accepted: bool) -> bool:
    """Whether nothing may be decided now; `accepted` says that a person looked and wants to go on."""
    for folder, uidvalidity in seen.renumbered:
        _alert(context, AlertKind.FOLDER_RENUMBERED, folder, f"{uidvalidity} {folder}")
        context.log.warning("folder_renumbered", folder=folder)
    lost = _lost(context, seen)
    before = context.ledger.mailboxes.frozen(context.claim)
    most = max(FEW, SHARE * context.ledger.copies.open_drafts(context.claim)) if lost else 0
    if lost > most and not accepted:
        if before is None:
            _freeze(context, lost)
        return True
    if before is not None:
        context.ledger.mailboxes.freeze(context.claim, None, context.now())
        context.log.warning("thawed", accepted=accepted)
    return False


def _lost(context: Context, seen: Sighted) -> int:
    """How many open drafts lose their last copy by what this look saw; one in the archive saves none."""
    gone = {copy_id for look in seen.looks for copy_id in look.gone}
    if not gone:
        return 0
    archive = context.folders.archive
    found = {copy.draft_id for look in seen.looks for copy in look.added if copy.place.folder != archive}
    rows = context.ledger.copies.sharing_drafts(context.claim, gone, IN_A_FOLDER)
    left = Counter(row.draft_id for row in rows if row.copy_id not in gone and row.place.folder != archive)
    return len({row.draft_id for row in rows if not left[row.draft_id]} - found)


def _freeze(context: Context, lost: int) -> None:
    now = context.now()
    context.ledger.mailboxes.freeze(context.claim, "mass_vanish", now, f"drafts={lost}")
    explained = new_note(context, "mass_vanish", detail=str(lost))
    context.ledger.drafts.leave_note(context.claim, explained, now)
    _alert(context, AlertKind.MASS_VANISH, f"{lost} drafts", now.isoformat(timespec="minutes"))
    context.log.error("mass_vanish", drafts=lost)


def _alert(context: Context, kind: AlertKind, detail: str, key: str) -> None:
    """Tell the team, once for each key."""
    told = Alert(kind, f"{kind.value} {key}", detail)
    context.ledger.alerts.raise_(context.claim, [told], context.now(), "approval")


def made_again(context: Context, folders: Iterable[str]) -> None:
    """Tell that a person renamed or deleted folders of ours, which are there again, empty."""
    for folder in folders:
        _alert(context, AlertKind.FOLDER_MADE_AGAIN, folder, f"{context.now():%Y-%m-%dT%H:%M} {folder}")


def flooded(context: Context, wanting: Sequence[Touched]) -> frozenset[int]:
    """The drafts that must not be approved now, since too many came into Approved within a minute.

    One that was held for this and moved once more is meant.
    """
    most = context.mailbox.approval.flood_per_minute
    new = [item.draft.draft_id for item in wanting if item.draft.reason != "flood"]
    if not most or not new:
        return frozenset()
    recent = context.ledger.copies.approved_since(context.claim, context.now() - MINUTE)
    if len(new) + recent <= most:
        return frozenset()
    _alert(context, AlertKind.FLOOD, f"{len(new)} drafts", context.now().isoformat(timespec="minutes"))
    context.log.error("flood", drafts=len(new), within_a_minute=recent)
    return frozenset(new)
