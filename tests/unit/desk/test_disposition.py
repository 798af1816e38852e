"""What becomes of a message, decided by what the headers prove, the topic proves, and the model thinks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.disposition import (
    REASONS,
    Action,
    DecidedBy,
    Disposition,
    Guess,
    dispose,
    needs_model,
    ranked,
    scenario_of,
)
from daemon.desk.playbook import Scenario
from daemon.mail.understanding import Kind, Notice, Understanding

BUYER = Understanding(Kind.BUYER_MESSAGE, "relay_address", text="It arrived broken.")
SURE = ranked([("product_issue", 0.9), ("other", 0.1)])
UNSURE = ranked([("product_issue", 0.5), ("delivery_issue", 0.4), ("other", 0.1)])


def buyer(
    topic: str | None = None, text: str = "It arrived broken.", *, suspicious: bool = False
) -> Understanding:
    """A buyer message."""
    return Understanding(Kind.BUYER_MESSAGE, "relay_address", text=text, topic=topic, suspicious=suspicious)


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.BUYER_MESSAGE}))
def test_what_no_buyer_wrote_is_left_alone(kind: Kind) -> None:
    """Whatever the model would say of it; nothing is owed, so no clock has a scenario to run by."""
    seen = Understanding(kind, "x", text="It arrived broken.", topic="product_issue")
    assert dispose(seen, SURE, 0.7) == Disposition(Action.LEAVE_ALONE, "not_a_buyer_message")
    assert not needs_model(seen)


def test_a_suspicious_mail_gets_no_draft_but_a_clock() -> None:
    """A forged mail must not make us write; a true one that failed its check must not be forgotten."""
    decided = dispose(buyer(topic="product_issue", suspicious=True), SURE, 0.7)
    assert (decided.action, decided.reason, decided.scenario) == (
        Action.NO_DRAFT,
        "suspicious",
        Scenario.OTHER,
    )
    assert not needs_model(buyer(suspicious=True))


@pytest.mark.parametrize(
    ("seen", "guess", "reason", "scenario", "by"),
    [
        (buyer(), SURE, "model_sure", "product_issue", DecidedBy.MODEL),
        (buyer("product_issue"), SURE, "topic_proved", "product_issue", DecidedBy.SUBJECT),
        (buyer("return_request"), UNSURE, "topic_proved", "return_request", DecidedBy.SUBJECT),
        (buyer("return_request"), None, "topic_proved", "return_request", DecidedBy.SUBJECT),
        (buyer("return_request", ""), None, "topic_proved", "return_request", DecidedBy.SUBJECT),
        (buyer("return_request"), SURE, "model_sure", "product_issue", DecidedBy.MODEL),
        (buyer("no scenario at all"), SURE, "model_sure", "product_issue", DecidedBy.MODEL),
    ],
)
def test_a_settled_scenario_gets_its_draft(
    seen: Understanding, guess: Guess | None, reason: str, scenario: str, by: DecidedBy
) -> None:
    """The topic settles what the model does not contradict with confidence."""
    decided = dispose(seen, guess, 0.7)
    assert (decided.action, decided.reason) == (Action.DRAFT, reason)
    assert (decided.scenario, decided.decided_by, decided.unsure) == (scenario, by, False)
    assert decided.runner_up is None


def test_an_unsure_message_gets_a_holding_draft_and_both_labels() -> None:
    """Its clock is the stricter one of the two."""
    decided = dispose(buyer(), UNSURE, 0.7)
    assert (decided.action, decided.reason, decided.unsure) == (Action.HOLDING_DRAFT, "model_unsure", True)
    assert (decided.scenario, decided.runner_up) == (Scenario.PRODUCT_ISSUE, Scenario.DELIVERY_ISSUE)
    assert decided.confidence == 0.5


def test_the_threshold_itself_is_sure() -> None:
    """Reaching it suffices."""
    assert dispose(buyer(), ranked([("other", 0.7), ("satisfied", 0.3)]), 0.7).reason == "model_sure"


def test_a_model_with_one_label_has_no_runner_up() -> None:
    """A short ranking is no error."""
    assert dispose(buyer(), ranked([("other", 0.2)]), 0.7).runner_up is None


@pytest.mark.parametrize(("text", "reason"), [("Where is it?", "model_missing"), (" \n", "no_text")])
@pytest.mark.parametrize("guess", [None, ranked([])])
def test_without_a_model_a_person_writes_on_the_strictest_clock(
    text: str, reason: str, guess: Guess | None
) -> None:
    """Never silence: a holding draft, and the shortest target of the playbook."""
    decided = dispose(buyer(text=text), guess, 0.7)
    assert (decided.action, decided.reason, decided.unsure) == (Action.HOLDING_DRAFT, reason, True)
    assert Scenario.PRODUCT_ISSUE in {decided.scenario, decided.runner_up}


def test_a_message_without_words_is_not_shown_to_the_model() -> None:
    """An empty text has no meaning to guess."""
    assert needs_model(BUYER)
    assert not needs_model(buyer(text=" \n "))


@pytest.mark.parametrize(
    ("label", "reason"), [("a_to_z_claim", "claim_needs_a_person"), ("no_reply_needed", "nothing_to_answer")]
)
def test_what_no_mail_answers_gets_no_draft(label: str, reason: str) -> None:
    """By topic or by model; it keeps its scenario, and so its clock."""
    for seen, guess in ((buyer(), ranked([(label, 0.99)])), (buyer(label), None)):
        decided = dispose(seen, guess, 0.7)
        assert (decided.action, decided.reason, decided.scenario) == (Action.NO_DRAFT, reason, label)


RANKINGS = st.lists(
    st.tuples(st.sampled_from([scenario.value for scenario in Scenario]), st.floats(0, 1)), max_size=4
)
TOPICS = st.one_of(st.none(), st.sampled_from([*(scenario.value for scenario in Scenario), "nonsense"]))


@given(st.sampled_from(Kind), TOPICS, st.text(max_size=3), st.booleans(), st.one_of(st.none(), RANKINGS))
def test_every_disposition_is_whole(
    kind: Kind,
    topic: str | None,
    text: str,
    suspicious: bool,
    ranking: list[tuple[str, float]] | None,
) -> None:
    """A known reason, and a scenario exactly where something is owed."""
    seen = Understanding(kind, "x", text=text, topic=topic, suspicious=suspicious)
    decided = dispose(seen, None if ranking is None else ranked(ranking), 0.7)
    assert decided.reason in REASONS
    assert (decided.scenario is None) == (decided.action is Action.LEAVE_ALONE)
    assert decided.unsure == (decided.action is Action.HOLDING_DRAFT)


@pytest.mark.parametrize("notice", [None, *Notice])
def test_a_notice_proves_a_scenario_or_none(notice: Notice | None) -> None:
    """Claims and chargebacks are claims; a return and a cancellation request are what they say."""
    proven = {
        Notice.A_TO_Z_CLAIM: Scenario.A_TO_Z_CLAIM,
        Notice.CHARGEBACK: Scenario.A_TO_Z_CLAIM,
        Notice.RETURN_REQUEST: Scenario.RETURN_REQUEST,
        Notice.CANCELLATION_REQUEST: Scenario.ORDER_CHANGE,
    }
    assert scenario_of(notice) == (proven.get(notice) if notice else None)


def test_an_unknown_label_is_a_bug() -> None:
    """It is told at once, not carried along."""
    with pytest.raises(ValueError, match="refund_please"):
        ranked([("refund_please", 1.0)])
