"""How often to try again: growing waits, a cap, jitter, and an end at once when stopped."""

import threading
from types import SimpleNamespace
from typing import cast

import pytest
import tenacity

from daemon.desk.retry import CROWDED, LONGEST_ASKED
from daemon.errors import (
    ConfigurationError,
    CrowdedError,
    FirstreplyError,
    LockedError,
    PermanentError,
    TemporaryError,
)
from daemon.ports.retry import SLOW, GrowingWait, retrying


def _state(attempt: int, error: FirstreplyError) -> tenacity.RetryCallState:
    outcome = tenacity.Future(attempt)
    outcome.set_exception(error)
    return cast("tenacity.RetryCallState", SimpleNamespace(attempt_number=attempt, outcome=outcome))


@pytest.mark.parametrize(("attempt", "ceiling"), [(1, 1.0), (2, 2.0), (4, 8.0), (7, 60.0), (5000, 60.0)])
def test_waits_grow_to_the_cap(attempt: int, ceiling: float) -> None:
    """Each wait lies between half of its ceiling and the ceiling."""
    wait = GrowingWait(1.0, 60.0)
    waits = [wait(_state(attempt, TemporaryError("x"))) for _ in range(50)]
    assert ceiling / 2 <= min(waits)
    assert max(waits) <= ceiling


def test_waits_differ() -> None:
    """Many mailboxes of one server do not come back in the same instant."""
    wait = GrowingWait(1.0, 60.0)
    assert len({wait(_state(9, TemporaryError("x"))) for _ in range(20)}) > 1


def test_refused_login_waits_for_minutes() -> None:
    """Providers lock accounts that are hammered."""
    error = ConfigurationError("refused", where="imap", remedy="look")
    assert GrowingWait(1.0, 60.0)(_state(1, error)) >= SLOW / 2


@pytest.mark.parametrize(
    ("attempt", "asked", "least", "most"),
    [
        (1, 0, CROWDED[0] / 2, CROWDED[0]),
        (50, 0, CROWDED[1] / 2, CROWDED[1]),
        (1, 51.2, 51.2, 51.2 * 1.1),
        (50, 51.2, CROWDED[1] / 2, CROWDED[1]),
        (1, 86_400, LONGEST_ASKED, LONGEST_ASKED * 1.1),
    ],
)
def test_a_server_without_room_is_left_alone(attempt: int, asked: float, least: float, most: float) -> None:
    """For as long as it asks, within reason, and longer each time; never all mailboxes at once."""
    wait = GrowingWait(1.0, 60.0)
    waits = {wait(_state(attempt, CrowdedError("x", wait=asked))) for _ in range(50)}
    assert least <= min(waits) < max(waits) <= most


def test_goes_on_until_it_works() -> None:
    """There is no last try."""
    calls = iter(range(30))

    def act() -> str:
        if next(calls) < 25:
            raise TemporaryError("not yet")
        return "done"

    assert retrying(first=0.0001, cap=0.001)(act) == "done"


def test_other_errors_pass_through() -> None:
    """A proof that it never works is not tried against."""
    tried: list[int] = []

    def act() -> None:
        tried.append(1)
        raise PermanentError("never")

    with pytest.raises(PermanentError):
        retrying(first=0.0001)(act)
    assert tried == [1]


def test_stopping_ends_the_wait() -> None:
    """A wait of a minute ends at once when asked to stop, with the error that it waited for."""
    stopping = threading.Event()

    def act() -> None:
        threading.Timer(0.05, stopping.set).start()
        raise TemporaryError("away")

    with pytest.raises(TemporaryError, match="away"):
        retrying(stopping, first=60.0)(act)


def test_an_exception_to_what_is_tried_again_passes_through() -> None:
    """Another owner is no busy database."""
    tried: list[int] = []

    def act() -> None:
        tried.append(1)
        raise LockedError("claimed")

    with pytest.raises(LockedError):
        retrying(first=0.001, but=(LockedError,))(act)
    assert tried == [1]


def test_patience_ends_the_tries_with_the_last_error() -> None:
    """What must be tried now or not at all."""

    def act() -> None:
        raise TemporaryError("busy")

    with pytest.raises(TemporaryError, match="busy"):
        retrying(first=0.001, cap=0.001, patience=0.02)(act)
