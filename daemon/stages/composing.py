"""Composing: facts, language and template become the draft of a reply to one buyer message.

Promises: the language is the buyer's, else the marketplace's, else English, as far as the template exists
in it. What the seller's files know of an order is told only to a mail that Amazon vouches for and that
names the order itself. A fact that nobody knows is a gap; when the limit is near, a promise takes the place
of a draft with gaps. A template that fails still gives the agent a draft to write in, with one gap and a
note. The texts to paste that a case asks for go with its draft.

Errors: none; what goes wrong is logged with file and line.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.desk.causes import cause_of, change_of
from daemon.desk.clock import RULE
from daemon.desk.disposition import Action
from daemon.desk.link import TOKEN_OCTETS, LinkKind, message_id, token_from
from daemon.desk.order import OrderFacts
from daemon.desk.playbook import FOLLOW_UP, HOLDING, Scenario
from daemon.ports.ledger.about import Buyer
from daemon.ports.ledger.draft_rows import NewDraft, NewNote, Owed
from daemon.reply.attachments import Attachment
from daemon.reply.compose import Reply, written
from daemon.reply.facts import Facts, HouseFacts, MailFacts, asin_of, facts_for
from daemon.reply.knowledge import Passage
from daemon.reply.names import usable_name
from daemon.reply.paste_in import notes_for
from daemon.reply.phrases import attribution
from daemon.reply.templates import Rendered, TemplateError, marketplace_language
from daemon.stages.context import Context
from daemon.stages.noting import new_note
from daemon.stages.pasting import paste_in

PROMISE = timedelta(hours=12)
"""A holding reply promises an answer this long after its own deadline, as far as the 24 hours allow."""
NEAR = 75
"""The percent of the way to the nearest limit from which a promise is better than a gap."""
ANSWERED = frozenset({Scenario.USAGE_QUESTION, Scenario.PRESALE_QUESTION})
"""Scenarios that the knowledge base has answers for."""
_NOTHING = OrderFacts()
_BLANK = "[[answer]]\n"


@dataclass(frozen=True, slots=True)
class _Case:
    """One message with what is known about it; `answer` is the passage that answers it."""

    owed: Owed
    mail: MailFacts
    order: OrderFacts
    template: str
    language: str
    asin: str
    cause: str
    answer: Passage | None
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """What a reply says, why it says that, and what the agent gets beside it."""

    template: str
    reason: str
    rendered: Rendered
    source: str = ""
    files: tuple[Attachment, ...] = ()
    notes: tuple[NewNote, ...] = ()


def orders_of(context: Context, owed: Iterable[Owed]) -> Mapping[str, OrderFacts]:
    """What the seller's files tell of these messages' orders, in one look-up."""
    return context.ledger.orders.known({item.order_id for item in owed if _vouched(item)})


def _vouched(owed: Owed) -> bool:
    """Whether Amazon itself vouches for the mail and names its order in it."""
    return owed.order_id in json.loads(owed.facts).get("vouched_orders", [])


def is_near(owed: Owed, now: datetime) -> bool:
    """Whether so little time is left that the buyer should hear when the answer will come."""
    return (now - owed.received_at) * 100 >= (owed.nearest_at - owed.received_at) * NEAR


def compose(
    context: Context, owed: Owed, orders: Mapping[str, OrderFacts], *, follow_up: bool = False
) -> NewDraft:
    """The draft of a reply to one buyer message; `orders` is what `orders_of` found.

    A `follow_up` comes after our answer, when a promise in it is due.
    """
    box, now = context.mailbox, context.now()
    known = orders.get(owed.order_id, _NOTHING) if _vouched(owed) else _NOTHING
    case = _case(context, owed, known, follow_up=follow_up)
    text = _text(context, case, now)
    token = token_from(secrets.token_bytes(TOKEN_OCTETS))
    link = message_id(context.link_key, LinkKind.DRAFT, token, box.domain)
    name = usable_name(owed.buyer_name or "")
    reply = Reply(
        sender_name=box.brand,
        sender=box.address,
        recipient=owed.relay_address,
        subject=owed.subject,
        text=text.rendered.text,
        quoted=owed.text,
        attribution=attribution(case.language, name, owed.received_at),
        answers=owed.header_id,
        reference_ids=owed.reference_ids,
        attachments=text.files,
        recipient_name=name,
    )
    mail = written(reply, link=link, token=token, now=now)
    return NewDraft(
        message_id=owed.message_id,
        conversation_id=owed.conversation_id,
        token=token,
        header_id=link,
        recipient=owed.relay_address,
        template=text.template,
        language=case.language,
        raw=mail.raw,
        digest=mail.digest,
        reason=text.reason,
        replaces=owed.open_draft,
        gaps=text.rendered.gaps,
        source=text.source,
        notes=text.notes,
    )


def _case(context: Context, owed: Owed, order: OrderFacts, *, follow_up: bool) -> _Case:
    """Template, language, product, and what the library has for it."""
    known, scenario = json.loads(owed.facts), Scenario(owed.scenario)
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
    template, cause = context.playbook.plays[scenario].template or scenario.value, ""
    if follow_up:
        template = FOLLOW_UP
    elif owed.action == Action.HOLDING_DRAFT:
        template = HOLDING
    elif scenario is Scenario.NEGATIVE_REVIEW:
        cause = cause_of(owed.text)
        template = f"{template}_{cause}" if cause else template
    language = context.templates.choose(template, owed.language, marketplace_language(owed.marketplace))
    asin, answer = asin_of(mail, order.lines), None
    files: tuple[Attachment, ...] = ()
    if template not in {HOLDING, FOLLOW_UP}:
        asked = Scenario.USAGE_QUESTION if cause == "misuse" else scenario
        if asked in ANSWERED:
            answer = context.library.knowledge.find(owed.text, scenario=asked, language=language, asin=asin)
        files = context.library.files(context.playbook.plays[asked].attach, asin, language)
    return _Case(owed, mail, order, template, language, asin, cause, answer, files)


def _text(context: Context, case: _Case, now: datetime) -> _Text:
    """What the reply says."""
    template, language = case.template, case.language
    facts = _facts(context, case, language, now).values
    notes = _notes(context, case, now)
    buyer = Buyer(case.owed.buyer_name or "", case.owed.order_id)
    try:
        if template == HOLDING:
            return _Text(HOLDING, "unsure_so_holding", context.templates.render(HOLDING, language, facts))
        rendered = context.templates.render(template, language, facts)
        if template == FOLLOW_UP:
            return _Text(FOLLOW_UP, "follow_up_due", rendered)
        if rendered.gaps and is_near(case.owed, now):
            promise = context.templates.render(HOLDING, language, facts)
            missing = new_note(
                context,
                "promised",
                buyer,
                detail=", ".join(rendered.gaps),
                when=_promised(case, now),
            )
            return _Text(HOLDING, "facts_missing_so_holding", promise, notes=(*notes, missing))
    except TemplateError as error:
        ids = {"message": case.owed.message_id}
        context.log.error("template_failed", **ids, template=template, detail=str(error))
        failed = new_note(context, "template_failed", buyer, detail=str(error))
        return _Text("none", "template_failed", Rendered(_BLANK, ("answer",)), notes=(*notes, failed))
    used = case.answer is not None and case.answer.text in rendered.text
    source = case.answer.source if case.answer is not None and used else ""
    template = context.templates.resolve(template, language)
    return _Text(template, "scenario_draft", rendered, source, case.files, notes)


def _notes(context: Context, case: _Case, now: datetime) -> tuple[NewNote, ...]:
    """The texts to paste; the dates in them are written as the agent's notes are, in English."""
    if case.template in {HOLDING, FOLLOW_UP}:
        return ()
    line = next(iter(case.order.lines), None)
    names = notes_for(Scenario(case.owed.scenario), case.cause, line.fulfilled_by if line else "")
    if not names:
        return ()
    site = marketplace_language(case.owed.marketplace)
    facts = {**_facts(context, case, "en", now).values, "cause": case.cause, "language": site}
    return tuple(paste_in(context, name, case.owed.message_id, facts) for name in names)


def _promised(case: _Case, now: datetime) -> datetime:
    """By when a holding reply promises the answer; what is late already is promised anew."""
    promised = min(case.owed.received_at + RULE, max(case.owed.nearest_at, now) + PROMISE)
    return promised if promised > now else now + PROMISE


def _facts(context: Context, case: _Case, language: str, now: datetime) -> Facts:
    owed = case.owed
    product = context.library.catalogue.find(case.asin, language) if case.asin else None
    house = HouseFacts(
        brand=context.mailbox.brand,
        signature=context.mailbox.signature,
        promised=_promised(case, now).date(),
        change=change_of(owed.text) if owed.scenario == Scenario.ORDER_CHANGE else "",
        review_line=context.playbook.review_line,
        manual_attached=product is not None and product.manual in {file.name for file in case.files},
    )
    return facts_for(
        case.mail,
        house,
        language=language,
        today=now.date(),
        lines=case.order.lines,
        shipments=case.order.shipments,
        catalogue=context.library.catalogue,
        passage=case.answer,
    )
