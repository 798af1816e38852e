"""What a note says of a check that failed between the text and its final dot: always with the time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from daemon.desk.draft import DraftState
from daemon.ports.ledger.delivery_rows import LastLook
from daemon.reply.notes import Words, note_text
from daemon.stages.dispatch import said

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
