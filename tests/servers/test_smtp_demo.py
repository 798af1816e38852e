"""The demonstration's SMTP server, spoken to by the daemon's own port and by the standard library."""

import asyncio
import smtplib
import socket
from collections.abc import Iterator

import pytest

from daemon.demo.smtp_server import AcceptedMail, EmbeddedSmtp
from daemon.errors import ConfigurationError
from daemon.ports.security import Security
from daemon.ports.smtp import Outcome, OutcomeKind, SmtpSender, SmtpServer

SELLER, BUYER = "support@shop.example", "x1y2z3@marketplace.amazon.fr"
MAIL = b"From: support@shop.example\r\n\r\nBonjour\r\n.point\r\n" + "é\r\n".encode()
USER = ("support@shop.example", "pä ss")


@pytest.fixture(name="demo")
def _demo() -> Iterator[EmbeddedSmtp]:
    server = EmbeddedSmtp(0, {USER[0]: USER[1]})
    server.start()
    yield server
    server.stop()


def send(port: int, *, count: int = 1, password: str = USER[1]) -> list[Outcome]:
    """Send the mail `count` times over one connection; a wrong password is what `probe` makes of it."""

    async def run() -> list[Outcome]:
        sender = SmtpSender(SmtpServer("127.0.0.1", port, Security.NONE, USER[0], lambda: password))
        try:
            await sender.probe()
            return [await sender.send(SELLER, BUYER, MAIL, lambda: None) for _ in range(count)]
        finally:
            await sender.close()

    return asyncio.run(run())


def test_it_keeps_what_it_accepts(demo: EmbeddedSmtp) -> None:
    """Envelope and bytes are those of the client, in order."""
    outcomes = send(demo.port, count=3)

    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.SENT] * 3
    assert demo.accepted == [AcceptedMail(SELLER, (BUYER,), MAIL)] * 3


def test_it_refuses_a_wrong_password(demo: EmbeddedSmtp) -> None:
    """As a provider would, so that the demonstration can show it."""
    with pytest.raises(ConfigurationError, match="login was refused"):
        send(demo.port, password="wrong")

    assert demo.accepted == []


def test_it_refuses_mail_without_login(demo: EmbeddedSmtp) -> None:
    """Accounts are there to be used."""
    with smtplib.SMTP("127.0.0.1", demo.port) as client, pytest.raises(smtplib.SMTPSenderRefused):
        client.sendmail(SELLER, [BUYER], MAIL)


def test_it_tells_of_each_mail_and_can_refuse_it() -> None:
    """`on_accept` sees the mail before the client hears 250; when it fails, nothing was accepted."""
    seen: list[AcceptedMail] = []

    def on_accept(mail: AcceptedMail) -> None:
        seen.append(mail)
        if len(seen) > 1:
            raise RuntimeError("no more")

    server = EmbeddedSmtp(0, {USER[0]: USER[1]}, on_accept=on_accept)
    server.start()
    outcomes = send(server.port, count=2)
    server.stop()

    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.SENT, OutcomeKind.REJECT]
    assert len(seen) == 2
    assert server.accepted == seen[:1]


def test_a_taken_port_is_said_at_once() -> None:
    """`start` raises instead of waiting for a server that never comes."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = EmbeddedSmtp(port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            server.start()
        server.stop()


def test_stopping_ends_open_connections() -> None:
    """No client hangs, no thread stays."""
    server = EmbeddedSmtp()
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        assert client.recv(100).startswith(b"220 ")
        server.stop()

        assert client.recv(100) == b""
