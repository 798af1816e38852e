"""When a failed sending is tried again: the whole schedule, in one place.

Promises: pure; `next_attempt` is written to the ledger before the attempt it follows is made, so that a
crash can never make a hot loop. The steps are 1, 2, 4 ... minutes and then every half hour, for ever:
a mail server that is down is no reason to forget a buyer, and the clock's warnings tell the agent.

Errors: none.
"""

from datetime import datetime, timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(minutes=30)


def next_attempt(attempts: int, now: datetime) -> datetime:
    """The time of the next attempt, after `attempts` earlier ones (0 before the first)."""
    wait: timedelta = min(FIRST * 2 ** min(attempts, 10), LONGEST)
    return now + wait
