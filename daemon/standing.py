"""Standing: how a mailbox stands at this very moment, as only the daemon that works it knows.

Promises: written by the worker's loop and by the mailbox's thread, read by whoever is asked for the status;
each write is one assignment, so that no reader needs a lock. No word of a buyer and no secret: ids, names of
stages, times, and errors as the log has them.

Errors: none.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from daemon.errors import CrowdedError, FirstreplyError
from daemon.logs import shortened

KEPT = 5
"""How many of the last errors are told."""


class Connection(StrEnum):
    """Between the daemon and the mail server."""

    STARTING = "starting"
    SPARE = "spare"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    AWAY = "away"
    CROWDED = "crowded"


class Standing:
    """One mailbox."""

    def __init__(self, now: Callable[[], datetime], watchers: Callable[[], Sequence[str]]) -> None:
        self._now, self._watchers = now, watchers
        self._connection = (Connection.STARTING, now())
        self._worked_by: str | None = None
        self._stage: tuple[str, datetime] | None = None
        self._in_hand: Mapping[str, int] = MappingProxyType({})
        self._next_look_at: datetime | None = None
        self._cycle_at: datetime | None = None
        self._full_look_at: datetime | None = None
        self._errors: deque[tuple[datetime, str, str]] = deque(maxlen=KEPT)

    def becomes(self, connection: Connection) -> None:
        """The connection changed."""
        if connection is not self._connection[0]:
            self._connection = (connection, self._now())
            self._worked_by = None

    def spares(self, holder: str) -> bool:
        """Another host works the mailbox; True when that is news."""
        self.becomes(Connection.SPARE)
        news, self._worked_by = holder != self._worked_by, holder
        return news

    def failed(self, error: FirstreplyError) -> None:
        """A session ended with an error."""
        self.becomes(Connection.CROWDED if isinstance(error, CrowdedError) else Connection.AWAY)
        self._errors.append((self._now(), type(error).__name__, shortened(str(error))))
        self._stage = None

    def waits(self, seconds: float) -> None:
        """Nothing is done until then, unless a hint comes."""
        self._next_look_at = self._now() + timedelta(seconds=seconds)

    def looks(self) -> None:
        """The wait is over."""
        self._next_look_at = None

    def begins(self, stage: str) -> None:
        """A stage of the cycle begins."""
        self._stage, self._in_hand = (stage, self._now()), MappingProxyType({})

    def takes(self, ids: Mapping[str, int]) -> None:
        """A stage takes something in hand."""
        self._in_hand = ids

    def cycled(self, *, full: bool) -> None:
        """A cycle is complete."""
        self._stage, self._cycle_at = None, self._now()
        if full:
            self._full_look_at = self._cycle_at

    def told(self) -> dict[str, Any]:
        """As plain values."""
        connection, since = self._connection
        stage, next_look_at = self._stage, self._next_look_at
        watching = list(self._watchers())
        return {
            "connection": connection.value,
            "connection_since": since,
            "worked_by": self._worked_by,
            "hints": "idle" if watching and {*watching} == {"watching"} else "polling",
            "watchers": watching,
            "stage": stage[0] if stage else None,
            "stage_since": stage[1] if stage else None,
            "in_hand": dict(self._in_hand) if stage else {},
            "next_look_at": next_look_at,
            "cycle_at": self._cycle_at,
            "full_look_at": self._full_look_at,
            "errors": [{"at": at, "kind": kind, "error": said} for at, kind, said in self._errors],
        }
