"""What changes a clock: another scenario, an excuse, an answer that never arrived, clocks that go wrong."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from daemon.desk.clock import ClockOutcome, deadlines
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.stopping import Answer, stop_clock
from daemon.ports.ledger.store import writing
from tests.alert_kit import warning
from tests.ledger_kit import HOUR, MINUTE, NOW, Desk


def times(desk: Desk, message: int) -> tuple[str, float, float]:
    """A message's clock: its state, and hours from `NOW` to its start and its nearest limit."""
    row = desk.clock(message)
    return row["state"], (row["started_at"] - NOW) / HOUR, (row["nearest_at"] - NOW) / HOUR


def again(desk: Desk, hours: float, target: float | None = 1, hard: float | None = None) -> int:
    """A message of the same buyer, so many hours later."""
    at = NOW + hours * HOUR
    spans = [None if span is None else span * HOUR for span in (target, hard)]
    return desk.message(at, limits=deadlines(at, target=spans[0], hard=spans[1]))


def answered(desk: Desk, message: int, hours: float) -> None:
    """A person answers in their mail client."""
    at = NOW + hours * HOUR
    desk.ledger.clocks.answered_by_agent(desk.claim, desk.queued(message), at, at)


@pytest.mark.parametrize(
    ("target", "hard", "nearest"), [(2, None, 2), (None, None, 24), (30, 48, 24), (8, 3, 3)]
)
def test_another_scenario_moves_the_limits_and_never_the_start(
    desk: Desk, target: int | None, hard: int | None, nearest: int
) -> None:
    """However late it is said; the log says what it became."""
    message = again(desk, 0)
    spans = [None if hours is None else hours * HOUR for hours in (target, hard)]
    limits = deadlines(NOW, target=spans[0], hard=spans[1])
    desk.ledger.clocks.reclassified(desk.claim, message, "delivery_issue", limits, NOW + 9 * HOUR)
    assert times(desk, message) == ("open", 0, nearest)
    assert desk.clock(message)["scenario"] == "delivery_issue"
    assert desk.reasons("clock")[-1] == "reclassified"


def test_the_other_messages_of_a_clock_keep_their_limits(desk: Desk) -> None:
    """The first becomes a slow one, the second stays as urgent as it was."""
    first, _ = again(desk, 0), again(desk, 2, target=3)
    limits = deadlines(NOW, target=20 * HOUR, hard=None)
    desk.ledger.clocks.reclassified(desk.claim, first, "other", limits, NOW)
    assert times(desk, first) == ("open", 0, 5)


def test_an_ended_clock_is_judged_by_the_limits_it_had(desk: Desk) -> None:
    """Nobody makes a late answer timely by another name."""
    message = again(desk, 0)
    answered(desk, message, 2)
    before = desk.clock(message)
    limits = deadlines(NOW, target=9 * HOUR, hard=None)
    desk.ledger.clocks.reclassified(desk.claim, message, "other", limits, NOW)
    assert desk.clock(message) == before


def test_warnings_begin_anew_when_the_nearest_limit_moves(desk: Desk) -> None:
    """And are not repeated when it stays."""
    message = again(desk, 0)
    desk.ledger.clocks.warned(desk.claim, [warning(desk.clock(message)["id"], 4)], NOW)
    again(desk, 3)
    assert desk.clock(message)["warned"] == 4
    again(desk, 3, hard=0.5)
    again(desk, 0.1, target=0.5)
    assert desk.clock(message)["warned"] == 0
    desk.ledger.clocks.warned(desk.claim, [warning(desk.clock(message)["id"], 4)], NOW)
    desk.ledger.clocks.reclassified(
        desk.claim, message, "other", deadlines(NOW, target=MINUTE, hard=None), NOW
    )
    assert desk.clock(message)["warned"] == 0


def test_an_excuse_ends_the_clock_of_its_message(desk: Desk) -> None:
    """Once; a second one finds nothing that waits."""
    message = again(desk, 0)
    assert desk.ledger.clocks.excuse(desk.claim, message, NOW + HOUR)
    row = desk.clock(message)
    assert (row["state"], row["ended_at"], row["accepted_at"]) == ("excused", NOW + HOUR, None)
    assert not desk.ledger.clocks.excuse(desk.claim, message, NOW + HOUR)
    assert desk.reasons("clock").count("no_reply_needed") == 1


@pytest.mark.parametrize(("excused", "gone", "left"), [(0, (0, 24), (2, 10)), (1, (2, 10), (0, 24))])
def test_an_excuse_leaves_the_other_messages_waiting(
    desk: Desk, excused: int, gone: tuple[float, float], left: tuple[float, float]
) -> None:
    """With their own start and limits, not with those of the one that went."""
    messages = [again(desk, 0, target=None), again(desk, 2, target=8)]
    desk.ledger.clocks.excuse(desk.claim, messages[excused], NOW + 3 * HOUR)
    assert times(desk, messages[excused]) == ("excused", *gone)
    assert times(desk, messages[1 - excused]) == ("open", *left)


def test_a_new_message_after_an_excuse_starts_a_new_clock(desk: Desk) -> None:
    """The excuse was for what was there."""
    first = again(desk, 0)
    desk.ledger.clocks.excuse(desk.claim, first, NOW)
    assert times(desk, again(desk, 5)) == ("open", 5, 6)
    assert times(desk, first)[0] == "excused"


