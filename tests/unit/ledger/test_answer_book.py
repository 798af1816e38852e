"""Sent answers as the report and the knowledge base read them."""

from dataclasses import replace
from datetime import timedelta

from daemon.ports.ledger.answers import SentDraft
from tests.ledger_kit import HOUR, MINUTE, NOW, ORDER, Desk, place


def sent(desk: Desk, digest: str) -> int:
    """A draft that was sent, with this digest of what was approved; returns its id."""
    draft = desk.approved(digest=digest)
    delivery = desk.sending(draft)
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "", NOW + HOUR)
    return draft.draft_id


def test_only_edited_answers_are_read(desk: Desk) -> None:
    """What was sent as it was drafted comes without bytes; the time of sending counts."""
    row = desk.queued()
    desk.ledger.drafts.approve(desk.claim, row, row.place, b"same", row.digest, NOW)  # type: ignore[arg-type]  # queued drafts lie somewhere
    desk.ledger.deliveries.sent(desk.claim, desk.sending(desk.draft(row.draft_id)), 250, "", NOW)
    found = list(desk.ledger.answers.sent_between(NOW, NOW + timedelta(seconds=1)))
    assert found == [SentDraft("product_issue", "en", None, None)]
    assert list(desk.ledger.answers.sent_between(NOW + timedelta(seconds=1), NOW + HOUR)) == []


def test_an_edited_answer_comes_with_both_texts(desk: Desk) -> None:
    """Our own first revision, and what left the house."""
    draft = sent(desk, "another digest")
    (found,) = desk.ledger.answers.sent_between(NOW, NOW + 2 * HOUR)
    assert found.ours is not None
    assert found.ours.startswith(b"Subject: Re: broken")
    assert found.sent == b"wire bytes"
    by_order, by_draft = desk.ledger.answers.latest(ORDER, None), desk.ledger.answers.latest(None, draft)
    assert by_order == by_draft
    assert by_order is not None
    assert (by_order.raw, by_order.order_id, by_order.scenario) == (b"wire bytes", ORDER, "product_issue")
    assert desk.ledger.answers.latest("302-0000000-0000000", None) is None


def test_a_draft_with_gaps_is_late_from_its_share_of_the_way_on(desk: Desk) -> None:
    """Untouched, queued, with gaps, and no promise itself; a minute before its time it is left alone."""
    for template, gaps in (("delivery_issue", ("carrier",)), ("holding", ("carrier",)), ("other", ())):
        draft = replace(
            desk.new_draft(desk.message(alias=f"{template:x<15.15}")), template=template, gaps=gaps
        )
        (planned,) = desk.ledger.drafts.plan(desk.claim, [draft], NOW)
        desk.ledger.drafts.queued(desk.claim, [(planned.draft_id, place(planned.draft_id))], NOW)
    nearest = desk.ledger.clocks.running(desk.claim)[0].limits.nearest
    edge = NOW + (nearest - NOW) * 3 / 4
    late = [desk.ledger.drafts.late_with_gaps(desk.claim, at, 75, 10) for at in (edge - MINUTE, edge)]
    assert [len(found) for found in late] == [0, 1]
    (owed,) = late[1]
    assert (owed.open_state, owed.open_place) == ("queued", place(owed.open_draft or 0))
