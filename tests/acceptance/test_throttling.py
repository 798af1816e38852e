"""Servers that count connections and commands: the daemon gives way, waits as asked, and goes on."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest
from imapclient import IMAPClient

from tests.account import Account
from tests.chaos import ChaosProxy
from tests.daemon_kit import House, until
from tests.dovecot import HOST, PASSWORD, Dovecot
from tests.forked import Zygote
from tests.mails import BROKEN
from tests.stage_kit import Stage

QUICK = {"daemon.desk.retry.CROWDED": (0.1, 0.2), "daemon.worker.AFTER_A_BREAK": 0.05}
QUIET = {"daemon.desk.retry.CROWDED": (120.0, 120.0)}
ROOM = 3


def said(house: House, event: str) -> int:
    """How often the log tells of an event."""
    return house.log().count(f"event={event} ")


def works(house: House, sent: int = 1) -> None:
    """The main job from end to end."""
    house.receive(BROKEN)
    (uid,) = until(house.drafts, "a draft")
    house.move(uid, "Approved")
    until(lambda: house.states() == {"sent": sent}, "the answer sent")


def last_error(house: House) -> str:
    """What `status` says is wrong."""
    (box,) = json.loads(house.command("status", "--json").stdout)["mailboxes"]
    return str(box["last_error"] or "")


@pytest.fixture(name="narrow")
def _narrow(house: House) -> Iterator[ChaosProxy]:
    """A server with room for three connections of the daemon's address; agents come from another one."""
    with (
        Dovecot(more=f"mail_max_userip_connections = {ROOM}") as server,
        ChaosProxy(server.port, "127.0.0.9") as proxy,
    ):
        house.imap_port = server.port
        house.configure(imap_port=proxy.port)
        house.first_run()
        yield proxy


def test_fewer_connections_are_enough(house: House, narrow: ChaosProxy) -> None:
    """Others hold two of three: the work goes on by polling, it is said once, and IDLE comes back later."""
    with ExitStack() as others:
        for _ in range(ROOM - 1):
            other = IMAPClient(HOST, narrow.port, ssl=False)
            others.callback(other.shutdown)
            other.login(house.user, PASSWORD)
        house.start(changed=QUICK)
        until(lambda: said(house, "idle_crowded"), "the lack of room told")
        until(lambda: narrow.connections > 8, "further tries to watch")
        works(house)
        until(lambda: "without IDLE" in last_error(house), "it in the status")
        assert (said(house, "idle_crowded"), said(house, "cycle_failed")) == (1, 0)
    until(lambda: said(house, "idle_again"), "IDLE once there is room")
    tries = narrow.connections
    works(house, sent=2)
    until(lambda: last_error(house) == "", "a status without it")
    assert narrow.connections == tries


def test_a_server_that_ends_the_older_connection_gets_one(house: House, account: Account) -> None:
    """It says goodbye to the connection that works as soon as there are more: IDLE is what is given up."""
    house.first_run()
    with ChaosProxy(account.dovecot.port) as proxy:
        house.configure(imap_port=proxy.port)
        proxy.room = 1
        house.start(changed=QUICK)
        until(lambda: "kind=CrowdedError" in house.log(), "the goodbye")
        works(house)
        tries = proxy.connections
        works(house, sent=2)
    assert (proxy.connections, said(house, "idle_crowded")) == (tries, 1)


def throttlings(house: House) -> list[datetime]:
    """When the log tells of them."""
    lines = (line for line in house.log().splitlines() if "kind=CrowdedError" in line)
    return [datetime.fromisoformat(line.split()[0].removeprefix("timestamp=")) for line in lines]


