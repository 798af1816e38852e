"""Sighting: what lies in the folders that people touch, compared with what the last look saw there.

Promises: a look costs what has changed: a folder whose STATUS is as it was is not opened where the server
tells of flags too (CONDSTORE, RFC 7162), and only new mails are read. Nothing is decided and nothing is
changed in the mailbox here; the ledger learns of a look only when `Sighted.looks` are written.

Errors: `TemporaryError` of the ports.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from daemon.desk.draft import OPEN_STATES
from daemon.desk.gesture import ANSWERABLE
from daemon.desk.gesture_model import Role
from daemon.desk.link import LinkKind
from daemon.desk.playbook import Scenario
from daemon.ports.imap import FolderStatus, Size
from daemon.ports.ledger.copies import Look
from daemon.ports.ledger.copy_rows import CopyRow
from daemon.ports.ledger.draft_rows import Place
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.reply.copies import LARGEST, Copy, UnreadableCopyError, read_copy
from daemon.stages.context import Context
from daemon.stages.hands import roles
from daemon.stages.linking import Linked, alias_of, linked_headers

READ = frozenset({Role.QUEUE, Role.APPROVED, Role.DRAFTS, Role.RECLASSIFY})
"""Where a copy's text matters; elsewhere it is enough that it lies there."""
OWN_REPLIES = frozenset({Role.QUEUE, Role.APPROVED, Role.DRAFTS, Role.SENT})
"""Where a mail that only answers the original, and has no link of ours, is taken for a copy."""
TELLING = MappingProxyType(
    {
        Role.SENT: OPEN_STATES | ANSWERABLE,
        Role.TRASH: OPEN_STATES,
        Role.ARCHIVE: OPEN_STATES,
    }
)
"""The states in which a copy says something in folders that only grow: others are not asked after."""
CARRYING = frozenset({Role.QUEUE, Role.APPROVED, Role.REJECTED, Role.RECLASSIFY})
"""Where mails that come along with a draft say nothing: Gmail's web page moves whole conversations."""
NEWEST = 1_000
"""How far back a look goes in an archive that it does not know: those hold all the mail there ever was."""


@dataclass(slots=True)
class Sighted:
    """What one look at all folders saw.

    `strangers` and `notes` are new in Approved; `replies` are new in Sent, not ours and without a link;
    `originals` lie in a folder of corrections, which says their scenario. `carried` are mails of a
    conversation that came there along with a draft.
    `renumbered` are the folders with a new UIDVALIDITY.
    """

    looks: list[Look] = field(default_factory=list)
    strangers: list[Linked] = field(default_factory=list)
    notes: list[Linked] = field(default_factory=list)
    replies: list[Linked] = field(default_factory=list)
    originals: list[tuple[Place, Scenario]] = field(default_factory=list)
    carried: list[Linked] = field(default_factory=list)
    renumbered: list[tuple[str, int]] = field(default_factory=list)


def sight(context: Context, statuses: Mapping[str, FolderStatus], *, full: bool) -> Sighted:
    """Look at every folder that may have changed; `full` looks at flags even where nothing seems to have."""
    marks = context.ledger.mailboxes.folders(context.claim)
    seen = Sighted()
    for folder, role in roles(context.folders, context.corrections).items():
        status = statuses.get(folder)
        if status is not None:
            mark = marks.get(folder) or FolderMark(0, folder, 0, 0, 1, None)
            _look(context, seen, role, status, mark, full=full)
    return seen


def _renewed(mark: FolderMark, status: FolderStatus, uids: Iterable[int]) -> FolderMark:
    """The mark after a look that saw these new UIDs; `status` is from before it, so the next one compares."""
    same = mark.uidvalidity == status.uidvalidity
    after = max([status.uidnext, *(uid + 1 for uid in uids)])
    floor = mark.floor_uid if same else 0
    return FolderMark(
        mark.folder_id, mark.name, status.uidvalidity, floor, after, status.modseq, status.messages
    )


def _unchanged(mark: FolderMark, status: FolderStatus, role: Role) -> bool:
    """Whether STATUS proves that nothing happened; without CONDSTORE it is silent about flags."""
    flags_told = status.modseq is not None and mark.modseq == status.modseq
    numbers = (mark.uidvalidity, mark.uidnext, mark.messages) == (
        status.uidvalidity,
        status.uidnext,
        status.messages,
    )
    return numbers and (flags_told or role not in READ)


