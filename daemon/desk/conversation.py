"""Which conversation a mail belongs to, and why.

A conversation is one buyer (site and relay alias, without the plus part) and one order, or none. It is no
Message-ID thread: to a mail client each of Amazon's mails looks like a new one. Pure: the ledger looks up
what it knows (`Known`), this module decides. A link never crosses aliases: References can be forged, and
what one buyer wrote must never be answered to another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from daemon.mail.understanding import Kind, Relay, Understanding

RECENT = timedelta(days=30)

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "alias_and_order": "The same buyer wrote about the same order.",
        "reference_adopts_order": "It answers a conversation that had no order yet, and names one.",
        "case_adopts_order": "Its Seller Central case is that of a conversation that had no order yet.",
        "second_order": "The same buyer writes about another order: a second conversation.",
        "our_token": "It answers a mail that we sent.",
        "reference": "It answers a mail of this conversation.",
        "case": "It carries the conversation's Seller Central case.",
        "recent_alias": "The same buyer wrote within 30 days, and this mail names no order.",
        "order_of_notice": "The notice names the order of this conversation only.",
        "new_conversation": "Nothing known is from this buyer, or nothing recent.",
        "nothing_links": "It names no buyer and nothing that is known.",
    }
)


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """What makes a conversation: two mails with the same key are in one."""

    marketplace: str
    alias: str
    order_id: str | None


@dataclass(frozen=True, slots=True)
class KnownConversation:
    """A conversation as the ledger knows it."""

    id: int
    key: ConversationKey
    last_message_at: datetime
    cases: frozenset[str] = frozenset()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger found for one mail of one mailbox; the order inside a tuple does not matter.

    `by_token`: conversations whose sent drafts have one of the mail's tokens, the MAC checked.
    `by_reference`: those with a message whose Message-ID stands in In-Reply-To or References.
    `by_alias`: all of the relay's alias and site. `by_order`: all with one of the mail's order ids.
    """

    by_token: tuple[KnownConversation, ...] = ()
    by_reference: tuple[KnownConversation, ...] = ()
    by_alias: tuple[KnownConversation, ...] = ()
    by_order: tuple[KnownConversation, ...] = ()


@dataclass(frozen=True, slots=True)
class Belonging:
    """The answer: an existing conversation (`conversation`), else a new one under `key`, else neither."""

    reason: str
    conversation: KnownConversation | None = None
    key: ConversationKey | None = None
    adopts_order: str | None = None
    """The order id that an order-less conversation now gets."""
    reopens: bool = False
    """The conversation was closed, and a buyer's message opens it again."""


def conversation_key(relay: Relay, order_ids: tuple[str, ...]) -> ConversationKey:
    """The key of a mail from `relay`: its first order id counts (that of the subject, if one is there)."""
    return ConversationKey(relay.marketplace, relay.alias, order_ids[0] if order_ids else None)


def belongs_to(mail: Understanding, known: Known, received_at: datetime) -> Belonging:
    """Decide for `mail`; `received_at` is when the mailbox got it, with a time zone."""
    if mail.relay is None:
        return _without_relay(mail, known)
    key = conversation_key(mail.relay, mail.order_ids)
    found = _with_order(mail, key, known) if key.order_id else _without_order(mail, key, known, received_at)
    reopens = found.conversation is not None and found.conversation.closed and mail.kind is Kind.BUYER_MESSAGE
    return Belonging(found.reason, found.conversation, key, found.adopts_order, reopens)


def _with_order(mail: Understanding, key: ConversationKey, known: Known) -> Belonging:
    same_buyer = _of_buyer(key, known.by_alias)
    exact = _latest(each for each in same_buyer if each.key.order_id == key.order_id)
    if exact is not None:
        return Belonging("alias_and_order", exact)
    linked = _of_buyer(key, known.by_token + known.by_reference)
    orderless = _latest(each for each in linked if each.key.order_id is None)
    if orderless is not None:
        return Belonging("reference_adopts_order", orderless, adopts_order=key.order_id)
    of_case = _latest(each for each in _of_case(mail, same_buyer) if each.key.order_id is None)
    if of_case is not None:
        return Belonging("case_adopts_order", of_case, adopts_order=key.order_id)
    return Belonging("second_order" if same_buyer else "new_conversation")


def _without_order(
    mail: Understanding, key: ConversationKey, known: Known, received_at: datetime
) -> Belonging:
    same_buyer = _of_buyer(key, known.by_alias)
    ways = (
        ("our_token", _of_buyer(key, known.by_token)),
        ("reference", _of_buyer(key, known.by_reference)),
        ("case", _of_case(mail, same_buyer)),
        ("recent_alias", [each for each in same_buyer if received_at - each.last_message_at <= RECENT]),
    )
    for reason, candidates in ways:
        latest = _latest(candidates)
        if latest is not None:
            return Belonging(reason, latest)
    return Belonging("new_conversation")


def _without_relay(mail: Understanding, known: Known) -> Belonging:
    """Notices often name only the order; two buyers with one order id would be a mistake, so then none."""
    for reason, candidates in (("our_token", known.by_token), ("reference", known.by_reference)):
        if len({each.id for each in candidates}) == 1:
            return Belonging(reason, candidates[0])
    of_order = [each for each in known.by_order if each.key.order_id in mail.order_ids[:1]]
    if len({each.id for each in of_order}) == 1:
        return Belonging("order_of_notice", of_order[0])
    return Belonging("nothing_links")


def _of_buyer(key: ConversationKey, candidates: Iterable[KnownConversation]) -> list[KnownConversation]:
    buyer = (key.marketplace, key.alias)
    return [each for each in candidates if (each.key.marketplace, each.key.alias) == buyer]


def _of_case(mail: Understanding, candidates: Iterable[KnownConversation]) -> list[KnownConversation]:
    case = mail.relay.case if mail.relay else None
    return [each for each in candidates if case is not None and case in each.cases]


def _latest(candidates: Iterable[KnownConversation]) -> KnownConversation | None:
    return max(candidates, key=lambda each: (each.last_message_at, each.id), default=None)