ASKED = 0.6
THROTTLED = {
    "at login": (rb"OK [^\r]*Logged in", b"NO [UNAVAILABLE] Account is temporarily unavailable", 0),
    "at login, by a limit": (rb"OK [^\r]*Logged in", b"NO [LIMIT] Too many connections", 0),
    "instead of a greeting": (rb"\* OK [^\r]*ready\.", b"* BYE Too many connections", 0),
    "a poll": (rb"OK Status completed[^\r]*", b"NO [LIMIT] STATUS Rate limit hit.", 0),
    "as Exchange does": (
        rb"OK Status completed[^\r]*",
        b"BAD Request is throttled. Suggested Backoff Time: 600 milliseconds",
        ASKED,
    ),
    "by a goodbye": (
        rb"\w+ OK Status completed[^\r]*",
        b"* BYE Request is throttled. Suggested Backoff Time: 600 milliseconds",
        ASKED,
    ),
}


@pytest.mark.parametrize("how", THROTTLED)
def test_a_throttled_mailbox_waits_and_goes_on(house: House, account: Account, how: str) -> None:
    """No password is blamed, no mail is lost, the status tells, and the server gets the peace it asks for."""
    pattern, words, asked = THROTTLED[how]
    with ChaosProxy(account.dovecot.port) as proxy:
        house.configure(imap_port=proxy.port, idle=False)
        house.start(changed=QUICK)
        until(lambda: said(house, "cycle"), "the first cycle")
        proxy.rewrite = (pattern, words)
        if how.startswith(("at login", "instead")):
            account.dovecot.kick(account.name)
        until(lambda: len(throttlings(house)) > 1, "the throttling, twice")
        told = words.removeprefix(b"* ").split(b" ", 1)[1].decode()
        until(lambda: told in last_error(house), "it in the status")
        first, second, *_ = throttlings(house)
        assert (second - first).total_seconds() >= asked
        proxy.rewrite = None
        house.receive(BROKEN)
        until(lambda: house.states() == {"queued": 1}, "the draft")
    assert "ConfigurationError" not in house.log()


def test_the_team_is_told_while_the_server_is_away(house: House, account: Account, zygote: Zygote) -> None:
    """Clocks run, and alerts leave by SMTP, although no folder can be looked at."""
    stage = Stage(house, zygote)
    stage.draft()
    house.settings('[deadlines]\nalert_to = ["lead@shop.example"]')
    with ChaosProxy(account.dovecot.port) as proxy:
        house.config.write_text(house.config.read_text().replace(str(account.dovecot.port), str(proxy.port)))
        proxy.rewrite = (rb"OK [^\r]*Logged in", b"NO [UNAVAILABLE] Account is temporarily unavailable")
        stage.wait_longer(0.9)
        house.start(changed={**QUICK, "daemon.troubles.PATIENCE": 0.0})
        (mail,) = until(lambda: house.sink.accepted, "the alerts")
        assert mail.recipients == ("lead@shop.example",)
        text = mail.raw.replace(b"=\r\n", b"")
        assert b"let nothing be done" in text
        assert b"An answer is due soon." in text


@pytest.mark.parametrize("fault", ["greets_421", "login_454", "rcpt_421", "mail_4_7", "rcpt_limit"])
def test_a_mail_server_without_room_is_knocked_at_once(house: House, zygote: Zygote, fault: str) -> None:
    """Five answers wait and one is tried; the others keep their turn, and the status says why."""
    stage = Stage(house, zygote)
    for _ in range(5):
        house.receive(BROKEN)
    stage.cycle()
    for uid in house.drafts():
        house.move(uid, "Approved")
    house.sink.fault, before = fault, house.sink.connections
    house.start(changed=QUIET)
    until(lambda: "outcome=retry" in house.log(), "the refusal")
    until(lambda: "nothing can be sent: " in last_error(house), "it in the status")
    house.receive(BROKEN)
    until(lambda: house.states().get("queued") == 1, "the next draft")
    assert house.sink.connections == before + 1
    house.kill()
    house.sink.fault = None
    stage.cycle()
    assert house.states() == {"sent": 4, "approved": 1, "queued": 1}
