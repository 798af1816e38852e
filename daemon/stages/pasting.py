"""Pasting: the texts for Seller Central that a case asks for, as notes to the agent.

Promises: one note for each message and text, whatever is repeated after a crash; no way leads from a note to
a buyer. Facts of an order stand in it whether or not the mail is vouched for, since only the agent reads it.

Errors: none; a template that fails leaves a note that says so.
"""

import json
from collections.abc import Mapping

from daemon.ports.ledger.draft_rows import NewNote
from daemon.ports.ledger.notes import OwedNote
from daemon.reply.facts import HouseFacts, MailFacts, facts_for
from daemon.reply.paste_in import note_subject
from daemon.reply.templates import NOTES, TemplateError
from daemon.stages.context import Context
from daemon.stages.noting import note_of

STATEMENT = "a_to_z_statement"


def paste_in(context: Context, name: str, message_id: int, facts: Mapping[str, str]) -> NewNote:
    """The note with one text to paste about one message."""
    try:
        text = context.templates.render(name, NOTES, facts).text
    except TemplateError as error:
        context.log.error("template_failed", message=message_id, template=name, detail=str(error))
        text = f"The text could not be written: {error}\n"
    subject = note_subject(name, facts.get("order_id", ""))
    return note_of(context, name, subject, text, about=f"{name} message {message_id}")


def plan_statements(context: Context) -> int:
    """Plan the statement for each claim that has none yet; returns how many were owed."""
    planned = 0
    while page := context.ledger.notes.owed(context.claim, context.batch):
        orders = context.ledger.orders.known({_order_id(owed) for owed in page})
        notes: dict[int, NewNote] = {}
        for owed in page:
            known, order_id = json.loads(owed.facts), _order_id(owed)
            mail = MailFacts(
                order_id=order_id,
                product=known.get("product", ""),
                asin=next(iter(known.get("asins", [])), ""),
                tracking_numbers=tuple(known.get("tracking_numbers", [])),
                words=owed.text,
            )
            order = orders.get(order_id)
            facts = facts_for(
                mail,
                HouseFacts(),
                language="en",
                today=context.now().date(),
                lines=order.lines if order else (),
                shipments=order.shipments if order else (),
                catalogue=context.library.catalogue,
            )
            notes[owed.message_id] = paste_in(context, STATEMENT, owed.message_id, facts.values)
        context.ledger.notes.plan(context.claim, notes, context.now())
        for message_id in notes:
            context.log.info("note_planned", message=message_id, reason=STATEMENT)
        planned += len(notes)
    return planned


def _order_id(owed: OwedNote) -> str:
    """The conversation's order, else the first that the mail names."""
    return owed.order_id or next(iter(json.loads(owed.facts).get("order_ids", [])), "")
