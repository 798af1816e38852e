"""Cases in the ledger: opened once, led on by notices, answers and people."""

import pytest

from daemon.desk.claim import CaseKind, CaseState
from daemon.errors import PermanentError
from tests.alert_kit import alert
from tests.case_kit import another, filing, kept, notice, promise, review
from tests.ledger_kit import HOUR, NOW, ORDER, Desk


def test_a_notice_opens_a_case_once(desk: Desk) -> None:
    """With its time line; at the next look there is nothing left to file."""
    message = notice(desk, reply_within_days=2)
    (row,) = desk.ledger.cases.unfiled(desk.claim)
    assert (row.message_id, row.notice, row.order_id) == (message, "a_to_z_claim", None)
    number = desk.ledger.cases.file(desk.claim, filing(message))
    assert desk.ledger.cases.unfiled(desk.claim) == []
    (case,) = desk.ledger.cases.open(desk.claim)
    assert (case.case_id, case.order_id, case.due_at) == (number, ORDER, NOW + 24 * HOUR)
    assert desk.ledger.cases.time_line(number) == [(NOW, "received")]
    with pytest.raises(PermanentError):
        desk.ledger.cases.file(desk.claim, filing(message))


def test_a_second_notice_joins_the_case_and_never_gives_it_more_time(desk: Desk) -> None:
    """The earlier limit stays."""
    first = desk.ledger.cases.file(desk.claim, filing(notice(desk)))
    second = desk.ledger.cases.file(desk.claim, filing(notice(desk), days=1))
    (case,) = desk.ledger.cases.open(desk.claim)
    assert first == second
    assert (case.due_at, case.hard_at) == (NOW + 24 * HOUR, NOW + 72 * HOUR)


def test_amazon_asking_again_after_the_answer_sets_new_limits(desk: Desk) -> None:
    """The case is to be assessed again."""
    number = desk.ledger.cases.file(desk.claim, filing(notice(desk)))
    desk.ledger.cases.say(number, "answered", NOW + HOUR)
    desk.ledger.cases.file(desk.claim, filing(notice(desk), days=2))
    (case,) = desk.ledger.cases.open(desk.claim)
    assert (case.state, case.due_at) == (CaseState.ASSESS, NOW + 72 * HOUR)


@pytest.mark.parametrize("kind", [CaseKind.CLAIM, CaseKind.CHARGEBACK])
def test_a_decision_leads_its_case_on(desk: Desk, kind: CaseKind) -> None:
    """That of a chargeback of the same order as well; the time line tells it."""
    number = desk.ledger.cases.file(desk.claim, filing(notice(desk, kind.value), kind=kind))
    desk.ledger.cases.file(desk.claim, filing(notice(desk, "a_to_z_decision"), "decided", days=9))
    (case,) = desk.ledger.cases.open(desk.claim)
    assert (case.case_id, case.kind, case.state) == (number, kind, CaseState.DECIDED)
    assert [what for _, what in desk.ledger.cases.time_line(number)] == ["received", "decided"]


def test_a_person_leads_a_case_to_its_end(desk: Desk) -> None:
    """Step by step, and no other way; a closed case is in no list, and the next notice opens a new one."""
    number = desk.ledger.cases.file(desk.claim, filing(notice(desk)))
    desk.ledger.cases.say(number, "answered", NOW)
    with pytest.raises(PermanentError, match="a case that is answered cannot be appealed"):
        desk.ledger.cases.say(number, "appealed", NOW)
    with pytest.raises(PermanentError, match="there is no case 99"):
        desk.ledger.cases.say(99, "closed", NOW)
    desk.ledger.cases.say(number, "closed", NOW)
    assert desk.ledger.cases.open(None) == []
    assert desk.ledger.cases.file(desk.claim, filing(notice(desk))) != number


def test_a_bad_review_is_followed_up_when_its_buyer_was_answered(desk: Desk) -> None:
    """Not before; then it is due three days after the answer."""
    message = review(desk)
    (row,) = desk.ledger.cases.unfiled(desk.claim)
    assert (row.message_id, row.notice, row.order_id) == (message, None, ORDER)
    desk.ledger.cases.file(desk.claim, filing(message, kind=CaseKind.REVIEW))
    assert desk.ledger.cases.answered_reviews(desk.claim) == []
    desk.ledger.clocks.answered_by_agent(desk.claim, desk.queued(message), NOW + HOUR, NOW + HOUR)
    ((number, at),) = desk.ledger.cases.answered_reviews(desk.claim)
    assert at == NOW + HOUR
    desk.ledger.cases.lead_on(desk.claim, number, CaseState.FOLLOW_UP, at)
    assert desk.ledger.cases.answered_reviews(desk.claim) == []
    assert desk.ledger.cases.open(desk.claim)[0].due_at == NOW + 73 * HOUR


def test_a_newer_promise_replaces_an_older_one(desk: Desk) -> None:
    """One case for the order, due when the newer day is over; a delivery counts once."""
    first, second = (
        desk.sending(desk.approved(desk.message(alias="one"))),
        desk.sending(desk.approved(desk.message(alias="two"))),
    )
    desk.ledger.cases.file(desk.claim, promise(first, 3))
    assert desk.ledger.cases.answered_order(first) is None
    found = desk.ledger.cases.answered_order(second)
    assert found is not None
    assert found[0] == ORDER
    desk.ledger.cases.file(desk.claim, promise(second, 5))
    (case,) = desk.ledger.cases.open(desk.claim)
    assert case.due_at == NOW + 5 * 24 * HOUR


def test_a_step_is_told_once(desk: Desk) -> None:
    """Alert and note together; at the next look there is nothing to tell."""
    due, note = alert("case:1:assess"), desk.note("case_due")
    assert desk.ledger.cases.remind(desk.claim, due, note, NOW)
    assert not desk.ledger.cases.remind(desk.claim, due, desk.note("case_due"), NOW)
    assert len(desk.ledger.alerts.untold(desk.claim)) == 1
    assert len(desk.ledger.drafts.planned_notes(desk.claim)) == 1


def test_each_mailbox_has_its_own_cases(desk: Desk) -> None:
    """The command shows all of them."""
    desk.ledger.cases.file(desk.claim, filing(notice(desk)))
    other = Desk.open(desk.ledger, "other")
    assert other.ledger.cases.unfiled(other.claim) == []
    other.ledger.cases.file(other.claim, filing(notice(other)))
    assert len(desk.ledger.cases.open(desk.claim)) == 1
    assert [case.mailbox for case in desk.ledger.cases.open(None)] == ["shop", "other"]


def test_a_promise_about_a_parcel_is_followed_up_once(desk: Desk) -> None:
    """When its day is over; not a second time, and not before."""
    case, message = kept(desk)
    draft, book, day = another(desk.new_draft(message)), desk.ledger.follow_ups, NOW + 24 * HOUR
    assert book.due(desk.claim, day - HOUR) == []
    assert not book.follow_up(desk.claim, case, draft, day - HOUR)
    assert [(number, owed.message_id) for number, owed in book.due(desk.claim, day)] == [(case, message)]
    assert book.follow_up(desk.claim, case, draft, day)
    assert book.due(desk.claim, day) == []
    assert not book.follow_up(desk.claim, case, draft, day)
    assert [what for _, what in desk.ledger.cases.time_line(case)] == ["promised", "follow_up_drafted"]
