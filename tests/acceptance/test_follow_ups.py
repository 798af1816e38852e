"""Follow-ups: a promise about a parcel becomes a draft when its day is over, once, and only if it is owed."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.mails import BROKEN
from tests.stage_kit import ALIAS, ORDER, Stage

PAST = "UPDATE casefile SET due_at = due_at - 7 * 86400000000"
WORDS = "The day that we named to you has come"
DRAFTS = "SELECT state FROM draft WHERE template = 'follow_up'"


def due(stage: Stage) -> tuple[int, bytes]:
    """Its day is over, and the draft waits in the queue."""
    stage.sql(PAST)
    stage.cycle()
    uid, raw = stage.waiting()
    assert WORDS in raw.decode()
    return uid, raw


def approve(stage: Stage, raw: bytes) -> None:
    """A person fills the gaps and approves."""
    stage.flush("Approval")
    stage.house.put("Approved", raw.replace(b"[[", b"").replace(b"]]", b""))
    stage.cycle(2)


def test_a_promise_is_kept_by_a_draft_that_a_person_approves(stage: Stage) -> None:
    """Not before its day, never without a person, once, and then the promise is over."""
    stage.promise()
    stage.cycle()
    assert stage.rows(DRAFTS) == []
    _, raw = due(stage)
    assert b"[[carrier]]" in raw
    stage.cycle(2)
    assert len(stage.house.sink.accepted) == 1
    approve(stage, raw)
    assert len(stage.house.sink.accepted) == 2, stage.house.log()[-2500:]
    assert WORDS in stage.house.sink.accepted[1].raw.decode()
    stage.cycle(2)
    assert stage.rows(DRAFTS) == [("sent",)]
    assert stage.rows("SELECT state FROM casefile") == [("closed",)]
    assert len(stage.house.sink.accepted) == 2


def test_a_rejected_follow_up_does_not_come_again(stage: Stage) -> None:
    """Once for each promise."""
    stage.promise()
    uid, _ = due(stage)
    stage.house.move(uid, "Rejected")
    stage.cycle(3)
    assert stage.rows(DRAFTS) == [("rejected",)]


def test_no_follow_up_where_the_buyer_has_written(stage: Stage) -> None:
    """Neither while that waits, nor when a person said that it needs no answer."""
    stage.promise()
    stage.house.receive(BROKEN, alias=ALIAS, order_id=ORDER)
    stage.cycle()
    stage.sql(PAST)
    stage.cycle(2)
    stage.sql("UPDATE response_clock SET state = 'excused', ended_at = started_at WHERE state = 'open'")
    uid, _ = stage.waiting()
    stage.house.move(uid, "Rejected")
    stage.cycle(2)
    assert stage.rows(DRAFTS) == []


@pytest.mark.parametrize(("approved", "state"), [(False, "superseded"), (True, "held")])
def test_a_follow_up_gives_way_when_the_buyer_writes(stage: Stage, approved: bool, state: str) -> None:
    """To the draft of the answer; an approved one is held."""
    stage.promise()
    _, raw = due(stage)
    if approved:
        stage.flush("Approval")
        stage.house.put("Approved", raw.replace(b"[[", b"").replace(b"]]", b""))
    stage.house.receive(BROKEN, alias=ALIAS, order_id=ORDER)
    stage.cycle(2)
    assert stage.rows(DRAFTS)[0] == (state,)
    assert len(stage.house.sink.accepted) == 1


def test_an_answer_since_the_follow_up_holds_it(stage: Stage) -> None:
    """What a person sent by hand after it was planned is news, as for every draft."""
    stage.promise()
    _, raw = due(stage)
    answers = stage.rows("SELECT message_id FROM message WHERE kind = 'buyer_message'")[0][0]
    by_hand = (
        f"From: shop@shop.example\r\nMessage-ID: <hand@shop.example>\r\nIn-Reply-To: {answers}\r\n\r\nDone."
    )
    later = datetime.now(UTC) + timedelta(minutes=1)  # a mailbox's dates have no fractions of a second
    stage.house.client().append("Sent", by_hand.encode(), msg_time=later)
    approve(stage, raw)
    assert len(stage.house.sink.accepted) == 1
    assert stage.rows(DRAFTS) == [("held",)]


def test_a_clock_that_was_answered_since_holds_it(stage: Stage) -> None:
    """The answer that the follow-up comes after is the one from before it was planned."""
    stage.promise()
    _, raw = due(stage)
    stage.sql("UPDATE response_clock SET ended_at = ended_at + 600000000")
    approve(stage, raw)
    assert len(stage.house.sink.accepted) == 1
    assert stage.rows(DRAFTS) == [("held",)]


@pytest.mark.parametrize("step", ["append_draft", "queued"])
def test_a_follow_up_survives_a_crash(stage: Stage, step: str) -> None:
    """Planned, and killed before or after its copy is appended: it is there at the next look, once."""
    stage.promise()
    stage.sql(PAST)
    stage.dies(step)
    stage.cycle(2)
    stage.waiting()
    assert stage.rows(DRAFTS) == [("queued",)]
