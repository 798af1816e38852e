"""What the report gets from the ledger: counts, already grouped.

Promises: frozen values only; durations are microseconds, as the ledger keeps them.

Errors: none.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answers:
    """Answered response clocks of one scenario that took the same minutes."""

    minute: int
    scenario: str
    number: int
    with_target: int
    target_met: int
    longest: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Buyer messages of one quarter of an hour; late by Amazon's 24 hours, answered or not."""

    quarter: int
    number: int
    answered: int
    open: int
    answered_late: int
    open_late: int


@dataclass(frozen=True, slots=True)
class Window:
    """Buyer messages of the last days; those that are neither in time nor late wait or are excused."""

    days: int
    messages: int
    in_time: int
    over_24h: int
    no_response: int


@dataclass(frozen=True, slots=True)
class OpenAge:
    """Open clocks that have run for so many whole hours, and how many are past their nearest limit."""

    hours: int
    number: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Drafts:
    """Drafts that stand in one state, edited by a person or not."""

    state: str
    edited: bool
    number: int


@dataclass(frozen=True, slots=True)
class Labels:
    """Messages of one scenario of which a person said the same."""

    predicted: str
    said: str
    number: int


@dataclass(frozen=True, slots=True)
class Defects:
    """Product issues of one ASIN: conversations, since one defect may take several messages.

    `reasons`: how many of them are about what, the most frequent first.
    """

    asin: str
    conversations: int
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases of one kind: how many were opened, and how many of them are open and past their next step."""

    kind: str
    opened: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Returned:
    """How often one product was to be returned for one reason, in the words of Amazon's notices."""

    asin: str
    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Tally:
    """All figures of one look at the ledger."""

    answers: Sequence[Answers]
    percentiles: dict[str, dict[float, int]]
    arrivals: Sequence[Arrivals]
    windows: Sequence[Window]
    open_ages: Sequence[OpenAge]
    drafts: Sequence[Drafts]
    confirmed: dict[str, int]
    notices: dict[str, int]
    labels: Sequence[Labels]
    defects: Sequence[Defects]
    cases: Sequence[Cases]
    returned: Sequence[Returned] = ()
