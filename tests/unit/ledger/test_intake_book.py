"""What intake writes: rows before parsing, conversations, clocks, and re-keying."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from daemon.desk.clock import deadlines
from daemon.desk.conversation import ConversationKey
from daemon.desk.disposition import Action, Disposition
from daemon.errors import PermanentError
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.intake_rows import Content, Joining
from daemon.ports.ledger.store import reading
from tests.ledger_kit import HOUR, MINUTE, NOW, ORDER, Desk, arrival, snapshot

ALIAS = "jd7x2kq4w9bnm5t"


def test_recorded_rows_keep_the_order_of_the_arrivals(desk: Desk) -> None:
    """Ids and UIDs belong together, however many rows one batch has."""
    uids = [5, 3, 900, 1, *range(1000, 1500)]
    rows = desk.ledger.intake.record(desk.claim, desk.inbox.folder_id, 7, [arrival(uid) for uid in uids], NOW)
    assert [row.uid for row in rows] == uids
    assert all(desk.one(t.message, row.message_id)["uid"] == row.uid for row in rows[:10])
    assert desk.ledger.intake.known_uids(desk.claim, desk.inbox.folder_id, 7) == set(uids)


def test_nothing_to_record_writes_nothing(desk: Desk) -> None:
    """A look without news makes no write."""
    before = snapshot(desk.ledger)
    assert desk.ledger.intake.record(desk.claim, desk.inbox.folder_id, 7, [], NOW) == []
    desk.ledger.intake.store(desk.claim, [], NOW)
    assert snapshot(desk.ledger) == before


def test_uids_of_another_validity_are_not_known(desk: Desk) -> None:
    """The same number under a new UIDVALIDITY is another message."""
    desk.fetched()
    assert desk.ledger.intake.known_uids(desk.claim, desk.inbox.folder_id, 8) == set()


def test_a_uid_recorded_twice_is_refused_as_a_whole(desk: Desk) -> None:
    """Two daemons that see the same mail cannot both take it in."""
    desk.ledger.intake.record(desk.claim, desk.inbox.folder_id, 7, [arrival(2)], NOW)
    with pytest.raises(PermanentError):
        desk.ledger.intake.record(desk.claim, desk.inbox.folder_id, 7, [arrival(1), arrival(2)], NOW)
    assert desk.ledger.intake.known_uids(desk.claim, desk.inbox.folder_id, 7) == {2}


def test_taking_up_counts_each_attempt(desk: Desk) -> None:
    """What a crash left unread comes back with its attempts counted; what was read does not."""
    left = [desk.fetched(), desk.fetched()]
    desk.message()
    assert [row.attempts for row in desk.ledger.intake.take_up(desk.claim)] == [2, 2]
    assert [(row.message_id, row.attempts) for row in desk.ledger.intake.take_up(desk.claim)] == [
        (left[0], 3),
        (left[1], 3),
    ]


def test_a_shunted_message_is_visible_and_not_taken_up(desk: Desk) -> None:
    """It keeps its reason, is logged, and is not tried again by itself."""
    message = desk.fetched()
    desk.ledger.intake.shunt(desk.claim, message, "crashed_three_times", NOW, "detail")
    row = desk.one(t.message, message)
    assert (row["state"], row["reason"]) == ("shunted", "crashed_three_times")
    assert desk.ledger.intake.take_up(desk.claim) == []
    assert desk.reasons("message") == ["crashed_three_times"]


def test_a_message_that_was_read_is_not_shunted_after_all(desk: Desk) -> None:
    """Shunting is a compare-and-set: it neither changes a read message nor logs a step never taken."""
    message = desk.message()
    desk.ledger.intake.shunt(desk.claim, message, "reading_failed", NOW)
    assert desk.one(t.message, message)["state"] == "read"
    assert "reading_failed" not in desk.reasons("message")


def test_everything_understood_comes_back(desk: Desk) -> None:
    """In any script, with its decision; the row knows its conversation and its clock."""
    text = "Der Griff ist gebrochen. 取っ手が壊れました。 Спасибо 👍"
    row = desk.one(
        t.message, desk.message(text=text, facts={"product": "取っ手"}, reference_ids=("<a@b>", "<c@d>"))
    )
    assert row["text"] == text
    assert row["facts"] == '{"product": "取っ手"}'
    assert row["reference_ids"] == "<a@b> <c@d>"
    assert (row["action"], row["action_reason"], row["scenario"]) == ("draft", "model_sure", "product_issue")
    assert row["conversation_id"]
    assert row["response_clock_id"]


@pytest.mark.parametrize("odd", ["nul \x00 inside", "half a pair \ud83d inside"])
def test_text_that_a_database_cannot_hold_is_kept_all_the_same(desk: Desk, odd: str) -> None:
    """PostgreSQL knows no NUL and neither knows lone surrogates: a mail must not stop intake by them."""
    row = desk.one(t.message, desk.message(text=odd, subject=odd, header_id=odd, sender=odd, buyer_name=odd))
    assert row["text"].startswith(odd.split(" ", maxsplit=1)[0])
    assert row["text"].endswith("inside")


def test_a_first_message_starts_its_clock(desk: Desk) -> None:
    """The clock starts when the message began to wait, with the limits that were handed over."""
    row = desk.clock(desk.message(NOW, limits=deadlines(NOW, target=HOUR, hard=2 * HOUR)))
    assert (row["state"], row["started_at"], row["target_at"]) == ("open", NOW, NOW + HOUR)
    assert (row["rule_at"], row["hard_at"], row["nearest_at"]) == (
        NOW + 24 * HOUR,
        NOW + 2 * HOUR,
        NOW + HOUR,
    )
    assert desk.reasons("clock") == ["clock_started"]


def test_a_second_message_joins_the_running_clock(desk: Desk) -> None:
    """Nothing that the buyer adds moves the start or any limit to a later time."""
    first = desk.message(NOW)
    second = desk.message(NOW + HOUR, limits=deadlines(NOW + HOUR, target=10 * MINUTE, hard=None))
    assert desk.clock(first) == desk.clock(second)
    row = desk.clock(first)
    assert (row["started_at"], row["rule_at"], row["target_at"]) == (NOW, NOW + 24 * HOUR, NOW + HOUR)


def test_an_older_message_that_arrives_later_moves_the_start_back(desk: Desk) -> None:
    """The clock belongs to the oldest unanswered message, in whatever order they came."""
    row = desk.clock([desk.message(NOW), desk.message(NOW - HOUR)][1])
    assert (row["started_at"], row["rule_at"]) == (NOW - HOUR, NOW + 23 * HOUR)


def test_a_message_after_the_answer_starts_a_new_clock(desk: Desk) -> None:
    """An answered clock is over; the next message has its own."""
    draft = desk.queued()
    desk.ledger.clocks.answered_by_agent(desk.claim, draft, NOW + HOUR, NOW + HOUR)
    row = desk.clock(desk.message(NOW + 2 * HOUR))
    assert (row["state"], row["started_at"]) == ("open", NOW + 2 * HOUR)


def test_a_notice_has_neither_conversation_nor_clock(desk: Desk) -> None:
    """What no buyer wrote is recorded and left alone."""
    nothing = Disposition(Action.LEAVE_ALONE, "not_a_buyer_message")
    message = desk.message(kind="notice", disposition=nothing, conversation=None, limits=None)
    row = desk.one(t.message, message)
    assert (row["state"], row["conversation_id"], row["response_clock_id"]) == ("read", None, None)


def test_two_messages_of_a_batch_begin_one_conversation(desk: Desk) -> None:
    """Equal negative numbers mean the same new conversation, with one clock."""
    ids = [desk.fetched(NOW), desk.fetched(NOW + MINUTE)]
    readings = [desk.reading(ids[0], NOW), desk.reading(ids[1], NOW + MINUTE)]
    desk.ledger.intake.store(desk.claim, readings, NOW)
    rows = [desk.one(t.message, message) for message in ids]
    assert rows[0]["conversation_id"] == rows[1]["conversation_id"]
    assert rows[0]["response_clock_id"] == rows[1]["response_clock_id"]


def test_a_conversation_keeps_the_newest_relay_address(desk: Desk) -> None:
    """The newest mail's `+case` part is the one Amazon accepts; an older mail does not bring its own back."""
    for at, case in ((NOW, "11111111"), (NOW + HOUR, "22222222"), (NOW - HOUR, "33333333")):
        message = desk.message(at, relay_address=f"{ALIAS}+{case}@marketplace.amazon.com")
    row = desk.one(t.conversation, desk.one(t.message, message)["conversation_id"])
    assert row["relay_address"] == f"{ALIAS}+22222222@marketplace.amazon.com"
    assert row["last_message_at"] == NOW + HOUR


