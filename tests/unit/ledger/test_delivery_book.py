"""What dispatch writes: attempts before they are made, results after, and no way to send twice."""

from datetime import timedelta

import pytest

from daemon.desk.draft import DraftState
from daemon.errors import PermanentError
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.deliveries import HoldError
from daemon.ports.ledger.delivery_rows import LastLook
from daemon.ports.ledger.draft_rows import DraftRow
from daemon.ports.ledger.steps import OvertakenError
from tests.ledger_kit import HOUR, MINUTE, NOW, RELAY, Desk, no_objection, place, snapshot

NO_WAIT = timedelta()


def look_at(desk: Desk, delivery: int) -> LastLook:
    """What the sending transaction reads; the draft stays approved."""
    seen: list[LastLook] = []

    def check(look: LastLook) -> str:
        seen.append(look)
        return "only_looking"

    with pytest.raises(HoldError, match="only_looking"):
        desk.ledger.deliveries.commit_sending(desk.claim, delivery, check, NOW)
    return seen[0]


def state_of(desk: Desk, delivery: int) -> tuple[str, str]:
    """The states of a delivery and of its draft."""
    row = desk.one(t.delivery, delivery)
    return row["state"], desk.one(t.draft, row["draft_id"])["state"]


def held_for_newer(desk: Desk, draft: DraftRow) -> None:
    """Dispatch held a draft because the buyer had written again."""
    desk.ledger.deliveries.abandon(desk.claim, draft.draft_id, "newer_message", NOW)
    desk.ledger.drafts.hold(desk.claim, draft.draft_id, "newer_message", desk.note(), NOW, "dispatch")


def approve_again(desk: Desk, draft: DraftRow) -> DraftRow:
    """A person moves a held draft into `Approved` once more."""
    desk.ledger.drafts.approve(
        desk.claim, desk.draft(draft.draft_id), place(8, "Approved"), b"same", draft.digest, NOW
    )
    return desk.draft(draft.draft_id)


def test_a_draft_is_due_when_its_cool_down_is_over(desk: Desk) -> None:
    """Not a microsecond earlier; with all that the stage needs."""
    draft = desk.approved(at=NOW)
    due = desk.ledger.deliveries.due
    assert due(desk.claim, NOW + MINUTE - timedelta(microseconds=1), MINUTE) == []
    (item,) = due(desk.claim, NOW + MINUTE, MINUTE)
    assert (item.draft_id, item.recipient, item.approved_digest) == (draft.draft_id, RELAY, "d1")
    assert (item.folder, item.uidvalidity, item.uid) == ("Approved", 7, draft.draft_id)
    assert (item.own_digest, item.attempts, item.delivery_id) == ("d1", 0, None)
    assert item.original[:2] == ("INBOX", 7)
    assert item.approved_at == NOW


def test_the_longest_approved_goes_first(desk: Desk) -> None:
    """In the order of approvals; other mailboxes' drafts and drafts in other states are not due."""
    late = desk.approved(desk.message(alias="one"), at=NOW)
    early = desk.approved(desk.message(alias="two"), at=NOW - MINUTE)
    desk.queued(desk.message(alias="three"))
    Desk.open(desk.ledger, "other").approved()
    due = desk.ledger.deliveries.due(desk.claim, NOW, NO_WAIT)
    assert [item.draft_id for item in due] == [early.draft_id, late.draft_id]


def test_a_tried_delivery_waits_for_its_next_attempt(desk: Desk) -> None:
    """The attempt is counted and the next one's time set before the network is touched."""
    delivery = desk.prepared()
    desk.ledger.deliveries.attempt(desk.claim, delivery, NOW + MINUTE)
    assert desk.ledger.deliveries.due(desk.claim, NOW + MINUTE - timedelta(seconds=1), NO_WAIT) == []
    (item,) = desk.ledger.deliveries.due(desk.claim, NOW + MINUTE, NO_WAIT)
    assert (item.delivery_id, item.attempts) == (delivery, 1)


def test_a_draft_has_one_prepared_delivery(desk: Desk) -> None:
    """A second one is refused while the first lives; the bytes come back as they were."""
    draft = desk.approved()
    delivery = desk.prepared(draft)
    assert desk.ledger.deliveries.raw(delivery) == b"wire bytes"
    with pytest.raises(PermanentError):
        desk.prepared(draft)


