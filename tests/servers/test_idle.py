"""IDLE on real servers: no hint is lost, a dead connection is replaced, and stopping is quick."""

import dataclasses
import queue
import time
from collections.abc import Iterator
from typing import Self

import pytest

from daemon.demo.imap_server import HOST, EmbeddedImap
from daemon.ports.idle import IdleWatcher, WatchState
from daemon.ports.imap import ImapServer, Security
from tests.account import Account
from tests.chaos import ChaosProxy, Fault
from tests.dovecot import Dovecot

RAW = b"Subject: x\r\n\r\nx\r\n"
LONG = 15


class Watch:
    """A watcher whose hints and states can be waited for."""

    def __init__(self, server: ImapServer, folder: str = "INBOX", renew_after: float = 600) -> None:
        self.hints: queue.Queue[None] = queue.Queue()
        self.states: queue.Queue[tuple[WatchState, str]] = queue.Queue()
        self.watcher = IdleWatcher(
            server,
            folder,
            lambda: self.hints.put(None),
            renew_after=renew_after,
            on_state=lambda state, sentence: self.states.put((state, sentence)),
            first_wait=0.05,
        )

    def __enter__(self) -> Self:
        self.watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.watcher.stop()

    def until(self, wanted: WatchState) -> str:
        """Wait for a state; return its sentence."""
        while True:
            state, sentence = self.states.get(timeout=LONG)
            if state is wanted:
                return sentence

    def settled(self) -> None:
        """Wait until it watches, and forget the hint that each connect gives."""
        self.until(WatchState.WATCHING)
        self.hints.get(timeout=LONG)


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[ChaosProxy]:
    """A network that can be broken."""
    with ChaosProxy(dovecot.port) as between:
        yield between


@pytest.fixture
def tls_proxy(dovecot: Dovecot) -> Iterator[ChaosProxy]:
    """The same before the TLS port."""
    with ChaosProxy(dovecot.tls_port) as between:
        yield between


@pytest.mark.parametrize("security", list(Security))
def test_new_mail_is_hinted(account: Account, security: Security) -> None:
    """A delivery wakes us, in the clear and by TLS."""
    with Watch(account.server(security=security)) as watch:
        watch.settled()
        account.deliver(RAW)
        watch.hints.get(timeout=LONG)


def test_flags_and_removal_are_hinted(account: Account) -> None:
    """What an agent does to a message is news as well."""
    account.deliver(RAW)
    agent = account.agent()
    agent.select_folder("INBOX")
    with Watch(account.server()) as watch:
        watch.settled()
        agent.add_flags([1], [b"\\Flagged"], silent=True)
        watch.hints.get(timeout=LONG)
        agent.delete_messages([1], silent=True)
        agent.uid_expunge([1])
        watch.hints.get(timeout=LONG)


@pytest.mark.parametrize("security", [Security.NONE, Security.TLS])
def test_changes_while_idle_is_renewed(account: Account, security: Security) -> None:
    """Nothing that comes between two IDLEs is lost: each mail is hinted before the next is sent."""
    agent = account.agent()
    with Watch(account.server(security=security), renew_after=0.02) as watch:
        watch.settled()
        for _ in range(15):
            agent.append("INBOX", RAW)
            watch.hints.get(timeout=LONG)


def test_lines_in_tiny_pieces(proxy: ChaosProxy, account: Account) -> None:
    """A line in segments of three bytes is one line."""
    with Watch(account.server(port=proxy.port)) as watch:
        watch.settled()
        proxy.dribble = 3
        account.deliver(RAW)
        watch.hints.get(timeout=LONG)
    assert proxy.connections == 1


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.END])
@pytest.mark.parametrize("security", [Security.NONE, Security.TLS])
def test_broken_connection_is_replaced(
    proxy: ChaosProxy, tls_proxy: ChaosProxy, account: Account, fault: Fault, security: Security
) -> None:
    """A break is noticed at once; the watcher comes back and says "look now", since it was blind."""
    between = tls_proxy if security is Security.TLS else proxy
    with Watch(account.server(port=between.port, security=security)) as watch:
        watch.settled()
        between.fault(fault)
        watch.until(WatchState.CONNECTING)
        watch.settled()
        account.deliver(RAW)
        watch.hints.get(timeout=LONG)
    assert between.connections == 2


def test_silence_is_noticed_at_the_renewal(proxy: ChaosProxy, account: Account) -> None:
    """A server that says nothing any more is found out when IDLE is renewed."""
    server = dataclasses.replace(account.server(port=proxy.port), read_timeout=0.3, connect_timeout=0.3)
    with Watch(server, renew_after=0.3) as watch:
        watch.settled()
        proxy.fault(Fault.SILENCE)
        assert "timed out" in watch.until(WatchState.CONNECTING) + watch.until(WatchState.CONNECTING)


def test_kicked(account: Account, dovecot: Dovecot) -> None:
    """A BYE is the end of a connection, not news."""
    with Watch(account.server()) as watch:
        watch.settled()
        dovecot.kick(account.name)
        watch.settled()


def test_missing_folder_is_waited_for(account: Account) -> None:
    """A folder that is missing now may be made later."""
    with Watch(account.server(), "Approved") as watch:
        watch.until(WatchState.CONNECTING)
        assert "Approved" in watch.until(WatchState.CONNECTING)
        account.agent().create_folder("Approved")
        watch.settled()


def test_server_without_idle(dovecot: Dovecot) -> None:
    """The watcher says so and ends; there is nothing for it to do."""
    assert dovecot.process is not None
    with Dovecot(capabilities="IMAP4rev1 LITERAL+") as plain, Watch(Account(plain).server()) as watch:
        assert "no IDLE" in watch.until(WatchState.UNSUPPORTED)


def test_stop_is_quick(account: Account) -> None:
    """Stopping does not wait for the renewal; stopping twice is no error."""
    with Watch(account.server()) as watch:
        watch.settled()
        began = time.monotonic()
        watch.watcher.stop()
        assert time.monotonic() - began < 3
        assert watch.watcher.state is WatchState.STOPPED


def test_stop_while_nobody_answers(imap_server: ImapServer) -> None:
    """Stopping ends the wait between two tries at once."""
    with Watch(dataclasses.replace(imap_server, password=lambda: "wrong")) as watch:
        watch.until(WatchState.CONNECTING)
        assert "refused" in watch.until(WatchState.CONNECTING)
        began = time.monotonic()
        watch.watcher.stop()
        assert time.monotonic() - began < 3


def test_stop_before_start(imap_server: ImapServer) -> None:
    """A watcher that was never started can be stopped."""
    watcher = IdleWatcher(imap_server, "INBOX", lambda: None)
    watcher.stop()
    assert watcher.state is WatchState.CONNECTING


def test_pymap_pushes_what_came_before_idle() -> None:
    """This server keeps quiet about what came before IDLE began; we ask before we wait."""
    with EmbeddedImap(0, {"bot": "secret"}) as server:
        account = ImapServer(HOST, server.port, Security.NONE, "bot", lambda: "secret", None, 5, 10)
        with Watch(account, renew_after=0.05) as watch:
            watch.settled()
            for _ in range(10):
                server.deliver("bot", RAW)
                watch.hints.get(timeout=LONG)
