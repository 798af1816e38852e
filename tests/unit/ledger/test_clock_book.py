"""What deadlines, the worklist and the report read and write."""

from datetime import datetime

import pytest

from daemon.desk.draft import DraftState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.steps import OvertakenError
from tests.alert_kit import warning
from tests.ledger_kit import HOUR, MINUTE, NOW, ORDER, RELAY, Desk


def test_running_clocks_come_by_nearest_limit(desk: Desk) -> None:
    """With what the worklist shows of each; `before` leaves out what is not near yet."""
    desk.message(NOW + MINUTE, alias="late")
    first = desk.message(NOW)
    desk.queued(first)
    clocks = desk.ledger.clocks.running(desk.claim)
    assert [clock.started_at for clock in clocks] == [NOW, NOW + MINUTE]
    assert (clocks[0].relay_address, clocks[0].buyer_name, clocks[0].order_id) == (RELAY, "Jane", ORDER)
    assert [clock.draft_state for clock in clocks] == ["queued", None]
    assert len(desk.ledger.clocks.running(desk.claim, before=NOW + HOUR)) == 1


def test_a_worklist_covers_all_mailboxes_and_a_stage_one(desk: Desk) -> None:
    """No claim means every mailbox; answered clocks run nowhere."""
    desk.message()
    other = Desk.open(desk.ledger, "other")
    other.message()
    done = other.queued(other.message(alias="done"))
    desk.ledger.clocks.answered_by_agent(other.claim, done, NOW, NOW)
    assert len(desk.ledger.clocks.running(None)) == 2
    assert len(desk.ledger.clocks.running(desk.claim)) == 1


def test_the_newest_draft_stands_for_its_conversation(desk: Desk) -> None:
    """A superseded draft is not what the worklist shows."""
    old = desk.queued()
    desk.planned(desk.message(NOW + MINUTE), replaces=old.draft_id)
    (clock,) = desk.ledger.clocks.running(desk.claim)
    assert clock.draft_state == "planned"


def test_a_warning_is_remembered(desk: Desk) -> None:
    """And logged with its level."""
    desk.message()
    (clock,) = desk.ledger.clocks.running(desk.claim)
    desk.ledger.clocks.warned(desk.claim, [warning(clock.clock_id, 2)], NOW)
    assert desk.ledger.clocks.running(desk.claim)[0].warned == 2
    assert desk.reasons("clock")[-1] == "warned_2"


def test_a_persons_answer_stops_the_clock_when_it_was_given(desk: Desk) -> None:
    """At the time of the mail in Sent, not at the time it was seen."""
    draft = desk.queued()
    first = desk.ledger.clocks.answered_by_agent(desk.claim, draft, NOW + 2 * HOUR, NOW + 9 * HOUR)
    assert first is not None
    assert (first.seconds, first.within_rule, first.target_met) == (7200.0, True, False)
    row = desk.clock(draft.message_id)
    assert (row["state"], row["ended_by"], row["ended_at"]) == ("answered", "agent", NOW + 2 * HOUR)
    assert desk.draft(draft.draft_id).state is DraftState.ANSWERED_BY_AGENT


def test_a_message_after_a_persons_answer_goes_on_waiting(desk: Desk) -> None:
    """Though the answer is seen only after it: a daemon that was down must not lose it."""
    draft = desk.approved()
    later = desk.message(NOW + 3 * HOUR)
    desk.ledger.clocks.answered_by_agent(desk.claim, draft, NOW + HOUR, NOW + 4 * HOUR)
    assert desk.clock(draft.message_id)["state"] == "answered"
    row = desk.clock(later)
    assert (row["state"], row["started_at"], row["nearest_at"]) == ("open", NOW + 3 * HOUR, NOW + 4 * HOUR)
    assert [item.message_id for item in desk.ledger.drafts.owed(desk.claim, 9)] == [later]
    assert desk.reasons("clock")[-2:] == ["found_in_sent", "clock_carried_on"]


def test_a_message_from_before_a_persons_answer_is_answered_by_it(desk: Desk) -> None:
    """One answer to two mails ends the one clock of both."""
    draft = desk.approved()
    second = desk.message(NOW + HOUR)
    desk.ledger.clocks.answered_by_agent(desk.claim, draft, NOW + 2 * HOUR, NOW + 2 * HOUR)
    assert desk.clock(second)["state"] == "answered"
    assert desk.ledger.clocks.running(desk.claim) == []


def test_a_draft_that_moved_on_is_not_answered(desk: Desk) -> None:
    """Its clock runs on."""
    seen = desk.queued()
    desk.ledger.drafts.move_to(desk.claim, seen, DraftState.REJECTED, None, "x", NOW)
    with pytest.raises(OvertakenError):
        desk.ledger.clocks.answered_by_agent(desk.claim, seen, NOW, NOW)
    assert desk.clock(seen.message_id)["state"] == "open"


def test_an_answer_without_a_running_clock_measures_nothing(desk: Desk) -> None:
    """A second answer of the same person ends the draft and no clock."""
    seen = desk.queued()
    clock = desk.one(t.message, seen.message_id)["response_clock_id"]
    with desk.ledger.engine.begin() as connection:
        connection.execute(
            t.response_clock.update().where(t.response_clock.c.id == clock).values(state="excused")
        )
    assert desk.ledger.clocks.answered_by_agent(desk.claim, seen, NOW, NOW) is None
    assert desk.draft(seen.draft_id).state is DraftState.ANSWERED_BY_AGENT


def test_only_clocks_that_have_gone_far_enough_are_asked_for_warnings(desk: Desk) -> None:
    """Half of the way, an hour from start to limit here; one that had all its warnings rests."""
    desk.message(NOW)

    def found(at: datetime, most: int = 4) -> int:
        return len(desk.ledger.clocks.advanced(desk.claim, at, 0.5, most))

    assert [found(NOW + minutes * MINUTE) for minutes in (0, 29, 30, 59, 600)] == [0, 0, 1, 1, 1]
    (clock,) = desk.ledger.clocks.running(desk.claim)
    desk.ledger.clocks.warned(desk.claim, [warning(clock.clock_id, 3)], NOW)
    assert (found(NOW + 59 * MINUTE), found(NOW + 59 * MINUTE, most=3)) == (1, 0)
    assert desk.ledger.clocks.advanced(Desk.open(desk.ledger, "other").claim, NOW + HOUR, 0.5, 4) == []
