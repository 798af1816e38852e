"""Mails that were in the inbox before: moved out by a person and back again, or copied.

Promises: the same bytes are one message, whatever UID they have now. A mail that came back keeps its row,
its clock and its draft; a second copy beside the first is recorded and left alone. Two buyers never write
the same bytes: Received fields and dates differ.

Errors: those of the ports.
"""

from collections.abc import Mapping, Sequence

from daemon.ports.ledger.identity import Whereabouts
from daemon.ports.ledger.intake_rows import Arrival
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.stages.context import Context


def came_back(context: Context, mark: FolderMark, arrivals: Sequence[Arrival]) -> frozenset[int]:
    """Give messages that came back their new UID; returns the UIDs that are no new messages."""
    twins = context.ledger.identity.twins(context.claim, [item.content_hash for item in arrivals])
    if not twins:
        return frozenset()
    missing = _missing(context, mark, twins)
    back: set[int] = set()
    for item in arrivals:
        waiting = missing.get(item.content_hash)
        if waiting:
            old = waiting.pop(0)
            context.ledger.identity.came_back(
                context.claim, old.message_id, mark.folder_id, mark.uidvalidity, item.uid, context.now()
            )
            context.log.info("came_back", message=old.message_id, uid=item.uid)
            back.add(item.uid)
    return frozenset(back)


def _missing(
    context: Context, mark: FolderMark, twins: Mapping[str, Sequence[Whereabouts]]
) -> dict[str, list[Whereabouts]]:
    """Those known messages that do not lie where they were seen last."""
    here = [
        known.uid
        for rows in twins.values()
        for known in rows
        if (known.folder_id, known.uidvalidity) == (mark.folder_id, mark.uidvalidity)
    ]
    present = context.imap.flags(context.folders.inbox, here) if here else {}
    return {
        content_hash: [
            known
            for known in rows
            if (known.folder_id, known.uidvalidity) != (mark.folder_id, mark.uidvalidity)
            or known.uid not in present
        ]
        for content_hash, rows in twins.items()
    }
