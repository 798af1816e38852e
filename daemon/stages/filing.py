r"""Filing: what a sending leaves in the mailbox, and what is found there about a sending in doubt.

Promises: a copy in Sent, `\Answered` on the original, an empty `Approved`: each is looked for before it is
made, so that a crash between them leaves no second copy. Only evidence ends a doubt: a delivery's own
Message-ID in Sent proves that it was sent; its absence proves nothing.

Errors: `TemporaryError` and `InDoubtError` of the ports.
"""

from datetime import datetime

from daemon.ports.imap import NewMessage
from daemon.ports.ledger.delivery_rows import Unfiled
from daemon.stages.context import Context
from daemon.stages.noting import new_note


def doubt_left_sending(context: Context) -> int:
    """At the start: whatever an earlier daemon left in `sending` may have been sent."""
    left = context.ledger.deliveries.left_sending(context.claim)
    for item in left:
        note = new_note(context, "in_doubt", when=item.ended_at)
        context.ledger.deliveries.in_doubt(
            context.claim,
            item.delivery_id,
            "the daemon ended before the server's answer",
            note,
            context.now(),
        )
        context.log.warning("in_doubt", delivery=item.delivery_id, draft=item.draft_id)
    return len(left)


def settle_doubts(context: Context) -> int:
    """A delivery in doubt whose own Message-ID lies in Sent was sent; absence proves nothing."""
    doubts = context.ledger.deliveries.doubts(context.claim)
    sent = context.folders.sent
    if not doubts or sent is None:
        return 0
    context.imap.examine(sent, fresh=True)
    settled = 0
    for item in doubts:
        if context.imap.search_header(sent, "Message-ID", item.header_id):
            context.ledger.deliveries.sent(
                context.claim, item.delivery_id, None, "found in Sent", item.ended_at, "found_in_sent"
            )
            context.log.info("doubt_settled", delivery=item.delivery_id)
            settled += 1
    return settled


def file_sent(context: Context) -> int:
    r"""Copy to Sent, `\Answered` on the original, and an empty `Approved`, for every sent delivery."""
    unfiled = context.ledger.deliveries.unfiled(context.claim)
    for item in unfiled:
        _file(context, item, context.now())
    return len(unfiled)


def still_there(context: Context, folder: str, uidvalidity: int) -> bool:
    """Whether a folder is there, under the numbering that the ledger knows; people delete folders."""
    status = context.imap.poll([folder]).get(folder)
    return status is not None and status.uidvalidity == uidvalidity


def _file(context: Context, item: Unfiled, now: datetime) -> None:
    sent = context.folders.sent
    if sent is not None:
        context.imap.examine(sent, fresh=True)
        # many servers file what they relay by themselves, and an earlier pass may have got this far
        if not context.imap.search_header(sent, "Message-ID", item.header_id):
            context.imap.append(sent, [NewMessage(item.raw, ("\\Seen",), item.ended_at)])
    folder, uidvalidity, uid = item.original
    if still_there(context, folder, uidvalidity):
        context.imap.add_flags(folder, [uid], ["\\Answered"])
    if item.uid and still_there(context, item.folder, item.uidvalidity):
        trash = context.folders.trash
        if item.edited and trash is not None:
            # a person wrote it: their text stays where they can find it
            context.imap.move(item.folder, [item.uid], trash)
        else:
            context.imap.remove(item.folder, [item.uid])
    context.ledger.deliveries.filed(context.claim, item.delivery_id, now)
    context.log.info("filed", delivery=item.delivery_id)
