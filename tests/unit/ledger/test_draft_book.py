"""What drafting and approval write: what is owed, drafts and their revisions, people's acts, notes."""

from collections.abc import Collection

import pytest
import sqlalchemy as sa

from daemon.desk.disposition import Action, Disposition
from daemon.desk.draft import DraftState
from daemon.desk.playbook import Scenario
from daemon.errors import PermanentError
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.steps import OvertakenError
from tests.ledger_kit import HOUR, MINUTE, NOW, ORDER, Desk, place, snapshot


def owed(desk: Desk, limit: int = 100) -> list[int]:
    """The messages that wait for a draft."""
    return [item.message_id for item in desk.ledger.drafts.owed(desk.claim, limit)]


def test_a_buyer_message_is_owed_a_draft_until_it_has_one(desk: Desk) -> None:
    """With everything that composing needs."""
    message = desk.message(facts={"product": "lamp"}, reference_ids=("<a@b>",))
    (item,) = desk.ledger.drafts.owed(desk.claim, 10)
    assert (item.message_id, item.order_id, item.marketplace) == (message, ORDER, "com")
    assert (item.reference_ids, item.facts, item.buyer_name) == (("<a@b>",), '{"product": "lamp"}', "Jane")
    assert (item.received_at, item.nearest_at, item.open_draft) == (NOW, NOW + HOUR, None)
    assert desk.ledger.drafts.still_owed()
    desk.planned(message)
    assert owed(desk) == []
    assert not desk.ledger.drafts.still_owed()


def test_what_waits_nearest_to_its_limit_comes_first(desk: Desk) -> None:
    """And the limit of a batch takes the most urgent."""
    ids = [desk.message(NOW + each * MINUTE, alias=f"buyer{each}") for each in (3, 1, 2)]
    assert owed(desk) == [ids[1], ids[2], ids[0]]
    assert owed(desk, 1) == [ids[1]]


def test_only_the_newest_message_of_a_conversation_is_owed(desk: Desk) -> None:
    """Three mails in a row get one answer; at the same second, the later row is the newer one."""
    desk.message(NOW)
    desk.message(NOW + MINUTE)
    last = desk.message(NOW + MINUTE)
    assert owed(desk) == [last]


def test_no_draft_is_owed_where_a_person_must_answer_or_nobody(desk: Desk) -> None:
    """Claims, thanks, answered clocks and other mailboxes' messages."""
    desk.message(alias="one", disposition=Disposition(Action.NO_DRAFT, "x", Scenario.A_TO_Z_CLAIM))
    desk.ledger.clocks.answered_by_agent(desk.claim, desk.queued(desk.message(alias="two")), NOW, NOW)
    Desk.open(desk.ledger, "other").message()
    assert owed(desk) == []


def test_a_newer_message_shows_the_open_draft_it_overtakes(desk: Desk) -> None:
    """So that drafting can replace or hold it."""
    old = desk.queued()
    message = desk.message(NOW + HOUR)
    (item,) = desk.ledger.drafts.owed(desk.claim, 10)
    assert (item.message_id, item.open_draft, item.open_state) == (message, old.draft_id, DraftState.QUEUED)
    assert item.open_place == old.place


def test_a_finished_draft_is_no_open_draft(desk: Desk) -> None:
    """A rejected draft neither blocks the next message nor comes back for its own."""
    old = desk.queued()
    desk.ledger.drafts.move_to(desk.claim, old, DraftState.REJECTED, None, "moved_to_rejected", NOW)
    assert owed(desk) == []
    message = desk.message(NOW + HOUR)
    (item,) = desk.ledger.drafts.owed(desk.claim, 10)
    assert (item.message_id, item.open_draft) == (message, None)


def test_a_planned_draft_is_whole_before_any_server_sees_it(desk: Desk) -> None:
    """Its first revision, the daemon's, stands with all its bytes; it is found again after a crash."""
    message = desk.message()
    draft = desk.planned(message)
    (found,) = desk.ledger.drafts.planned(desk.claim)
    assert (found.draft_id, found.answers) == (draft, f"<buyer.{message}@amazon.com>")
    assert found.raw == b"Subject: Re: broken\r\n\r\nSorry.\r\n"
    revision = desk.one(t.revision, 1) if desk.ledger.engine.dialect.name == "sqlite" else None
    assert revision is None or (revision["author"], revision["number"]) == ("daemon", 1)


