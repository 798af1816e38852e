"""What systemd is told, and how an end is kept short."""

import threading
from datetime import timedelta

import pytest
import structlog

from daemon.notifying import Leaver, standing
from daemon.ports.ledger.mailboxes import MailboxStatus
from tests.ledger_kit import NOW

LOG = structlog.get_logger()


def row(name: str, *, connected: bool = True, clocks: int = 0, minutes: int | None = None) -> MailboxStatus:
    """A mailbox with two drafts in the queue, one on its way and one doubt."""
    nearest = NOW + timedelta(minutes=minutes) if minutes is not None else None
    drafts = {"queued": 1, "edited": 1, "approved": 1, "sent": 5}
    return MailboxStatus(name, connected, NOW, None, clocks, nearest, drafts, 0, 1)


@pytest.mark.parametrize(
    ("rows", "late", "trouble", "said"),
    [
        ([row("us")], [], "", "1 mailboxes; 0 open clocks; 2 in the queue; 1 in doubt"),
        (
            [row("us", clocks=3, minutes=40), row("de", clocks=1, minutes=-10)],
            [],
            "",
            "2 mailboxes; 4 open clocks, nearest limit 10.0 min ago; 4 in the queue; 2 in doubt",
        ),
        (
            [row("us", connected=False), row("de", connected=False)],
            ["de"],
            "reload refused: why",
            (
                "reload refused: why; no progress: de; not connected: us; "
                "2 mailboxes; 0 open clocks; 4 in the queue; 2 in doubt"
            ),
        ),
    ],
)
def test_the_status_tells_what_is_wrong_before_it_counts(
    rows: list[MailboxStatus], late: list[str], trouble: str, said: str
) -> None:
    """A mailbox without progress is not told of twice."""
    assert standing(rows, late, NOW, trouble) == said


@pytest.mark.parametrize("waiting", [True, False])
def test_an_end_that_takes_too_long_is_cut_short_but_never_between_dot_and_reply(*, waiting: bool) -> None:
    """A mail past its dot would be in doubt; anything else goes on at the next start."""
    left, past_dot = threading.Event(), {"us"} if waiting else set[str]()
    leaver = Leaver(past_dot, LOG, lambda _status: left.set())
    leaver.begin(after=0.01)

    assert left.wait(0.4) is not waiting
    past_dot.clear()
    assert left.wait(5)


def test_an_end_in_time_is_left_alone() -> None:
    """What ended by itself needs no help."""
    left = threading.Event()
    leaver = Leaver(set(), LOG, lambda _status: left.set())
    leaver.end()
    leaver.begin(after=0)

    assert not left.wait(0.2)
