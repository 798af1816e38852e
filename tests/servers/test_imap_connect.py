"""Connecting for real: TLS, STARTTLS, wrong passwords, wrong ports, untrusted certificates."""

import dataclasses
import socket
from collections.abc import Iterator

import pytest
import trustme

from daemon.errors import ConfigurationError, TemporaryError
from daemon.ports.imap import ImapConnection, ImapServer, Security
from tests.account import Account
from tests.chaos import ChaosProxy, Fault, Trigger
from tests.dovecot import HOST, Dovecot


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that accepts and never says a word."""
    with socket.create_server((HOST, 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("security", list(Security))
def test_each_security_works(account: Account, security: Security) -> None:
    """The same account is reached in the clear, by STARTTLS and by TLS."""
    connection = ImapConnection.connect(account.server(security=security))
    assert {"MOVE", "UIDPLUS", "CONDSTORE"} <= connection.capabilities
    assert connection.uids("INBOX") == ()
    connection.close()


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_untrusted_certificate(account: Account, security: Security, tmp_path: object) -> None:
    """A certificate of an unknown authority is refused, with what to do about it."""
    other = f"{tmp_path}/other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    server = dataclasses.replace(account.server(security=security), ca_file=other)
    with pytest.raises(ConfigurationError, match="certificate is not trusted"):
        ImapConnection.connect(server)


def test_wrong_host_name(account: Account) -> None:
    """A certificate for another name is refused; 127.0.0.2 is the same server, not named in it."""
    server = dataclasses.replace(account.server(security=Security.TLS), host="127.0.0.2")
    with pytest.raises(ConfigurationError, match="certificate is not trusted"):
        ImapConnection.connect(server)


def test_wrong_password(imap_server: ImapServer) -> None:
    """A refused login is a matter for a person, and the password is not in the sentence."""
    server = dataclasses.replace(imap_server, password=lambda: "not-the-one")
    with pytest.raises(ConfigurationError) as caught:
        ImapConnection.connect(server)
    assert "not-the-one" not in str(caught.value)
    assert server.username in str(caught.value)
    assert "([AUTHENTICATIONFAILED]" in str(caught.value)


@pytest.mark.parametrize("password", ["two\r\na NOOP", "tab\nx", "nul\0"])
def test_password_with_line_end(imap_server: ImapServer, password: str) -> None:
    """A line end in a password would begin another command; nothing is sent."""
    server = dataclasses.replace(imap_server, password=lambda: password)
    with pytest.raises(ConfigurationError, match="line ends"):
        ImapConnection.connect(server)


def test_password_beyond_ascii(imap_server: ImapServer) -> None:
    """A password LOGIN cannot carry goes another way, and is judged by the server."""
    server = dataclasses.replace(imap_server, password=lambda: "geheim-ß")
    with pytest.raises(ConfigurationError, match="AUTHENTICATIONFAILED"):
        ImapConnection.connect(server)


def test_tls_to_a_clear_port(account: Account, dovecot: Dovecot) -> None:
    """TLS on the port of STARTTLS is named as such."""
    server = account.server(port=dovecot.port, security=Security.TLS)
    with pytest.raises(ConfigurationError, match="does not speak TLS"):
        ImapConnection.connect(server)


def test_clear_to_a_tls_port(account: Account, dovecot: Dovecot) -> None:
    """Nobody greets in the clear on a TLS port; the sentence gives the hint."""
    server = dataclasses.replace(account.server(port=dovecot.tls_port), connect_timeout=0.5)
    with pytest.raises(TemporaryError, match='security = "tls"'):
        ImapConnection.connect(server)


def test_nobody_there(imap_server: ImapServer, deaf: int) -> None:
    """A refused connection and a silent server are temporary."""
    with socket.create_server((HOST, 0)) as closed:
        port = closed.getsockname()[1]
    for number in (port, deaf):
        with pytest.raises(TemporaryError):
            ImapConnection.connect(dataclasses.replace(imap_server, port=number, connect_timeout=0.3))


def test_connection_lost_during_login(account: Account, dovecot: Dovecot) -> None:
    """A connection that breaks while logging in says nothing about the password."""
    with ChaosProxy(dovecot.port) as proxy:
        proxy.on_client = Trigger(b"LOGIN", Fault.END)
        with pytest.raises(TemporaryError):
            ImapConnection.connect(account.server(port=proxy.port))


def test_words_before_tls_are_refused(account: Account, dovecot: Dovecot) -> None:
    """What somebody smuggles in before TLS is there must not count (RFC 9051 section 11.1)."""
    with ChaosProxy(dovecot.port) as proxy:
        proxy.rewrite = (rb"OK Begin TLS.*\r\n", rb"\g<0>* 99 EXISTS\r\n")
        with pytest.raises(TemporaryError, match="before TLS"):
            ImapConnection.connect(account.server(port=proxy.port, security=Security.STARTTLS))


@pytest.mark.parametrize("said", [b"OK ID completed", b"NO not today", b"BAD what"])
def test_it_names_itself_before_any_folder_is_opened(account: Account, dovecot: Dovecot, said: bytes) -> None:
    """NetEase asks for that (RFC 2971); a server that does not like the name changes nothing."""
    with ChaosProxy(dovecot.port) as proxy:
        proxy.watch_for = rb" ID \([^)]*\)| EXAMINE"
        proxy.rewrite = (rb"OK ID completed", said)
        connection = ImapConnection.connect(account.server(port=proxy.port))
        connection.examine("INBOX")
        connection.close()
    assert b'("name" "firstreply")' in proxy.heard[0]
    assert b"EXAMINE" in proxy.heard[1]


def test_closed_connection(imap_server: ImapServer) -> None:
    """A closed connection stays closed, and closing it twice is no error."""
    connection = ImapConnection.connect(imap_server)
    connection.close()
    connection.close()
    with pytest.raises(TemporaryError, match="closed"):
        connection.noop()


def test_password_is_asked_each_time(imap_server: ImapServer) -> None:
    """A changed credential is found at the next connect."""
    answers = iter(["wrong", "secret"])
    server = dataclasses.replace(imap_server, password=lambda: next(answers))
    with pytest.raises(ConfigurationError):
        ImapConnection.connect(server)
    ImapConnection.connect(server).close()