def test_planning_many_keeps_ids_and_drafts_together(desk: Desk) -> None:
    """However the database numbers a batch."""
    drafts = [desk.new_draft(desk.message(alias=f"b{each}")) for each in range(30)]
    planned = desk.ledger.drafts.plan(desk.claim, drafts, NOW)
    assert all(desk.one(t.draft, item.draft_id)["token"] == item.token for item in planned)
    assert [item.token for item in planned] == [draft.token for draft in drafts]


def test_a_second_draft_of_an_open_conversation_is_refused_as_a_whole(desk: Desk) -> None:
    """The index stops it, and nothing of the batch stays."""
    desk.queued()
    second = desk.new_draft(desk.message(NOW + HOUR))
    other = desk.new_draft(desk.message(alias="other"))
    before = snapshot(desk.ledger)
    with pytest.raises(PermanentError):
        desk.ledger.drafts.plan(desk.claim, [other, second], NOW)
    assert snapshot(desk.ledger) == before


def test_a_replaced_draft_is_superseded_in_the_same_transaction(desk: Desk) -> None:
    """The old one ends as the new one begins; its place stays known until its copy is removed."""
    old = desk.queued()
    new = desk.planned(desk.message(NOW + HOUR), replaces=old.draft_id)
    assert desk.draft(old.draft_id).state is DraftState.SUPERSEDED
    assert desk.draft(old.draft_id).place == old.place
    assert desk.draft(new).state is DraftState.PLANNED


def test_an_approved_draft_is_not_replaced(desk: Desk) -> None:
    """A person has it in hand: the plan is overtaken and leaves nothing."""
    old = desk.approved()
    message = desk.message(NOW + HOUR)
    before = snapshot(desk.ledger)
    with pytest.raises(OvertakenError):
        desk.planned(message, replaces=old.draft_id)
    assert snapshot(desk.ledger) == before


def test_a_held_draft_may_be_replaced(desk: Desk) -> None:
    """One that nobody took up before the buyer wrote again must not block its conversation."""
    old = desk.approved()
    desk.ledger.drafts.hold(desk.claim, old.draft_id, "gap_left", desk.note(), NOW, "approval")
    desk.planned(desk.message(NOW + HOUR), replaces=old.draft_id)
    assert desk.draft(old.draft_id).state is DraftState.SUPERSEDED


def test_queued_drafts_know_their_places(desk: Desk) -> None:
    """Several at once, each its own UID."""
    ids = [desk.planned(desk.message(alias=alias)) for alias in ("one", "two")]
    desk.ledger.drafts.queued(desk.claim, [(ids[0], place(11)), (ids[1], place(12))], NOW)
    assert [desk.draft(draft).place for draft in ids] == [place(11), place(12)]
    assert desk.ledger.drafts.planned(desk.claim) == []


def test_a_draft_that_moved_on_is_not_queued_again(desk: Desk) -> None:
    """A late word about the append changes neither state nor place, and the log tells no such step."""
    draft = desk.approved()
    logged = desk.reasons("draft")
    desk.ledger.drafts.queued(desk.claim, [(draft.draft_id, place(99))], NOW)
    assert desk.draft(draft.draft_id) == draft
    assert desk.reasons("draft") == logged


def test_an_approval_of_our_own_text_makes_no_revision(desk: Desk) -> None:
    """The digest is that of the draft; the clock knows when it was approved."""
    draft = desk.queued()
    there = place(5, "Approved")
    assert not desk.ledger.drafts.approve(desk.claim, draft, there, b"same", "d1", NOW + MINUTE)
    now = desk.draft(draft.draft_id)
    assert (now.state, now.revision, now.approved_digest, now.place) == (DraftState.APPROVED, 1, "d1", there)
    assert now.approved_at == NOW + MINUTE
    assert desk.clock(draft.message_id)["approved_at"] == NOW + MINUTE


