"""Restoring: a ledger that was put back from a backup must not send what was sent after it.

Promises: at the first connection Sent is compared with the ledger, before anything is decided. Deliveries
of ours there, by links that nobody outside can forge, that are newer than all that the ledger knows prove
that it is an older one: every approved draft is held, with a note and an alert, until a person approves it
anew. What the restored ledger drafts again is caught by the last look before each sending (`presend.py`).

Errors: `TemporaryError` of the ports.
"""

from datetime import datetime, timedelta

from daemon.desk.alert import Alert, AlertKind
from daemon.desk.draft import DraftState
from daemon.desk.link import LinkKind, links_in
from daemon.ports.ledger.alerts import Raised
from daemon.ports.ledger.sent import RESTORED
from daemon.reply.notes import moment
from daemon.stages.context import Context
from daemon.stages.linking import ids_of
from daemon.stages.noting import hold, new_note

DAY = timedelta(days=1)


def hold_after_restoring(context: Context) -> int:
    """Hold what is approved if Sent knows more than the ledger; returns how many answers it does not know."""
    newest, sent = context.ledger.sent.newest_event(context.claim), context.folders.sent
    if newest is None or sent is None:
        return 0
    unknown = _unknown(context, sent, newest)
    if not unknown:
        return 0
    last = moment(max(unknown).astimezone(context.alerting.zone))
    now, detail = context.now(), f"{len(unknown)}, the last at {last}"
    approved = context.ledger.drafts.in_states(context.claim, {DraftState.APPROVED})
    for draft in approved:
        context.ledger.deliveries.abandon(context.claim, draft.draft_id, RESTORED, now)
        hold(context, draft.draft_id, RESTORED, "dispatch", detail=detail)
    if not approved:
        told = new_note(context, RESTORED, detail=detail)
        context.ledger.drafts.leave_note(context.claim, told, now)
    # last, so that a crash before it makes the next start look again
    alert = Alert(AlertKind.LEDGER_RESTORED, f"{RESTORED} {newest.isoformat()}", f"Answers: {detail}.")
    context.ledger.alerts.raise_(context.claim, [alert], now, "dispatch")
    context.log.error(RESTORED, answers=len(unknown))
    return len(unknown)


def _unknown(context: Context, sent: str, newest: datetime) -> list[datetime]:
    """When the deliveries arrived in Sent that this ledger does not know, and that are newer than it."""
    context.imap.examine(sent, fresh=True)
    uids = context.imap.uids_since(sent, (newest - DAY).date())
    ids: dict[int, str] = {}
    for start in range(0, len(uids), context.batch):
        blocks = context.imap.headers(sent, uids[start : start + context.batch], ["Message-ID"])
        ids.update((uid, ids_of(block).message_id) for uid, block in blocks.items())
    ours = {
        uid: header_id
        for uid, header_id in ids.items()
        if any(link.kind is LinkKind.DELIVERY for link in links_in(context.link_key, [header_id]))
    }
    known = context.ledger.sent.taken(set(ours.values()))
    strange = [uid for uid, header_id in ours.items() if header_id not in known]
    times = (size.internal_at for size in context.imap.sizes(sent, strange).values()) if strange else ()
    # servers stamp whole seconds, so that the very second of the last event counts as later, and once only
    told = [
        each.raised_at for each in context.ledger.alerts.since(context.claim, newest - DAY) if _is_ours(each)
    ]
    return [at for at in times if at >= newest.replace(microsecond=0) and all(at > each for each in told)]


def _is_ours(raised: Raised) -> bool:
    return raised.alert.kind is AlertKind.LEDGER_RESTORED
