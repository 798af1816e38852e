"""The words of reading: who wrote a mail, what a notice is about, whose relay address it is.

Plain values without behaviour, so that every module of this floor can use them.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """Who wrote a mail; the values are the `kind` of `firstreply inspect`."""

    BUYER_MESSAGE = "buyer_message"
    NOTICE = "notice"
    AUTOMATIC = "automatic"
    OWN = "own"
    OTHER = "other"


class Notice(StrEnum):
    """What a notice of Amazon's systems is about; the values are the `notice` of `firstreply inspect`."""

    RETURN_REQUEST = "return_request"
    REFUND = "refund"
    A_TO_Z_CLAIM = "a_to_z_claim"
    A_TO_Z_DECISION = "a_to_z_decision"
    CHARGEBACK = "chargeback"
    CANCELLATION_REQUEST = "cancellation_request"
    REPLY_COPY = "reply_copy"
    OPT_OUT = "opt_out"
    UNDELIVERED = "undelivered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Relay:
    """A buyer's relay address: whole for replying, its alias for the conversation."""

    address: str
    """In lower case, with its `+case` part: the only address a reply may go to."""
    alias: str
    case: str | None
    """The Seller Central case, a UUID or 8 hexadecimal digits; None when the address has no plus part."""
    marketplace: str
    """The site behind `marketplace.amazon.`, such as `de` or `co.uk`."""


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What reading must know about the mailbox; the defaults are those of an unconfigured one."""

    own_addresses: frozenset[str] = frozenset()
    """Our own senders, lower-case: what they wrote is ours."""
    marketplaces: tuple[str, ...] = ()
    """Sites whose relay addresses count; empty means all that are known."""
    authserv_id: str | None = None
    """Whose Authentication-Results count (RFC 8601); None: nobody vouches, so nothing is verified."""
    authserv_topmost: bool = False
    """Trust the topmost field whatever its id: only where the mailbox's host writes none (Microsoft 365)."""
    allowed_senders: frozenset[str] = frozenset()
    """Addresses that look like robots and are people all the same."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money in a mail; `currency` is an ISO 4217 code."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One item of a return request; '' where the notice says nothing."""

    item: str = ""
    asin: str = ""
    sku: str = ""
    quantity: int | None = None
    reason: str = ""
    comment: str = ""
    carrier: str = ""
    tracking_number: str = ""
