"""Health: whether every mailbox has had a complete cycle lately.

Promises: a mailbox that was never worked is not healthy, nor is a house without mailboxes; one that ended its
cycle in the future (a clock was set back) is.

Errors: none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """One mailbox."""

    name: str
    healthy: bool
    last_cycle_at: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """All mailboxes of one daemon."""

    mailboxes: Sequence[MailboxHealth]

    @property
    def healthy(self) -> bool:
        """Whether all are."""
        return bool(self.mailboxes) and all(box.healthy for box in self.mailboxes)

    def told(self) -> list[dict[str, str | bool | None]]:
        """As plain values, times in RFC 3339."""
        return [
            {
                "name": box.name,
                "healthy": box.healthy,
                "last_full_cycle": box.last_cycle_at.isoformat(timespec="seconds").replace("+00:00", "Z")
                if box.last_cycle_at
                else None,
            }
            for box in self.mailboxes
        ]


def working(last_cycle_at: datetime | None, now: datetime, allowed: timedelta) -> bool:
    """Whether a mailbox has had a complete cycle within this time."""
    return last_cycle_at is not None and now - last_cycle_at < allowed


def overall(mailboxes: Sequence[tuple[str, datetime | None]], now: datetime, allowed: timedelta) -> Health:
    """The health of all mailboxes, by name and last complete cycle."""
    return Health([MailboxHealth(name, working(last, now, allowed), last) for name, last in mailboxes])
