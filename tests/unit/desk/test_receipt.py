# ruff: noqa: E501 -- a table: one row, one notice
"""Which answer a notice is about: by proof first, then by buyer, time and text; in doubt by nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.receipt import (
    COPY_WINDOW,
    FAILURE_WINDOW,
    NORMAL,
    SKEW,
    Candidate,
    Outcome,
    Receipt,
    Waiting,
    bare,
    join,
    overdue,
)
from daemon.mail.kinds import Notice

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ALIAS, ORDER = "q7d2k9x4m1v0001", "302-1234567-7654321"
OURS, LINK = "<frd.a.b@shop.example>", "<fr.c.d@shop.example>"
WORDS = "We are sorry. A new lamp is on its way."
COPY = Receipt(
    1, Notice.REPLY_COPY, NOW, ALIAS, (ORDER,), frozenset(), WORDS, trusted=True, from_server=False
)
FAILED = replace(COPY, notice=Notice.UNDELIVERED, text="")
SENT = Candidate(7, 3, ALIAS, ORDER, frozenset({OURS, LINK}), NOW - HOUR, bare(WORDS))
OTHER = replace(SENT, delivery_id=8, ids=frozenset(), said=bare("It fits 220 V."), sent_at=NOW - MINUTE)
ASKED = Waiting(5, ALIAS, ORDER, NOW - 2 * HOUR)
ANSWERED = replace(ASKED, answered_at=NOW - HOUR)

CASES = {
    "its own id": (replace(COPY, alias="", order_ids=(), text="", ids=frozenset({OURS})), [SENT, OTHER], [], ("confirmed_by_copy", 7)),
    "the draft's id": (replace(FAILED, ids=frozenset({LINK})), [SENT, OTHER], [], ("bounced", 7)),
    "the text, of two": (COPY, [OTHER, SENT], [], ("confirmed_by_copy", 7)),
    "the text, re-wrapped and in another case": (replace(COPY, text="we are\nSORRY.  A new\tlamp is on its way!"), [SENT], [], ("confirmed_by_copy", 7)),
    "a wrapper around the text": (replace(COPY, text=f"Begin message {WORDS} End message"), [SENT], [], ("confirmed_by_copy", 7)),
    "no text, one answer": (replace(COPY, text=""), [SENT], [], ("confirmed_by_copy", 7)),
    "no text, two answers": (replace(COPY, text=""), [SENT, OTHER], [ASKED], ("receipt_fits_several", None)),
    "no text, one answer left": (replace(COPY, text=""), [replace(SENT, copied=True), OTHER], [], ("confirmed_by_copy", 8)),
    "a repeated copy, though somebody waits": (COPY, [replace(SENT, copied=True)], [ASKED], ("confirmed_by_copy", 7)),
    "the order alone": (replace(COPY, alias=""), [SENT], [], ("confirmed_by_copy", 7)),
    "another buyer": (replace(COPY, alias="somebodyelse"), [SENT], [], ("receipt_without_match", None)),
    "another order": (replace(COPY, order_ids=("302-0000000-0000000",)), [SENT], [], ("receipt_without_match", None)),
    "nobody named": (replace(COPY, alias="", order_ids=()), [SENT], [ASKED], ("receipt_without_match", None)),
    "before it was sent": (replace(COPY, at=SENT.sent_at - SKEW - MINUTE), [SENT], [], ("receipt_without_match", None)),
    "a clock that is a little wrong": (replace(COPY, at=SENT.sent_at - SKEW), [SENT], [], ("confirmed_by_copy", 7)),
    "a copy that is too late": (replace(COPY, at=SENT.sent_at + COPY_WINDOW + MINUTE), [SENT], [], ("receipt_without_match", None)),
    "a failure, the newest answer": (FAILED, [SENT, OTHER], [], ("bounced", 8)),
    "a failure that quotes the older answer": (replace(FAILED, text=f"Not delivered: {WORDS}"), [SENT, OTHER], [], ("bounced", 7)),
    "a second failure, of the other answer": (FAILED, [SENT, replace(OTHER, failed=True)], [], ("bounced", 7)),
    "a failure after it was confirmed": (FAILED, [replace(SENT, copied=True)], [], ("bounced", 7)),
    "a failure that is too late": (replace(FAILED, at=SENT.sent_at + FAILURE_WINDOW + MINUTE), [SENT], [], ("receipt_without_match", None)),
    "an opt-out": (replace(FAILED, notice=Notice.OPT_OUT), [SENT], [], ("bounced", 7)),
    "a text that we never sent": (replace(COPY, text="See you."), [SENT], [ASKED], ("answered_in_seller_central", 5)),
    "a copy, nothing sent, somebody waits": (COPY, [], [ASKED], ("answered_in_seller_central", 5)),
    "a copy, and the buyer wrote after it": (COPY, [], [replace(ASKED, asked_at=NOW + HOUR)], ("receipt_without_match", None)),
    "a copy, two conversations wait": (replace(COPY, order_ids=()), [], [ASKED, replace(ASKED, conversation_id=6, order_id="")], ("receipt_fits_several", None)),
    "a copy, one of two is about this order": (COPY, [], [ASKED, replace(ASKED, conversation_id=6, order_id="302-0000000-0000000")], ("answered_in_seller_central", 5)),
    "a copy of an agent's answer": (COPY, [], [ANSWERED], ("receipt_without_match", None)),
    "a copy of an agent's answer, while somebody waits": (COPY, [], [replace(ASKED, agents_at=NOW - HOUR)], ("agents_answer_confirmed", 5)),
    "a copy long after an agent's answer": (COPY, [], [replace(ASKED, agents_at=NOW - HOUR - MINUTE)], ("answered_in_seller_central", 5)),
    "a copy before an agent's answer": (COPY, [], [replace(ASKED, agents_at=NOW + SKEW + MINUTE)], ("answered_in_seller_central", 5)),
    "a failure of an agent's answer": (FAILED, [], [ANSWERED], ("agents_answer_undelivered", 5)),
    "a failure while nobody has answered": (FAILED, [], [ASKED], ("receipt_without_match", None)),
    "nobody vouches for it": (replace(COPY, trusted=False), [SENT], [ASKED], ("receipt_not_trusted", None)),
    "an id of ours that nobody vouches for": (replace(COPY, trusted=False, ids=frozenset({OURS})), [SENT], [], ("receipt_not_trusted", None)),
    "a mail server's report with our id": (replace(FAILED, trusted=False, from_server=True, ids=frozenset({OURS})), [SENT], [], ("bounced", 7)),
    "a mail server's report without one": (replace(FAILED, from_server=True), [SENT], [ANSWERED], ("receipt_without_match", None)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_notice_is_joined_by_the_best_evidence(name: str) -> None:
    """Each row: what the notice says, what was sent, who waits, and what follows."""
    receipt, sent, waiting, expected = CASES[name]
    found = join(receipt, sent, waiting)
    about = found.delivery.delivery_id if found.delivery else None
    about = found.conversation.conversation_id if found.conversation else about
    assert (found.outcome.value, about) == expected


@given(
    st.permutations([SENT, OTHER, replace(SENT, delivery_id=9, copied=True)]), st.sampled_from([COPY, FAILED])
)
def test_the_order_of_the_ledgers_rows_decides_nothing(sent: list[Candidate], receipt: Receipt) -> None:
    """Whatever a database returns first."""
    assert join(receipt, sent, []) == join(receipt, sent[::-1], [])


def test_every_outcome_comes_about() -> None:
    """The table above leaves none out."""
    assert {expected[0] for *_, expected in CASES.values()} == set(Outcome)


def sendings(*receipts: bool) -> list[tuple[int, datetime, bool]]:
    """Answers sent an hour apart, the last one ten hours ago."""
    first = NOW - 10 * HOUR - len(receipts) * HOUR
    return [(number, first + number * HOUR, had) for number, had in enumerate(receipts, start=1)]


@pytest.mark.parametrize(
    ("receipts", "missing"),
    [
        ((True,) * NORMAL + (False,), [NORMAL + 1]),
        ((True,) * (NORMAL - 1) + (False,), []),
        ((False,) * 9, []),
        ((True,) * NORMAL + (False, True, True), [NORMAL + 1]),
        ((True,) * NORMAL + (False, False), [NORMAL + 1]),
        ((True,) * NORMAL + (False,) + (True,) * NORMAL + (False,), [NORMAL + 1, 2 * NORMAL + 2]),
    ],
)
def test_a_receipt_is_missed_where_receipts_are_normal(
    receipts: tuple[bool, ...], missing: list[int]
) -> None:
    """After so many in a row; the next one is told only when they are normal again."""
    assert overdue(sendings(*receipts), NOW) == missing


def test_a_receipt_is_missed_only_after_its_time() -> None:
    """Not a minute before."""
    sent = sendings(*(True,) * NORMAL, False)
    assert overdue(sent, sent[-1][1]) == [NORMAL + 1]
    assert overdue(sent, sent[-1][1] - MINUTE) == []


@pytest.mark.parametrize(
    ("one", "two"), [("Ｌａｍｐ １", "lamp 1"), ("caf\u00e9", "cafe\u0301"), ("a\n>b.", "A B")]
)
def test_texts_are_compared_without_what_mail_changes(one: str, two: str) -> None:
    """Widths, composition, case, wrapping and marks."""
    assert bare(one) == bare(two)
