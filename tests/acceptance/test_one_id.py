"""One id through a message's whole life: whoever greps for it finds every step, and no step lacks it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from daemon.reply.phrases import format_date
from tests.mails import LATE
from tests.notices import copy_of
from tests.stage_kit import ORDER, Stage

IDS = {"draft", "delivery", "clock", "case", "receipt"}


def lived(stage: Stage) -> list[dict[str, Any]]:
    """Arrived, drafted, warned about, edited with a promise, sent, filed, confirmed, reminded of: its log."""
    stage.house.settings('[log]\nformat = "json"\nlevel = "debug"')
    stage.draft(LATE)
    stage.wait_longer(23)
    stage.cycle()
    _, raw = stage.waiting()
    day = format_date("en", datetime.now(UTC).date() + timedelta(days=5))
    stage.flush("Approval")
    filled = stage.edited(raw, f"It will be there by {day}.").replace(b"[[", b"").replace(b"]]", b"")
    stage.house.put("Approved", filled)
    stage.cycle(2)
    words = stage.sent_text().partition("\n>")[0].rpartition("\n")[0]
    stage.house.put("INBOX", copy_of(words, order_id=ORDER))
    stage.cycle(2)
    stage.sql("UPDATE casefile SET due_at = due_at - 7 * 86400000000")
    stage.cycle()
    return [json.loads(line) for line in stage.house.log().splitlines() if line.startswith("{")]


def test_one_id_leads_through_a_whole_life(stage: Stage) -> None:
    """From the arrival to the receipt and the end of the promise; the buyer's is the first message."""
    log = lived(stage)
    life = [line["event"] for line in log if line.get("message") == 1]
    assert [line for line in log if IDS & line.keys() and "message" not in line] == []
    steps = ["message_read", "draft_queued", "clock_breached", "draft_approved", "attempt", "first_response"]
    assert [event for event in dict.fromkeys(life) if event in steps] == steps
    assert {"promise_filed", "filed", "receipt", "case_due"} <= set(life)
    (receipt,) = (line for line in log if line["event"] == "receipt")
    assert receipt["receipt"] == 2, "the notice is a message of its own"
