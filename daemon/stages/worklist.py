r"""The worklist in the queue: one mail that always says what is owed.

Promises: it is replaced only when what it says has changed, and not more often than the settings allow: the
new copy is appended first, then the old one is removed by its exact UID, so that a crash leaves at most one
stale copy, which the next pass removes. Wherever a person puts it, it is made anew; a copy that a person
moved out of the queue is theirs, and stays.

Errors: `TemporaryError` and `InDoubtError` of the ports.
"""

import secrets
from datetime import timedelta

from daemon.desk.link import TOKEN_OCTETS, LinkKind, message_id, token_from
from daemon.desk.worklist import SEEN_ANYWAY, Material, Worklist, build, fingerprint, text
from daemon.desk.worklist_page import page
from daemon.ports.imap import NewMessage
from daemon.ports.ledger.worklists import WorklistCopy
from daemon.reply.alternative import two_faced_note
from daemon.stages.cases import reminders
from daemon.stages.context import Context

LANDING = timedelta(minutes=2)
"""So long after an APPEND whose reply was lost its mail may still turn up."""
ALERTS_SHOWN = timedelta(days=1)
"""So long an alert stands in the worklist."""


def worklist(context: Context) -> bool:
    """Bring the worklist in the queue up to date; True when a new copy was made."""
    every, now = context.alerting.worklist_every, context.now()
    if every is None:
        return False
    copies = context.ledger.worklist.copies(context.claim)
    current = _located(context, copies[-1]) if copies else None
    there = current is not None and current.uid is not None and _lies(context, current)
    content = _content(context)
    same = current is not None and there and current.fingerprint == fingerprint(content)
    # planned in the future: the clock was wrong then
    young = current is not None and timedelta(0) <= now - current.planned_at < every
    if not same and not young:
        _place(context, content)
        _remove(context, copies)
        return True
    _remove(context, copies[:-1])
    return False


def _content(context: Context) -> Worklist:
    ledger, claim, now = context.ledger, context.claim, context.now()
    raised = ledger.alerts.since(claim, now - ALERTS_SHOWN, SEEN_ANYWAY)
    material = Material(
        ledger.worklist.waiting(claim),
        [each.alert for each in raised],
        ledger.worklist.asides(claim),
        reminders(ledger.cases.open(claim), context.playbook, now),
    )
    return build(material, context.playbook.plays, now, context.alerting.zone)


def _located(context: Context, copy: WorklistCopy) -> WorklistCopy:
    """The copy with its UID, looked for where an earlier pass did not get to know it, or it is new."""
    queue = context.folders.approval
    status = context.imap.examine(queue, fresh=True)
    if copy.uid is not None and copy.uidvalidity == status.uidvalidity:
        return copy
    found = context.imap.search_header(queue, "Message-ID", copy.header_id)
    if not found:
        return copy
    context.ledger.worklist.copy_placed(context.claim, copy.copy_id, status.uidvalidity, found[-1])
    return WorklistCopy(
        copy.copy_id, copy.header_id, copy.fingerprint, copy.planned_at, status.uidvalidity, found[-1]
    )


def _lies(context: Context, copy: WorklistCopy) -> bool:
    """Whether a located copy still lies in the queue, in the folder's present numbering."""
    queue = context.folders.approval
    if copy.uid is None or context.imap.examine(queue).uidvalidity != copy.uidvalidity:
        return False
    flags = context.imap.flags(queue, [copy.uid])
    return copy.uid in flags and "\\Deleted" not in flags[copy.uid]


def _place(context: Context, content: Worklist) -> None:
    box, now = context.mailbox, context.now()
    token = token_from(secrets.token_bytes(TOKEN_OCTETS))
    header_id = message_id(context.link_key, LinkKind.NOTE, token, box.domain)
    raw = two_faced_note(
        mailbox_name=box.name,
        mailbox_address=box.address,
        subject=content.subject,
        text=text(content),
        html=page(content),
        message_id=header_id,
        now=now,
    )
    book = context.ledger.worklist
    copy_id = book.plan_copy(context.claim, header_id, fingerprint(content), now)
    placed = context.imap.append(context.folders.approval, [NewMessage(raw, (), None)])
    (uid,) = placed.uids
    if placed.uidvalidity is not None and uid is not None:
        book.copy_placed(context.claim, copy_id, placed.uidvalidity, uid)
    context.log.info("worklist_placed", waiting=content.waiting, overdue=content.overdue)


def _remove(context: Context, copies: list[WorklistCopy]) -> None:
    """Take old copies out of the queue; one that lies elsewhere is a person's affair."""
    if not copies:
        return
    located = [_located(context, copy) for copy in copies]
    uids = [copy.uid for copy in located if copy.uid is not None and _lies(context, copy)]
    if uids:
        context.imap.remove(context.folders.approval, uids)
    # an APPEND that was given up as lost may still land: until then its copy is not forgotten
    late = context.now() - LANDING
    gone = [copy.copy_id for copy in located if copy.uid is not None or copy.planned_at < late]
    if gone:
        context.ledger.worklist.copies_gone(context.claim, gone)
