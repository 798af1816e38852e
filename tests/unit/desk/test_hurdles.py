"""Mails that a server did not hand over: alone after the first failure, left out after the third."""

from datetime import UTC, datetime, timedelta

from daemon.desk.hurdles import AGAIN, Hurdles

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
    later = NOW + AGAIN
    assert hurdles.groups(7, UIDS, later) == [[1, 3], [2]]
    assert hurdles.failed(7, [2], later) == [2]
    assert hurdles.groups(7, UIDS, later + timedelta(minutes=1)) == [[1, 3]]
    assert hurdles.groups(7, [2], later) == []
