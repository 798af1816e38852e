"""From settings to a logged-in client: connect, secure, log in, ask what the server can do.

Raises ConfigurationError for what a person must change (certificate, port, password) and
TemporaryError for everything else; the password's own source may raise its errors too.
"""

import contextlib
import imaplib
from collections.abc import Callable
from dataclasses import dataclass

from imapclient.exceptions import LoginError

from daemon.errors import FirstreplyError
from daemon.ports import sasl
from daemon.ports.imap_errors import connecting
from daemon.ports.imap_transport import Client
from daemon.ports.imap_values import ImapServer
from daemon.ports.imap_wire import quoted
from daemon.ports.security import Security, tls_context

FAREWELL_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Dialled:
    """A client after login, what the server can do, and how it introduced itself."""

    client: Client
    capabilities: frozenset[str]
    greeting: str


def dial(server: ImapServer) -> Dialled:
    """Open one connection and log in."""
    where = f"{server.host}:{server.port}"
    secure = server.security is not Security.NONE
    context = tls_context(server.ca_file, where=where) if secure else None
    password = server.password()
    client: Client | None = None
    try:
        client = Client(server, context)
        if server.security is Security.STARTTLS:
            client.starttls(context)
        if server.renew is None:
            _login(client, server.username, password)
        else:
            _login_by_token(client, server, password, server.renew)
        capabilities = _capabilities(client)
        if "ID" in capabilities:
            _name_ourselves(client)
        if {"ENABLE", "CONDSTORE"} <= capabilities:
            client.enable("CONDSTORE")  # Dovecot keeps no HIGHESTMODSEQ before somebody asked for it
        greeting = bytes(client.welcome or b"").decode("utf-8", "replace")
        return Dialled(client, capabilities, greeting)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        if client is not None:
            client.transport.shutdown()
        raise connecting(error, server) from error
    except FirstreplyError:  # no other token could be had
        if client is not None:
            client.transport.shutdown()
        raise


def _capabilities(client: Client) -> frozenset[str]:
    return frozenset(word.decode("ascii", "replace").upper() for word in client.capabilities())


def _name_ourselves(client: Client) -> None:
    """ID (RFC 2971): NetEase opens no folder for a client without a name."""
    try:
        client.id_({"name": "firstreply"})
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        return  # a name that is refused changes nothing


def _login(client: Client, username: str, password: str) -> None:
    """LOGIN where it can carry both words, else AUTHENTICATE PLAIN (RFC 4616) in UTF-8."""
    offered = _capabilities(client)
    if username.isascii() and password.isascii() and "LOGINDISABLED" not in offered:
        try:
            client.login(quoted(username).decode("ascii"), _plain_word(password))
        except ValueError as error:
            raise LoginError("user name and password must not hold line ends") from error
    elif "AUTH=PLAIN" in offered:
        client.plain_login(username, password)
    else:
        raise LoginError("the server takes no password in this way (neither LOGIN nor PLAIN)")


def _login_by_token(client: Client, server: ImapServer, token: str, renew: Callable[[str], str]) -> None:
    """AUTHENTICATE with the token; a refused one is renewed and tried once more."""
    try:
        _authenticate(client, server, token)
    except LoginError:
        _authenticate(client, server, renew(token))


def _authenticate(client: Client, server: ImapServer, token: str) -> None:
    offered = {name.removeprefix("AUTH=") for name in _capabilities(client) if name.startswith("AUTH=")}
    mechanism = sasl.mechanism(offered)
    if mechanism is None:
        raise LoginError("the server takes no token (neither OAUTHBEARER nor XOAUTH2)")
    messages = [sasl.words(mechanism, server.username, token, server.host, server.port)]
    try:
        # the first challenge is empty, a second one tells why the token was refused
        client.transport.authenticate(
            mechanism, lambda _: messages.pop() if messages else sasl.answer(mechanism)
        )
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise LoginError(str(error)) from error


def _plain_word(password: str) -> str:
    quoted(password)  # imaplib quotes it, but does not refuse a line end: a command could follow it
    return password


def hang_up(client: Client) -> None:
    """Log out if that works within two seconds, and close; never raises."""
    with contextlib.suppress(OSError, imaplib.IMAP4.error):
        client.transport.sock.settimeout(FAREWELL_SECONDS)
        client.logout()
    client.transport.shutdown()
