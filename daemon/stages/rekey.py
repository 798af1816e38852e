"""A new UIDVALIDITY: the same mails under new numbers, told apart by their content.

Promises: rows are matched with what lies in the folder now by the hash of the bytes, with multiplicity,
and get their new identity in one transaction; no UID of the old validity is used again. What matches no
row and arrived after the first run's mark is a new message; older mail stays below the mark.

Errors: `TemporaryError` of the ports.
"""

import hashlib
from collections import defaultdict
from itertools import islice

from daemon.ports.imap import FolderStatus
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.stages.context import Context


def rekey(context: Context, mark: FolderMark, status: FolderStatus) -> FolderMark:
    """Give the ledger's rows their new UIDs; returns the folder's new mark."""
    inbox = context.folders.inbox
    rows: dict[str, list[int]] = defaultdict(list)
    sizes = set()
    for row in context.ledger.identity.content(context.claim, mark.folder_id):
        rows[row.content_hash].append(row.message_id)
        sizes.add(row.size)
    present = context.imap.sizes(inbox, context.imap.uids(inbox))
    marked_at = context.ledger.mailboxes.marked_at(context.claim)
    # only what has the size of a known mail can be one: a large inbox is not fetched again
    candidates = iter(sorted(uid for uid, size in present.items() if size.size in sizes))
    pairs: dict[int, int] = {}
    while batch := list(islice(candidates, context.batch)):
        for mail in context.imap.fetch(inbox, batch):
            waiting = rows.get(hashlib.sha256(mail.raw).hexdigest())
            if waiting:
                pairs[waiting.pop(0)] = mail.uid
    ours = set(pairs.values()) | {uid for uid, size in present.items() if size.internal_at >= marked_at}
    floor = min(ours, default=status.uidnext) - 1
    renewed = FolderMark(mark.folder_id, inbox, status.uidvalidity, floor, floor + 1, None)
    context.ledger.identity.rekey(context.claim, renewed, pairs, context.now())
    context.log.warning("rekeyed", matched=len(pairs), present=len(present), floor=floor)
    return renewed
