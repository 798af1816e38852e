"""Replies that agents wrote by themselves: mails in Sent that no draft of ours led to.

Promises: a mail to the buyer that answers one of their messages is an answer, whatever drafts are open. One
to the buyer that names no message may be about anything: it stops no clock, and an open draft of that buyer
is held, so that a person says whether it is still needed.

Errors: those of the ports.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from daemon.desk.draft import DraftState
from daemon.ports.ledger.draft_rows import DraftRow
from daemon.stages.context import Context
from daemon.stages.linking import Linked, aliases_in
from daemon.stages.noting import hold


def own_replies(context: Context, replies: Sequence[Linked]) -> Counter[str]:
    """Follow the mails in Sent that are neither ours nor a copy of a draft; returns what was done."""
    counts: Counter[str] = Counter()
    for item in replies:
        aliases = aliases_in(item.addressees)
        size = (
            context.imap.sizes(item.place.folder, [item.place.uid]).get(item.place.uid) if aliases else None
        )
        if size is None:
            continue
        given = context.ledger.clocks.answered_by_hand(
            context.claim, item.answers, aliases, size.internal_at, context.now()
        )
        if given.first is not None:
            seconds = round(given.first.seconds, 1)
            context.log.info("answered_by_hand", message=given.message_id, first_response_seconds=seconds)
            counts["answered"] += 1
        if given.message_id is not None:
            continue
        for draft in context.ledger.copies.to_buyers(context.claim, aliases, size.internal_at):
            counts["held"] += _ask(context, draft, size.internal_at)
    return counts


def _ask(context: Context, draft: DraftRow, when: datetime) -> bool:
    if draft.state is DraftState.HELD:
        return False
    hold(context, draft.draft_id, "wrote_to_buyer", "approval", when=when)
    return True
