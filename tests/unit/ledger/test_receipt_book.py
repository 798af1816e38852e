"""What a receipt writes: each notice once, along listed steps only, with the clock it belongs to."""

from datetime import timedelta

import pytest

from daemon.desk.draft import DraftState
from daemon.desk.receipt import Outcome
from daemon.errors import PermanentError
from daemon.ports.ledger import schema as t
from tests.alert_kit import warning
from tests.ledger_kit import HOUR, MINUTE, NOW, ORDER, Desk, place, snapshot
from tests.receipt_kit import ALIAS, again, notice, sending, sent


def test_a_notice_waits_until_it_has_had_its_effect(desk: Desk) -> None:
    """In the order of the notices' times; of this mailbox only; other mail is no receipt."""
    late, early = notice(desk, NOW + HOUR), notice(desk, NOW, kind="opt_out")
    desk.message()
    notice(Desk.open(desk.ledger, "other"))
    book = desk.ledger.receipts
    assert [row.message_id for row in book.unjoined(desk.claim)] == [early, late]
    book.without_effect(desk.claim, early, Outcome.NOTHING, NOW)
    assert [row.message_id for row in book.unjoined(desk.claim)] == [late]
    with pytest.raises(PermanentError):
        book.without_effect(desk.claim, early, Outcome.NOTHING, NOW)


def test_sendings_are_found_by_buyer_order_and_id(desk: Desk) -> None:
    """What is only prepared is none; another mailbox's are not ours."""
    about, book = sent(desk), desk.ledger.receipts
    desk.prepared(desk.approved(desk.message(alias="somebodyelse1")))
    Desk.open(desk.ledger, "other").sending()
    by_order = book.conversations(desk.claim, "", (ORDER,))
    assert set(book.conversations(desk.claim, ALIAS, ())) < set(by_order)
    assert book.conversations(desk.claim, "", ("",)) == []
    for conversations, ids in ((by_order, ()), ([], (about.header_id,)), ([], (about.link,))):
        assert book.sendings(desk.claim, conversations, ids) == [about]
    assert book.sendings(desk.claim, [], ()) == []


@pytest.mark.parametrize("doubtful", [True, False])
def test_a_copy_confirms(desk: Desk, doubtful: bool) -> None:
    """In doubt or not: the clock stopped at the attempt, confirmed since the copy; a repeat is no news."""
    about = sending(desk, desk.doubtful()) if doubtful else sent(desk)
    book = desk.ledger.receipts
    assert book.confirm(desk.claim, notice(desk), about, NOW + HOUR, NOW + HOUR)
    clock = desk.clock(about.message_id)
    assert desk.draft(about.draft_id).state is DraftState.CONFIRMED
    assert (clock["state"], clock["accepted_at"], clock["confirmed_at"]) == ("answered", NOW, NOW + HOUR)
    before = desk.one(t.draft, about.draft_id), clock
    assert not book.confirm(desk.claim, notice(desk), about, NOW + 2 * HOUR, NOW + 2 * HOUR)
    assert (desk.one(t.draft, about.draft_id), desk.clock(about.message_id)) == before


@pytest.mark.parametrize("edited", [True, False])
def test_a_bounce_brings_the_text_back(desk: Desk, edited: bool) -> None:
    """Once: a person's text comes back as one, behind ours; our own as ours."""
    about, book = sent(desk, edited=edited), desk.ledger.receipts
    assert book.may_be_drafted_again(about)
    draft = again(desk, about)
    for fresh in (True, False):
        number, note = notice(desk, kind="undelivered"), desk.note("undelivered")
        assert book.bounce(desk.claim, number, about, "undelivered", note, draft, NOW) is fresh
    (planned,) = desk.ledger.drafts.planned(desk.claim)
    assert (planned.token, planned.raw) == (draft.token, draft.raw)
    desk.ledger.drafts.queued(desk.claim, [(planned.draft_id, place())], NOW)
    book.mark_edited(desk.claim, NOW)
    row = desk.draft(planned.draft_id)
    assert (row.state, row.digest) == ((DraftState.EDITED if edited else DraftState.QUEUED), "d2")
    assert desk.clock(about.message_id)["state"] == "open"
    assert len(desk.ledger.drafts.planned_notes(desk.claim)) == 1
    assert [each.alert.kind for each in desk.ledger.alerts.untold(desk.claim)] == ["clock_reopened"]
    assert not book.may_be_drafted_again(about)


