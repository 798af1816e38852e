"""What a draft and its delivery may be, and what must hold before a draft may leave the house.

Promises: the two state tables stand here once; the ledger builds the database's own guards from
them, so that a transition not written here is refused by SQLite and PostgreSQL as well. The checks
before sending are pure: they take what was seen and answer with a reason, they never act.

Errors: none leave this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class DraftState(StrEnum):
    """Where a draft is on its way from the queue to the buyer."""

    PLANNED = "planned"
    QUEUED = "queued"
    EDITED = "edited"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    BOUNCED = "bounced"
    IN_DOUBT = "in_doubt"
    HELD = "held"
    ANSWERED_BY_AGENT = "answered_by_agent"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    VANISHED = "vanished"


_D = DraftState
_LEFT_BY_A_PERSON = frozenset({_D.ANSWERED_BY_AGENT, _D.REJECTED, _D.SUPERSEDED, _D.VANISHED})

DRAFT_TRANSITIONS: Mapping[DraftState, frozenset[DraftState]] = {
    _D.PLANNED: frozenset({_D.QUEUED, _D.HELD, _D.SUPERSEDED, _D.ANSWERED_BY_AGENT}),
    _D.QUEUED: frozenset({_D.EDITED, _D.APPROVED, _D.HELD}) | _LEFT_BY_A_PERSON,
    _D.EDITED: frozenset({_D.APPROVED, _D.HELD}) | _LEFT_BY_A_PERSON,
    # back to queued or edited: a person took the draft out of Approved within the cool-down
    _D.APPROVED: frozenset({_D.QUEUED, _D.EDITED, _D.SENDING, _D.HELD}) | _LEFT_BY_A_PERSON,
    # entered before the final dot; only the server's word or a person leads out
    _D.SENDING: frozenset({_D.SENT, _D.HELD, _D.IN_DOUBT}),
    _D.IN_DOUBT: frozenset({_D.SENT, _D.HELD}),
    _D.SENT: frozenset({_D.CONFIRMED, _D.BOUNCED}),
    _D.CONFIRMED: frozenset({_D.BOUNCED}),
    _D.BOUNCED: frozenset(),
    _D.HELD: frozenset({_D.EDITED, _D.APPROVED}) | _LEFT_BY_A_PERSON,
    _D.ANSWERED_BY_AGENT: frozenset(),
    _D.REJECTED: frozenset({_D.QUEUED, _D.EDITED, _D.ANSWERED_BY_AGENT, _D.SUPERSEDED}),
    _D.SUPERSEDED: frozenset(),
    # it may turn up again; a person then looks at it before anything else happens
    _D.VANISHED: frozenset({_D.HELD, _D.ANSWERED_BY_AGENT}),
}

OPEN_STATES = frozenset({_D.PLANNED, _D.QUEUED, _D.EDITED, _D.APPROVED, _D.SENDING, _D.IN_DOUBT, _D.HELD})
"""States in which a draft occupies its conversation: at most one draft of it may be in one of these."""

APPROVABLE_STATES = frozenset({_D.QUEUED, _D.EDITED, _D.HELD})
"""States from which a person's move into `Approved` counts as an approval."""


class DeliveryState(StrEnum):
    """Where the sending of one approved draft is."""

    PREPARED = "prepared"
    SENDING = "sending"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    REFUSED = "refused"
    ABANDONED = "abandoned"


_V = DeliveryState

DELIVERY_TRANSITIONS: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    _V.PREPARED: frozenset({_V.SENDING, _V.REFUSED, _V.ABANDONED}),
    _V.SENDING: frozenset({_V.SENT, _V.REFUSED, _V.IN_DOUBT}),
    _V.IN_DOUBT: frozenset({_V.SENT, _V.ABANDONED}),
    _V.SENT: frozenset(),
    _V.REFUSED: frozenset(),
    _V.ABANDONED: frozenset(),
}

LIVE_DELIVERIES = frozenset({_V.PREPARED, _V.SENDING, _V.SENT, _V.IN_DOUBT})
"""At most one delivery of a draft may be in one of these: this is what "never twice" rests on."""


@dataclass(frozen=True, slots=True)
class BeforeSending:
    """What is known about an approved draft in the moment before it would leave.

    `recipients` are all addresses of To, Cc and Bcc of the approved copy; `relay` is the
    conversation's relay address from the ledger. `newer_message` says that the buyer wrote after
    the message this draft answers; `answered_elsewhere` that somebody else's answer was seen.
    """

    state: DraftState
    approved_digest: str
    present_digest: str
    recipients: tuple[str, ...]
    relay: str
    sender: str
    approved_sender: str
    text: str
    gaps: tuple[str, ...]
    newer_message: bool = False
    newer_revision: bool = False
    answered_elsewhere: bool = False


def reason_to_hold(seen: BeforeSending) -> str | None:
    """The first reason why this draft must not be sent now; None when it may leave.

    The order is that of weight: what could reach a wrong person comes first.
    """
    checks = (
        ("not_approved", seen.state is not DraftState.APPROVED),
        ("wrong_recipient", tuple(a.lower() for a in seen.recipients) != (seen.relay.lower(),)),
        ("wrong_sender", seen.sender.lower() != seen.approved_sender.lower()),
        ("content_changed", seen.present_digest != seen.approved_digest),
        ("newer_revision", seen.newer_revision),
        ("newer_message", seen.newer_message),
        ("answered_elsewhere", seen.answered_elsewhere),
        ("gap_left", bool(seen.gaps)),
        ("empty_text", not seen.text.strip()),
    )
    return next((reason for reason, wrong in checks if wrong), None)
