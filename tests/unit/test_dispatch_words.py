"""Dispatch in small: when something is due, and what a note says of a check that failed at the final dot."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from daemon.desk.draft import DraftState
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.delivery_rows import LastLook
from daemon.reply.notes import Words, note_text
from daemon.stages.dispatch import said, until_due
from tests.ledger_kit import HOUR, NOW, Desk

AT = datetime(2026, 5, 12, 14, 5, tzinfo=UTC)
LOOK = LastLook(DraftState.APPROVED, "d1", "a@b", AT, False, True, AT)


def test_a_note_tells_when_the_buyer_wrote_or_somebody_answered() -> None:
    """In the words of the folder's note."""
    for reason, words in (
        ("newer_message", "The buyer wrote again at 14:05 UTC on 12 May."),
        ("answered_elsewhere", "Somebody has answered this buyer already (22:05 CST on 12 May)."),
        ("gap_left", "A gap is left"),
    ):
        stop = said(reason, LOOK, ZoneInfo("Asia/Shanghai"))
        text = note_text(reason, Words("A", "B", "C", "s@x", detail=stop.detail, time=stop.when))[1]
        assert words in text


def test_what_is_due_waits_for_a_server_that_rests(tmp_path: Path) -> None:
    """Else the mailbox would be looked at without a pause for nothing."""
    desk = Desk.open(Ledger.open(f"sqlite:///{tmp_path}/ledger.db"))
    mailbox = SimpleNamespace(approval=SimpleNamespace(cool_down=timedelta()))
    inside: Any = SimpleNamespace(
        now=lambda: NOW + HOUR, mailbox=mailbox, ledger=desk.ledger, claim=desk.claim
    )
    assert until_due(inside, 30.0) == math.inf
    desk.approved()
    assert (until_due(inside, 0.0) <= 0, until_due(inside, 30.0)) == (True, 30.0)
    desk.ledger.close()
