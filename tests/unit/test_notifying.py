"""What systemd is told."""

from datetime import timedelta

import pytest

from daemon.notifying import standing
from daemon.ports.ledger.mailboxes import MailboxStatus
from tests.ledger_kit import NOW


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
