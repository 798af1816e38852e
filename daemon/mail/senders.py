"""Decide who wrote a mail, each answer with a reason slug of `REASONS`.

Order (reference section 0 and 1.3): our own address; a forged or refuted header; the header
X-Space-Notification-Type; the relay address; Amazon's senders, by sender, subject and body; machines; people.
The relay is tested before any rule that takes Amazon's domain for a system's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from daemon.mail import amazon, automatic, facts, subjects
from daemon.mail.kinds import Kind, Notice, ReadingContext, Relay
from daemon.mail.message import Message

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "header_buyer_message": "Amazon's header says that a buyer wrote this, from a relay address.",
        "relay_sender": "The sender is a buyer's relay address; Amazon's header is missing.",
        "header_notice": "Amazon's header names the kind of this notice.",
        "header_unknown": "Amazon's header names a kind of notice that is not known yet; a person must look.",
        "header_without_relay": "Amazon's header says buyer message, but no known relay address is on it.",
        "sender_notice": "The sender is one that Amazon uses for this notice only.",
        "subject_notice": "Amazon sent it, and the subject names the notice.",
        "body_notice": "Amazon sent it, and the body names the notice.",
        "sender_amazon": "Amazon sent it, and nothing else tells what it is about.",
        "forged_header": "It carries Amazon's header but does not come from an Amazon address.",
        "imitates_amazon": "It calls itself Amazon but does not come from an Amazon address.",
        "authentication_failed": "Its sender's authentication failed: possibly forged, for a person only.",
        "own_address": "We wrote it: the sender is one of our own addresses.",
        "own_token": "We wrote it: the Message-ID or token header is of our making.",
        "auto_submitted": "Auto-Submitted says that a machine wrote it.",
        "autoreply_header": "X-Autoreply or X-Autorespond says that a machine answered.",
        "vacation_note": "It is an absence note.",
        "list_mail": "List headers say that it went to many.",
        "bulk_precedence": "Precedence says bulk, list or junk.",
        "loop_header": "X-Loop says that it was in a loop before.",
        "responses_suppressed": "X-Auto-Response-Suppress asks for no automatic answers.",
        "null_return_path": "Its Return-Path is empty: it wants no answer.",
        "robot_sender": "The sender's name is one that only machines use.",
        "bounce_permanent": "A delivery failed for good (status 5.x).",
        "bounce_temporary": "A delivery is delayed (status 4.x).",
        "delivery_report": "A report on a delivery that did not fail.",
        "other_sender": "A person or company outside Amazon's messages wrote it.",
        "sender_unknown": "No single sender address can be read.",
        "too_big": "It is larger than 25 MB and was not parsed.",
        "header_too_big": "Its header is larger than 128 KiB; it was not parsed.",
        "too_many_header_lines": "Its header has more than 1,500 lines; it was not parsed.",
        "field_too_long": "One of its header fields is too long; it was not parsed.",
        "too_many_encoded_words": "Its header has more than 200 encoded words; it was not parsed.",
        "too_many_parts": "It has more than 1,000 parts; it was not parsed.",
        "too_much_nesting": "Its parts are nested so that parsing would take too long; it was not parsed.",
        "parser_failed": "The parser failed on it.",
    }
)

_FORGERY_MARKS = ("amazon",)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a mail and why we think so; `suspicious` mail gets no draft and changes nothing."""

    kind: Kind
    reason: str
    notice: Notice | None = None
    relay: Relay | None = None
    suspicious: bool = False


def writer_of(message: Message, reader: ReadingContext, *, failed: bool) -> Writer:
    """Decide for a mail that could be read; `failed` says that its sender's authentication failed."""
    if message.unreadable is not None:
        return Writer(Kind.OTHER, message.unreadable)
    if message.from_address and message.from_address in reader.own_addresses:
        return Writer(Kind.OWN, "own_address", suspicious=failed)
    relay = _relay(message, reader)
    header = message.header("x-space-notification-type").upper()
    if failed:
        return _refuted(message, relay, header, reader)
    if header:
        return _by_header(message, header, relay, reader)
    return _without_header(message, relay, reader)


def _without_header(message: Message, relay: Relay | None, reader: ReadingContext) -> Writer:
    if relay is not None:
        return _from_relay(message, relay, "relay_sender")
    if amazon.is_amazon(message.from_address, reader.marketplaces):
        return _from_amazon(message)
    return _from_elsewhere(message, reader)


