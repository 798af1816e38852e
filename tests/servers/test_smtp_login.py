"""Connecting: TLS, STARTTLS, certificates, login, and what `probe` says when one of them is wrong."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from daemon.errors import ConfigurationError, TemporaryError
from daemon.ports.security import Security
from daemon.ports.smtp import Outcome, OutcomeKind, SmtpSender, SmtpServer
from tests.smtp_sink import Sink

SELLER, BUYER = "support@shop.example", "x1y2z3@marketplace.amazon.com"
MAIL = b"From: support@shop.example\r\n\r\nHello\r\n"
USER = ("anna@shop.example", "pä ss,w=örd")


@dataclass(frozen=True)
class Certificates:
    """One authority with a server's certificate for 127.0.0.1 and one for another host."""

    ca_file: str
    good: ssl.SSLContext
    of_another_host: ssl.SSLContext


@pytest.fixture(name="certificates", scope="module")
def _certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    authority = trustme.CA()
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))

    def context(name: str) -> ssl.SSLContext:
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(made)
        return made

    return Certificates(str(path), context("127.0.0.1"), context("mail.example.com"))


def server_of(sink: Sink, security: Security, **more: Any) -> SmtpServer:  # noqa: ANN401  fields of SmtpServer
    """The sink as the port sees it, with the right login unless `more` says otherwise."""
    login: dict[str, Any] = {"username": USER[0], "password": lambda: USER[1]} if sink.login else {}
    values = {"timeout": 5, "dot_timeout": 5, **login, **more}
    return SmtpServer("127.0.0.1", sink.port, security, **values)


def send(server: SmtpServer) -> Outcome:
    """One mail over a connection of its own."""

    async def run() -> Outcome:
        sender = SmtpSender(server)
        try:
            return await sender.send(SELLER, BUYER, MAIL, lambda: None)
        finally:
            await sender.close()

    return asyncio.run(run())


def probe(server: SmtpServer) -> None:
    """Probe once."""

    async def run() -> None:
        sender = SmtpSender(server)
        try:
            await sender.probe()
        finally:
            await sender.close()

    asyncio.run(run())


def test_tls_from_the_first_byte(certificates: Certificates) -> None:
    """Port 465's way: sent and encrypted."""
    with Sink(tls=certificates.good, login=USER) as sink:
        outcome = send(server_of(sink, Security.TLS, ca_file=certificates.ca_file))

    assert outcome.kind is OutcomeKind.SENT, outcome
    assert [mail.raw for mail in sink.accepted] == [MAIL]


def test_starttls_forgets_all_that_was_said_before_it(certificates: Certificates) -> None:
    """Replies slipped in before the handshake have no effect, and EHLO is said again (RFC 3207 4.2)."""
    with Sink(starttls=certificates.good, login=USER) as sink:
        outcome = send(server_of(sink, Security.STARTTLS, ca_file=certificates.ca_file))

    verbs = [command.split()[0] for command in sink.commands]
    assert outcome.kind is OutcomeKind.SENT, outcome
    assert verbs == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


def test_a_large_mail_goes_through_tls(certificates: Certificates) -> None:
    """Draining works on encrypted connections too."""
    raw = MAIL + b"0123456789abcdef\r\n" * 200_000

    async def run() -> Outcome:
        sender = SmtpSender(server_of(sink, Security.TLS, ca_file=certificates.ca_file))
        outcome = await sender.send(SELLER, BUYER, raw, lambda: None)
        await sender.close()
        return outcome

    with Sink(tls=certificates.good) as sink:
        assert asyncio.run(run()).kind is OutcomeKind.SENT
        assert [mail.raw for mail in sink.accepted] == [raw]


def test_without_starttls_nothing_goes_on_in_clear_text(certificates: Certificates) -> None:
    """A stripped STARTTLS ends the attempt before the password is asked for."""
    asked: list[bool] = []

    def password() -> str:
        asked.append(True)
        return USER[1]

    with Sink(login=USER) as sink:
        server = server_of(sink, Security.STARTTLS, ca_file=certificates.ca_file, password=password)
        with pytest.raises(ConfigurationError, match=r'does not offer STARTTLS.*587 with "starttls"'):
            probe(server)
        outcome = send(server)

    assert (outcome.kind, outcome.stage) == (OutcomeKind.RETRY, "connect")
    assert asked == []
    assert not [command for command in sink.commands if command.startswith("AUTH")]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_of_another_host_is_refused(certificates: Certificates, security: Security) -> None:
    """Names are checked; `probe` says what to do, a sending is a retry."""
    other = certificates.of_another_host
    with Sink(**{security.value: other}, login=USER) as sink:  # type: ignore[arg-type]  # tls= or starttls=
        server = server_of(sink, security, ca_file=certificates.ca_file)
        with pytest.raises(ConfigurationError, match=r"certificate is not accepted.*ca_file"):
            probe(server)
        assert send(server).kind is OutcomeKind.RETRY


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_an_unknown_authority_is_refused(certificates: Certificates, security: Security) -> None:
    """Without `ca_file` only the system's authorities count."""
    with (
        Sink(**{security.value: certificates.good}) as sink,  # type: ignore[arg-type]  # the same
        pytest.raises(ConfigurationError, match="certificate is not accepted"),
    ):
        probe(server_of(sink, security))


