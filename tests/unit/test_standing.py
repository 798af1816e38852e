"""How a mailbox stands at this moment: what the worker tells becomes what `status` says."""

from datetime import UTC, datetime, timedelta

import pytest

from daemon.errors import CrowdedError, FirstreplyError, TemporaryError
from daemon.standing import KEPT, Connection, Standing

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("watchers", "hints"),
    [(["watching", "watching"], "idle"), (["watching", "crowded"], "polling"), ([], "polling")],
)
def test_a_wait_after_a_stage(watchers: list[str], hints: str) -> None:
    """What was in hand is told as long as its stage lasts, and the next look after it."""
    standing = Standing(lambda: NOW, lambda: watchers)
    assert standing.told()["connection"] == "starting"
    standing.becomes(Connection.CONNECTED)
    standing.begins("intake")
    standing.takes({"message": 7})
    told = standing.told()
    assert (told["stage"], told["in_hand"], told["hints"]) == ("intake", {"message": 7}, hints)
    standing.begins("drafting")
    assert standing.told()["in_hand"] == {}
    standing.cycled(full=True)
    standing.waits(5)
    told = standing.told()
    assert (told["stage"], told["full_look_at"]) == (None, NOW)
    assert told["next_look_at"] == NOW + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("error", "connection"), [(TemporaryError("busy"), "away"), (CrowdedError("busy"), "crowded")]
)
def test_the_last_errors_are_kept(error: FirstreplyError, connection: str) -> None:
    """So many, each as the log has it; what a failed stage had in hand is in hand no more."""
    standing = Standing(lambda: NOW, list)
    standing.begins("dispatch")
    for number in range(KEPT):
        standing.failed(TemporaryError(f"{number}\nfor anna.berg@shop.example"))
    standing.failed(error)
    told = standing.told()
    assert (told["connection"], told["stage"], len(told["errors"])) == (connection, None, KEPT)
    assert told["errors"][0]["error"] == "1 for ann…@shop.example"
    assert told["errors"][-1] == {"at": NOW, "kind": type(error).__name__, "error": "busy"}