def test_a_conversation_can_adopt_an_order(desk: Desk) -> None:
    """A buyer who asked before buying keeps the conversation when the order is known."""
    begun = Joining(-1, ConversationKey("com", ALIAS, None))
    first = desk.message(conversation=begun)
    conversation = desk.one(t.message, first)["conversation_id"]
    adopted = Joining(conversation, ConversationKey("com", ALIAS, ORDER), adopts_order=ORDER)
    desk.message(NOW + HOUR, conversation=adopted)
    assert desk.one(t.conversation, conversation)["order_id"] == ORDER


def test_known_conversations_tell_their_messages_and_cases(desk: Desk) -> None:
    """What the joining decides by: key, time, Message-IDs, cases; of this mailbox and these buyers only."""
    message = desk.message()
    desk.message(alias="somebodyelse")
    Desk.open(desk.ledger, "other").message()
    (row,) = desk.ledger.intake.conversations(desk.claim, [ALIAS, "unknown"])
    assert row.message_ids == {f"<buyer.{message}@amazon.com>"}
    assert row.conversation.cases == {"0f3a9c21"}
    assert row.conversation.key == ConversationKey("com", ALIAS, ORDER)
    assert row.conversation.last_message_at == NOW


def test_rekeying_moves_rows_and_mark_together(desk: Desk) -> None:
    """Matched rows get their new UIDs, the folder its mark; what matched nothing keeps the old identity."""
    first, second, gone = desk.message(), desk.message(alias="two"), desk.message(alias="three")
    mark = replace(desk.inbox, uidvalidity=8, floor_uid=40, uidnext=43)
    desk.ledger.identity.rekey(desk.claim, mark, {first: 41, second: 42}, NOW)
    assert desk.ledger.mailboxes.folder(desk.claim, "INBOX") == mark
    assert desk.ledger.intake.known_uids(desk.claim, mark.folder_id, 8) == {41, 42}
    assert desk.ledger.intake.known_uids(desk.claim, mark.folder_id, 7) == {desk.one(t.message, gone)["uid"]}
    assert desk.reasons("mailbox")[-1] == "uidvalidity_changed"


