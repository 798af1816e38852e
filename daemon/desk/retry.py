"""How long to wait before a failed act is tried again: the one curve, and the schedule of deliveries by it.

Promises: pure; `next_attempt` is written to the ledger before the attempt it follows is made, so that a
crash can never make a hot loop. The steps are 1, 2, 4 ... minutes and then every half hour, for ever:
a mail server that is down is no reason to forget a buyer, and the clock's warnings tell the agent.
Connections and busy ledgers wait by the same curve, in tenacity's hands (`ports/retry.py`).

Errors: none.
"""

from datetime import datetime, timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(minutes=30)
_ENOUGH = 30
"""Doublings after which any wait has long been the longest."""


def growing(failures: int, first: float, longest: float) -> float:
    """Seconds to wait after so many failures (0: the first one): doubled each time, up to the longest."""
    return min(longest, first * 2.0 ** min(failures, _ENOUGH))


def next_attempt(attempts: int, now: datetime) -> datetime:
    """The time of a delivery's next attempt, after `attempts` earlier ones (0 before the first)."""
    return now + timedelta(seconds=growing(attempts, FIRST.total_seconds(), LONGEST.total_seconds()))
