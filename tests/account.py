"""One account on the test server, as an agent's mail client and the outside world see it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from daemon.ports.imap import ImapServer, Security
from tests.dovecot import HOST, PASSWORD, Dovecot

_NUMBERS = itertools.count(1)


@dataclass
class Account:
    """A fresh account; `close` ends the clients it gave out."""

    dovecot: Dovecot
    name: str = field(default_factory=lambda: f"user{next(_NUMBERS)}")
    password: str = PASSWORD
    _clients: list[Any] = field(default_factory=list)

    def agent(self) -> Any:  # noqa: ANN401  imapclient ships no types
        """A logged-in imapclient.IMAPClient, the way an agent's mail client acts."""
        client = IMAPClient(HOST, port=self.dovecot.port, ssl=False, timeout=SocketTimeout(5, 30))
        self._clients.append(client)
        client.login(self.name, self.password)
        client.capabilities()
        return client

    def deliver(self, *raws: bytes) -> None:
        """Mail from outside, into INBOX."""
        self.dovecot.deliver(self.name, *raws)

    def server(self, *, port: int | None = None, security: Security = Security.NONE) -> ImapServer:
        """How the daemon connects to this account; `port` when a proxy stands between."""
        password = self.password
        ask: Callable[[], str] = lambda: password  # noqa: E731  it is asked at each connect
        own = self.dovecot.tls_port if security is Security.TLS else self.dovecot.port
        ca_file = None if security is Security.NONE else str(self.dovecot.ca_file)
        return ImapServer(HOST, port or own, security, self.name, ask, ca_file, 5, 20)

    def close(self) -> None:
        """Log all clients out; a dead one is only closed."""
        for client in self._clients:
            client.__exit__(None, None, None)
