"""When a failed sending is tried again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.retry import FIRST, LONGEST, next_attempt

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_the_waits_double_up_to_half_an_hour() -> None:
    """1, 2, 4, 8, 16 and then 30 minutes, for ever."""
    waits = [
        (next_attempt(attempts, NOW) - NOW) // timedelta(minutes=1) for attempts in (0, 1, 2, 3, 4, 5, 6, 99)
    ]
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


@given(st.integers(0, 10**9))
def test_it_never_gives_up_and_never_runs_hot(attempts: int) -> None:
    """However often it failed."""
    assert FIRST <= next_attempt(attempts, NOW) - NOW <= LONGEST