def test_an_abandoned_delivery_makes_room_for_the_next(desk: Desk) -> None:
    """Abandoning what was never prepared is no error, and nothing is written."""
    draft = desk.approved()
    before = snapshot(desk.ledger)
    desk.ledger.deliveries.abandon(desk.claim, draft.draft_id, "copy_left_approved", NOW)
    assert snapshot(desk.ledger) == before
    first = desk.prepared(draft)
    desk.ledger.deliveries.abandon(desk.claim, draft.draft_id, "copy_left_approved", NOW)
    assert state_of(desk, first) == ("abandoned", "approved")
    assert desk.prepared(draft) != first


def test_the_last_look_of_a_plain_case_sees_nothing_against_it(desk: Desk) -> None:
    """State, digest and relay are those of the ledger."""
    look = look_at(desk, desk.prepared())
    assert look == LastLook(DraftState.APPROVED, "d1", RELAY, None, False, False)


def test_the_last_look_sees_a_message_that_came_after_the_draft(desk: Desk) -> None:
    """Even one whose Date says that it is older."""
    for at in (NOW + HOUR, NOW - HOUR):
        draft = desk.approved(desk.message(alias=f"buyer{at:%H}"))
        delivery = desk.prepared(draft)
        desk.message(at, alias=f"buyer{at:%H}")
        assert look_at(desk, delivery).newer_message_at is not None


def test_the_last_look_knows_what_the_draft_knew(desk: Desk) -> None:
    """An earlier mail of the buyer, another buyer's mail, a notice and our own mail are nothing new."""
    desk.message(NOW - HOUR)
    delivery = desk.prepared(desk.approved(desk.message(NOW)))
    desk.message(NOW + HOUR, alias="somebodyelse")
    desk.message(NOW + HOUR, kind="own", limits=None)
    assert look_at(desk, delivery).newer_message_at is None


def test_a_person_who_was_told_of_the_newer_message_can_approve_all_the_same(desk: Desk) -> None:
    """Held once for it, approved again: it may leave. The next message counts again."""
    draft = desk.approved()
    desk.prepared(draft)
    desk.message(NOW + HOUR)
    held_for_newer(desk, draft)
    delivery = desk.prepared(approve_again(desk, draft))
    assert look_at(desk, delivery).newer_message_at is None
    desk.message(NOW + 2 * HOUR)
    assert look_at(desk, delivery).newer_message_at is not None


def test_a_draft_held_before_it_was_approved_again_by_no_person_stays_stopped(desk: Desk) -> None:
    """Drafting's own hold leaves the copy where it is: seeing it there again is nobody's second thought."""
    draft = desk.approved()
    desk.message(NOW + HOUR)
    desk.ledger.drafts.hold(desk.claim, draft.draft_id, "newer_message", desk.note(), NOW, "drafting")
    delivery = desk.prepared(approve_again(desk, draft))
    assert look_at(desk, delivery).newer_message_at is not None


def test_the_last_look_sees_a_newer_revision(desk: Desk) -> None:
    """What was digested is not the newest text of the draft."""
    draft = desk.approved()
    delivery = desk.prepared(draft)
    desk.ledger.drafts.move_to(desk.claim, draft, DraftState.EDITED, place(), "moved_back", NOW)
    edited = desk.draft(draft.draft_id)
    desk.ledger.drafts.approve(desk.claim, edited, place(9, "Approved"), b"new", "d9", NOW)
    look = look_at(desk, delivery)
    assert (look.approved_digest, look.newer_revision) == ("d9", False)


def test_the_last_look_sees_an_answer_by_somebody_else(desk: Desk) -> None:
    """The clock of the message has been stopped by a person's answer to another draft of the conversation."""
    delivery = desk.prepared()
    draft = desk.one(t.delivery, delivery)["draft_id"]
    clock = desk.one(t.message, desk.draft(draft).message_id)["response_clock_id"]
    with desk.ledger.engine.begin() as connection:
        connection.execute(
            t.response_clock.update().where(t.response_clock.c.id == clock).values(state="answered")
        )
    assert look_at(desk, delivery).answered_elsewhere


def test_the_step_to_sending_is_taken_once(desk: Desk) -> None:
    """A second try finds the draft no longer approved and is overtaken."""
    delivery = desk.sending()
    assert state_of(desk, delivery) == ("sending", "sending")
    assert desk.one(t.delivery, delivery)["started_at"] == NOW
    with pytest.raises(OvertakenError):
        desk.ledger.deliveries.commit_sending(desk.claim, delivery, no_objection, NOW)


