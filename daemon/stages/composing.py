"""Composing: facts, language and template become the draft of a reply to one buyer message.

Promises: the language is the buyer's, else the marketplace's, else English, as far as the template exists
in it. A template that fails still gives the agent a draft to write in, with one gap.

Errors: none; what goes wrong is logged with file and line.
"""

import json
import secrets
from datetime import datetime, timedelta

from daemon.desk.clock import RULE
from daemon.desk.disposition import Action
from daemon.desk.link import TOKEN_OCTETS, LinkKind, message_id, token_from
from daemon.desk.playbook import Scenario
from daemon.ports.ledger.draft_rows import NewDraft, Owed
from daemon.reply.compose import Reply, written
from daemon.reply.facts import HouseFacts, MailFacts, facts_for
from daemon.reply.names import usable_name
from daemon.reply.phrases import attribution
from daemon.reply.templates import Rendered, TemplateError, marketplace_language
from daemon.stages.context import Context

HOLDING = "holding"
PROMISE = timedelta(hours=12)
"""A holding reply promises an answer this long after its own deadline, as far as the 24 hours allow."""


def compose(context: Context, owed: Owed) -> NewDraft:
    """The draft of a reply to one buyer message."""
    box, now = context.mailbox, context.now()
    scenario = Scenario(owed.scenario)
    holding = owed.action == Action.HOLDING_DRAFT
    template = HOLDING if holding else context.playbook.plays[scenario].template or scenario.value
    language = context.templates.choose(template, owed.language, marketplace_language(owed.marketplace))
    reason = "unsure_so_holding" if holding else "scenario_draft"
    try:
        rendered = context.templates.render(template, language, _facts(context, owed, language, now))
    except TemplateError as error:
        context.log.error("template_failed", template=template, detail=str(error))
        template, reason = "none", "template_failed"
        rendered = Rendered("[[answer]]\n", ("answer",))
    token = token_from(secrets.token_bytes(TOKEN_OCTETS))
    link = message_id(context.link_key, LinkKind.DRAFT, token, box.domain)
    reply = Reply(
        sender_name=box.brand,
        sender=box.address,
        recipient=owed.relay_address,
        subject=owed.subject,
        text=rendered.text,
        quoted=owed.text,
        attribution=attribution(language, usable_name(owed.buyer_name or ""), owed.received_at),
        answers=owed.header_id,
        reference_ids=owed.reference_ids,
    )
    mail = written(reply, link=link, token=token, now=now)
    return NewDraft(
        message_id=owed.message_id,
        conversation_id=owed.conversation_id,
        token=token,
        header_id=link,
        recipient=owed.relay_address,
        template=template,
        language=language,
        raw=mail.raw,
        digest=mail.digest,
        reason=reason,
        replaces=owed.open_draft,
    )


def _facts(context: Context, owed: Owed, language: str, now: datetime) -> dict[str, str]:
    known = json.loads(owed.facts)
    asins = known.get("asins", [])
    mail = MailFacts(
        buyer_name=owed.buyer_name or "",
        order_id=owed.order_id,
        product=known.get("product", ""),
        asin=asins[0] if len(asins) == 1 else "",
        marketplace=owed.marketplace,
        tracking_numbers=tuple(known.get("tracking_numbers", [])),
        words=owed.text,
    )
    promised = min(owed.received_at + RULE, max(owed.nearest_at, now) + PROMISE)
    house = HouseFacts(
        brand=context.mailbox.brand, signature=context.mailbox.signature, promised=promised.date()
    )
    return dict(facts_for(mail, house, language=language, today=now.date()).values)
