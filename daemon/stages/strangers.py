"""What lies in Approved and is no draft: notes that were read, and mails that do not belong there.

Promises: a note in Approved is done with, and where it asked a question, moving it was the answer: "the
buyer has it" of a delivery in doubt, "go on" of a frozen mailbox. Any other mail goes to the queue with a
note, once. Nothing of it is ever sent. Where folders are labels, what came along with a draft only loses
the label.

Errors: those of the ports.
"""

import hashlib
from collections.abc import Sequence

from daemon.desk.link import Link, LinkKind, message_id
from daemon.ports.ledger.draft_rows import Place
from daemon.stages.context import Context
from daemon.stages.linking import Linked
from daemon.stages.naming import named
from daemon.stages.noting import new_note


def done_notes(context: Context, notes: Sequence[Linked]) -> bool:
    """Take notes that a person has dealt with out of Approved; True when one of them ends a freeze."""
    go_on = False
    for item in notes:
        if item.link is None:
            continue
        header_id = message_id(context.link_key, LinkKind.NOTE, item.link.token, context.mailbox.domain)
        done = context.ledger.notes.done(context.claim, header_id, context.now())
        if done is not None and done.reason == "in_doubt" and done.draft_id is not None:
            _has_arrived(context, done.draft_id)
        go_on = go_on or (done is not None and done.reason == "mass_vanish")
        context.imap.remove(item.place.folder, [item.place.uid])
        reason, about = (done.reason, done.message_id) if done else ("", None)
        context.log.info("note_done", message=about, uid=item.place.uid, reason=reason)
    return go_on


def _has_arrived(context: Context, draft_id: int) -> None:
    """The agent looked into Seller Central: the buyer has the answer."""
    doubtful = {item.draft_id for item in context.ledger.deliveries.doubts(context.claim)}
    if draft_id in doubtful:
        context.ledger.deliveries.settled_by_person(context.claim, draft_id, sent=True, now=context.now())
        for ids in named(context, "draft", draft_id):
            context.log.info("doubt_settled", **ids, sent=True)


def put_back(context: Context, carried: Sequence[Linked]) -> int:
    """Mails that a draft's conversation carried along said nothing: they only lose the label.

    The buyer's mail goes back to the inbox from where a draft's scenario is said, and from everywhere while
    the ledger does not know it: intake looks nowhere else. Returns how many of them are such news.
    """
    names, news = context.folders, 0
    for item in carried:
        place, target = item.place, names.inbox
        if item.buyer and _is_news(context, place):
            news += 1
        else:
            if place.folder == names.no_reply_needed:
                continue
            if place.folder in {names.approval, names.approved, names.rejected}:
                target = names.archive or names.inbox
        context.imap.move(place.folder, [place.uid], target)
        context.log.info("carried_along", uid=place.uid, folder=target)
    return news


def _is_news(context: Context, place: Place) -> bool:
    """Whether a mail came after the mark, and the ledger does not know it."""
    since = context.ledger.mailboxes.marked_at(context.claim)
    return any(
        mail.internal_at >= since
        and not context.ledger.identity.twins(context.claim, [hashlib.sha256(mail.raw).hexdigest()])
        for mail in context.imap.fetch(place.folder, [place.uid])
    )


def move_out(context: Context, item: Linked) -> None:
    """A mail in Approved that is no draft of ours goes back: a buyer's to the inbox, others to the queue."""
    target = context.folders.inbox if item.buyer else context.folders.approval
    reason = "unknown_draft" if _forgotten(context, item.link) else "not_ours"
    explained = new_note(context, reason, detail=target, about=item.place)
    context.ledger.drafts.leave_note(context.claim, explained, context.now())
    context.imap.move(item.place.folder, [item.place.uid], target)
    context.log.warning(reason, uid=item.place.uid)


def _forgotten(context: Context, link: Link | None) -> bool:
    """Whether it was a draft once: made after the backup from which the ledger was put back."""
    if link is None or link.kind is not LinkKind.DRAFT:
        return False
    return not context.ledger.drafts.by_token(context.claim, {link.token})
