"""Mails that a server did not hand over: which are tried together, which alone, and which are left out.

Promises: pure but for what it remembers, which is as long as a process lives. A mail that failed thrice is
left out, and tried once more after a minute, two, four … at most an hour: three broken connections in a row
may have been the network's fault.

Errors: none.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from daemon.desk.retry import growing

TRIES = 3
AGAIN = (60.0, 3600.0)
"""The first and the longest wait, in seconds, before one that was left out is tried once more."""


class Hurdles:
    """Those of one inbox, by UIDVALIDITY and UID."""

    def __init__(self) -> None:
        self._failures: dict[tuple[int, int], tuple[int, datetime]] = {}

    def groups(self, uidvalidity: int, uids: Iterable[int], now: datetime) -> list[list[int]]:
        """What to fetch, in this order: all that never failed, then one after the other what did."""
        counts = {uid: self._count(uidvalidity, uid, now) for uid in uids}
        together = [uid for uid, count in counts.items() if not count]
        alone = [[uid] for uid, count in counts.items() if 0 < count < TRIES]
        return [together, *alone] if together else alone

    def failed(self, uidvalidity: int, uids: Sequence[int], now: datetime) -> list[int]:
        """They could not be fetched; returns those that are left out from now on."""
        for uid in uids:
            self._failures[uidvalidity, uid] = (self._failures.get((uidvalidity, uid), (0, now))[0] + 1, now)
        return [uid for uid in uids if self._failures[uidvalidity, uid][0] >= TRIES]

    def passed(self, uidvalidity: int, uids: Iterable[int]) -> None:
        """They are here."""
        for uid in uids:
            self._failures.pop((uidvalidity, uid), None)

    def _count(self, uidvalidity: int, uid: int, now: datetime) -> int:
        count, at = self._failures.get((uidvalidity, uid), (0, now))
        due = at + timedelta(seconds=growing(count - TRIES, *AGAIN))
        return TRIES - 1 if count >= TRIES and now >= due else count
