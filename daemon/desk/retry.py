"""How long to wait before a failed act is tried again: the one curve, and the schedule of deliveries by it.

Promises: pure; `next_attempt` is written to the ledger before the attempt it follows is made, so that a
crash can never make a hot loop. The steps are 1, 2, 4 ... minutes and then every half hour, for ever:
a mail server that is down is no reason to forget a buyer, and the clock's warnings tell the agent.
Connections and busy ledgers wait by the same curve, in tenacity's hands (`ports/retry.py`).

Errors: none.
"""

from datetime import datetime, timedelta

CROWDED = (10.0, 300.0)
"""The first and the longest wait, in seconds, after a server said that it has no room."""
LONGEST_ASKED = 1800.0
"""The longest wait that is granted to a server that asks for one."""
FIRST = timedelta(minutes=1)
LONGEST = timedelta(minutes=30)
_ENOUGH = 30
"""Doublings after which any wait has long been the longest."""


def growing(failures: int, first: float, longest: float) -> float:
    """Seconds to wait after so many failures (0: the first one): doubled each time, up to the longest."""
    return min(longest, first * 2.0 ** min(failures, _ENOUGH))


def crowded(failures: int, asked: float) -> tuple[float, float]:
    """The least and the most seconds to leave a server alone that has no room, and asked for so many."""
    ceiling, granted = growing(failures, *CROWDED), min(asked, LONGEST_ASKED)
    return max(ceiling / 2, granted), max(ceiling, granted * 1.1)


def next_attempt(attempts: int, now: datetime) -> datetime:
    """The time of a delivery's next attempt, after `attempts` earlier ones (0 before the first)."""
    return now + timedelta(seconds=growing(attempts, FIRST.total_seconds(), LONGEST.total_seconds()))