def test_an_objection_leaves_everything_as_it_was(desk: Desk) -> None:
    """The reason reaches the stage; the ledger is untouched."""
    delivery = desk.prepared()
    before = snapshot(desk.ledger)
    with pytest.raises(HoldError) as told:
        desk.ledger.deliveries.commit_sending(desk.claim, delivery, lambda _look: "gap_left", NOW)
    assert told.value.reason == "gap_left"
    assert snapshot(desk.ledger) == before


def test_a_draft_taken_back_in_the_last_moment_is_not_sent(desk: Desk) -> None:
    """Between the body and the dot a person's undo is seen, whatever the checks say."""
    draft = desk.approved()
    delivery = desk.prepared(draft)
    desk.ledger.drafts.move_to(desk.claim, draft, DraftState.QUEUED, place(), "moved_back", NOW)
    with pytest.raises(OvertakenError):
        desk.ledger.deliveries.commit_sending(desk.claim, delivery, no_objection, NOW)
    assert state_of(desk, delivery) == ("abandoned", "queued")


def test_an_abandoned_delivery_is_not_sent(desk: Desk) -> None:
    """Even if its draft is approved again with another delivery; the draft stays approved."""
    draft = desk.approved()
    delivery = desk.prepared(draft)
    desk.ledger.deliveries.abandon(desk.claim, draft.draft_id, "x", NOW)
    with pytest.raises(OvertakenError, match="no longer prepared"):
        desk.ledger.deliveries.commit_sending(desk.claim, delivery, no_objection, NOW)
    assert desk.draft(draft.draft_id).state is DraftState.APPROVED
    with pytest.raises(OvertakenError):
        desk.ledger.deliveries.attempt(desk.claim, delivery, NOW)


def test_an_accepted_mail_stops_its_clock(desk: Desk) -> None:
    """Draft, delivery and clock move together, and the first response is measured."""
    delivery = desk.sending()
    first = desk.ledger.deliveries.sent(desk.claim, delivery, 250, "2.0.0 ok", NOW + 30 * MINUTE)
    assert first is not None
    assert (first.seconds, first.within_rule, first.target_met) == (1800.0, True, True)
    assert state_of(desk, delivery) == ("sent", "sent")
    row = desk.clock(desk.draft(desk.one(t.delivery, delivery)["draft_id"]).message_id)
    assert (row["state"], row["accepted_at"], row["ended_by"]) == ("answered", NOW + 30 * MINUTE, "daemon")
    assert (desk.one(t.delivery, delivery)["code"], desk.one(t.delivery, delivery)["reply"]) == (
        250,
        "2.0.0 ok",
    )


def test_an_accepted_mail_is_not_accepted_twice(desk: Desk) -> None:
    """Nor does it ever become due, in doubt or refused again."""
    delivery = desk.sending()
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)
    with pytest.raises(OvertakenError):
        desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)
    with pytest.raises(OvertakenError):
        desk.ledger.deliveries.in_doubt(desk.claim, delivery, "", desk.note(), NOW)
    with pytest.raises(OvertakenError):
        desk.ledger.deliveries.refused(desk.claim, delivery, 550, "", desk.note(), NOW)
    assert desk.ledger.deliveries.due(desk.claim, NOW + 99 * HOUR, NO_WAIT) == []


def test_a_message_that_came_after_the_dot_goes_on_waiting(desk: Desk) -> None:
    """A doubt settled late answers what it answered; the later message has a clock and is owed a draft."""
    delivery = desk.doubtful()
    later = desk.message(NOW + HOUR)
    desk.ledger.deliveries.sent(desk.claim, delivery, None, "found in Sent", NOW, "found_in_sent")
    row = desk.clock(later)
    assert (row["state"], row["started_at"], row["warned"]) == ("open", NOW + HOUR, 0)
    assert (row["target_at"], row["rule_at"], row["hard_at"]) == (NOW + 2 * HOUR, NOW + 25 * HOUR, None)
    assert [item.message_id for item in desk.ledger.drafts.owed(desk.claim, 9)] == [later]


