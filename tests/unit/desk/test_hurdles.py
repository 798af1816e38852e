"""Mails that a server did not hand over: alone after the first failure, left out after the third."""

from datetime import UTC, datetime, timedelta

from daemon.desk.hurdles import Hurdles

NOW = datetime(2026, 5, 12, tzinfo=UTC)
UIDS = [1, 2, 3]


def test_a_damaged_mail_is_found_and_tried_again_later() -> None:
    """The good ones beside it are read meanwhile; another numbering begins anew."""
    hurdles = Hurdles()
    assert hurdles.groups(7, UIDS, NOW) == [UIDS]
    assert hurdles.failed(7, UIDS, NOW) == []
    hurdles.passed(7, [1])
    assert hurdles.groups(7, UIDS, NOW) == [[1], [2], [3]]
    assert [hurdles.failed(7, [2], NOW) for _ in range(2)] == [[], [2]]
    hurdles.passed(7, [3])
    assert (hurdles.groups(7, UIDS, NOW), hurdles.groups(8, UIDS, NOW)) == ([[1, 3]], [UIDS])
    assert hurdles.groups(7, [2], NOW + timedelta(seconds=59)) == []


def test_what_was_left_out_is_tried_again_after_growing_waits() -> None:
    """Soon, since it may have been the network; at last once an hour, for as long as it lies there."""
    hurdles, now, waits = Hurdles(), NOW, []
    for _ in range(3):
        hurdles.failed(7, [2], now)
    for _ in range(8):
        began = now
        while not hurdles.groups(7, [2], now):
            now += timedelta(minutes=1)
        waits.append((now - began) // timedelta(minutes=1))
        assert hurdles.failed(7, [2], now) == [2]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    hurdles.passed(7, [2])
    assert hurdles.groups(7, [2], now) == [[2]]
