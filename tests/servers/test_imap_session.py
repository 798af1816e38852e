"""The transport under imaplib, and the private parts of imaplib that the session leans on."""

import imaplib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from daemon.ports import imap_transport
from daemon.ports.imap import ImapServer
from daemon.ports.imap_session import Session
from daemon.ports.imap_transport import Transport, tune
from tests.account import Account
from tests.dovecot import HOST

PRIVATE = ("_command", "_new_tag", "_get_response", "_get_tagged_response", "_simple_command")


@pytest.fixture
def session(imap_server: ImapServer) -> Iterator[Session]:
    """A logged-in session."""
    opened = Session(imap_server)
    yield opened
    opened.close()


@pytest.fixture
def pair() -> Iterator[tuple[Transport, socket.socket]]:
    """A transport and the server's end of its connection, after the greeting."""
    with socket.create_server((HOST, 0)) as listener:

        def greet() -> None:
            peer.append(listener.accept()[0])
            peer[0].sendall(b"* OK [CAPABILITY IMAP4rev1] hello\r\n")
            tag = peer[0].recv(1000).split()[0]
            peer[0].sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")

        peer: list[socket.socket] = []
        greeter = threading.Thread(target=greet)
        greeter.start()
        transport = Transport(HOST, listener.getsockname()[1], None, 5.0)
        greeter.join()
        yield transport, peer[0]
        transport.shutdown()
        peer[0].close()


@pytest.fixture
def wake() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends: writing to the second makes the first readable."""
    first, second = socket.socketpair()
    yield first, second
    first.close()
    second.close()


Pair = tuple[Transport, socket.socket]
Wake = tuple[socket.socket, socket.socket]


def test_private_parts_are_there() -> None:
    """An imaplib without them would need another session."""
    assert all(callable(getattr(imaplib.IMAP4, name)) for name in PRIVATE)


def test_private_parts_do_what_we_think(session: Session) -> None:
    """Tags pair commands with replies, untagged data is filed by name, BAD is a reply and no exception."""
    answer = session.exchange(("CAPABILITY",), ("NOOP",), wants="CAPABILITY")
    assert [reply.kind for reply in answer.replies] == ["OK", "OK"]
    assert answer.data
    [refused] = session.exchange(("STATUS", "nonsense")).replies
    assert refused.kind == "BAD"
    assert session.exchange(("NOOP",)).replies[0].kind == "OK"


def test_untagged_news_do_not_pile_up(session: Session, account: Account) -> None:
    """A connection that polls for months does not grow."""
    session.select("INBOX")
    for _ in range(5):
        account.deliver(b"Subject: x\r\n\r\nx\r\n")
        session.ask("NOOP")
    assert sum(map(len, session.transport.untagged_responses.values())) <= 5


def test_socket_options(session: Session) -> None:
    """Nothing waits for more to send, and a dead peer is noticed."""
    sock = session.transport.sock
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000


def test_tune_knows_what_the_system_lacks() -> None:
    """All options are names; one that a system does not know is left out."""
    with socket.socket() as sock:
        tune(sock)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert all(isinstance(option, str) for _, option, _ in imap_transport.SOCKET_OPTIONS)


def test_lines_and_literals(pair: Pair) -> None:
    """Lines and literals are cut out of any pieces in which they come."""
    transport, peer = pair
    blob = bytes(range(256)) * 1000
    sender = threading.Thread(target=peer.sendall, args=(b"a\r\nb {256000}\r\n" + blob + b" rest\r\n",))
    sender.start()
    assert (transport.readline(), transport.readline()) == (b"a\r\n", b"b {256000}\r\n")
    assert transport.read(0) == b""
    assert transport.read(len(blob)) == blob
    assert transport.readline() == b" rest\r\n"
    sender.join()


def test_end_of_the_connection(pair: Pair) -> None:
    """What breaks off comes short, so that imaplib sees that it broke off."""
    transport, peer = pair
    peer.sendall(b"half a line")
    peer.shutdown(socket.SHUT_WR)
    assert transport.readline() == b"half a line"
    assert transport.readline() == b""
    assert transport.read(10) == b""


def test_limits(pair: Pair) -> None:
    """A server cannot make us hold any amount of memory."""
    with pytest.raises(imaplib.IMAP4.abort, match="literal"):
        pair[0].read(imap_transport.LITERAL_LIMIT + 1)


def test_line_is_found_in_the_buffer(pair: Pair, wake: Wake) -> None:
    """A line that was read along with another one needs no news on the socket."""
    transport, peer = pair
    peer.sendall(b"+ idling\r\n* 1 EXISTS\r\n")
    assert transport.readline() == b"+ idling\r\n"
    assert transport.line_within(0, wake[0])
    assert transport.readline() == b"* 1 EXISTS\r\n"


def test_half_a_line_waits_for_its_other_half(pair: Pair, wake: Wake) -> None:
    """A torn line is no line, and nothing of it is lost."""
    transport, peer = pair
    peer.sendall(b"* 1 EX")
    assert not transport.line_within(0.05, wake[0])
    threading.Timer(0.05, peer.sendall, [b"ISTS\r\n"]).start()
    assert transport.line_within(5, wake[0])
    assert transport.readline() == b"* 1 EXISTS\r\n"


def test_wait_ends_when_woken(pair: Pair, wake: Wake) -> None:
    """A wait of a minute ends at once when somebody asks for it."""
    began = time.monotonic()
    threading.Timer(0.05, wake[1].send, [b"x"]).start()
    assert not pair[0].line_within(60, wake[0])
    assert time.monotonic() - began < 10


def test_wait_notices_the_end(pair: Pair, wake: Wake) -> None:
    """A closed connection is an error, not "nothing new"."""
    pair[1].shutdown(socket.SHUT_WR)
    with pytest.raises(imaplib.IMAP4.abort, match="closed"):
        pair[0].line_within(5, wake[0])


def test_wait_keeps_the_time_out(pair: Pair, wake: Wake) -> None:
    """After a wait reading is bounded as before."""
    pair[0].sock.settimeout(7.5)
    pair[0].line_within(0, wake[0])
    assert pair[0].sock.gettimeout() == 7.5
