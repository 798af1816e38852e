"""OAuth 2.0 for real: the providers' libraries against a server of our own, Dovecot that asks it, SMTP."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daemon.errors import ConfigurationError, RevokedError, TemporaryError
from daemon.ports import oauth as port
from daemon.ports.imap import ImapConnection, ImapServer, Security
from daemon.ports.oauth_client import OAuthClient, Provider
from daemon.ports.smtp import SmtpServer
from tests.chaos import ChaosProxy
from tests.dovecot import HOST, Dovecot
from tests.oauth_server import CLIENT, SECRET, OauthServer, dovecot_lines
from tests.servers.test_smtp_login import probe
from tests.smtp_sink import Sink

USER = "anna@shop.example"


@pytest.fixture(name="oauth")
def _oauth(tmp_path: Path) -> Iterator[OauthServer]:
    with OauthServer(tmp_path, USER) as server:
        yield server


def client_of(oauth: OauthServer, provider: Provider) -> OAuthClient:
    """Who we are to the server of the test."""
    return OAuthClient(
        provider,
        CLIENT,
        "here",
        client_secret=lambda: SECRET,
        authority=f"{oauth.url}/tenant",
        authorize_url=f"{oauth.url}/authorize",
        token_url=f"{oauth.url}/token",
        ca_file=str(oauth.ca_file),
    )


@pytest.mark.parametrize(("provider", "fault"), [("google", 400), ("microsoft", 503)])
def test_each_library_renews_and_tells_what_is_wrong(
    oauth: OauthServer, provider: Provider, fault: int
) -> None:
    """A good grant, a server in trouble, a dead grant, nobody there; no error shows a token."""
    client, grant = client_of(oauth, provider), oauth.grant()
    fresh = port.renew(client, grant)
    assert oauth.living[fresh.access_token] == USER
    assert fresh.refresh_token in oauth.grants
    assert 3590 < fresh.life <= 3600
    assert "canary" not in repr(fresh) + repr(client)
    oauth.fault = fault
    with pytest.raises(TemporaryError) as caught:
        port.renew(client, fresh.refresh_token)
    oauth.fault, oauth.revoked = None, True
    with pytest.raises(RevokedError, match="revoked") as dead:
        port.renew(client, fresh.refresh_token)
    assert "canary" not in str(caught.value) + str(dead.value)
    stranger = dataclasses.replace(client, ca_file=None)  # the system does not trust it
    with pytest.raises(TemporaryError, match="does not answer"):
        port.renew(stranger, grant)


@pytest.mark.parametrize("pending", [0, 1])
def test_microsofts_login_waits_for_the_code(oauth: OauthServer, pending: int) -> None:
    """The person reads an address and a code."""
    oauth.pending = pending
    told: list[str] = []
    fresh = port.log_in(client_of(oauth, "microsoft"), told.append, username=USER, port=0)
    assert "ABCD-EFGH" in told[0]
    assert fresh.refresh_token in oauth.grants


@pytest.fixture(scope="module", name="token_dovecot")
def _token_dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dovecot, OauthServer]]:
    """A Dovecot that asks our server about each token."""
    folder = tmp_path_factory.mktemp("oauth")
    with OauthServer(folder, USER) as oauth:
        server = Dovecot()
        server.more += dovecot_lines(oauth, server.base)
        with server:
            yield server, oauth


def token_login(
    dovecot: Dovecot, port: int, password: Callable[[], str], renew: Callable[[str], str]
) -> ImapServer:
    """A login by token."""
    return ImapServer(HOST, port, Security.NONE, USER, password, str(dovecot.ca_file), 5, 20, renew)


@pytest.mark.parametrize("offered", ["OAUTHBEARER", "XOAUTH2"])
def test_dovecot_takes_a_token_and_a_refused_one_is_renewed_once(
    token_dovecot: tuple[Dovecot, OauthServer], offered: str
) -> None:
    """A dead token is answered with a challenge; another one is fetched and tried on the same connection."""
    dovecot, oauth = token_dovecot
    oauth.living["good"] = USER
    refused: list[str] = []

    def renew(token: str) -> str:
        refused.append(token)
        return "good"

    with ChaosProxy(dovecot.port) as proxy:
        if offered == "XOAUTH2":
            proxy.rewrite = (rb" AUTH=OAUTHBEARER", rb"")
        ImapConnection.connect(token_login(dovecot, proxy.port, lambda: "good", renew)).close()
        assert refused == []
        ImapConnection.connect(token_login(dovecot, proxy.port, lambda: "stale-canary", renew)).close()
        assert refused == ["stale-canary"]
        with pytest.raises(ConfigurationError, match=r"was refused.*firstreply login") as caught:
            ImapConnection.connect(
                token_login(dovecot, proxy.port, lambda: "stale-canary", lambda _: "bad-canary")
            )
    assert "canary" not in str(caught.value)


def test_a_server_that_takes_no_tokens_says_so(dovecot: Dovecot) -> None:
    """And nothing was sent."""
    with pytest.raises(ConfigurationError, match="takes no token"):
        ImapConnection.connect(token_login(dovecot, dovecot.port, lambda: "t", lambda _: "t"))


@pytest.mark.parametrize("method", ["OAUTHBEARER", "XOAUTH2"])
def test_smtp_takes_a_token_and_a_refused_one_is_renewed_once(method: str) -> None:
    """As for IMAP; a server that offers only passwords is a matter for a person."""
    refused: list[str] = []

    def renew(token: str) -> str:
        refused.append(token)
        return "good"

    with Sink(login=(USER, ""), methods=f"PLAIN {method}") as sink:
        sink.takes_token = lambda token: token == "good"
        server = SmtpServer(HOST, sink.port, Security.NONE, USER, lambda: "stale", renew=renew)
        probe(server)
        assert refused == ["stale"]
        assert [line.split()[1] for line in sink.commands if line.startswith("AUTH")] == [method] * 2
        with pytest.raises(ConfigurationError, match="login was refused"):
            probe(dataclasses.replace(server, renew=lambda _: "worse-canary"))
    with Sink(login=(USER, "")) as sink, pytest.raises(ConfigurationError, match="no login by token"):
        probe(dataclasses.replace(server, port=sink.port))
