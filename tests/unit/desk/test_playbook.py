"""The playbook's shape and defaults: the figures of the after-sales manual."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from classifier.labels import LABELS
from daemon.desk.clock import RULE
from daemon.desk.playbook import DEFAULT_PLAYS, Playbook, Scenario

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MANUAL = {
    "product_issue": (1, None),
    "delivery_issue": (2, 48),
    "usage_question": (2, None),
    "presale_question": (2, None),
    "return_request": (4, 48),
    "order_change": (2, None),
    "negative_review": (2, None),
    "a_to_z_claim": (24, 72),
    "satisfied": (24, None),
    "other": (24, None),
    "no_reply_needed": (None, None),
}


def hours(span: timedelta | None) -> float | None:
    """A span in hours."""
    return None if span is None else span / timedelta(hours=1)


def test_scenarios_are_the_classifiers_labels() -> None:
    """Two lists, one set: the desk must not import the classifier's libraries."""
    assert [scenario.value for scenario in Scenario] == list(LABELS)


@pytest.mark.parametrize("scenario", Scenario)
def test_the_defaults_are_the_manuals_figures(scenario: Scenario) -> None:
    """Target and hard limit, in hours."""
    play = DEFAULT_PLAYS[scenario]
    assert (hours(play.target), hours(play.hard_limit)) == MANUAL[scenario.value]
    assert play.steps
    assert play.expected_outcome


def test_no_default_step_asks_for_anything_about_a_review() -> None:
    """Amazon's policy: nothing is asked of a buyer about a review or feedback, nor that they cancel."""
    negative = " ".join(DEFAULT_PLAYS[Scenario.NEGATIVE_REVIEW].steps)
    assert "say nothing about the review" in negative
    assert "never ask the buyer to cancel" in " ".join(DEFAULT_PLAYS[Scenario.ORDER_CHANGE].steps)


def test_an_unsure_message_gets_the_stricter_limits_of_both_labels() -> None:
    """Each limit is the earlier one, whichever label it comes from."""
    limits = Playbook().deadlines(NOW, Scenario.PRODUCT_ISSUE, Scenario.DELIVERY_ISSUE)
    assert limits.target == NOW + timedelta(hours=1)
    assert limits.hard == NOW + timedelta(hours=48)
    assert limits == Playbook().deadlines(NOW, Scenario.DELIVERY_ISSUE, Scenario.PRODUCT_ISSUE)


def test_a_scenario_without_a_target_has_the_rule() -> None:
    """Amazon's clock runs on, even where nothing need be answered."""
    limits = Playbook().deadlines(NOW, Scenario.NO_REPLY_NEEDED)
    assert (limits.target, limits.rule, limits.hard) == (None, NOW + RULE, None)


def test_every_figure_can_be_changed() -> None:
    """A playbook of the owner's own is used in place of the defaults."""
    changed = replace(DEFAULT_PLAYS[Scenario.OTHER], target=timedelta(minutes=5))
    book = Playbook({**DEFAULT_PLAYS, Scenario.OTHER: changed})
    assert book.deadlines(NOW, Scenario.OTHER).nearest == NOW + timedelta(minutes=5)
