r"""Filing: what a sending leaves in the mailbox, and what is found there about a sending in doubt.

Promises: a copy in Sent, `\Answered` on the original, an empty `Approved`: each is looked for before it is
made, so that a crash between them leaves no second copy. Where the server files what it sends, its copy is
waited for, a later look at a time, and recognised by our link even under a Message-ID of the server's. Only
evidence ends a doubt: the delivery in Sent, by its Message-ID or by our link and its text; its absence
proves nothing. A person's copy in Sent beside ours is told, since the buyer may have two answers.

Errors: `TemporaryError` and `InDoubtError` of the ports.
"""

from datetime import datetime, timedelta

from daemon.desk.alert import Alert, AlertKind
from daemon.desk.link import LinkKind, links_in
from daemon.errors import PermanentError
from daemon.ports.imap import NewMessage
from daemon.ports.ledger.delivery_rows import Doubt, Unfiled
from daemon.ports.ledger.draft_rows import Place
from daemon.ports.ledger.sent import Beside
from daemon.reply.copies import UnreadableCopyError, read_copy
from daemon.reply.from_html import alike
from daemon.reply.notes import moment
from daemon.stages.cases import file_promise
from daemon.stages.context import Context
from daemon.stages.linking import ids_of
from daemon.stages.naming import named
from daemon.stages.noting import new_note

PATIENCE = timedelta(seconds=60)
"""How long a server that files by itself may take for its copy."""
LOOKED_BACK = timedelta(days=2)
"""How long a copy in Sent that could not be read for a fault of the server is tried again."""
UNREAD = "-"
"""Stands for the digest of a copy in Sent that could not be read."""


def doubt_left_sending(context: Context) -> int:
    """At the start: whatever an earlier daemon left in `sending` may have been sent."""
    left = context.ledger.deliveries.left_sending(context.claim)
    for item in left:
        note = new_note(context, "in_doubt", context.ledger.about.buyer(item.draft_id), when=item.ended_at)
        context.ledger.deliveries.in_doubt(
            context.claim,
            item.delivery_id,
            "the daemon ended before the server's answer",
            note,
            context.now(),
        )
        for ids in named(context, "draft", item.draft_id):
            context.log.warning("in_doubt", **ids, delivery=item.delivery_id)
    return len(left)


def settle_doubts(context: Context) -> int:
    """A delivery in doubt whose Message-ID lies in Sent or the archive was sent; absence proves nothing."""
    doubts = context.ledger.deliveries.doubts(context.claim)
    found = [item for item in doubts if _lies_there(context, item.header_id)]
    for item in found:
        _was_sent(context, item, item.ended_at)
    return len(found)


def _lies_there(context: Context, header_id: str) -> bool:
    for folder in (context.folders.sent, context.folders.archive):
        if folder is not None:
            context.imap.examine(folder, fresh=True)
            if context.imap.search_header(folder, "Message-ID", header_id):
                return True
    return False


def _was_sent(context: Context, item: Doubt | Beside, at: datetime) -> None:
    context.ledger.deliveries.sent(
        context.claim, item.delivery_id, None, "found in Sent", at, "found_in_sent"
    )
    for ids in named(context, "draft", item.draft_id):
        context.log.info("doubt_settled", **ids, delivery=item.delivery_id)


def file_sent(context: Context) -> int:
    r"""Copy to Sent, `\Answered` on the original, and an empty `Approved`, for every sent delivery."""
    filed = 0
    for item in context.ledger.deliveries.unfiled(context.claim):
        _clear_up(context, item)
        if not _kept(context, item):
            continue  # a later look: the server's own copy may be on its way
        file_promise(context, item)
        context.ledger.deliveries.filed(context.claim, item.delivery_id, context.now())
        context.log.info("filed", **item.ids)
        filed += 1
    return filed


def still_there(context: Context, folder: str, uidvalidity: int) -> bool:
    """Whether a folder is there, under the numbering that the ledger knows; people delete folders."""
    status = context.imap.poll([folder]).get(folder)
    return status is not None and status.uidvalidity == uidvalidity


def _clear_up(context: Context, item: Unfiled) -> None:
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


