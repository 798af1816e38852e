"""A mailbox is healthy while complete cycles come."""

from datetime import UTC, datetime, timedelta

import pytest

from daemon.desk.health import overall, working

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.mark.parametrize(
    ("minutes", "well"), [(None, False), (0, True), (29, True), (30, False), (600, False), (-5, True)]
)
def test_a_mailbox_needs_cycles(minutes: int | None, well: bool) -> None:
    """Never, lately, too long ago; a cycle from the future is one of a clock that was set back."""
    last = None if minutes is None else NOW - timedelta(minutes=minutes)
    assert working(last, NOW, HALF_AN_HOUR) is well


def test_one_that_stands_still_makes_the_house_unhealthy() -> None:
    """And a house without any mailbox is not healthy either."""
    found = overall([("one", NOW), ("two", None)], NOW, HALF_AN_HOUR)
    assert not found.healthy
    assert found.told() == [
        {"name": "one", "healthy": True, "last_full_cycle": "2026-03-02T10:00:00Z"},
        {"name": "two", "healthy": False, "last_full_cycle": None},
    ]
    assert overall([("one", NOW)], NOW, HALF_AN_HOUR).healthy
    assert not overall([], NOW, HALF_AN_HOUR).healthy