def test_rekeying_can_exchange_numbers(desk: Desk) -> None:
    """New UIDs may be the old ones of other rows: nothing collides on the way."""
    first, second = desk.message(), desk.message(alias="two")
    uids = [desk.one(t.message, message)["uid"] for message in (first, second)]
    mark = replace(desk.inbox, uidvalidity=8)
    desk.ledger.identity.rekey(desk.claim, mark, {first: uids[1], second: uids[0]}, NOW)
    assert desk.one(t.message, first)["uid"] == uids[1]


def test_equal_mails_keep_their_number(desk: Desk) -> None:
    """Two mails with the same bytes are two rows, so that re-keying can match with multiplicity."""
    twins = [arrival(uid, content_hash="c" * 64) for uid in (1, 2)]
    rows = desk.ledger.intake.record(desk.claim, desk.inbox.folder_id, 7, twins, NOW)
    found = desk.ledger.identity.content(desk.claim, desk.inbox.folder_id, 7)
    assert found == [Content(row.message_id, "c" * 64, 1000 + row.uid) for row in rows]


def test_the_overview_shows_each_message_once(desk: Desk) -> None:
    """Read, shunted and drafted ones; the state of the newest draft stands beside its message."""
    old = desk.queued()
    desk.ledger.intake.shunt(desk.claim, desk.fetched(), "reading_failed", NOW)
    rows = desk.ledger.identity.overview()
    assert [(row.kind, row.draft_state) for row in rows] == [("buyer_message", "queued"), ("shunted", None)]
    assert old.message_id


def test_decisions_carry_mailbox_epoch_and_stage(desk: Desk) -> None:
    """The log says who decided what, when, and in which life of the daemon."""
    desk.message(NOW + timedelta(seconds=5))
    with reading(desk.ledger.engine) as connection:
        row = connection.execute(sa.select(t.decision).where(t.decision.c.subject == "message")).one()
    assert (row.mailbox_id, row.epoch, row.stage) == (desk.claim.mailbox_id, desk.claim.epoch, "intake")
    assert (row.old_state, row.new_state, row.reason) == ("fetched", "read", "model_sure")
    assert row.at == NOW + timedelta(seconds=5)
