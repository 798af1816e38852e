"""Sent answers as the report and the knowledge base read them."""

from dataclasses import replace

from daemon.desk.likeness import HEAVY, LIGHT, Outcome, outcome_of
from tests.ledger_kit import HOUR, MINUTE, NOW, ORDER, Desk, no_objection, place


def sent(desk: Desk, likeness: float, alias: str) -> int:
    """A draft of which so much was left when it was sent; returns its id."""
    draft = desk.approved(desk.message(alias=alias))
    delivery = desk.prepared(draft, likeness=likeness)
    desk.ledger.deliveries.commit_sending(desk.claim, delivery, no_objection, NOW)
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "", NOW + HOUR)
    return draft.draft_id


def test_what_is_left_of_drafts_is_counted_by_the_borders_of_the_desk(desk: Desk) -> None:
    """In the database as in `desk.likeness`; the time of sending counts."""
    shares = (1.0, 0.99, LIGHT, 0.79, HEAVY, 0.39, 0.0)
    for number, share in enumerate(shares):
        sent(desk, share, f"buyer{number}")
    (found,) = desk.ledger.answers.sent_between(NOW, NOW + 2 * HOUR)
    outcomes = [outcome_of(share) for share in shares]
    assert (found.template, found.language, found.number) == ("product_issue", "en", len(shares))
    assert [found.as_is, found.light, found.heavy] == [
        outcomes.count(outcome) for outcome in (Outcome.AS_IS, Outcome.LIGHT, Outcome.HEAVY)
    ]
    assert abs(found.likeness - sum(shares) / len(shares)) < 1e-9
    assert desk.ledger.answers.sent_between(NOW, NOW + HOUR) == []


def test_the_last_answer_is_found(desk: Desk) -> None:
    """By the order and by the draft."""
    draft = sent(desk, 0.5, "jd7x2kq4w9bnm5t")
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