def _look(
    context: Context, seen: Sighted, role: Role, status: FolderStatus, mark: FolderMark, *, full: bool
) -> None:
    if _unchanged(mark, status, role) and not full:
        return
    folder = mark.name
    same = mark.uidvalidity == status.uidvalidity
    states = TELLING.get(role) if same else None
    known = {copy.place.uid: copy for copy in context.ledger.copies.in_folder(context.claim, folder, states)}
    start = mark.uidnext
    stale: list[int] = []
    if not same:
        if mark.uidvalidity:
            seen.renumbered.append((folder, status.uidvalidity))
        stale, known = [copy.copy_id for copy in known.values()], {}
        start = max(1, status.uidnext - NEWEST) if role is Role.ARCHIVE else 1
    new: list[int] = []
    if start < status.uidnext or status.uidvalidity != mark.uidvalidity:
        context.imap.examine(folder, fresh=True)
        new = [uid for uid in context.imap.uids(folder, start) if uid not in known]
    items = linked_headers(context, folder, status.uidvalidity, new, by_original=role in OWN_REPLIES)
    added = _copies(context, role, items)
    flags = context.imap.flags(folder, list(known)) if known else {}
    gone = [*stale, *(copy.copy_id for uid, copy in known.items() if uid not in flags)]
    changed = {
        copy.copy_id: now
        for uid, copy in known.items()
        if uid in flags and (now := _marks(flags[uid])) != (copy.deleted, copy.flagged)
    }
    unlinked = [item for item in items if item.draft is None]
    if added and role in CARRYING and context.imap.profile.labels:
        unlinked = _without_carried(seen, role, items)
    renewed = _renewed(mark, status, new)
    if role is Role.APPROVED:
        renewed = _keep_strangers(seen, unlinked, renewed)
    elif role is Role.SENT:
        seen.replies += [item for item in unlinked if item.link is None]
    elif role is Role.RECLASSIFY:
        seen.originals += [
            (item.place, context.corrections[folder]) for item in unlinked if item.link is None
        ]
    if renewed != mark or added or gone or changed:
        seen.looks.append(Look(renewed, added, gone, changed))


def _marks(flags: frozenset[str]) -> tuple[bool, bool]:
    return "\\Deleted" in flags, "\\Flagged" in flags


def _without_carried(seen: Sighted, role: Role, items: Sequence[Linked]) -> list[Linked]:
    """The mails without a draft that did not only come along with one: notes, those of other buyers."""
    buyers = {alias_of(item.draft.recipient) for item in items if item.draft is not None}
    left = []
    for item in items:
        note = item.link is not None and item.link.kind is LinkKind.NOTE
        stranger = item.draft is None and not note and role in {Role.APPROVED, Role.RECLASSIFY}
        if item.buyer in buyers or item.own_delivery or (stranger and not item.buyer):
            seen.carried.append(item)
        elif item.draft is None:
            left.append(item)
    return left


def _keep_strangers(seen: Sighted, unlinked: Sequence[Linked], mark: FolderMark) -> FolderMark:
    """Mails in Approved that are no copies: found again until they have been moved out."""
    for item in unlinked:
        if item.link is not None and item.link.kind is LinkKind.NOTE:
            seen.notes.append(item)
        elif item.place.uid > mark.floor_uid:
            seen.strangers.append(item)
    carried = [item for item in seen.carried if item.place.folder == mark.name]
    first = min((item.place.uid for item in (*seen.notes, *seen.strangers, *carried)), default=mark.uidnext)
    return FolderMark(
        mark.folder_id, mark.name, mark.uidvalidity, mark.floor_uid, first, mark.modseq, mark.messages
    )


def _copies(context: Context, role: Role, items: Sequence[Linked]) -> list[CopyRow]:
    """The copies among new mails, with the digests of those whose text matters."""
    linked = {
        item.place.uid: item
        for item in items
        if item.draft is not None and not item.own_delivery and _counts(item, role)
    }
    if not linked:
        return []
    folder = next(iter(linked.values())).place.folder
    sizes = context.imap.sizes(folder, list(linked))
    digests = _digests(context, folder, sizes, linked) if role in READ else {}
    rows = []
    for uid, size in sizes.items():
        item = linked[uid]
        if item.draft is not None:
            deleted, flagged = _marks(size.flags)
            rows.append(
                CopyRow(
                    0, item.draft.draft_id, item.place, digests.get(uid), deleted, flagged, size.internal_at
                )
            )
    return rows


def _counts(item: Linked, role: Role) -> bool:
    """Whether a mail that names a draft is a copy of it.

    One in Sent that was forwarded to a colleague did not go to the buyer. In an archive only the draft itself
    says something: what names it there may be any mail that lies in another folder as well.
    """
    if role is Role.SENT:
        return item.draft is not None and alias_of(item.draft.recipient) in item.addressees
    return role is not Role.ARCHIVE or (item.link is not None and item.link.kind is LinkKind.DRAFT)


def _digests(
    context: Context, folder: str, sizes: Mapping[int, Size], linked: Mapping[int, Linked]
) -> dict[int, str]:
    """The digest of each copy that can be read, fetched in batches."""
    found: dict[int, str] = {}
    uids = [uid for uid, size in sizes.items() if size.size <= LARGEST]
    for start in range(0, len(uids), context.batch):
        for mail in context.imap.fetch(folder, uids[start : start + context.batch], known=sizes):
            draft = linked[mail.uid].draft
            copy = None if draft is None else read_back(context, draft.draft_id, mail.raw)
            if copy is not None:
                found[mail.uid] = copy.digest
    return found


def read_back(context: Context, draft_id: int, raw: bytes) -> Copy | None:
    """A copy of this draft as a person left it; None when it cannot be read with certainty."""
    try:
        return read_copy(raw, lambda: context.ledger.deliveries.written(draft_id))
    except UnreadableCopyError:
        return None
