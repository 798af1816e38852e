"""Upkeep: what a mailbox needs now and then, whatever else happens in it.

Every hour the audit compares the inbox with the ledger; every day buyers' words that are old enough leave
the ledger.

Promises: upkeep changes nothing in the mailbox. The audit counts only what a look has passed by already; a
mail that arrives meanwhile is no difference. Old words leave in small transactions, some in each cycle.

Errors: those of the ports.
"""

from datetime import datetime, timedelta

from daemon.desk.alert import Alert, AlertKind
from daemon.stages.context import Context

AUDIT, AUDIT_EVERY = "audit", timedelta(hours=1)
EXPIRE, EXPIRE_EVERY = "expire", timedelta(days=1)
BATCHES = 10
"""So many transactions of old words in one cycle; the next cycle goes on."""


def upkeep(context: Context) -> dict[str, int]:
    """Do what is due; returns what was found and done, by name."""
    now = context.now()
    counts: dict[str, int] = {}
    if context.ledger.upkeep.due(context.claim, AUDIT, AUDIT_EVERY, now):
        counts["audit_missing"] = _audit(context, now)
    if context.ledger.upkeep.due(context.claim, EXPIRE, EXPIRE_EVERY, now):
        counts["expired"] = _expire(context, now)
    return counts


def _audit(context: Context, now: datetime) -> int:
    """Compare the inbox with the ledger; returns how many messages have no row."""
    mark = context.ledger.mailboxes.folder(context.claim, context.folders.inbox)
    if mark is None:
        return 0  # the first run has not looked yet
    first = mark.floor_uid + 1
    if context.imap.status(context.folders.inbox).uidvalidity != mark.uidvalidity:
        return 0  # renumbered meanwhile: the next look re-keys the rows
    present = {uid for uid in context.imap.uids(context.folders.inbox, first) if uid < mark.uidnext}
    known = context.ledger.intake.known_uids(context.claim, mark.folder_id, mark.uidvalidity, first)
    missing = sorted(present - known)
    context.ledger.upkeep.done(context.claim, AUDIT, now)
    context.log.info("audit", inbox=len(present), missing=len(missing))
    if missing:
        alert = Alert(
            AlertKind.AUDIT_DIFFERS,
            f"audit {mark.uidvalidity} {missing[0]} {len(missing)}",
            f"{len(missing)} of {len(present)} messages are not in the ledger; the first: UID {missing[0]}.",
            subject_id=context.claim.mailbox_id,
        )
        context.ledger.alerts.raise_(context.claim, [alert], now, "upkeep")
    return len(missing)


def _expire(context: Context, now: datetime) -> int:
    """Let old words leave; returns from how many messages."""
    messages = 0
    for _ in range(BATCHES):
        cleared = context.ledger.privacy.expire(context.claim, now - context.keep_texts)
        messages += cleared.messages
        if not cleared:
            context.ledger.upkeep.done(context.claim, EXPIRE, now)
            if messages:
                context.ledger.privacy.scrub()
            break
    return messages