@pytest.mark.parametrize("before_the_dot", [True, False])
def test_a_refused_mail_is_held_with_the_servers_words(desk: Desk, before_the_dot: bool) -> None:
    """Before or at the dot: held, a note planned, the clock runs on, and a new approval may try again."""
    delivery = desk.prepared() if before_the_dot else desk.sending()
    draft = desk.draft(desk.one(t.delivery, delivery)["draft_id"])
    desk.ledger.deliveries.refused(
        desk.claim, delivery, 554, "5.7.1 no " + "x" * 999, desk.note("refused"), NOW
    )
    assert state_of(desk, delivery) == ("refused", "held")
    assert desk.one(t.delivery, delivery)["reply"].startswith("5.7.1 no")
    assert len(desk.ledger.drafts.planned_notes(desk.claim)) == 1
    assert desk.clock(draft.message_id)["state"] == "open"
    assert desk.sending(approve_again(desk, draft)) != delivery


def test_a_lost_answer_is_a_doubt_that_nothing_retries(desk: Desk) -> None:
    """Visible with its note, not due, clock running."""
    delivery = desk.doubtful()
    assert state_of(desk, delivery) == ("in_doubt", "in_doubt")
    (doubt,) = desk.ledger.deliveries.doubts(desk.claim)
    assert (doubt.delivery_id, doubt.ended_at) == (delivery, NOW)
    assert desk.ledger.deliveries.due(desk.claim, NOW + 99 * HOUR, NO_WAIT) == []
    assert desk.clock(desk.draft(doubt.draft_id).message_id)["state"] == "open"
    assert [note.raw for note in desk.ledger.drafts.planned_notes(desk.claim)] == [b"note bytes"]


@pytest.mark.parametrize("sent", [True, False])
def test_a_person_ends_a_doubt(desk: Desk, sent: bool) -> None:
    """Sent: at the time of the attempt, and then filed. Not sent: held, and a new approval sends it anew."""
    delivery = desk.doubtful()
    draft = desk.draft(desk.one(t.delivery, delivery)["draft_id"])
    book = desk.ledger.deliveries
    first = book.settled_by_person(desk.claim, draft.draft_id, sent=sent, now=NOW + HOUR)
    assert state_of(desk, delivery) == (("sent", "sent") if sent else ("abandoned", "held"))
    assert [item.ended_at for item in book.unfiled(desk.claim)] == ([NOW] if sent else [])
    assert (first is not None, desk.clock(draft.message_id)["state"]) == (
        sent,
        "answered" if sent else "open",
    )
    with pytest.raises(OvertakenError, match="no longer in doubt"):
        book.settled_by_person(desk.claim, draft.draft_id, sent=sent, now=NOW + HOUR)
    if not sent:
        assert desk.sending(approve_again(desk, desk.draft(draft.draft_id))) != delivery


def test_what_a_dead_daemon_left_sending_is_found(desk: Desk) -> None:
    """With the time of its attempt; it is no doubt before it has been made one."""
    delivery = desk.sending()
    (left,) = desk.ledger.deliveries.left_sending(desk.claim)
    assert (left.delivery_id, left.ended_at) == (delivery, NOW)
    assert desk.ledger.deliveries.doubts(desk.claim) == []
    assert desk.ledger.deliveries.left_sending(Desk.open(desk.ledger, "other").claim) == []


def test_a_sent_delivery_is_unfiled_until_its_traces_are_made(desk: Desk) -> None:
    """With its bytes, the approved copy's place and the original's."""
    draft = desk.approved(digest="d2")
    delivery = desk.sending(draft)
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)
    (item,) = desk.ledger.deliveries.unfiled(desk.claim)
    assert (item.raw, item.folder, item.uid, item.edited) == (b"wire bytes", "Approved", draft.draft_id, True)
    assert (item.ended_at, item.original[0]) == (NOW, "INBOX")
    desk.ledger.deliveries.filed(desk.claim, delivery, NOW)
    assert desk.ledger.deliveries.unfiled(desk.claim) == []


def test_the_next_sending_is_known_beforehand(desk: Desk) -> None:
    """After the cool-down; after a failed attempt its next time; at once for an approval of the future."""
    book, cool_down = desk.ledger.deliveries, timedelta(seconds=30)
    assert book.next_due(desk.claim, NOW, cool_down) is None
    draft = desk.approved(at=NOW)
    assert book.next_due(desk.claim, NOW, cool_down) == NOW + cool_down
    delivery = desk.prepared(draft)
    book.attempt(desk.claim, delivery, NOW + HOUR)
    assert book.next_due(desk.claim, NOW, cool_down) == NOW + HOUR
    book.abandon(desk.claim, draft.draft_id, "moved_back", NOW)
    assert book.next_due(desk.claim, NOW - HOUR, cool_down) == NOW - HOUR
