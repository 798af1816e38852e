"""What a mail is, who wrote it, what it says and what it belongs to: the result of reading.

`understand` is pure and never raises. Whatever it decides carries a reason slug of `REASONS`. It reads only
what a kind of mail needs: the buyer's words of buyer messages, the facts of notices.
"""

from dataclasses import dataclass

from daemon.mail import amazon, automatic, facts, parcels, returns, subjects
from daemon.mail.authentication import judge
from daemon.mail.clean import clean_text
from daemon.mail.kinds import Amount, Kind, Notice, ReadingContext, Relay, ReturnRow
from daemon.mail.language import detect
from daemon.mail.listings import listed_products
from daemon.mail.markup import to_text, tree
from daemon.mail.message import Attachment, Message
from daemon.mail.quoting import own_words
from daemon.mail.senders import REASONS, Writer, writer_of
from daemon.mail.wrapper import Unwrapped, unwrap

__all__ = [
    "REASONS",
    "Amount",
    "Kind",
    "Notice",
    "ReadingContext",
    "Relay",
    "ReturnRow",
    "Understanding",
    "understand",
]


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that later stages decide on; tuples are in order of appearance, without repeats."""

    kind: Kind
    reason: str
    """A key of `REASONS`."""
    notice: Notice | None = None
    """Set for notices, and `undelivered` for a permanent bounce; a refuted notice is `unknown`."""
    relay: Relay | None = None
    order_ids: tuple[str, ...] = ()
    """Those of the subject first: the first one is the order of the conversation."""
    named_orders: tuple[str, ...] = ()
    """Those that stand in the subject or in Amazon's own lines, not in the buyer's words alone."""
    asins: tuple[str, ...] = ()
    product: str | None = None
    quantity: int | None = None
    buyer_name: str | None = None
    language: str | None = None
    """ISO 639-1 of `text` alone; None when nothing is sure."""
    text: str = ""
    """The buyer's own words; of a return request the buyer's comments; of other notices ''."""
    topic: str | None = None
    """Scenario label that the contact topic in Amazon's subject proves."""
    attachments: tuple[Attachment, ...] = ()
    no_response_url: str | None = None
    """To be shown to a person, never to be fetched."""
    reply_within_days: int | None = None
    suspicious: bool = False
    """No draft, no effect, shown to a person."""
    verified: bool = False
    """DMARC passed for From, said by the service that the mailbox trusts."""
    tokens: tuple[str, ...] = ()
    """Our `<fr.TOKEN.MAC@domain>` ids in Message-ID, In-Reply-To, References and bounces; MAC unchecked."""
    communication_token: str | None = None
    amounts: tuple[Amount, ...] = ()
    return_rows: tuple[ReturnRow, ...] = ()
    authorised_by_amazon: bool = False
    """A return that Amazon authorised by itself: only one that it did not needs an answer."""
    tracking_numbers: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()

    @property
    def may_change_things(self) -> bool:
        """Whether this is a notice that nothing refutes: only such a one may stop or re-open a clock."""
        return self.kind is Kind.NOTICE and not self.suspicious and self.notice is not Notice.UNKNOWN


def understand(message: Message, reader: ReadingContext | None = None) -> Understanding:
    """Read `message` for the mailbox that `reader` describes (none: an unconfigured one); never raises."""
    reader = reader or ReadingContext()
    verdict = judge(message, reader)
    writer = writer_of(message, reader, failed=verdict.failed)
    if writer.relay is not None and writer.kind in {Kind.BUYER_MESSAGE, Kind.AUTOMATIC}:
        return _buyer_message(message, writer, verified=verdict.verified)
    if writer.kind is Kind.NOTICE:
        return _notice(message, writer, reader, verified=verdict.verified)
    return _anything_else(message, writer, verified=verdict.verified)


def _buyer_message(message: Message, writer: Writer, *, verified: bool) -> Understanding:
    parts = _unwrapped(message)
    words = own_words(parts.words)
    if writer.kind is Kind.BUYER_MESSAGE and automatic.vacation_words(words):
        writer = Writer(Kind.AUTOMATIC, "vacation_note", relay=writer.relay, suspicious=writer.suspicious)
    relay, lines = writer.relay, facts.products(parts.head) or facts.products(message.text)
    listed = listed_products(message.html) if message.text_is_html and not lines else ()
    orders = facts.order_ids(message.subject, parts.head, parts.words)
    named = facts.order_ids(message.subject, parts.head)
    site = relay.marketplace if relay else ""
    return Understanding(
        kind=writer.kind,
        reason=writer.reason,
        relay=relay,
        order_ids=orders,
        named_orders=named,
        asins=tuple(
            dict.fromkeys([asin for _, _, asin in lines] + list(facts.asins(parts.head, parts.words)))
        ),
        product=lines[0][1] if lines else (listed[0][0] if listed else None),
        quantity=lines[0][0] if lines else None,
        buyer_name=subjects.buyer_name(message.from_name, message.subject),
        language=detect(words, amazon.SITES.get(site, ())),
        text=words,
        topic=subjects.topic_of(message.subject, has_order=bool(orders)),
        attachments=message.attachments,
        no_response_url=None if writer.suspicious else facts.no_response_url(_tail(message, parts)),
        suspicious=writer.suspicious,
        verified=verified,
        tokens=_tokens(message),
        amounts=facts.amounts(words),
        tracking_numbers=parcels.tracking_numbers(words),
        carriers=parcels.carriers(words),
        defects=message.defects + parts.defects + _more_defects(message, words),
    )


