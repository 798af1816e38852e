"""What keeps a mailbox from being worked is told once, and only when it lasts."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from daemon.errors import CrowdedError, FirstreplyError, FullError, TemporaryError
from daemon.ports.ledger.books import Ledger
from daemon.ports.metrics import Metrics
from daemon.troubles import PATIENCE as SECONDS
from daemon.troubles import Troubles
from tests.ledger_kit import NOW, Desk
from tests.settings_kit import settings_of

MINUTE = timedelta(minutes=1)
PATIENCE = timedelta(seconds=SECONDS)
Fail = Callable[[timedelta, FirstreplyError], list[str]]


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Desk]:
    """A ledger with one mailbox."""
    desk = Desk.open(Ledger.open(f"sqlite:///{tmp_path}/ledger.db"))
    yield desk
    desk.ledger.close()


def failing(desk: Desk, tmp_path: Path) -> tuple[Troubles, Fail]:
    """A mailbox's troubles, and an error at a time, after which these alerts stand in the ledger."""
    (box,) = settings_of(tmp_path, port=1, user="anna").mailboxes
    clock = SimpleNamespace(now=NOW)
    metrics = Metrics(desk.ledger.mailboxes.status, lambda: clock.now, PATIENCE)
    house: Any = SimpleNamespace(ledger=desk.ledger, metrics=metrics, now=lambda: clock.now)
    troubles = Troubles(house, box, structlog.get_logger())

    def fail(later: timedelta, error: FirstreplyError) -> list[str]:
        clock.now = NOW + later
        troubles.failed(desk.claim, error)
        return [raised.alert.kind.value for raised in desk.ledger.alerts.untold(desk.claim)]

    return troubles, fail


def test_a_server_that_is_away_for_long_is_told_once(desk: Desk, tmp_path: Path) -> None:
    """Throttled or gone; a complete cycle in between begins the time anew."""
    troubles, fail = failing(desk, tmp_path)
    assert fail(0 * MINUTE, TemporaryError("gone")) == []
    assert fail(PATIENCE - MINUTE, CrowdedError("throttled")) == []
    troubles.cycled(desk.claim, "without IDLE", None)
    assert desk.ledger.mailboxes.status()[0].last_error == "without IDLE"
    assert fail(PATIENCE, TemporaryError("gone")) == []
    assert fail(PATIENCE * 2, CrowdedError("throttled")) == ["server_away"]
    assert fail(PATIENCE * 3, TemporaryError("gone")) == ["server_away"]


def test_a_server_that_takes_no_answer_is_told_when_it_lasts(desk: Desk, tmp_path: Path) -> None:
    """Cycles go on meanwhile; an answer that it takes ends the trouble."""
    troubles, fail = failing(desk, tmp_path)
    refused = "421 4.7.0 too much"
    fail(0 * MINUTE, TemporaryError("gone"))
    troubles.cycled(desk.claim, "without IDLE", refused)
    assert desk.ledger.mailboxes.status()[0].last_error == f"nothing can be sent: {refused}"
    fail(PATIENCE - MINUTE, TemporaryError("gone"))
    troubles.cycled(desk.claim, None, None)
    troubles.cycled(desk.claim, None, refused)
    assert fail(PATIENCE + MINUTE, TemporaryError("gone")) == []
    troubles.cycled(desk.claim, None, refused)
    assert fail(2 * PATIENCE, TemporaryError("gone")) == []
    troubles.cycled(desk.claim, None, refused)
    assert fail(2 * PATIENCE, TemporaryError("gone")) == ["sending_refused"]


def test_a_full_account_is_told_at_once_and_once_a_day(desk: Desk, tmp_path: Path) -> None:
    """Somebody must make room."""
    _, fail = failing(desk, tmp_path)
    assert fail(0 * MINUTE, FullError("quota")) == ["mailbox_full"]
    assert fail(MINUTE, FullError("quota")) == ["mailbox_full"]
    assert fail(timedelta(days=1), FullError("quota")) == ["mailbox_full"] * 2