def test_a_bounce_of_what_a_later_answer_covers_reopens_nothing(desk: Desk) -> None:
    """A later answer of an agent stands: a note, no alert, no draft."""
    about, book = sent(desk), desk.ledger.receipts
    later = desk.queued(desk.message(NOW + HOUR))
    desk.ledger.clocks.answered_by_agent(desk.claim, later, NOW + 2 * HOUR, NOW + 2 * HOUR)
    number = notice(desk, NOW + 3 * HOUR, kind="undelivered")
    draft, note = again(desk, about), desk.note("undelivered")
    assert book.bounce(desk.claim, number, about, "undelivered", note, draft, NOW + 3 * HOUR)
    assert desk.draft(about.draft_id).state is DraftState.BOUNCED
    assert desk.ledger.drafts.planned(desk.claim) == []
    assert desk.ledger.alerts.untold(desk.claim) == []
    assert desk.clock(about.message_id)["ended_at"] == NOW + 2 * HOUR


def test_an_answer_in_seller_central_spares_what_the_buyer_wrote_after_it(desk: Desk) -> None:
    """Its time decides: the later message's draft lives, and its clock runs."""
    first = desk.queued()
    desk.ledger.clocks.warned(
        desk.claim, [warning(desk.one(t.message, first.message_id)["response_clock_id"], 1)], NOW
    )
    later = desk.message(NOW + 2 * HOUR)
    draft = desk.planned(later, replaces=first.draft_id)
    number = notice(desk, NOW + HOUR)
    desk.ledger.receipts.answered_in_seller_central(
        desk.claim, number, first.conversation_id, NOW + HOUR, NOW + 3 * HOUR
    )
    assert desk.draft(draft).state is DraftState.PLANNED
    assert (desk.clock(first.message_id)["state"], desk.clock(later)["state"]) == ("answered", "open")


def test_the_newest_clock_tells_how_a_conversation_stands(desk: Desk) -> None:
    """Running, stopped by a person, or stopped by ourselves, which is no news to a receipt."""
    book = desk.ledger.receipts
    waiting = desk.queued(desk.message(alias="waiting000001"))
    own = sent(desk)
    agents = desk.queued(desk.message(alias="agents0000001"))
    desk.ledger.clocks.answered_by_agent(desk.claim, agents, NOW + HOUR, NOW + HOUR)
    numbers = [waiting.conversation_id, own.conversation_id, agents.conversation_id]
    found = {each.conversation_id: each.answered_at for each in book.waiting(numbers)}
    assert found == {waiting.conversation_id: None, agents.conversation_id: NOW + HOUR}


def test_a_copy_of_an_agents_answer_confirms_its_clock_and_no_other(desk: Desk) -> None:
    """The buyer wrote again meanwhile: that clock runs on."""
    book = desk.ledger.receipts
    draft = desk.queued()
    desk.ledger.clocks.answered_by_agent(desk.claim, draft, NOW + MINUTE, NOW + MINUTE)
    later = desk.message(NOW + 2 * MINUTE)
    (waiting,) = book.waiting([draft.conversation_id])
    assert (waiting.answered_at, waiting.agents_at) == (None, NOW + MINUTE)
    book.confirm_agents(desk.claim, notice(desk), draft.conversation_id, NOW + 3 * MINUTE, NOW + HOUR)
    assert desk.clock(draft.message_id)["confirmed_at"] == NOW + 3 * MINUTE
    assert desk.clock(later)["state"] == "open"
    (waiting,) = book.waiting([draft.conversation_id])
    assert waiting.agents_at is None


def test_recent_sendings_tell_their_receipts(desk: Desk) -> None:
    """Oldest first; older ones are left out."""
    book = desk.ledger.receipts
    first = sent(desk)
    book.confirm(desk.claim, notice(desk), first, NOW, NOW)
    second = desk.sending(desk.approved(desk.message(alias="another000001")))
    desk.ledger.deliveries.sent(desk.claim, second, 250, "ok", NOW)
    assert book.recent(desk.claim, NOW) == [(first.delivery_id, NOW, True), (second, NOW, False)]
    assert book.recent(desk.claim, NOW + timedelta(microseconds=1)) == []


def test_nothing_edited_nothing_written(desk: Desk) -> None:
    """A look that finds nothing to do writes nothing."""
    desk.queued()
    before = snapshot(desk.ledger)
    desk.ledger.receipts.mark_edited(desk.claim, NOW)
    assert snapshot(desk.ledger) == before
