"""What becomes of one message: the decision between reading it and acting on it.

Promises: pure; every disposition names what decided it and a reason slug. The order is that of
`design.md` section 3: what the headers prove, what the contact topic proves, what the model thinks.

Errors: none leave this module.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from daemon.desk.playbook import Scenario
from daemon.mail.understanding import Kind, Notice, Understanding


class Action(StrEnum):
    """What the daemon does about a message."""

    DRAFT = "draft"
    HOLDING_DRAFT = "holding_draft"
    NO_DRAFT = "no_draft"
    LEAVE_ALONE = "leave_alone"


class DecidedBy(StrEnum):
    """Which kind of evidence settled the scenario; the values are part of `firstreply classify`."""

    HEADER = "header"
    SUBJECT = "subject"
    MODEL = "model"
    AGENT = "agent"
    """A person corrected it; never said by `firstreply classify`."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The model's view of one message: labels with their confidence, best first, summing up to one.

    `grounds`: the buyer's words that speak for the best label, with their weights, where it was asked for.
    `issue_reason`: what a product issue is about; empty where no word tells, or it is hardly one.
    """

    ranking: tuple[tuple[Scenario, float], ...]
    model: str = ""
    grounds: tuple[tuple[str, float], ...] = ()
    issue_reason: str = ""


@dataclass(frozen=True, slots=True)
class Disposition:
    """The decision on one message; `scenario` is None where nothing is owed."""

    action: Action
    reason: str
    scenario: Scenario | None = None
    runner_up: Scenario | None = None
    confidence: float = 0.0
    decided_by: DecidedBy = DecidedBy.HEADER
    unsure: bool = False

    @property
    def predicted(self) -> Scenario | None:
        """The scenario, where it is the model's own word and it was sure of it."""
        return self.scenario if self.decided_by is DecidedBy.MODEL and not self.unsure else None


REASONS: Mapping[str, str] = {
    "not_a_buyer_message": "No buyer wrote this mail; it is recorded and left alone.",
    "suspicious": "The mail failed authentication; a person must look at it and no draft is made.",
    "before_mark": "The mail is older than the mark of the first run; it is recorded and left alone.",
    "answered_before": "It was answered before `--since` took it in: its flag, or a mail in Sent, says so.",
    "topic_proved": "The contact topic in Amazon's subject line names the scenario.",
    "model_sure": "The model's confidence reaches the threshold.",
    "model_unsure": "The model's confidence is below the threshold: stricter clock, holding draft.",
    "model_missing": "No model could be loaded: a person writes, on the strictest clock.",
    "claim_needs_a_person": "Claims are answered in Seller Central by a person, never by mail.",
    "nothing_to_answer": "The buyer needs no answer; listed until a person confirms it.",
    "corrected": "A person said which scenario this is.",
    "duplicate": "The same mail, byte for byte, lies in the inbox already; it is answered once.",
    "no_text": "The message holds no words of the buyer, so a person must look at it.",
}
"""Every reason a disposition can carry, and what it means."""

_UNANSWERED: Mapping[Scenario, str] = {
    Scenario.A_TO_Z_CLAIM: "claim_needs_a_person",
    Scenario.NO_REPLY_NEEDED: "nothing_to_answer",
}


def needs_model(seen: Understanding) -> bool:
    """Whether only the model can name this message's scenario."""
    return seen.kind is Kind.BUYER_MESSAGE and not seen.suspicious and bool(seen.text.strip())


def dispose(seen: Understanding, guess: Guess | None, threshold: float) -> Disposition:
    """Decide what becomes of a message; `guess` is None where the model was not or cannot be asked."""
    if seen.kind is not Kind.BUYER_MESSAGE:
        return Disposition(Action.LEAVE_ALONE, "not_a_buyer_message")
    if seen.suspicious:
        return Disposition(Action.NO_DRAFT, "suspicious", Scenario.OTHER)
    topic = Scenario(seen.topic) if seen.topic in set(Scenario) else None
    if guess is None or not guess.ranking:
        return _without_model(seen, topic)
    (best, confidence), *rest = guess.ranking
    if topic is not None and (best is topic or confidence < threshold):
        return _settled(topic, "topic_proved", confidence if best is topic else 1.0, DecidedBy.SUBJECT)
    if confidence >= threshold:
        return _settled(best, "model_sure", confidence, DecidedBy.MODEL)
    return Disposition(
        Action.HOLDING_DRAFT,
        "model_unsure",
        best,
        rest[0][0] if rest else None,
        confidence,
        DecidedBy.MODEL,
        unsure=True,
    )


def _without_model(seen: Understanding, topic: Scenario | None) -> Disposition:
    if topic is not None:
        return _settled(topic, "topic_proved", 1.0, DecidedBy.SUBJECT)
    reason = "model_missing" if seen.text.strip() else "no_text"
    # the two strictest clocks of the playbook: nobody knows what this is
    return Disposition(
        Action.HOLDING_DRAFT,
        reason,
        Scenario.OTHER,
        Scenario.PRODUCT_ISSUE,
        decided_by=DecidedBy.MODEL,
        unsure=True,
    )


def _settled(scenario: Scenario, reason: str, confidence: float, decided_by: DecidedBy) -> Disposition:
    action = Action.NO_DRAFT if scenario in _UNANSWERED else Action.DRAFT
    return Disposition(action, _UNANSWERED.get(scenario, reason), scenario, None, confidence, decided_by)


def corrected(scenario: Scenario) -> Disposition:
    """What becomes of a message once a person has said which scenario it is."""
    action = Action.NO_DRAFT if scenario in _UNANSWERED else Action.DRAFT
    return Disposition(action, "corrected", scenario, None, 1.0, DecidedBy.AGENT)


def scenario_of(notice: Notice | None) -> Scenario | None:
    """The scenario a notice proves, for the worklist and the cases; None where it proves none."""
    return (
        {
            Notice.A_TO_Z_CLAIM: Scenario.A_TO_Z_CLAIM,
            Notice.CHARGEBACK: Scenario.A_TO_Z_CLAIM,
            Notice.RETURN_REQUEST: Scenario.RETURN_REQUEST,
            Notice.CANCELLATION_REQUEST: Scenario.ORDER_CHANGE,
        }.get(notice)
        if notice is not None
        else None
    )


def ranked(
    labels: Sequence[tuple[str, float]],
    model: str = "",
    grounds: Sequence[tuple[str, float]] = (),
    issue_reason: str = "",
) -> Guess:
    """A guess out of the model's own labels; a label that is no scenario is a bug and raises."""
    ranking = tuple((Scenario(label), confidence) for label, confidence in labels)
    return Guess(ranking, model, tuple(grounds), issue_reason)