def _kept(context: Context, item: Unfiled) -> bool:
    """Whether a copy lies in Sent, found or made now; False: not yet."""
    sent = context.folders.sent
    if sent is None:
        return True
    context.imap.examine(sent, fresh=True)
    # many servers file what they relay by themselves, and an earlier pass may have got this far
    if context.imap.search_header(sent, "Message-ID", item.header_id):
        return True
    if _server_files(context):
        if any(_says_the_same(item.raw, raw) for raw in _linked(context, sent, item.link)):
            return True
        if timedelta(0) <= context.now() - item.ended_at < PATIENCE:
            return False
        context.log.warning("sent_copy_missing", **item.ids)
    try:
        context.imap.append(sent, [NewMessage(item.raw, ("\\Seen",), item.ended_at)])
    except PermanentError as error:  # such as a size limit: told once, since trying again cannot help
        about = Place("not in Sent", 0, item.draft_id)
        said, buyer = error.reply or str(error), context.ledger.about.buyer(item.draft_id)
        note = new_note(context, "sent_not_stored", buyer, detail=said, when=item.ended_at, about=about)
        context.ledger.drafts.leave_note(context.claim, note, context.now(), item.draft_id)
        context.log.warning("sent_not_stored", **item.ids)
    return True


def _server_files(context: Context) -> bool:
    imap = context.imap
    return context.mailbox.sending.waits_for_server(imap.host, imap.profile)


def _linked(context: Context, folder: str, link: str) -> list[bytes]:
    """The mails in a folder whose References name this draft."""
    uids = context.imap.search_header(folder, "References", link)
    return [mail.raw for mail in context.imap.fetch(folder, uids)] if uids else []


def _says_the_same(ours: bytes, theirs: bytes) -> bool:
    """Whether two mails go to the same address with the same text; servers make their MIME anew."""
    try:
        one, other = read_copy(ours), read_copy(theirs)
    except UnreadableCopyError:
        return False
    return one.recipients == other.recipients and alike(one.text, other.text)


def compare_sent(context: Context) -> int:
    """Read each copy in Sent beside a delivery once: ours under another id, or a person's second answer."""
    sent, since = context.folders.sent, context.now() - LOOKED_BACK
    if sent is None:
        return 0
    found = context.ledger.sent.beside(context.claim, sent, since, context.batch)
    for item in found:
        mails = context.imap.fetch(item.place.folder, [item.place.uid])
        for mail in mails:
            _compare(context, item, mail.raw)
        context.ledger.sent.compared(context.claim, item.place, _digest(mails[0].raw) if mails else UNREAD)
    return len(found)


def _compare(context: Context, item: Beside, raw: bytes) -> None:
    same = _says_the_same(item.raw, raw)
    if same and item.in_doubt:
        _was_sent(context, item, item.internal_at)
    # the text of old answers has been forgotten; and a mail that answers our own is meant as a further one
    elif item.raw and not _follows_ours(context, raw) and not (same and _server_files(context)):
        _tell_duplicate(context, item)


def _follows_ours(context: Context, raw: bytes) -> bool:
    return any(link.kind is LinkKind.DELIVERY for link in links_in(context.link_key, ids_of(raw).answers))


def _digest(raw: bytes) -> str:
    try:
        return read_copy(raw).digest
    except UnreadableCopyError:
        return UNREAD


def _tell_duplicate(context: Context, item: Beside) -> None:
    """The buyer may have two answers: a note and an alert, once for each draft."""
    now = context.now()
    about = Place("sent twice", 0, item.draft_id)
    buyer = context.ledger.about.buyer(item.draft_id)
    detail = moment(item.internal_at.astimezone(context.alerting.zone))
    note = new_note(context, "duplicate", buyer, detail=detail, about=about)
    context.ledger.drafts.leave_note(context.claim, note, now, item.draft_id)
    order = f"Order {item.order_id}." if item.order_id else ""
    alert = Alert(AlertKind.DUPLICATE, f"duplicate {item.draft_id}", order, "draft", item.draft_id)
    context.ledger.alerts.raise_(context.claim, [alert], now, "dispatch")
    for ids in named(context, "draft", item.draft_id):
        context.log.warning("duplicate", **ids)
