"""Drafting: what we owe becomes drafts in the approval queue.

Promises: a draft's bytes and links are in the ledger before any server sees them. A draft whose copy is
not known to lie in the queue is looked for in all folders, on a fresh view, by its token, its Message-ID
and the message it answers, before it is appended again. One open draft for a conversation: an untouched
one is replaced when the buyer writes again, any other is held with a note.

Errors: `TemporaryError` and `InDoubtError` of the ports; the next cycle looks and goes on.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from daemon.desk.draft import DraftState
from daemon.desk.link import TOKEN_HEADER
from daemon.errors import PermanentError
from daemon.ports.imap import NewMessage, Placed
from daemon.ports.ledger.draft_rows import NewDraft, Owed, Place, Planned
from daemon.stages.composing import NEAR, compose, orders_of
from daemon.stages.context import Context
from daemon.stages.noting import append_notes, hold
from daemon.stages.pasting import plan_statements

REPLACEABLE = frozenset({DraftState.PLANNED, DraftState.QUEUED})
PAGE = 1_000
"""Owed messages looked up at once."""
PORTION = 8_000_000
"""Octets of drafts composed, planned and appended together."""
SETTLED = frozenset({DraftState.SENDING, DraftState.IN_DOUBT, DraftState.HELD})


@dataclass(frozen=True, slots=True)
class Drafted:
    """What one pass did."""

    queued: int
    held: int


def drafting(context: Context) -> Drafted:
    """Bring every owed draft and every planned note into the queue."""
    _append(context, _not_found(context, context.ledger.drafts.planned(context.claim)))
    drafted = _draft_all(context)
    _promise(context)
    plan_statements(context)
    append_notes(context)
    return drafted


def _draft_all(context: Context) -> Drafted:
    """Draft what is owed, in batches: while the server stores one, the next is composed and planned."""
    queued = held = 0
    left: set[int] = set()  # owed still, but in a person's hands: every look finds them again
    with ThreadPoolExecutor(1, thread_name_prefix="append") as helper:
        finish: Callable[[], int] = int
        while True:
            # in long pages: whatever the limit, each look goes through all that is owed
            found = context.ledger.drafts.owed(context.claim, PAGE + len(left))
            page = [item for item in found if item.message_id not in left]
            if not page:
                break
            queued += finish()  # the connection is asked now, and nobody else may use it meanwhile
            finish = int
            free, stopped = _sort(context, page)
            held += stopped
            left |= {item.message_id for item in page} - {item.message_id for item in free}
            for start in range(0, len(free), context.batch):
                for fresh in _composed(context, free[start : start + context.batch]):
                    planned = context.ledger.drafts.plan(context.claim, fresh, context.now())
                    queued += finish()
                    finish = _begin_append(context, helper, planned)
        queued += finish()
    return Drafted(queued, held)


def _composed(
    context: Context, owed: Sequence[Owed], because: str = "newer_message"
) -> Iterator[list[NewDraft]]:
    """Drafts, in portions that memory bears: some carry a manual."""
    orders = orders_of(context, owed)
    portion: list[NewDraft] = []
    for item in owed:
        portion.append(replace(compose(context, item, orders), because=because))
        if sum(len(draft.raw) for draft in portion) >= PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def _sort(context: Context, owed: list[Owed]) -> tuple[list[Owed], int]:
    """What can be drafted, and how many drafts were held since a person has them in hand."""
    free: list[Owed] = []
    held = 0
    taken = _just_taken(context, owed)
    for item in owed:
        if item.open_draft in taken:
            continue  # the next look says what a person is doing with it
        # a held draft that nobody took up before the buyer wrote again must not block the conversation
        given_up = item.open_state is DraftState.HELD and item.rested
        if item.open_draft is not None and item.open_state not in REPLACEABLE and not given_up:
            if item.open_state not in SETTLED:
                hold(
                    context,
                    item.open_draft,
                    "newer_message",
                    "drafting",
                    when=item.received_at,
                )
                held += 1
            continue
        free.append(item)
    return free, held


def _promise(context: Context) -> None:
    """Compose late drafts with gaps anew: facts may have come since, else a promise takes their place."""
    late = context.ledger.drafts.late_with_gaps(context.claim, context.now(), NEAR, PAGE)
    for fresh in _composed(context, _lying(context, late), "limit_near"):
        _append(context, context.ledger.drafts.plan(context.claim, fresh, context.now()))


def _lying(context: Context, late: list[Owed]) -> list[Owed]:
    """Those whose draft's copy is surely where we put it, in nobody's hand."""
    queue = context.folders.approval
    places = {item.message_id: item.open_place for item in late if item.open_place is not None}
    uids = {message: place.uid for message, place in places.items() if place.folder == queue and place.uid}
    flags = context.imap.flags(queue, list(uids.values())) if uids else {}
    live = {uid for uid, set_ in flags.items() if "\\Deleted" not in set_}
    return [item for item in late if uids.get(item.message_id) in live]


def _just_taken(context: Context, owed: list[Owed]) -> frozenset[int]:
    """Queued drafts whose copy has left its place since the last look: somebody has it in hand."""
    seen: dict[str, dict[int, int]] = {}
    for item in owed:
        place = item.open_place
        if item.open_draft is not None and item.open_state is DraftState.QUEUED and place and place.uid:
            seen.setdefault(place.folder, {})[place.uid] = item.open_draft
    taken: set[int] = set()
    for folder, drafts in seen.items():
        known = {copy.place.uid for copy in context.ledger.copies.in_folder(context.claim, folder)}
        present = context.imap.flags(folder, list(drafts))
        taken |= {draft for uid, draft in drafts.items() if uid in known and uid not in present}
    return frozenset(taken)


def _append(context: Context, planned: list[Planned]) -> None:
    """Append drafts to the queue and write down where they lie."""
    for start in range(0, len(planned), context.batch):
        batch = planned[start : start + context.batch]
        _appended(context, batch, partial(_store, context, batch))


def _begin_append(context: Context, helper: ThreadPoolExecutor, planned: list[Planned]) -> Callable[[], int]:
    """Hand a batch to the server, in the helper's thread.

    The function returned waits for the answer and writes it down; until then nobody else may use the
    connection.
    """
    if not planned:
        return int
    answer = helper.submit(_store, context, planned)
    return lambda: _appended(context, planned, answer.result)


def _store(context: Context, planned: list[Planned]) -> Placed:
    return context.imap.append(context.folders.approval, _messages(context, planned))


def _messages(context: Context, planned: list[Planned]) -> list[NewMessage]:
    # unread in a folder of their own, since that tells agents of work; read among a person's drafts
    in_drafts = context.folders.approval == context.folders.drafts
    flags: tuple[str, ...] = ("\\Draft", "\\Seen") if in_drafts else ("\\Draft",)
    if context.imap.profile.labels:
        flags = ()  # one that is a draft can have no other label there
    return [NewMessage(item.raw, flags, None) for item in planned]


def _appended(context: Context, planned: list[Planned], store: Callable[[], Placed]) -> int:
    """Write down where these drafts lie now; returns how many they are.

    One that the server refuses for good keeps no other from its place: it is held, alone.
    """
    folder = context.folders.approval
    try:
        placed = store()
    except PermanentError as error:
        if len(planned) > 1:
            alone = [[item] for item in planned]
            return sum(_appended(context, item, partial(_store, context, item)) for item in alone)
        hold(context, planned[0].draft_id, "not_stored", "drafting", detail=error.reply or str(error))
        return 0
    uids = placed.uids or (None,) * len(planned)
    context.ledger.drafts.queued(
        context.claim,
        [
            (item.draft_id, Place(folder, placed.uidvalidity or 0, uid or 0))
            for item, uid in zip(planned, uids, strict=True)
        ],
        context.now(),
        appended=True,
    )
    for item in planned:
        context.log.info("draft_queued", message=item.message_id, draft=item.draft_id)
    return len(planned)


def _not_found(context: Context, planned: list[Planned]) -> list[Planned]:
    """Those planned drafts that lie in no folder; the others become queued where they lie."""
    missing = []
    for item in planned:
        place = find_copy(context, item.header_id, item.token)
        if place is None:
            missing.append(item)
        else:
            context.log.info("draft_found", message=item.message_id, draft=item.draft_id, folder=place.folder)
            context.ledger.drafts.queued(context.claim, [(item.draft_id, place)], context.now())
    return missing


def find_copy(context: Context, header_id: str, token: str, *, live: bool = False) -> Place | None:
    """Where a copy of a draft lies, looking into every folder a person may have put it.

    With `live` a copy that is marked as deleted does not count.
    """
    names = context.folders
    ours = (names.approval, names.approved, names.rejected)
    for folder in (*ours, names.drafts, names.sent, names.trash, names.archive):
        if folder is None:
            continue
        status = context.imap.examine(folder, fresh=True)
        for field, value in (("Message-ID", header_id), (TOKEN_HEADER, token), ("References", header_id)):
            uids = context.imap.search_header(folder, field, value)
            if live and uids:
                flags = context.imap.flags(folder, uids)
                uids = tuple(uid for uid, set_ in flags.items() if "\\Deleted" not in set_)
            if uids:
                return Place(folder, status.uidvalidity, min(uids))
    return None
