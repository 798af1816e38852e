"""`firstreply status` beside a daemon at work, one that hangs, one that was killed, and without any."""

import json
import signal
from typing import Any

import pytest

from tests.daemon_kit import House, until
from tests.mails import BROKEN
from tests.stage_kit import ALIAS, Stage


def said(house: House) -> tuple[int, dict[str, Any]]:
    """Exit status and answer, once there is a ledger."""
    until((house.root / "state" / "ledger.sock").exists, "a daemon")
    done = house.command("status", "--json")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def connected(house: House) -> dict[str, Any] | None:
    """The daemon's row of the mailbox, once a complete cycle is behind it."""
    status, answer = said(house)
    return answer["mailboxes"][0] if status == 0 and answer["mailboxes"][0]["full_look_at"] else None


def at_rest(row: dict[str, Any]) -> bool:
    """The draft is queued, both watchers are there, and the daemon waits."""
    return row["drafts"] == {"queued": 1} and row["hints"] == "idle" and row["stage"] is None


def test_the_running_daemon_says_how_it_stands(house: House) -> None:
    """Process, model, connection, hints; what it has in hand while a mail server hangs; nobody's words."""
    house.start()
    until(lambda: connected(house), "a healthy answer")
    house.receive(BROKEN, alias=ALIAS)
    (draft, raw) = next(iter(until(house.drafts, "the draft").items()))
    row = until(lambda: (row := connected(house)) and at_rest(row) and row, "rest")
    assert (row["connection"], row["open_clocks"], row["errors"]) == ("connected", 1, [])
    house.sink.fault = "rcpt_silence"
    house.move(draft, "Approved")
    _, answer = until(lambda: (found := said(house))[1]["mailboxes"][0]["in_hand"] and found, "a hang")
    (row,) = answer["mailboxes"]
    assert (row["stage"], row["in_hand"]) == ("dispatch", {"message": 1, "draft": 1})
    assert house.process is not None
    assert answer["daemon"]["pid"] == house.process.pid
    assert answer["daemon"]["model"]
    told = house.command("status").stdout
    assert "The daemon has been running for" in told
    assert "shop: at work; connected; idle; dispatch for" in told
    assert "cracked glass" in raw.decode(), "there was something to leak"
    planted = ("lamp", "cracked", ALIAS, (house.root / "password").read_text())
    assert [word for word in planted if word in told + json.dumps(answer)] == []


def test_each_mailbox_has_a_row_and_one_that_is_away_says_until_when(house: House) -> None:
    """The second one's server refuses connections: what it said, when it is tried again, and exit 1."""
    second = house.config.read_text().partition("[[mailbox]]")[2].partition("\n[worklist]")[0]
    second = second.replace('"shop"', '"away"').replace(f"port = {house.imap_port}", "port = 1")
    house.settings(f"[[mailbox]]{second}")
    house.start()
    until(lambda: said(house)[1]["mailboxes"][0].get("full_look_at"), "a full look")
    here, away = until(lambda: (rows := said(house)[1]["mailboxes"])[1].get("errors") and rows, "its error")
    assert (here["connection"], here["healthy"]) == ("connected", True)
    assert (away["connection"], away["healthy"], away["next_look_at"] >= away["errors"][0]["at"]) == (
        "away",
        False,
        True,
    )
    told = house.command("status")
    assert told.returncode == 1
    assert "away: not working; away; polling; next try in" in told.stdout
    house.settings(f"[[mailbox]]{second}".replace('"away"', '"later"').replace(house.user, "later"))
    told = house.command("status")
    assert "it does not know later: restart it." in told.stdout
    assert "later: not working\n" in told.stdout
    assert house.stop() == 0
    assert not (house.root / "state" / "ledger.sock").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_daemon_that_is_gone_or_hangs_is_told(house: House, number: int) -> None:
    """Exit 1 and a sentence; the ledger's knowledge is shown; the next daemon takes the stale file over."""
    house.start()
    until(lambda: connected(house), "a healthy answer")
    assert house.process is not None
    house.process.send_signal(number)
    if number == signal.SIGKILL:
        house.process.wait()
    done = until(lambda: (done := house.command("status")).returncode and done, "the answer is no")
    sentence = "No daemon is running" if number == signal.SIGKILL else "A daemon is running and does not"
    assert done.stdout.startswith(sentence)
    assert "shop" in done.stdout
    house.kill()
    assert (house.root / "state" / "ledger.sock").exists()
    house.start()
    until(lambda: connected(house), "the next one answers")


def test_a_daemon_without_a_socket_works_on(stage: Stage) -> None:
    """Something lies in its place that cannot be taken away: said in the log, and no more."""
    (stage.house.root / "state" / "ledger.sock").mkdir()
    stage.draft()
    assert "event=no_status_socket" in stage.house.log()