def test_an_answer_that_never_arrived_reopens_the_clock_with_its_start(desk: Desk) -> None:
    """No trace of the answer is left on it, and it warns again; a second notice changes nothing."""
    message = again(desk, 0)
    desk.ledger.clocks.warned(desk.claim, [warning(desk.clock(message)["id"], 1)], NOW)
    answered(desk, message, 0.7)
    found = desk.ledger.clocks.reopen(desk.claim, message, "undelivered", NOW + 30 * HOUR)
    row = desk.clock(message)
    assert (found, times(desk, message)) == (ClockOutcome.OPEN, ("open", 0, 1))
    assert {row[name] for name in ("approved_at", "accepted_at", "confirmed_at", "ended_at")} == {None}
    assert row["warned"] == 0
    assert desk.ledger.clocks.reopen(desk.claim, message, "undelivered", NOW) is ClockOutcome.OPEN
    assert desk.clock(message) == row
    assert desk.reasons("clock").count("undelivered") == 1


def test_what_the_buyer_wrote_meanwhile_waits_on_the_reopened_clock(desk: Desk) -> None:
    """One conversation, one clock: from the oldest message, to the earliest limit."""
    first = again(desk, 0, target=None)
    answered(desk, first, 1)
    second = again(desk, 2, target=8)
    desk.ledger.clocks.reopen(desk.claim, first, "undelivered", NOW + 3 * HOUR)
    assert desk.clock(first) == desk.clock(second)
    assert times(desk, second) == ("open", 0, 10)
    assert desk.reasons("clock")[-2:] == ["clock_merged", "undelivered"]
    with desk.ledger.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(t.response_clock)).scalar() == 1


def test_a_later_answer_of_the_conversation_stands_for_a_lost_one(desk: Desk) -> None:
    """At the later time: the one that was lost counts for nothing."""
    first = again(desk, 0, target=None)
    answered(desk, first, 1)
    second = again(desk, 2)
    answered(desk, second, 30)
    found = desk.ledger.clocks.reopen(desk.claim, first, "undelivered", NOW + 31 * HOUR)
    row = desk.clock(first)
    assert (found, row["state"], row["ended_at"]) == (ClockOutcome.ANSWERED, "answered", NOW + 30 * HOUR)


def test_an_excuse_can_be_taken_back(desk: Desk) -> None:
    """A person moved the mail back."""
    message = again(desk, 0)
    desk.ledger.clocks.excuse(desk.claim, message, NOW)
    assert desk.ledger.clocks.reopen(desk.claim, message, "moved_back", NOW) is ClockOutcome.OPEN
    assert times(desk, message) == ("open", 0, 1)


def test_a_message_without_a_clock_is_not_reopened(desk: Desk) -> None:
    """Nor excused, nor reclassified: it waits for nothing."""
    message = desk.fetched()
    clocks = desk.ledger.clocks
    assert clocks.reopen(desk.claim, message, "undelivered", NOW) is None
    assert not clocks.excuse(desk.claim, message, NOW)
    clocks.reclassified(desk.claim, message, "other", deadlines(NOW, target=HOUR, hard=None), NOW)
    clocks.confirm(desk.claim, message, NOW)
    assert desk.reasons("clock") == []


@pytest.mark.parametrize(("hours", "ended"), [(0.5, 1), (1, 1), (26, 26)])
def test_a_receipt_says_when_amazon_had_the_answer(desk: Desk, hours: float, ended: float) -> None:
    """A provider that dawdles costs the seller time; a receipt never makes an answer earlier."""
    message = again(desk, 0)
    desk.ledger.clocks.confirm(desk.claim, message, NOW)
    assert desk.clock(message)["confirmed_at"] is None  # not answered yet
    answered(desk, message, 1)
    desk.ledger.clocks.confirm(desk.claim, message, NOW + hours * HOUR)
    row = desk.clock(message)
    assert (row["accepted_at"], row["confirmed_at"]) == (NOW + HOUR, NOW + hours * HOUR)
    assert row["ended_at"] == NOW + ended * HOUR


def test_an_answer_from_before_all_that_waits_stops_nothing(desk: Desk) -> None:
    """Seen late, it belongs to a clock that has ended already."""
    first = again(desk, 0)
    desk.ledger.clocks.excuse(desk.claim, first, NOW)
    waiting = again(desk, 5)
    conversation = desk.one(t.message, waiting)["conversation_id"]
    answer = Answer(conversation, None, NOW + HOUR, "seller_central", "intake", "reply_copy")
    with writing(desk.ledger.engine, desk.claim) as connection:
        later = t.message.c.received_at > answer.at
        assert stop_clock(connection, desk.claim, answer, later, NOW + 6 * HOUR) is None
    assert times(desk, waiting) == ("open", 5, 6)


def test_an_answer_cannot_be_older_than_the_last_look_that_did_not_find_it(desk: Desk) -> None:
    """A mail client with a wrong clock stamps what it keeps in Sent; the stamp alone proves nothing."""
    message = again(desk, 0)
    draft = desk.queued(message)
    looked = NOW + 25 * HOUR
    desk.ledger.mailboxes.note_cycle(desk.claim, looked, connected=True, error=None)
    first = desk.ledger.clocks.answered_by_agent(desk.claim, draft, NOW + HOUR, looked + MINUTE)
    assert first is not None
    assert (first.seconds, first.within_rule) == (25 * 3600.0, False)


def test_a_host_whose_clock_is_slow_does_not_flatter_its_answers(desk: Desk) -> None:
    """Three hours behind the mail server: the time between question and answer is measured by one clock."""
    message = desk.fetched(NOW, recorded=NOW - 3 * HOUR)
    desk.ledger.intake.store(desk.claim, [desk.reading(message)], NOW - 3 * HOUR)
    delivery = desk.sending(desk.approved(message))
    first = desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW + timedelta(hours=22))
    assert first is not None
    assert (first.seconds, first.within_rule) == (25 * 3600.0, False)
