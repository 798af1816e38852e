"""What Amazon and mail servers say of an answer: confirmed, not arrived, or given elsewhere."""

import email
import json
from datetime import timedelta
from email import policy

import pytest
import sqlalchemy as sa

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.schema_alerts import alert
from daemon.ports.ledger.store import open_engine
from tests.mails import BROKEN
from tests.notices import copy_of, notice, opted_out, returned, undelivered
from tests.stage_kit import ALIAS, ORDER, Stage

WORDS = "We send a new lamp today."


def answered(stage: Stage, words: str = "") -> None:
    """A buyer writes, the draft is approved (with these words on top), and sent."""
    uid, raw = stage.draft()
    if words:
        stage.flush("Approval")
        stage.house.put("Approved", stage.edited(raw, words))
    else:
        stage.house.move(uid, "Approved")
    stage.cycle()
    assert stage.house.states() == {"sent": 1}


def own_words(stage: Stage) -> str:
    """What the one mail that was sent says above its quote."""
    return stage.sent_text().partition("\n>")[0].rpartition("\n")[0]


def words_of(raw: bytes) -> str:
    """A mail's text on one line."""
    return " ".join(str(email.message_from_bytes(raw, policy=policy.default).get_content()).split())


def rows(stage: Stage, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    """All rows of a table of the ledger."""
    engine = open_engine(f"sqlite:///{stage.house.root}/state/ledger.db")
    with engine.connect() as connection:
        found = list(connection.execute(sa.select(table).order_by(table.c.id)))
    engine.dispose()
    return found


def arrives(stage: Stage, *mails: bytes) -> None:
    """Notices arrive, and the daemon looks until it rests: a further look must change nothing more."""
    for raw in mails:
        stage.house.put("INBOX", raw)
    stage.cycle(2)
    before = stage.house.states(), len(rows(stage, t.draft)), len(stage.house.notes())
    stage.cycle()
    assert (stage.house.states(), len(rows(stage, t.draft)), len(stage.house.notes())) == before


def test_a_copy_of_our_answer_confirms_it(stage: Stage) -> None:
    """Found by its text, however it is wrapped; the clock knows since when the buyer has it."""
    answered(stage)
    arrives(stage, copy_of(own_words(stage), order_id=ORDER))
    assert stage.house.states() == {"confirmed": 1}
    (clock,) = rows(stage, t.response_clock)
    assert clock.state == "answered"
    assert clock.confirmed_at is not None
    assert stage.house.notes() == []


@pytest.mark.parametrize("by", ["amazon", "server"])
def test_an_answer_that_did_not_arrive_comes_back_as_a_draft(stage: Stage, by: str) -> None:
    """With the agent's words, a note, an alert, a clock that runs from its start; approved, it is sent."""
    answered(stage, WORDS)
    (before,) = rows(stage, t.response_clock)
    sent = stage.house.sink.accepted[0].raw
    arrives(stage, undelivered(order_id=ORDER) if by == "amazon" else returned(sent))
    assert stage.house.states() == {"bounced": 1, "edited": 1}
    (clock,) = rows(stage, t.response_clock)
    assert (clock.state, clock.started_at, clock.warned) == ("open", before.started_at, 0)
    (note,) = stage.house.notes()
    assert "did not arrive" in str(email.message_from_bytes(note)["Subject"])
    assert [row.kind for row in rows(stage, alert)] == ["clock_reopened"]
    uid, raw = stage.waiting()
    assert WORDS in str(email.message_from_bytes(raw, policy=policy.default).get_content())
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert stage.house.states() == {"bounced": 1, "sent": 1}
    first, second = (
        email.message_from_bytes(each.raw, policy=policy.default) for each in stage.house.sink.accepted
    )
    assert first.get_content() == second.get_content()
    assert first["Message-ID"] != second["Message-ID"]


def test_a_report_of_a_delay_changes_nothing(stage: Stage) -> None:
    """Status 4.x: the server goes on trying."""
    answered(stage)
    arrives(stage, returned(stage.house.sink.accepted[0].raw, "4.4.1"))
    assert stage.house.states() == {"sent": 1}


def test_a_buyer_who_opted_out_gets_no_new_draft(stage: Stage) -> None:
    """A note says what helps; the clock runs again."""
    answered(stage)
    arrives(stage, opted_out(order_id=ORDER, alias=ALIAS))
    assert (stage.house.states(), stage.house.drafts()) == ({"bounced": 1}, {})
    (note,) = stage.house.notes()
    assert "give it in Seller Central" in words_of(note)
    assert [row.state for row in rows(stage, t.response_clock)] == ["open"]


def test_an_answer_written_in_seller_central_ends_the_draft(stage: Stage) -> None:
    """A copy of another text, while the draft waits: over, the clock stopped when the notice says."""
    stage.draft()
    arrives(stage, copy_of("We answered you in the app.", order_id=ORDER, age=timedelta(minutes=2)))
    assert (stage.house.states(), stage.house.drafts()) == ({"answered_by_agent": 1}, {})
    (clock,) = rows(stage, t.response_clock)
    assert (clock.state, clock.ended_by) == ("answered", "seller_central")
    report = json.loads(stage.house.command("report", "--format", "json").stdout)
    # the buyer wrote five minutes ago, and the copy says two
    assert report["first_response_seconds"]["max"] < 240
    assert stage.house.sink.accepted == []


def test_an_answer_in_seller_central_overtakes_an_approval(stage: Stage) -> None:
    """Approved and delayed, then answered there: nothing is sent any more."""
    stage.approved_but_delayed()
    arrives(stage, copy_of("We answered you in the app.", order_id=ORDER))
    assert stage.house.states() == {"answered_by_agent": 1}
    assert [row.state for row in rows(stage, t.delivery)] == ["abandoned"]
    assert stage.house.sink.accepted == []


def test_a_question_and_its_answer_read_together_make_no_draft(stage: Stage) -> None:
    """A weekend without the daemon."""
    stage.house.receive("It arrived broken, please help.", alias=ALIAS, order_id=ORDER)
    arrives(stage, copy_of("We answered you in the app.", order_id=ORDER))
    assert (stage.house.states(), stage.house.drafts()) == ({}, {})
    assert [row.ended_by for row in rows(stage, t.response_clock)] == ["seller_central"]


def test_a_copy_proves_a_delivery_in_doubt(stage: Stage) -> None:
    """The server took it and its answer was lost: Amazon's copy is evidence, and the traces are made."""
    uid, raw = stage.draft()
    stage.house.move(uid, "Approved")
    stage.house.sink.fault = "dot_fin_kept"
    stage.cycle()
    stage.house.sink.fault = None
    assert stage.house.states() == {"in_doubt": 1}
    assert raw
    arrives(stage, copy_of(own_words(stage), order_id=ORDER))
    assert stage.house.states() == {"confirmed": 1}
    assert (len(stage.house.mails("Sent")), stage.house.mails("Approved")) == (1, {})
    (delivery,), (clock,) = rows(stage, t.delivery), rows(stage, t.response_clock)
    assert (clock.accepted_at, delivery.state) == (delivery.started_at, "sent")


def test_a_repeated_copy_and_a_late_failure(stage: Stage) -> None:
    """Confirmed twice is confirmed once; a failure after it still counts, and a copy after that does not."""
    answered(stage)
    words = own_words(stage)
    arrives(stage, *(copy_of(words, order_id=ORDER, number=number) for number in (1, 2)))
    assert stage.house.states() == {"confirmed": 1}
    arrives(stage, undelivered(order_id=ORDER))
    assert stage.house.states() == {"bounced": 1, "queued": 1}
    arrives(stage, copy_of(words, order_id=ORDER, number=3), undelivered(order_id=ORDER, number=4))
    assert stage.house.states() == {"bounced": 1, "queued": 1}


def test_a_failure_while_the_buyer_has_written_again(stage: Stage) -> None:
    """The newer message's draft is the one that waits; the note says where the lost text is."""
    answered(stage, WORDS)
    stage.house.receive("And when does the lamp come? It is still broken.", alias=ALIAS, order_id=ORDER)
    stage.cycle()
    arrives(stage, undelivered(order_id=ORDER))
    assert stage.house.states() == {"bounced": 1, "queued": 1}
    (note,) = stage.house.notes()
    assert "Its text is in Sent" in words_of(note)
    assert [row.state for row in rows(stage, t.response_clock)] == ["open"]


def test_an_agents_own_answer_that_did_not_arrive(stage: Stage) -> None:
    """Sent from a mail client, then reported as undelivered: the clock runs again, and a note says so."""
    _, raw = stage.draft()
    stage.house.put("Sent", stage.edited(raw, "My own words."))
    stage.cycle()
    assert stage.house.states() == {"answered_by_agent": 1}
    arrives(stage, undelivered(order_id=ORDER))
    assert [row.state for row in rows(stage, t.response_clock)] == ["open"]
    assert len(stage.house.notes()) == 1


@pytest.mark.parametrize("vouched", [True, False])
def test_only_a_notice_that_is_vouched_for_has_an_effect(stage: Stage, vouched: bool) -> None:
    """Where a trusted service is configured; the other one leaves a note and nothing else."""
    config = stage.house.config
    config.write_text(
        config.read_text().replace('brand = "Acme"', 'brand = "Acme"\nauthserv_id = "mx.shop.example"')
    )
    stage.draft()
    passed = "Authentication-Results: mx.shop.example; dmarc=pass header.from=amazon.com\n"
    arrives(stage, copy_of("We answered.", order_id=ORDER, extra=passed if vouched else ""))
    assert stage.house.states() == ({"answered_by_agent": 1} if vouched else {"queued": 1})
    assert len(stage.house.notes()) == (0 if vouched else 1)


def test_other_notices_are_no_receipts(stage: Stage) -> None:
    """A refund of the order says nothing about the answer."""
    answered(stage)
    arrives(stage, notice(f"Refund initiated for order {ORDER}", "You issued a refund of 5.00 EUR."))
    assert stage.house.states() == {"sent": 1}


def test_a_missing_receipt_is_told_once_where_receipts_are_normal(stage: Stage) -> None:
    """Five answers were confirmed, the sixth was not within a day: one alert, and off means off."""
    for number in range(6):
        stage.house.receive(BROKEN, alias=f"q7d2k9x4m1v{number:04d}", order_id=f"302-7654321-000000{number}")
    stage.cycle()
    for uid in stage.house.drafts():
        stage.house.move(uid, "Approved")
    stage.cycle()
    for accepted in stage.house.sink.accepted[:5]:
        mail = email.message_from_bytes(accepted.raw, policy=policy.default)
        order = str(mail["Subject"]).partition("Order: ")[2].strip(")")
        words = str(mail.get_content()).partition("\n>")[0].rpartition("\n")[0]
        stage.house.put("INBOX", copy_of(words, order_id=order, number=int(order[-1])))
    stage.cycle()
    assert stage.house.states() == {"confirmed": 5, "sent": 1}
    stage.cycle()
    assert rows(stage, alert) == []
    stage.sql("UPDATE delivery SET started_at = started_at - 90000000000")  # 25 hours
    config = stage.house.config
    config.write_text(
        config.read_text().replace("[mailbox.folders]", '  receipt_alert = "0h"\n  [mailbox.folders]')
    )
    stage.cycle()
    assert rows(stage, alert) == []
    config.write_text(config.read_text().replace('"0h"', '"24h"'))
    stage.cycle(2)
    assert [row.kind for row in rows(stage, alert)] == ["receipt_missing"]
