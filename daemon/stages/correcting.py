"""Corrections: a person says which scenario a message is, or that it needs no answer.

Promises: the label is recorded before anything else; the deadline changes, the start of the clock never
does. A draft that nobody edited is superseded by one for that scenario; an edited one is kept, with a note.
An original goes back to the inbox, where intake knows it by its content; one in `No reply needed` stays.
All of it may be repeated: after a crash, and when a person changes their mind.

Errors: those of the ports.
"""

import hashlib
from collections.abc import Sequence

from daemon.desk.disposition import corrected
from daemon.desk.playbook import Scenario
from daemon.ports.imap import Fetched
from daemon.ports.ledger.copies import Touched
from daemon.ports.ledger.corrections import Corrected
from daemon.ports.ledger.draft_rows import Place
from daemon.ports.ledger.labels import LabelSource
from daemon.reply.copies import LARGEST
from daemon.stages.context import Context
from daemon.stages.linking import ids_of
from daemon.stages.noting import hold, new_note

AGENT = "agent"
"""Who corrected: a mailbox does not tell which of its agents moved a mail."""


def correct_draft(context: Context, item: Touched, scenario: Scenario) -> bool:
    """A draft was moved into this scenario's folder; True when a person's text must be kept."""
    known = context.ledger.corrections.message(context.claim, item.draft.message_id)
    edited = item.draft.revision > 1 or any(
        copy.digest not in {None, item.own_digest} for copy in item.copies
    )
    _correct(context, known, scenario, None if edited else item.draft.draft_id)
    return edited


def _correct(context: Context, known: Corrected, scenario: Scenario, superseded: int | None) -> None:
    now = context.now()
    if scenario is Scenario.NO_REPLY_NEEDED:
        context.ledger.corrections.needs_no_answer(context.claim, known.message_id, superseded, now)
        context.log.info("excused", message=known.message_id)
        return
    context.ledger.labels.record(
        context.claim, known.message_id, scenario, LabelSource.RECLASSIFY, AGENT, now
    )
    limits = context.playbook.deadlines(known.received_at, scenario, None)
    context.ledger.corrections.correct(
        context.claim, known.message_id, corrected(scenario), limits, superseded, now
    )
    context.log.info("corrected", message=known.message_id, scenario=scenario.value)


def correct_originals(context: Context, originals: Sequence[tuple[Place, Scenario]]) -> int:
    """Buyers' mails that were moved into a folder of corrections; returns how many were known."""
    done = 0
    for place, scenario in originals:
        found = context.imap.fetch(place.folder, [place.uid], limit=LARGEST)
        if found:
            done += _correct_original(context, place, found[0], scenario)
    return done


def _correct_original(context: Context, place: Place, mail: Fetched, scenario: Scenario) -> bool:
    content_hash = hashlib.sha256(mail.raw).hexdigest()
    header_id = ids_of(mail.raw).message_id
    known = context.ledger.corrections.find(context.claim, content_hash, header_id)
    stays = place.folder == context.folders.no_reply_needed
    if known is None:
        explained = new_note(context, "not_known", about=place)
        context.ledger.drafts.leave_note(context.claim, explained, context.now())
        context.log.warning("not_known", uid=place.uid)
    elif known.is_buyers:
        _correct_message(context, known, scenario)
    if not stays and (known is not None):
        context.imap.move(place.folder, [place.uid], context.folders.inbox)
    return known is not None


def _correct_message(context: Context, known: Corrected, scenario: Scenario) -> None:
    """Correct a message, and its open draft with it."""
    if known.open_draft is None:
        _correct(context, known, scenario, None)
        return
    (item,) = context.ledger.copies.touched(context.claim, known.open_draft)
    if correct_draft(context, item, scenario) and item.draft.state != "held":
        hold(context, known.open_draft, "kept_after_correction", "approval")
