"""Cases with a time line of their own: A-to-z claims, chargebacks, bad reviews, and promises that we made.

Promises: pure; a step says by when it is due, and what to do. Nothing here asks a buyer to change a review,
unless the owner lowered the guard's rule about it.

Errors: `ValueError` for an act that the state of a case does not allow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ANSWER = timedelta(hours=24)
"""The target for the answer to a claim."""
HARD = timedelta(hours=72)
"""Amazon's own limit (G27951), where the notice names none that is sooner."""
DECISION_DAYS = 10
"""Working days, Monday to Friday, after which a decision should have come (7 to 10)."""
APPEAL = timedelta(days=30)
"""An appeal is possible so long after the decision (G27951, G202041210)."""
CONTACT = timedelta(hours=2)
"""The first contact after a bad review."""
FOLLOW_UP = timedelta(days=3)
"""So long after the answer to a bad review we ask whether the problem is solved."""
REMIND_BEFORE = timedelta(hours=6)
"""So long before a step is due it is an alert, where there is nothing to do before."""
FORGOTTEN = timedelta(days=14)
"""A follow-up or a promise that nobody closed ends by itself so long after it was due."""


class CaseKind(StrEnum):
    """What a case is about."""

    CLAIM = "a_to_z_claim"
    CHARGEBACK = "chargeback"
    REVIEW = "review"
    PROMISE = "promise"


class CaseState(StrEnum):
    """Which step of a case is to be done."""

    ASSESS = "assess"
    ANSWERED = "answered"
    DECIDED = "decided"
    APPEALED = "appealed"
    SOLVE = "solve"
    FOLLOW_UP = "follow_up"
    PROMISED = "promised"
    CLOSED = "closed"


_S = CaseState
ACTS: Mapping[str, tuple[frozenset[CaseState], CaseState]] = {
    "answered": (frozenset({_S.ASSESS}), _S.ANSWERED),
    "appealed": (frozenset({_S.DECIDED}), _S.APPEALED),
    "closed": (frozenset(set(CaseState) - {_S.CLOSED}), _S.CLOSED),
}
"""What a person may say of a case: the states in which they may, and the state it has then."""

_TODO: Mapping[CaseState, tuple[str, ...]] = {
    _S.ASSESS: (
        "Look at order, tracking and messages; the note with the statement has what is known.",
        "Refund, or answer in Seller Central (Action required > Respond to Amazon), never by mail.",
        "Then: firstreply cases --answered {case_id}",
    ),
    _S.ANSWERED: ("No decision so long? Ask Amazon.", "Otherwise wait: the decision comes by mail."),
    _S.DECIDED: (
        "Granted against you, and you have new evidence? Appeal in Seller Central.",
        "Then: firstreply cases --appealed {case_id}, or --closed {case_id}",
    ),
    _S.APPEALED: ("Look for the decision in Seller Central.", "Then: firstreply cases --closed {case_id}"),
    _S.SOLVE: (
        "Find the cause: quality, delivery, misuse or malice.",
        "Answer the buyer within two hours with a solution: the draft waits.",
        "Paste the public reply; the note has it.",
    ),
    _S.FOLLOW_UP: (
        "Ask whether the problem is solved. {review}",
        "Then: firstreply cases --closed {case_id}",
    ),
    _S.PROMISED: (
        "Look whether it has happened: if not, answer the buyer now, as promised.",
        "About a parcel, a draft is in approval when the day is over and the buyer has not written.",
        "To paste: We told you that we would be in touch by today. {excuse}",
        "Then: firstreply cases --closed {case_id}",
    ),
}
_TITLES: Mapping[CaseState, str] = {
    _S.ASSESS: "assess it and answer Amazon",
    _S.ANSWERED: "waiting for Amazon's decision",
    _S.DECIDED: "decided; an appeal is possible until then",
    _S.APPEALED: "appealed; waiting for Amazon",
    _S.SOLVE: "contact the buyer",
    _S.FOLLOW_UP: "follow up",
    _S.PROMISED: "keep it",
}
_NAMES: Mapping[CaseKind, str] = {
    CaseKind.CLAIM: "A-to-z claim",
    CaseKind.CHARGEBACK: "Chargeback",
    CaseKind.REVIEW: "Bad review",
    CaseKind.PROMISE: "A promise",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A state of a case and by when it is to be left; `hard_at` is when harm is done by itself."""

    state: CaseState
    due_at: datetime
    hard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it stands."""

    case_id: int
    mailbox: str
    kind: CaseKind
    state: CaseState
    order_id: str
    buyer_name: str | None
    opened_at: datetime
    due_at: datetime
    hard_at: datetime | None


def received(kind: CaseKind, at: datetime, within_days: int | None = None) -> Step:
    """The first step of a case; `within_days` is what Amazon's notice itself allows."""
    if kind is CaseKind.REVIEW:
        return Step(CaseState.SOLVE, at + CONTACT)
    hard = at + (HARD if within_days is None else min(HARD, timedelta(days=within_days)))
    return Step(CaseState.ASSESS, min(at + ANSWER, hard), hard)


def promised(day: datetime) -> Step:
    """A promise is looked at when its day is over."""
    return Step(CaseState.PROMISED, day)


def after(state: CaseState, at: datetime) -> Step:
    """The step into which a case comes at this moment."""
    due = {
        CaseState.ANSWERED: working_days_after(at, DECISION_DAYS),
        CaseState.DECIDED: at + APPEAL,
        CaseState.APPEALED: working_days_after(at, DECISION_DAYS),
        CaseState.FOLLOW_UP: at + FOLLOW_UP,
    }
    return Step(state, due.get(state, at))


def act(state: CaseState, what: str, at: datetime) -> Step:
    """What a person says of a case in this state."""
    allowed, new = ACTS[what]
    if state not in allowed:
        raise ValueError(f"a case that is {state} cannot be {what}")
    return after(new, at)


def over(case: Case, now: datetime) -> bool:
    """Whether a case ends by itself: no appeal is possible any more, or nobody closed it."""
    if case.state is CaseState.DECIDED:
        return case.due_at <= now
    return case.state in {CaseState.FOLLOW_UP, CaseState.PROMISED} and case.due_at + FORGOTTEN <= now


def to_do(case: Case, now: datetime) -> bool:
    """Whether a person has something to do: not while Amazon is at work, nor before a day has come."""
    at_once = case.state in {CaseState.ASSESS, CaseState.SOLVE, CaseState.DECIDED}
    return at_once or case.due_at - now <= REMIND_BEFORE


def working_days_after(at: datetime, days: int) -> datetime:
    """The same time of day, so many Mondays to Fridays later."""
    while days > 0:
        at += timedelta(days=1)
        days -= at.weekday() < 5  # noqa: PLR2004  Saturday
    return at


def title(case: Case) -> str:
    """A case in one line."""
    order = f", order {case.order_id}" if case.order_id else ""
    number = f"case {case.case_id}"
    return f"{_NAMES[case.kind]}{order} ({number}): {_TITLES.get(case.state, case.state)}"


def steps(case: Case, *, may_ask_for_change: bool = False) -> tuple[str, ...]:
    """What to do about a case now."""
    review = (
        "You may ask for an update of the review: you have lowered that rule, at your own risk."
        if may_ask_for_change
        else "Say nothing about the review itself."
    )
    excuse = "Please tell me whether your parcel has arrived; if not, I will replace or refund it at once."
    words = {"case_id": case.case_id, "review": review, "excuse": excuse}
    return tuple(each.format(**words) for each in _TODO.get(case.state, ()))
