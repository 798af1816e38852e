"""Holding a draft and telling the agent why: the one way in which every stage stops something.

Promises: the state and the intention to leave the note are one transaction; the note is looked for
before it is appended, so that a crash leaves one note, not two.

Errors: those of the ports.
"""

import hmac
import secrets
from datetime import datetime

from daemon.desk.link import TOKEN_OCTETS, LinkKind, message_id, token_from
from daemon.ports.imap import NewMessage
from daemon.ports.ledger.about import Buyer
from daemon.ports.ledger.draft_rows import NewNote, Place
from daemon.reply.compose import note
from daemon.reply.notes import Words, note_text
from daemon.stages.context import Context
from daemon.stages.hands import note_folder

NOBODY = Buyer()


def new_note(
    context: Context,
    reason: str,
    buyer: Buyer = NOBODY,
    *,
    recipient: str = "",
    detail: str = "",
    when: datetime | None = None,
    about: Place | None = None,
) -> NewNote:
    """The note that explains `reason`, with an identity of its own: one note for each mail `about`."""
    words = Words(
        context.folders.approved,
        context.folders.approval,
        context.folders.rejected,
        context.mailbox.address,
        recipient,
        detail,
        when and when.astimezone(context.alerting.zone),
    )
    subject, text = note_text(reason, words, buyer.order_id, buyer.name)
    # whatever keeps the mail where it lies, each look at it would leave a further note
    named = f"{reason} {about.uidvalidity} {about.uid} {about.folder}" if about is not None else ""
    return note_of(context, reason, subject, text, about=named)


def note_of(context: Context, reason: str, subject: str, text: str, *, about: str = "") -> NewNote:
    """A note of these words; there is one for each thing `about`, which names it within the mailbox."""
    box, octets = context.mailbox, secrets.token_bytes(TOKEN_OCTETS)
    if about:
        named = f"{context.claim.mailbox_id} {about}"
        octets = hmac.digest(context.link_key, named.encode(), "sha256")[:TOKEN_OCTETS]
    token = token_from(octets)
    header_id = message_id(context.link_key, LinkKind.NOTE, token, box.domain)
    raw = note(
        mailbox_name=box.name,
        mailbox_address=box.address,
        subject=subject,
        text=text,
        message_id=header_id,
        now=context.now(),
    )
    return NewNote(header_id, reason, raw)


def hold(
    context: Context,
    draft_id: int,
    reason: str,
    stage: str,
    *,
    recipient: str = "",
    detail: str = "",
    when: datetime | None = None,
) -> None:
    """Stop a draft and plan the note that says why."""
    buyer = context.ledger.about.buyer(draft_id)
    explained = new_note(context, reason, buyer, recipient=recipient, detail=detail, when=when)
    message = context.ledger.drafts.hold(context.claim, draft_id, reason, explained, context.now(), stage)
    context.log.warning("draft_held", message=message, draft=draft_id, reason=reason)


def append_notes(context: Context) -> None:
    """Bring planned notes into the queue; one that got there before a crash is found, not repeated."""
    folder = note_folder(context)
    waiting = context.ledger.drafts.planned_notes(context.claim)
    if not waiting:
        return
    context.imap.examine(folder, fresh=True)
    for start in range(0, len(waiting), context.batch):
        batch = waiting[start : start + context.batch]
        found = context.imap.present(folder, "Message-ID", [item.header_id for item in batch])
        missing = [NewMessage(item.raw, (), None) for item in batch if item.header_id not in found]
        if missing:
            context.imap.append(folder, missing)
        context.ledger.drafts.notes_queued(context.claim, [item.note_id for item in batch])
