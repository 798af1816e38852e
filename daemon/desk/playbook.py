"""The playbook: scenario → deadline, template, steps for the agent, expected outcome.

Promises: the shape and the defaults of `config/playbook.toml`, once. The figures are those of the
after-sales manual in `design.md` section 3; every one can be configured. Scenario labels are the
classifier's; this module repeats them because the desk must not import the classifier's libraries,
and a test compares both lists.

Errors: `KeyError` for a label that is no scenario, or a calendar that does not exist, which is a bug, not
an input error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import ClassVar

from daemon.desk.calendar import Calendar
from daemon.desk.clock import Deadlines, deadlines, stricter

HOLDING = "holding"
FOLLOW_UP = "follow_up"
"""The template of the draft that keeps a promise about a parcel."""
"""The template of a promise, which is no answer to any scenario."""


class Scenario(StrEnum):
    """What a buyer wants."""

    PRODUCT_ISSUE = "product_issue"
    DELIVERY_ISSUE = "delivery_issue"
    USAGE_QUESTION = "usage_question"
    PRESALE_QUESTION = "presale_question"
    RETURN_REQUEST = "return_request"
    ORDER_CHANGE = "order_change"
    NEGATIVE_REVIEW = "negative_review"
    A_TO_Z_CLAIM = "a_to_z_claim"
    SATISFIED = "satisfied"
    OTHER = "other"
    NO_REPLY_NEEDED = "no_reply_needed"


@dataclass(frozen=True, slots=True)
class Play:
    """What to do about one scenario; durations are None where the manual names none."""

    __pydantic_config__: ClassVar = {"extra": "forbid", "strict": True}

    target: timedelta | None = None
    hard_limit: timedelta | None = None
    template: str = ""
    steps: tuple[str, ...] = ()
    expected_outcome: str = ""
    calendar: str = ""
    attach: tuple[str, ...] = ()


def _hours(target: float | None, hard: float | None = None) -> tuple[timedelta | None, timedelta | None]:
    return (
        None if target is None else timedelta(hours=target),
        None if hard is None else timedelta(hours=hard),
    )


def _play(
    scenario: Scenario,
    target: float | None,
    *steps: str,
    hard: float | None = None,
    outcome: str,
    attach: tuple[str, ...] = (),
) -> Play:
    due, limit = _hours(target, hard)
    return Play(due, limit, scenario.value, steps, outcome, attach=attach)


DEFAULT_PLAYS: Mapping[Scenario, Play] = {
    Scenario.PRODUCT_ISSUE: _play(
        Scenario.PRODUCT_ISSUE,
        1,
        "Look at the photos, if there are any, and at the order.",
        "Offer the choice: full refund without return, or free replacement by expedited shipping.",
        "Record the defect under its ASIN and reason.",
        outcome="The buyer chose, and the refund or replacement is under way.",
    ),
    Scenario.DELIVERY_ISSUE: _play(
        Scenario.DELIVERY_ISSUE,
        2,
        "Look the shipment up at the carrier.",
        "Name number, carrier, status and expected date; promise a replacement if it does not arrive.",
        hard=48,
        outcome="The parcel arrived, or was replaced or refunded, before a claim was made.",
    ),
    Scenario.USAGE_QUESTION: _play(
        Scenario.USAGE_QUESTION,
        2,
        "Find the steps in the knowledge base, or ask the product team.",
        "Attach the manual of this ASIN.",
        outcome="The buyer uses the product.",
        attach=("manual",),
    ),
    Scenario.PRESALE_QUESTION: _play(
        Scenario.PRESALE_QUESTION,
        2,
        "Answer from the product page and the data sheet; promise nothing that is not there.",
        outcome="The buyer knows what they need to know.",
    ),
    Scenario.RETURN_REQUEST: _play(
        Scenario.RETURN_REQUEST,
        4,
        "Ask for the reason and offer a solution without a return first.",
        "Approve the return in Seller Central when the buyer insists.",
        hard=48,
        outcome="A solution without a return, or an authorised return.",
    ),
    Scenario.ORDER_CHANGE: _play(
        Scenario.ORDER_CHANGE,
        2,
        "Look whether the order has left.",
        "For a cancellation use Amazon's own sentence; never ask the buyer to cancel.",
        outcome="The order is as the buyer wants it, or the buyer knows why it cannot be.",
    ),
    Scenario.NEGATIVE_REVIEW: _play(
        Scenario.NEGATIVE_REVIEW,
        2,
        "Find the cause: quality, delivery, misuse or malice.",
        "Solve the problem; say nothing about the review itself.",
        outcome="The problem is solved.",
    ),
    Scenario.A_TO_Z_CLAIM: _play(
        Scenario.A_TO_Z_CLAIM,
        24,
        "Answer in Seller Central, never by mail.",
        "Collect order, tracking, messages and photos as evidence.",
        hard=72,
        outcome="A complete statement reached Amazon in time.",
    ),
    Scenario.SATISFIED: _play(
        Scenario.SATISFIED, 24, "Thank the buyer; ask for nothing.", outcome="A short, warm answer."
    ),
    Scenario.OTHER: _play(
        Scenario.OTHER, 24, "Read it and write the answer yourself.", outcome="A person answered."
    ),
    Scenario.NO_REPLY_NEEDED: _play(
        Scenario.NO_REPLY_NEEDED,
        None,
        "Confirm in Seller Central that no response is needed; Amazon's clock runs until then.",
        "Move the buyer's mail from the inbox into the folder for such mails; ours runs until then.",
        outcome="Marked as needing no response.",
    ),
}


@dataclass(frozen=True, slots=True)
class Playbook:
    """All plays, the severities of the policy guard that the owner has set, the calendars by name."""

    plays: Mapping[Scenario, Play] = field(default_factory=lambda: DEFAULT_PLAYS)
    severities: Mapping[str, str] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    review_line: bool = False
    """Whether an answer to a satisfied buyer ends with the neutral sentence about reviews."""

    @property
    def templates(self) -> frozenset[str]:
        """The names in all plays' `template`."""
        return frozenset(play.template for play in self.plays.values())

    @property
    def attached(self) -> frozenset[str]:
        """The names in all plays' `attach`."""
        return frozenset(name for play in self.plays.values() for name in play.attach)

    def deadlines(self, start: datetime, scenario: Scenario, runner_up: Scenario | None = None) -> Deadlines:
        """The limits of a clock; an unsure message gets the stricter ones of its two best labels."""
        plays = [self.plays[label] for label in (scenario, runner_up) if label is not None]
        limits = [
            deadlines(
                start,
                target=play.target,
                hard=play.hard_limit,
                calendar=self.calendars[play.calendar] if play.calendar else None,
            )
            for play in plays
        ]
        return reduce(stricter, limits)