def test_tls_on_a_clear_text_port_is_a_configuration_error(certificates: Certificates) -> None:
    """The commonest mix-up, 587 with "tls", gets its own remedy."""
    with Sink() as sink, pytest.raises(ConfigurationError, match=r"no TLS on this port.*465 goes with"):
        probe(server_of(sink, Security.TLS, ca_file=certificates.ca_file))


def test_a_missing_ca_file_is_named(tmp_path: Path) -> None:
    """The path at fault stands in the message."""
    missing = str(tmp_path / "none.pem")
    with Sink() as sink, pytest.raises(ConfigurationError, match=r"none\.pem cannot be used"):
        probe(server_of(sink, Security.TLS, ca_file=missing))


def test_clear_text_to_another_machine_is_refused() -> None:
    """Even if the settings let it through, no byte leaves for a host that is not ours."""
    server = SmtpServer("smtp.example.com", 25, Security.NONE)

    with pytest.raises(ConfigurationError, match="show the password"):
        probe(server)
    assert (send(server).kind, send(server).stage) == (OutcomeKind.RETRY, "connect")


@pytest.mark.parametrize("methods", ["PLAIN LOGIN", "LOGIN", "XOAUTH2 LOGIN PLAIN"])
def test_login_takes_any_password_the_user_can_type(methods: str) -> None:
    """Umlauts, blanks and signs pass through each method unharmed."""
    with Sink(login=USER, methods=methods) as sink:
        probe(server_of(sink, Security.NONE))

    assert sink.commands[-2:] == ["NOOP", "QUIT"]


def test_a_wrong_password_is_tried_once_and_is_a_configuration_error() -> None:
    """No second method is tried with the same password; the secret is not in the message."""
    with Sink(login=USER) as sink:
        server = server_of(sink, Security.NONE, password=lambda: "canary-7421")
        with pytest.raises(ConfigurationError, match=r"login was refused .535 5\.7\.8") as caught:
            probe(server)

        assert len([command for command in sink.commands if command.startswith("AUTH")]) == 1
        assert "canary" not in str(caught.value) + repr(server)


def test_a_login_that_the_server_cannot_check_now_is_temporary() -> None:
    """454 is the server's trouble, not the owner's."""
    with Sink(login=USER) as sink:
        sink.fault = "login_454"
        with pytest.raises(TemporaryError, match=r"127\.0\.0\.1:\d+: the server answered 454"):
            probe(server_of(sink, Security.NONE))


@pytest.mark.parametrize("methods", ["CRAM-MD5", "XOAUTH2"])
def test_a_server_without_a_usable_login_is_a_configuration_error(methods: str) -> None:
    """What is not offered cannot be used; the message says so."""
    with (
        Sink(login=USER, methods=methods) as sink,
        pytest.raises(ConfigurationError, match="offers no login by password"),
    ):
        probe(server_of(sink, Security.NONE))


@pytest.mark.parametrize(
    "fault", ["greets_554", "greets_421", "leaves_at_connect", "leaves_at_ehlo", "ehlo_502"]
)
def test_a_server_in_trouble_is_temporary(fault: str) -> None:
    """Unknown counts as temporary, and the server is named."""
    with Sink() as sink:
        sink.fault = fault
        with pytest.raises(TemporaryError, match="SMTP server 127"):
            probe(server_of(sink, Security.NONE))


def test_probe_makes_a_new_connection_that_sending_then_uses() -> None:
    """A probe after a failed one starts afresh; its connection is not thrown away."""

    async def run() -> OutcomeKind:
        sender = SmtpSender(server_of(sink, Security.NONE))
        sink.fault = "ehlo_502"
        with pytest.raises(TemporaryError):
            await sender.probe()
        sink.fault = None
        await sender.probe()
        outcome = await sender.send(SELLER, BUYER, MAIL, lambda: None)
        await sender.close()
        return outcome.kind

    with Sink() as sink:
        assert asyncio.run(run()) is OutcomeKind.SENT
        assert sink.connections == 2
