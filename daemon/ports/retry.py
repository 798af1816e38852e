"""How often to try again: one tenacity policy for every connection that must come back by itself.

Waits grow exponentially, are jittered (many mailboxes must not knock together) and capped, and there is
no last try: a server that was away for a weekend is found on Monday. A refused login waits for
minutes at once, since providers lock accounts that are hammered; a server without room for us is left
alone for as long as it asks.

Errors: those of the act that are not to be retried, and the last one when `stopping` is set.
"""

import random
import threading

import tenacity
from tenacity.stop import stop_base
from tenacity.wait import wait_base

from daemon.desk.retry import growing
from daemon.errors import (
    ConfigurationError,
    CrowdedError,
    FirstreplyError,
    RevokedError,
    TemporaryError,
)
from daemon.ports.crowded import seconds_apart

SLOW = 300.0
"""Seconds to wait, at least half of it, after a refused login or another fault of the settings."""


class GrowingWait(wait_base):
    """A random time between half of the ceiling and the ceiling, which doubles with each try."""

    def __init__(self, first: float, cap: float) -> None:
        self.first = first
        self.cap = cap

    def __call__(self, retry_state: tenacity.RetryCallState) -> float:
        """Seconds to wait after this try."""
        error = retry_state.outcome.exception() if retry_state.outcome is not None else None
        failures = retry_state.attempt_number - 1
        ceiling = growing(failures, self.first, self.cap)
        least = ceiling / 2
        if isinstance(error, CrowdedError):
            return seconds_apart(failures, error.wait)
        if isinstance(error, ConfigurationError) and not isinstance(error, RevokedError):
            # (a dead grant is found out without asking anybody, and may be renewed at any moment)
            least, ceiling = SLOW / 2, max(ceiling, SLOW)
        return random.uniform(least, ceiling)  # noqa: S311  a spread, no secret


def retrying(
    stopping: threading.Event | None = None,
    *,
    first: float = 1.0,
    cap: float = 60.0,
    on: tuple[type[FirstreplyError], ...] = (TemporaryError,),
    but: tuple[type[FirstreplyError], ...] = (),
    patience: float | None = None,
) -> tenacity.Retrying:
    """Make a policy, to be called with a function or iterated over (`for attempt in …: with attempt:`).

    Args:
        stopping: ends a wait at once when set, and the tries with it.
        first: the first ceiling in seconds.
        cap: the highest ceiling in seconds.
        on: what is tried again; everything else passes through.
        but: what passes through all the same.
        patience: seconds after which no further try begins; None for ever.
    """
    event = stopping or threading.Event()
    stop: stop_base = tenacity.stop_when_event_set(event)
    if patience is not None:
        stop = tenacity.stop_any(stop, tenacity.stop_after_delay(patience))
    return tenacity.Retrying(
        wait=GrowingWait(first, cap),
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, on) and not isinstance(error, but)),
        stop=stop,
        sleep=tenacity.sleep_using_event(event),
        reraise=True,
    )
