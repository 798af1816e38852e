"""Whose a row is, and what belongs to one life: on both databases, from whatever row one begins."""

import pytest

from daemon.ports.ledger.about import AT_ONCE
from daemon.ports.ledger.life import ROWS, Life
from tests.case_kit import filing, promise
from tests.case_kit import notice as claim
from tests.ledger_kit import HOUR, NOW, ORDER, Desk
from tests.receipt_kit import notice, sending

Numbers = dict[str, int]


@pytest.fixture(name="numbers")
def _numbers(desk: Desk) -> Numbers:
    """A stranger's message; one that was answered with a promise and confirmed; its order's claim."""
    desk.message(alias="another9bnm5t22", conversation=None)
    message = desk.message()
    draft = desk.approved(message)
    delivery = desk.sending(draft)
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)
    receipt = notice(desk, NOW + HOUR)
    desk.ledger.receipts.confirm(desk.claim, receipt, sending(desk, delivery), NOW + HOUR, NOW + HOUR)
    desk.ledger.drafts.leave_note(desk.claim, desk.note(), NOW, draft.draft_id)
    claimed = claim(desk)
    desk.ledger.cases.file(desk.claim, filing(claimed))
    return {
        "message": message,
        "clock": desk.clock(message)["id"],
        "draft": draft.draft_id,
        "delivery": delivery,
        "note": desk.ledger.drafts.planned_notes(desk.claim)[0].note_id,
        "case": desk.ledger.cases.file(desk.claim, promise(delivery, 1)),
        "receipt": receipt,
        "conversation": draft.conversation_id,
        "claim": claimed,
    }


def test_every_row_leads_to_the_same_life(desk: Desk, numbers: Numbers) -> None:
    """From each kind of row, the token and the order; with both cases, and without the stranger."""
    book, rows = desk.ledger.life, {name: numbers[name] for name in ROWS}
    whole: Life = book.of_order(ORDER)
    assert {name: book.of_row(name, number) for name, number in rows.items()} == dict.fromkeys(rows, whole)
    assert book.of_row("message", numbers["claim"]) == whole == book.of_token(desk.draft(rows["draft"]).token)
    assert whole.ids["message"] == tuple(sorted(numbers[name] for name in ("message", "receipt", "claim")))
    assert len(whole.ids["case"]) == 2


def test_a_row_is_about_its_messages(desk: Desk, numbers: Numbers) -> None:
    """A clock counts several, a conversation those of its newest clock; nobody knows a row that is none."""
    book, message, further = desk.ledger.about, numbers["message"], [desk.message(NOW + HOUR) for _ in "12"]
    clock, conversation = desk.clock(further[1])["id"], numbers["conversation"]
    for subject in ("draft", "delivery", "case"):
        assert book.messages(subject, [numbers[subject], 10**6]) == {numbers[subject]: [message]}
    both = {numbers["clock"]: [message], clock: further}
    assert book.messages("clock", [clock, numbers["clock"]]) == both
    assert book.messages("conversation", [conversation]) == {conversation: further}
    assert book.messages("draft", range(10**6, 10**6 + AT_ONCE + 1)) == {}
