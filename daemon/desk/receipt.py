"""What Amazon's mail about an answer is about: which of our deliveries, or which conversation.

Promises: pure. A receipt is joined by evidence in the order of its weight: an id of ours that nobody
outside can forge, then the buyer (or the order, where the mail names no buyer) together with a time that
fits and, for a copy, the text. What several deliveries would fit is joined to none but by text. A copy of a
text that we never sent says that a person answered in Seller Central.

Errors: none.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from daemon.mail.kinds import Kind, Notice, ReadingContext
from daemon.mail.message import Message
from daemon.mail.understanding import Understanding

SKEW = timedelta(minutes=15)
"""So far a receipt's time may lie before that of the sending: clocks differ."""
COPY_WINDOW = timedelta(days=3)
FAILURE_WINDOW = timedelta(days=14)
"""How long after the sending a copy, or a notice that it failed, is looked for."""
AGENTS_WINDOW = timedelta(hours=1)
"""So soon after an agent's own mail a copy is that mail's, and no answer given in Seller Central."""
KEPT_TEXT = 8_000
COMPARED = 400
"""Letters and digits of an answer that a copy must show: what follows may be cut."""
NORMAL = 5
"""Receipts are normal where so many sendings in a row had one."""


class Outcome(StrEnum):
    """What a receipt does; the values are the reasons in the ledger."""

    CONFIRMED = "confirmed_by_copy"
    BOUNCED = "bounced"
    SELLER_CENTRAL = "answered_in_seller_central"
    AGENTS = "agents_answer_confirmed"
    REOPENED = "agents_answer_undelivered"
    NOT_TRUSTED = "receipt_not_trusted"
    SEVERAL = "receipt_fits_several"
    NOTHING = "receipt_without_match"