def test_an_approval_of_edited_text_keeps_its_bytes(desk: Desk) -> None:
    """A person's text becomes a revision of its own; ours stays."""
    draft = desk.queued()
    assert desk.ledger.drafts.approve(desk.claim, draft, place(5, "Approved"), b"edited", "d2", NOW)
    with desk.ledger.engine.connect() as connection:
        rows = connection.execute(sa.select(t.revision).order_by(t.revision.c.number)).all()
    assert [(row.number, row.author, row.digest) for row in rows] == [(1, "daemon", "d1"), (2, "agent", "d2")]
    assert bytes(rows[1].raw) == b"edited"
    assert desk.draft(draft.draft_id).digest == "d2"


def test_an_edit_taken_back_and_approved_again_is_a_third_revision(desk: Desk) -> None:
    """Revisions only grow, so that what was approved when can always be told."""
    draft = desk.approved(digest="d2")
    desk.ledger.drafts.move_to(desk.claim, draft, DraftState.EDITED, place(3), "moved_back", NOW)
    draft = desk.draft(draft.draft_id)
    assert desk.ledger.drafts.approve(desk.claim, draft, place(4, "Approved"), b"ours", "d1", NOW)
    assert desk.draft(draft.draft_id).revision == 3


def test_an_act_on_a_draft_that_moved_on_is_overtaken(desk: Desk) -> None:
    """What was seen is compared with what is, before anything is written."""
    seen = desk.queued()
    desk.ledger.drafts.move_to(desk.claim, seen, DraftState.REJECTED, None, "moved_to_rejected", NOW)
    before = snapshot(desk.ledger)
    with pytest.raises(OvertakenError, match="is rejected"):
        desk.ledger.drafts.approve(desk.claim, seen, place(), b"x", "d2", NOW)
    with pytest.raises(OvertakenError):
        desk.ledger.drafts.move_to(desk.claim, seen, DraftState.EDITED, None, "x", NOW)
    assert snapshot(desk.ledger) == before


def test_an_act_on_an_unknown_draft_is_overtaken(desk: Desk) -> None:
    """Not a crash: the next cycle looks again."""
    with pytest.raises(OvertakenError, match="unknown"):
        desk.ledger.drafts.hold(desk.claim, 999_999, "gap_left", desk.note(), NOW, "approval")


def test_holding_plans_its_note(desk: Desk) -> None:
    """State, reason and note together; the note waits until it lies in the queue."""
    draft = desk.approved()
    note = desk.note()
    desk.ledger.drafts.hold(desk.claim, draft.draft_id, "gap_left", note, NOW, "dispatch")
    (waiting,) = desk.ledger.drafts.planned_notes(desk.claim)
    assert (waiting.header_id, waiting.raw) == (note.header_id, b"note bytes")
    assert desk.one(t.draft, draft.draft_id)["reason"] == "gap_left"
    desk.ledger.drafts.notes_queued(desk.claim, [waiting.note_id])
    assert desk.ledger.drafts.planned_notes(desk.claim) == []


def test_a_draft_that_may_have_left_cannot_be_held_by_a_stage(desk: Desk) -> None:
    """From `sending` only the delivery's own methods lead on."""
    desk.sending()
    (draft,) = desk.ledger.drafts.in_states(desk.claim, {DraftState.SENDING})
    with pytest.raises(OvertakenError):
        desk.ledger.drafts.hold(desk.claim, draft.draft_id, "gap_left", desk.note(), NOW, "approval")


def test_a_copy_that_is_gone_has_no_place(desk: Desk) -> None:
    """Relocating to nowhere forgets folder, validity and UID together."""
    draft = desk.queued()
    desk.ledger.drafts.relocate(desk.claim, draft.draft_id, None)
    assert desk.draft(draft.draft_id).place is None


@pytest.mark.parametrize("tokens", [set(), {"unknown"}])
def test_unknown_tokens_name_no_draft(desk: Desk, tokens: Collection[str]) -> None:
    """An empty question has an empty answer."""
    desk.queued()
    assert desk.ledger.drafts.by_token(desk.claim, tokens) == {}


def test_a_token_names_a_draft_of_its_own_mailbox_only(desk: Desk) -> None:
    """A draft of another mailbox is not found by its token."""
    draft = desk.queued()
    other = Desk.open(desk.ledger, "other")
    assert desk.ledger.drafts.by_token(desk.claim, {draft.token}) == {draft.token: draft}
    assert desk.ledger.drafts.by_token(other.claim, {draft.token}) == {}
    assert (desk.ledger.drafts.any(desk.claim), desk.ledger.drafts.any(other.claim)) == (True, False)
