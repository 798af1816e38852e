"""Cases: from the notice, the review or the promise to the worklist, the alert, the note and the end."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from daemon.reply.phrases import format_date
from tests.mails import BROKEN, LATE
from tests.sample_builder import notice
from tests.stage_kit import ALIAS, Stage

NUMBER = "302-1234567-7654321"
CLAIM = notice(
    "claim",
    "A_Z_CLAIM_RESPONDENT_NOTIFY",
    f"Action required: Claim received on order {NUMBER}",
    f"Order number: {NUMBER}\nRespond within 2 calendar days.",
    sender="atoz-guarantee-no-reply@amazon.com",
    headers={"Date": format_datetime(datetime.now(UTC))},
)
DECISION = notice(
    "decision",
    "A_Z_CLAIM_RESPONDENT_CLOSE",
    f"Claim Decision on Order {NUMBER}",
    "The claim was granted.",
    sender="atoz-guarantee-no-reply@amazon.com",
    headers={"Date": format_datetime(datetime.now(UTC))},
)
REVIEW = "I left you a one star review because the courier took three weeks and it was a nightmare."


def cases(stage: Stage, *arguments: str) -> list[dict[str, object]]:
    """What the command says, after what a person says."""
    done = stage.house.command("cases", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)["cases"]
    return found


def test_a_claim_runs_from_the_notice_to_its_end(stage: Stage) -> None:
    """The notice's own two days hold; a due step is an alert and a note, once; the decision leads on."""
    stage.house.put("INBOX", CLAIM)
    stage.cycle()
    (case,) = cases(stage)
    assert (case["kind"], case["state"], case["order_id"]) == ("a_to_z_claim", "assess", NUMBER)
    hard, opened = (datetime.fromisoformat(str(case[name])) for name in ("hard_at", "opened_at"))
    assert hard - opened == timedelta(days=2)
    assert not [raw for raw in stage.house.notes() if b"a step of a case is due" in raw]
    stage.sql("UPDATE casefile SET due_at = due_at - 20 * 3600000000")
    stage.cycle(2)
    assert len([raw for raw in stage.house.notes() if b"a step of a case is due" in raw]) == 1
    assert stage.rows("SELECT kind, subject FROM alert") == [("case_due", "case")]
    (case,) = cases(stage, "--answered", "1")
    assert case["state"] == "answered"
    stage.house.put("INBOX", DECISION)
    stage.cycle()
    (case,) = cases(stage)
    assert case["state"] == "decided"
    assert [event["what"] for event in case["time_line"]] == ["received", "answered", "decided"]  # type: ignore[attr-defined]  # JSON
    assert cases(stage, "--closed", "1") == []
    refused = stage.house.command("cases", "--answered", "1")
    assert (refused.returncode, "cannot be answered" in refused.stderr) == (1, True)


def test_the_worklist_reminds_of_cases(stage: Stage) -> None:
    """In the command and in the mail."""
    stage.house.configure(worklist=True)
    stage.house.put("INBOX", CLAIM)
    stage.cycle()
    said = stage.house.command("worklist", "--json").stdout
    (reminder,) = json.loads(said)["cases"]
    assert reminder["title"] == f"A-to-z claim, order {NUMBER} (case 1): assess it and answer Amazon"
    assert "Worklist: 1 waiting" in "".join(raw.decode() for raw in stage.house.notes())
    assert "A-to-z claim" in stage.house.command("cases").stdout


def test_a_bad_review_is_followed_up_after_its_answer(stage: Stage) -> None:
    """Contact first; three days after the answer comes the question whether it is solved."""
    stage.draft(REVIEW)
    (case,) = cases(stage)
    assert (case["kind"], case["state"]) == ("review", "solve")
    uid, _ = stage.waiting()
    stage.house.move(uid, "Approved")
    stage.cycle(2)
    (case,) = cases(stage)
    assert case["state"] == "follow_up"


@pytest.mark.parametrize(("language", "days", "promise"), [("de", 5, True), ("en", -2, False)])
def test_a_day_that_an_answer_names_is_a_promise(
    stage: Stage, language: str, days: int, promise: bool
) -> None:
    """If it lies ahead, in any language; it is due when that day is over."""
    _, raw = stage.draft(LATE)
    day = datetime.now(UTC).date() + timedelta(days=days)
    stage.flush("Approval")
    words = f"If it has not arrived by {format_date(language, day)}, we will send a replacement."
    stage.house.put("Approved", stage.edited(raw, words).replace(b"[[", b"").replace(b"]]", b""))
    stage.cycle(2)
    assert len(stage.house.sink.accepted) == 1, stage.house.log()[-1500:]
    found = cases(stage)
    assert len(found) == promise
    if promise:
        due = datetime.fromisoformat(str(found[0]["due_at"]))
        assert (found[0]["kind"], due.date()) == ("promise", day + timedelta(days=1))
        assert ALIAS not in json.dumps(found)


def test_a_later_answer_ends_a_promise(stage: Stage) -> None:
    """Somebody has dealt with the buyer since."""
    stage.promise()
    assert [case["kind"] for case in cases(stage)] == ["promise"]
    uid, _ = stage.draft(BROKEN)
    stage.house.move(uid, "Approved")
    stage.cycle(2)
    assert len(stage.house.sink.accepted) == 2
    assert cases(stage) == []


def test_returns_are_collected_by_product_and_reason(stage: Stage) -> None:
    """As Amazon's notice names them."""
    said = "Order Item: Desk lamp\nASIN: B0ABCDEFGH\nReturn Quantity: 1\nReturn Reason: Defective\n"
    subject = f"Return authorization request for order {NUMBER}"
    now = format_datetime(datetime.now(UTC))
    stage.house.put("INBOX", notice("return", "RETURN_REQUEST", subject, said, headers={"Date": now}))
    stage.cycle()
    report = json.loads(stage.house.command("report", "--format", "json").stdout)
    assert report["returns"] == [{"asin": "B0ABCDEFGH", "reason": "Defective", "number": 1}]
