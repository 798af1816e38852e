"""The state tables, and the checks in the moment before a mail would leave."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.draft import (
    APPROVABLE_STATES,
    DELIVERY_TRANSITIONS,
    DRAFT_TRANSITIONS,
    LIVE_DELIVERIES,
    OPEN_STATES,
    BeforeSending,
    DeliveryState,
    DraftState,
    reason_to_hold,
)
from daemon.reply.notes import HELD_REASONS

RELAY = "jd7x2kq4w9bnm5t+0f3a9c21@marketplace.amazon.com"
FINE = BeforeSending(
    state=DraftState.APPROVED,
    approved_digest="d1",
    present_digest="d1",
    recipients=(RELAY,),
    relay=RELAY,
    sender="support@shop.example",
    approved_sender="support@shop.example",
    text="We are sorry.",
    gaps=(),
)
WRONG: Mapping[str, dict[str, Any]] = {
    "not_approved": {"state": DraftState.QUEUED},
    "wrong_recipient": {"recipients": ("stranger@mail.example",)},
    "wrong_sender": {"sender": "private@mail.example"},
    "content_changed": {"present_digest": "d2"},
    "newer_revision": {"newer_revision": True},
    "newer_message": {"newer_message": True},
    "answered_elsewhere": {"answered_elsewhere": True},
    "gap_left": {"gaps": ("tracking number",)},
    "empty_text": {"text": " \n\t"},
}


def reachable(table: Mapping[Any, frozenset[Any]], start: StrEnum) -> set[Any]:
    """All states that can follow from one, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        for state in table[waiting.pop()] - found:
            found.add(state)
            waiting.append(state)
    return found


@pytest.mark.parametrize(
    ("table", "states"), [(DRAFT_TRANSITIONS, DraftState), (DELIVERY_TRANSITIONS, DeliveryState)]
)
def test_each_state_has_its_row_and_can_be_reached(table: Mapping[Any, Any], states: type[StrEnum]) -> None:
    """No state is forgotten in its table, and none is dead."""
    assert set(table) == set(states)
    assert reachable(table, next(iter(states))) == set(states)
    assert all(state not in following for state, following in table.items())


def test_nothing_leads_back_from_what_may_have_left_the_house() -> None:
    """Once the dot may have gone, no way leads back to a state from which a draft is sent by itself."""
    assert DRAFT_TRANSITIONS[DraftState.SENDING] == {DraftState.SENT, DraftState.HELD, DraftState.IN_DOUBT}
    for state in (DraftState.SENT, DraftState.CONFIRMED, DraftState.BOUNCED):
        assert not reachable(DRAFT_TRANSITIONS, state) & OPEN_STATES
    assert DRAFT_TRANSITIONS[DraftState.IN_DOUBT] == {DraftState.SENT, DraftState.HELD}


def test_only_an_approved_draft_can_begin_to_be_sent() -> None:
    """Neither a held nor a queued one gets there without an approval."""
    before = {state for state, following in DRAFT_TRANSITIONS.items() if DraftState.SENDING in following}
    assert before == {DraftState.APPROVED}


def test_an_approval_is_possible_from_what_counts_as_approvable() -> None:
    """The constant and the table say the same."""
    before = {state for state, following in DRAFT_TRANSITIONS.items() if DraftState.APPROVED in following}
    assert before == APPROVABLE_STATES


def test_a_delivery_that_ended_never_begins_again() -> None:
    """Sent, refused and abandoned lead nowhere; what may have arrived counts as live."""
    for state in (DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.ABANDONED):
        assert DELIVERY_TRANSITIONS[state] == frozenset()
    assert set(DeliveryState) - {DeliveryState.REFUSED, DeliveryState.ABANDONED} == LIVE_DELIVERIES


def test_a_draft_with_nothing_against_it_may_leave() -> None:
    """Addresses are compared without regard to case."""
    assert reason_to_hold(FINE) is None
    assert reason_to_hold(replace(FINE, recipients=(RELAY.upper(),), sender="Support@Shop.Example")) is None


@pytest.mark.parametrize("reason", WRONG)
def test_each_thing_that_is_wrong_holds(reason: str) -> None:
    """Alone, it names itself; and a note can tell the agent about it."""
    assert reason_to_hold(replace(FINE, **WRONG[reason])) == reason
    assert reason in HELD_REASONS


@pytest.mark.parametrize(
    "recipients",
    [(), (RELAY, RELAY), (RELAY, "boss@shop.example"), ("",), (RELAY + " ",), (f"x{RELAY}",), ("a@b", RELAY)],
)
def test_only_the_one_recipient_will_do(recipients: tuple[str, ...]) -> None:
    """None, one more, one twice, one nearly right: a wrong person must not get it."""
    assert reason_to_hold(replace(FINE, recipients=recipients)) == "wrong_recipient"


@pytest.mark.parametrize("state", sorted(set(DraftState) - {DraftState.APPROVED}))
def test_no_other_state_is_sent(state: DraftState) -> None:
    """Whatever else is right."""
    assert reason_to_hold(replace(FINE, state=state)) == "not_approved"


@given(st.sets(st.sampled_from(sorted(WRONG)), min_size=1))
def test_of_several_reasons_the_weightiest_is_named(reasons: set[str]) -> None:
    """In the order of the list, which begins with what could reach a wrong person."""
    changes = {key: value for reason in reasons for key, value in WRONG[reason].items()}
    assert reason_to_hold(replace(FINE, **changes)) == next(reason for reason in WRONG if reason in reasons)