def _relay(message: Message, reader: ReadingContext) -> Relay | None:
    """Reply-To first, then From: the address that Amazon wants answers to go to."""
    for address in (message.reply_to_address, message.from_address):
        relay = amazon.relay_of(address, reader.marketplaces)
        if relay is not None:
            return relay
    return None


def _refuted(message: Message, relay: Relay | None, header: str, reader: ReadingContext) -> Writer:
    """A mail that claims to be Amazon's and is not vouched for: its claim is shown, and has no effect."""
    if relay is not None and header in {"", amazon.BUYER_TYPE}:
        return Writer(Kind.BUYER_MESSAGE, "authentication_failed", relay=relay, suspicious=True)
    if amazon.is_amazon(message.from_address, reader.marketplaces):
        return Writer(Kind.NOTICE, "authentication_failed", Notice.UNKNOWN, relay, suspicious=True)
    other = _from_elsewhere(message, reader)
    if other.kind is Kind.OTHER:
        return Writer(Kind.OTHER, "authentication_failed", suspicious=True)
    return replace(other, suspicious=True)  # a bounce stays one: its token proves more than its sender


def _by_header(message: Message, header: str, relay: Relay | None, reader: ReadingContext) -> Writer:
    if not amazon.is_amazon(message.from_address, reader.marketplaces):
        return Writer(Kind.OTHER, "forged_header", relay=relay, suspicious=True)
    if header == amazon.BUYER_TYPE:
        if relay is None:
            return Writer(Kind.NOTICE, "header_without_relay", Notice.UNKNOWN)
        return _from_relay(message, relay, "header_buyer_message")
    notice = amazon.NOTICE_TYPES.get(header)
    if notice is None:
        return Writer(Kind.NOTICE, "header_unknown", Notice.UNKNOWN, relay)
    return Writer(Kind.NOTICE, "header_notice", notice, relay)


def _from_relay(message: Message, relay: Relay, reason: str) -> Writer:
    machine = automatic.automatic_reply(message)
    if machine is not None:
        return Writer(Kind.AUTOMATIC, machine, relay=relay)
    return Writer(Kind.BUYER_MESSAGE, reason, relay=relay)


def _from_amazon(message: Message) -> Writer:
    """By sender, then subject, then body; a return or claim needs an order id beside its words (1.11)."""
    possible = amazon.SENDER_NOTICES.get(message.from_address.partition("@")[0], ())
    if len(possible) == 1:
        slug = "sender_amazon" if possible[0] is Notice.UNKNOWN else "sender_notice"
        return Writer(Kind.NOTICE, slug, possible[0])
    has_order = bool(facts.order_ids(message.subject, message.text))
    named = ((subjects.notice_by_subject(message.subject), "subject_notice"),
             (subjects.notice_by_body(message.text), "body_notice"))  # fmt: skip
    # a body may say that a message was stopped where the subject only says it was not delivered
    if named[1][0] is Notice.OPT_OUT:
        return Writer(Kind.NOTICE, "body_notice", Notice.OPT_OUT)
    for notice, slug in named:
        if notice is not None and (has_order or notice in _WITHOUT_ORDER or notice in possible):
            return Writer(Kind.NOTICE, slug, notice)
    if Notice.A_TO_Z_CLAIM in possible:
        return Writer(Kind.NOTICE, "sender_notice", Notice.A_TO_Z_CLAIM)
    return Writer(Kind.NOTICE, "sender_amazon", Notice.UNKNOWN)


_WITHOUT_ORDER = frozenset({Notice.REPLY_COPY, Notice.OPT_OUT, Notice.UNDELIVERED, Notice.CHARGEBACK})


def _from_elsewhere(message: Message, reader: ReadingContext) -> Writer:
    if facts.our_tokens(message.message_id) or "x-firstreply-token" in message.headers:
        return Writer(Kind.OWN, "own_token")
    machine = automatic.machine(message, reader)
    if machine is not None:
        notice = Notice.UNDELIVERED if machine == "bounce_permanent" else None
        return Writer(Kind.AUTOMATIC, machine, notice)
    if not message.from_address:
        return Writer(Kind.OTHER, "sender_unknown")
    name = subjects.fold(message.from_name)
    domain = message.from_address.rpartition("@")[2]
    if any(mark in name or mark in domain for mark in _FORGERY_MARKS):
        return Writer(Kind.OTHER, "imitates_amazon", suspicious=True)
    return Writer(Kind.OTHER, "other_sender")