def _more_defects(message: Message, words: str) -> tuple[str, ...]:
    noted = (
        (not words, "no_words"),
        (message.reply_to_address not in {"", message.from_address}, "reply_to_differs"),
    )
    return tuple(slug for holds, slug in noted if holds)


def _unwrapped(message: Message) -> Unwrapped:
    """From the plain text; from the HTML when there is no other, or when the plain part is only a shell."""
    parts = unwrap(message.text, from_html=message.text_is_html)
    if message.html and (message.text_is_html or not any(map(str.isalpha, parts.words))):
        root = tree(message.html)
        text = clean_text(to_text(root, quotes=False)) if root is not None else ""
        other = unwrap(text, from_html=True)
        if other.words:
            return other
    return parts


def _tail(message: Message, parts: Unwrapped) -> str:
    """Below the end mark; links of an HTML-only mail stand in its source only."""
    if parts.tail and message.text_is_html:
        return unwrap(message.html.replace("&amp;", "&")).tail
    return parts.tail


def _notice(message: Message, writer: Writer, reader: ReadingContext, *, verified: bool) -> Understanding:
    text = message.text
    rows = returns.return_rows(text, message.html) if writer.notice is Notice.RETURN_REQUEST else ()
    comments = "\n".join(row.comment for row in rows if row.comment)
    lines = facts.products(text)
    relay = writer.relay or (None if writer.suspicious else _relay_inside(message, reader))
    site = relay.marketplace if relay else amazon.MARKETPLACE_IDS.get(message.header("x-marketplace-id"), "")
    marked = tuple(row.asin for row in rows if row.asin)
    return Understanding(
        kind=writer.kind,
        reason=writer.reason,
        notice=writer.notice,
        relay=relay,
        order_ids=facts.order_ids(
            message.subject, text, "" if message.text_is_html else message.html[:20_000]
        ),
        asins=tuple(dict.fromkeys(marked + facts.asins(text))),
        product=lines[0][1] if lines else next((row.item for row in rows if row.item), None),
        quantity=lines[0][0] if lines else next((row.quantity for row in rows if row.quantity), None),
        buyer_name=subjects.buyer_name("", message.subject),
        language=detect(comments, amazon.SITES.get(site, ())) if comments else None,
        text=comments,
        attachments=message.attachments,
        reply_within_days=facts.reply_within_days(text) if writer.notice in _WITH_PERIOD else None,
        suspicious=writer.suspicious,
        verified=verified,
        tokens=_tokens(message),
        communication_token=facts.communication_token(text),
        amounts=facts.amounts(f"{message.subject}\n{text}") if writer.notice in _WITH_MONEY else (),
        return_rows=rows,
        authorised_by_amazon=writer.notice is Notice.RETURN_REQUEST and returns.authorised_by_amazon(text),
        tracking_numbers=_tracking(rows, text),
        carriers=parcels.carriers(text),
        defects=message.defects,
    )


_WITH_PERIOD = frozenset({Notice.A_TO_Z_CLAIM, Notice.A_TO_Z_DECISION, Notice.CHARGEBACK})
_WITH_MONEY = frozenset({Notice.A_TO_Z_CLAIM, Notice.A_TO_Z_DECISION, Notice.CHARGEBACK, Notice.REFUND})


def _tracking(rows: tuple[ReturnRow, ...], text: str) -> tuple[str, ...]:
    in_rows = [row.tracking_number for row in rows if row.tracking_number]
    return tuple(dict.fromkeys([*in_rows, *parcels.tracking_numbers(text)]))


def _relay_inside(message: Message, reader: ReadingContext) -> Relay | None:
    """The buyer's address in a notice about our message: a copy goes to it, an opt-out links to it."""
    for text in (*message.to_addresses, message.text, message.html):
        relay = amazon.relay_in(text[:60_000], reader.marketplaces)
        if relay is not None:
            return relay
    return None


def _anything_else(message: Message, writer: Writer, *, verified: bool) -> Understanding:
    words = own_words(message.text) if writer.kind is Kind.OTHER else ""
    return Understanding(
        kind=writer.kind,
        reason=writer.reason,
        notice=writer.notice,
        relay=writer.relay,
        order_ids=facts.order_ids(message.subject, message.text),
        buyer_name=None,
        language=detect(words) if words else None,
        text=words,
        attachments=message.attachments,
        suspicious=writer.suspicious,
        verified=verified,
        tokens=_tokens(message),
        defects=message.defects,
    )


def _tokens(message: Message) -> tuple[str, ...]:
    # some servers put the returned mail into the text of a bounce instead of a part of its own
    bounced = message.text if message.report or message.header("return-path") == "<>" else ""
    return facts.our_tokens(
        message.message_id, message.in_reply_to, *message.references, message.report, bounced
    )
