"""The time lines of claims, reviews and promises."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from daemon.desk.claim import (
    ACTS,
    FORGOTTEN,
    Case,
    CaseKind,
    CaseState,
    Step,
    act,
    after,
    over,
    promised,
    received,
    steps,
    title,
    to_do,
    working_days_after,
)

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)  # a Thursday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CASE = Case(7, "shop", CaseKind.CLAIM, CaseState.ASSESS, "302-1", "Jane", NOW, NOW + DAY, NOW + 3 * DAY)


@pytest.mark.parametrize(
    ("kind", "within", "due", "hard"),
    [
        (CaseKind.CLAIM, None, 24, 72),
        (CaseKind.CLAIM, 3, 24, 72),
        (CaseKind.CLAIM, 2, 24, 48),
        (CaseKind.CLAIM, 30, 24, 72),
        (CaseKind.CLAIM, 0, 0, 0),
        (CaseKind.CHARGEBACK, 7, 24, 72),
        (CaseKind.REVIEW, None, 2, None),
    ],
)
def test_a_claim_is_answered_in_a_day_and_never_after_what_the_notice_says(
    kind: CaseKind, within: int | None, due: int, hard: int | None
) -> None:
    """72 hours, or less where the notice allows less; a review's buyer is answered in two hours."""
    step = received(kind, NOW, within)
    assert step.due_at == NOW + due * HOUR
    assert step.hard_at == (None if hard is None else NOW + hard * HOUR)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [(NOW, 1, 6), (NOW, 2, 9), (NOW, 10, 19), (NOW + 2 * DAY, 1, 9), (NOW + 3 * DAY, 5, 13), (NOW, 0, 5)],
)
def test_working_days_leave_weekends_out(start: datetime, days: int, end: int) -> None:
    """From Mondays to Fridays."""
    assert working_days_after(start, days).date().day == end


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (CaseState.ANSWERED, Step(CaseState.ANSWERED, datetime(2026, 3, 19, 10, 0, tzinfo=UTC))),
        (CaseState.DECIDED, Step(CaseState.DECIDED, NOW + 30 * DAY)),
        (CaseState.FOLLOW_UP, Step(CaseState.FOLLOW_UP, NOW + 3 * DAY)),
        (CaseState.CLOSED, Step(CaseState.CLOSED, NOW)),
    ],
)
def test_each_step_has_its_time(state: CaseState, step: Step) -> None:
    """Ten working days for a decision, thirty days for an appeal, three for a follow-up."""
    assert after(state, NOW) == step


@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("what", ACTS)
def test_a_person_can_say_only_what_the_state_allows(state: CaseState, what: str) -> None:
    """Anything else is refused with the reason."""
    allowed, new = ACTS[what]
    if state in allowed:
        assert act(state, what, NOW).state is new
    else:
        with pytest.raises(ValueError, match=f"a case that is {state} cannot be {what}"):
            act(state, what, NOW)


@pytest.mark.parametrize(
    ("state", "late", "ends"),
    [
        (CaseState.DECIDED, timedelta(0), True),
        (CaseState.DECIDED, -HOUR, False),
        (CaseState.FOLLOW_UP, FORGOTTEN, True),
        (CaseState.PROMISED, FORGOTTEN - HOUR, False),
        (CaseState.ASSESS, 99 * DAY, False),
        (CaseState.ANSWERED, 99 * DAY, False),
    ],
)
def test_only_what_harms_nobody_ends_by_itself(state: CaseState, late: timedelta, ends: bool) -> None:
    """A claim that was not answered never does."""
    assert over(replace(CASE, state=state), CASE.due_at + late) is ends


@pytest.mark.parametrize(
    ("state", "hours", "needed"),
    [
        (CaseState.ASSESS, 24, True),
        (CaseState.SOLVE, 2, True),
        (CaseState.DECIDED, 720, True),
        (CaseState.ANSWERED, 240, False),
        (CaseState.ANSWERED, 0, True),
        (CaseState.APPEALED, 7, False),
        (CaseState.PROMISED, 7, False),
        (CaseState.PROMISED, 6, True),
        (CaseState.FOLLOW_UP, -5, True),
    ],
)
def test_the_worklist_names_only_what_a_person_can_do_now(state: CaseState, hours: int, needed: bool) -> None:
    """Not what Amazon is at work on, nor what waits for its day."""
    assert to_do(replace(CASE, state=state, due_at=NOW + hours * HOUR), NOW) is needed


def test_every_open_state_says_what_to_do() -> None:
    """With the number of the case where a command needs it."""
    for state in set(CaseState) - {CaseState.CLOSED}:
        said = steps(replace(CASE, state=state))
        assert said
        assert "{" not in " ".join(said)
    assert "firstreply cases --answered 7" in " ".join(steps(CASE))
    assert title(CASE) == "A-to-z claim, order 302-1 (case 7): assess it and answer Amazon"
    assert "order" not in title(replace(CASE, order_id=""))


def test_a_follow_up_says_nothing_about_the_review_unless_the_owner_wants_it() -> None:
    """Amazon forbids it; the rule can be lowered in one place only."""
    case = replace(CASE, kind=CaseKind.REVIEW, state=CaseState.FOLLOW_UP)
    assert "Say nothing about the review" in " ".join(steps(case))
    assert "at your own risk" in " ".join(steps(case, may_ask_for_change=True))


def test_a_promise_is_due_when_its_day_is_over() -> None:
    """Not before."""
    assert promised(NOW) == Step(CaseState.PROMISED, NOW)