REASONS: Mapping[str, str] = MappingProxyType(
    {
        "confirmed_by_copy": "Amazon's copy of our answer says that the buyer has it.",
        "bounced": "A notice says that our answer did not reach the buyer.",
        "answered_in_seller_central": "Amazon's copy of an answer that we did not send: a person wrote it.",
        "agents_answer_confirmed": "Amazon's copy of an agent's own answer says that the buyer has it.",
        "agents_answer_undelivered": "A notice says that the answer of an agent did not reach the buyer.",
        "receipt_not_trusted": "The trusted service does not vouch for this notice, so it changes nothing.",
        "receipt_fits_several": "The notice fits several answers or conversations, so it changes nothing.",
        "receipt_without_match": "The notice fits no answer and no waiting conversation.",
        "copy_received": "Amazon's copy proves that a delivery in doubt was sent.",
        "undelivered": "Amazon, or a mail server, could not deliver our answer.",
        "opt_out": "The buyer takes no such messages, so Amazon stopped our answer.",
        "text_of_bounced": "A new draft with the text that had been approved and did not arrive.",
        "edited_by_agent": "The text of a draft that is queued again is a person's.",
    }
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One notice about an answer; `ids` are ours, their MAC checked.

    `trusted` says that the service which the mailbox trusts vouches for it, or that none is configured.
    `from_server` says that a mail server wrote it, not Amazon: only an id of ours joins such a report.
    """

    message_id: int
    notice: Notice
    at: datetime
    alias: str
    order_ids: tuple[str, ...]
    ids: frozenset[str]
    text: str
    trusted: bool
    from_server: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A delivery that a receipt may be about; `said` is its own words as `bare` makes them."""

    delivery_id: int
    draft_id: int
    alias: str
    order_id: str
    ids: frozenset[str]
    sent_at: datetime
    said: str
    copied: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation whose newest clock runs, or was stopped by a person at `answered_at`."""

    conversation_id: int
    alias: str
    order_id: str
    asked_at: datetime
    answered_at: datetime | None = None
    agents_at: datetime | None = None
    """When an agent sent the last answer from a mail client that no copy has confirmed yet."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What a receipt is about."""

    outcome: Outcome
    delivery: Candidate | None = None
    conversation: Waiting | None = None


def receipt_facts(message: Message, seen: Understanding, reader: ReadingContext) -> dict[str, Any]:
    """What intake keeps of a mail that may be a receipt, beside its row; nothing of any other mail."""
    if seen.notice not in {Notice.REPLY_COPY, Notice.UNDELIVERED, Notice.OPT_OUT}:
        return {}
    vouched_for = seen.verified or not (reader.authserv_id or reader.authserv_topmost)
    return {
        "receipt": {
            "ids": list(seen.tokens),
            "text": message.text[:KEPT_TEXT],
            "trusted": vouched_for and not seen.suspicious,
            "from_server": seen.kind is not Kind.NOTICE,
        }
    }


def bare(text: str) -> str:
    """A text without what mail changes on its way: letters and digits alone, of one width and case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded))


def join(receipt: Receipt, deliveries: Collection[Candidate], waiting: Sequence[Waiting]) -> Joined:
    """What a receipt is about, and so what it does."""
    named = [each for each in deliveries if each.ids & receipt.ids]
    if receipt.from_server:
        return Joined(Outcome.BOUNCED, named[0]) if len(named) == 1 else Joined(Outcome.NOTHING)
    if not receipt.trusted:
        return Joined(Outcome.NOT_TRUSTED)
    copy = receipt.notice is Notice.REPLY_COPY
    outcome = Outcome.CONFIRMED if copy else Outcome.BOUNCED
    if len(named) == 1:
        return Joined(outcome, named[0])
    window = COPY_WINDOW if copy else FAILURE_WINDOW
    fitting = [
        each
        for each in deliveries
        if _same(receipt, each.alias, each.order_id) and -SKEW <= receipt.at - each.sent_at <= window
    ]
    if copy and not bare(receipt.text) and sum(not each.copied for each in fitting) > 1:
        return Joined(Outcome.SEVERAL)
    chosen = _copied(receipt, fitting) if copy else _failed(receipt, fitting)
    return Joined(outcome, chosen) if chosen is not None else _unsent(receipt, waiting, copy=copy)


def _same(receipt: Receipt, alias: str, order_id: str) -> bool:
    """Whether a receipt is about this buyer and, as far as both name one, this order."""
    if receipt.alias and receipt.alias != alias:
        return False
    if receipt.order_ids and order_id:
        return order_id in receipt.order_ids
    return bool(receipt.alias)


def _copied(receipt: Receipt, fitting: Collection[Candidate]) -> Candidate | None:
    """The delivery whose words stand in the copy; any, where the copy shows no text at all."""
    shown = bare(receipt.text)
    if shown:
        fitting = [each for each in fitting if _shown(each, shown)]
    # none left: a repeated copy, which must not pass for an answer of somebody else's
    return _latest(each for each in fitting if not each.copied) or _latest(fitting)


def _failed(receipt: Receipt, fitting: Collection[Candidate]) -> Candidate | None:
    """The delivery whose words the notice quotes, else the last one before it."""
    shown = bare(receipt.text)
    quoted = [each for each in fitting if _shown(each, shown)] or fitting
    return _latest(each for each in quoted if not each.failed) or _latest(quoted)


def _shown(candidate: Candidate, shown: str) -> bool:
    return bool(candidate.said) and candidate.said[:COMPARED] in shown


def _unsent(receipt: Receipt, waiting: Sequence[Waiting], *, copy: bool) -> Joined:
    """A notice about an answer that the daemon did not send."""
    mine = [each for each in waiting if _same(receipt, each.alias, each.order_id)]
    if copy:
        agents = [each for each in mine if _is_agents(receipt, each)]
        if agents:  # its text is not ours, and the mail client's, so that only the time tells
            return Joined(Outcome.AGENTS, conversation=agents[0])
        mine = [each for each in mine if each.answered_at is None and each.asked_at <= receipt.at + SKEW]
        outcome = Outcome.SELLER_CENTRAL
    else:
        mine = [
            each
            for each in mine
            if each.answered_at is not None and -SKEW <= receipt.at - each.answered_at <= FAILURE_WINDOW
        ]
        outcome = Outcome.REOPENED
    if len(mine) > 1:
        return Joined(Outcome.SEVERAL)
    return Joined(outcome, conversation=mine[0]) if mine else Joined(Outcome.NOTHING)


def _is_agents(receipt: Receipt, conversation: Waiting) -> bool:
    at = conversation.agents_at
    return at is not None and -SKEW <= receipt.at - at <= AGENTS_WINDOW


def _latest(candidates: Iterable[Candidate]) -> Candidate | None:
    return max(candidates, key=lambda each: (each.sent_at, each.delivery_id), default=None)


def overdue(sendings: Sequence[tuple[int, datetime, bool]], before: datetime) -> list[int]:
    """Deliveries sent before `before` whose receipt is missing although receipts are normal.

    `sendings` are id, time and "has a receipt", oldest first.
    """
    missing = []
    for at, (delivery_id, sent_at, has_receipt) in enumerate(sendings):
        earlier = sendings[max(0, at - NORMAL) : at]
        normal = len(earlier) == NORMAL and all(had for _, _, had in earlier)
        if normal and not has_receipt and sent_at <= before:
            missing.append(delivery_id)
    return missing
