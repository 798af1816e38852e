r"""Looking once more, just before a connection to the mail server is made: what people did a moment ago.

Promises: reads only. Sent is searched for this very draft by its link and for any answer to the buyer's
message, whose `\\Answered` is read; queue and Drafts are searched for a newer text of the draft. Our own
deliveries are known by the ledger, not by their form: one that the ledger does not know to have been sent (it
was put back from a backup) is an answer like any other.

Errors: `TemporaryError` of the IMAP port.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from daemon.desk.link import TOKEN_HEADER, LinkKind, links_in, message_id
from daemon.ports.imap import Fetched
from daemon.ports.ledger.delivery_rows import Due
from daemon.reply.copies import UnreadableCopyError, read_copy
from daemon.reply.notes import moment
from daemon.stages.context import Context
from daemon.stages.filing import still_there
from daemon.stages.linking import ids_of


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a draft must not leave now, with what its note adds."""

    reason: str
    detail: str = ""
    when: datetime | None = None


def stop_on_server(context: Context, due: Due, approved: Fetched) -> Stop | None:
    """The first thing in the mailbox that speaks against sending this copy now."""
    return _in_sent(context, due) or _marked_answered(context, due) or _newer(context, due, approved)


def _in_sent(context: Context, due: Due) -> Stop | None:
    """This draft, or another answer to the same message, lies in Sent and is no delivery of ours."""
    sent = context.folders.sent
    if sent is None:
        return None
    context.imap.examine(sent, fresh=True)
    found = _carrying(context, sent, due.header_id)
    if due.answers:
        found.update(context.imap.search_header(sent, "In-Reply-To", due.answers))
    theirs = _not_ours(context, due, sent, found)
    sizes = context.imap.sizes(sent, theirs).values() if theirs else ()
    # what a note told of, and a person approved all the same, is no news
    news = [size.internal_at for size in sizes if due.told_at is None or size.internal_at > due.told_at]
    if not news:
        return None
    first = min(news).astimezone(context.alerting.zone)
    return Stop("answered_elsewhere", f"found in Sent, {moment(first)}", first)


def _carrying(context: Context, folder: str, link: str) -> set[int]:
    """Mails that are, or name, this draft."""
    found = (context.imap.search_header(folder, field, link) for field in ("Message-ID", "References"))
    return {uid for uids in found for uid in uids}


def _not_ours(context: Context, due: Due, sent: str, uids: Iterable[int]) -> list[int]:
    wanted = sorted(uids)
    if not wanted:
        return []
    blocks = context.imap.headers(sent, wanted, ["Message-ID", "References"])
    ids = {uid: ids_of(block) for uid, block in blocks.items()}
    ours = context.ledger.sent.taken({each.message_id for each in ids.values() if each.message_id})
    theirs = [uid for uid, each in sorted(ids.items()) if each.message_id not in ours]
    if due.answer_lost:
        theirs = [uid for uid in theirs if not _of_another(context, due, ids[uid].references)]
    return theirs


def _of_another(context: Context, due: Due, references: tuple[str, ...]) -> bool:
    """Whether a mail names another draft of ours, and not this one: the answer that was lost, renamed."""
    domain = context.mailbox.domain
    named = [
        message_id(context.link_key, link.kind, link.token, domain)
        for link in links_in(context.link_key, references)
        if link.kind is LinkKind.DRAFT
    ]
    return bool(named) and due.header_id not in named


def _marked_answered(context: Context, due: Due) -> Stop | None:
    folder, uidvalidity, uid = due.original
    if due.told_at is not None or due.answer_lost or not still_there(context, folder, uidvalidity):
        return None
    marked = "\\Answered" in context.imap.flags(folder, [uid]).get(uid, ())
    return Stop("answered_elsewhere", "the buyer's mail is marked as answered") if marked else None


def _newer(context: Context, due: Due, approved: Fetched) -> Stop | None:
    """A text of this draft that a person saved after the approved one."""
    for folder in (context.folders.approval, context.folders.drafts):
        if folder is None:
            continue
        context.imap.examine(folder, fresh=True)
        uids = _carrying(context, folder, due.header_id)
        uids.update(context.imap.search_header(folder, TOKEN_HEADER, due.token))
        for mail in context.imap.fetch(folder, sorted(uids)) if uids else ():
            if mail.internal_at >= approved.internal_at and _another_text(due, mail):
                return Stop("newer_revision", when=mail.internal_at)
    return None


def _another_text(due: Due, mail: Fetched) -> bool:
    """Whether a copy says something else than what was approved and than what we wrote."""
    if "\\Deleted" in mail.flags:
        return False
    try:
        digest = read_copy(mail.raw, lambda: due.own_raw).digest
    except UnreadableCopyError:
        return True
    return digest not in {due.approved_digest, due.own_digest}
