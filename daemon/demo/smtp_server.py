"""An SMTP server inside the process, for the demonstration: it keeps what it accepts and delivers nothing.

Promises: listens on loopback only, in a thread of its own with its own event loop; `accepted` grows in
the order of acceptance; a mail is in it before the client hears 250.
Errors: `start` raises OSError when the port is taken. Needs the extra `demo` (aiosmtpd).
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

# aiosmtpd warns of an attribute that it sets itself at each login
logging.getLogger("mail.log").setLevel(logging.ERROR)
_HOST = "127.0.0.1"
_START_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class AcceptedMail:
    """One mail with its envelope (RFC 5321); `raw` as it was sent, CRLF line ends."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class EmbeddedSmtp:
    """The server. Usable once: `start`, then `stop`.

    Attributes:
        accepted: the mails taken over, oldest first; read it from any thread.
        port: where it listens, once started.
    """

    def __init__(
        self,
        port: int = 0,
        accounts: Mapping[str, str] | None = None,
        *,
        on_accept: Callable[[AcceptedMail], None] | None = None,
    ) -> None:
        """Prepare, without listening yet.

        Args:
            port: 0 for any free one.
            accounts: user name → password; with any, a login is required before MAIL.
            on_accept: called in the server's thread for each mail before its 250; if it raises, the
                client gets a 5xx and the mail is not in `accepted`.
        """
        self.accepted: list[AcceptedMail] = []
        self.port = port
        self._accounts = dict(accounts or {})
        self._on_accept = on_accept
        self._sessions: list[SMTP] = []
        self._started: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="demo-smtp", daemon=True)

    def start(self) -> None:
        """Listen; returns when clients can connect."""
        self._thread.start()
        self.port = self._started.result(_START_TIMEOUT)

    def stop(self) -> None:
        """End all connections and the thread; a server that is not running stays so."""
        if self._loop is not None and self._ending is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ending.set)
            self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await self._loop.create_server(self._session, _HOST, self.port)
        except OSError as error:
            self._started.set_exception(error)
            return
        self._started.set_result(server.sockets[0].getsockname()[1])
        await self._ending.wait()
        server.close()
        for session in self._sessions:
            if session.transport is not None:
                cast("asyncio.Transport", session.transport).abort()
        await asyncio.sleep(0)  # sockets are closed one turn later

    def _session(self) -> SMTP:
        self._sessions = [session for session in self._sessions if session.transport is not None]
        session = SMTP(
            self,
            hostname="demo.firstreply.example",
            ident="firstreply demo",
            authenticator=self._authenticate,
            auth_require_tls=False,  # loopback only; that it is required is `handle_MAIL`'s affair
            data_size_limit=50_000_000,
            loop=self._loop,
        )
        self._sessions.append(session)
        return session

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        del server, session, envelope, mechanism
        given = (login.login.decode(errors="replace"), login.password.decode(errors="replace"))
        return AuthResult(success=given in self._accounts.items(), handled=False)  # aiosmtpd replies

    async def handle_MAIL(  # noqa: N802  name and shape are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender; only after a login where there are accounts."""
        del server
        if self._accounts and not session.authenticated:
            return "530 5.7.0 log in first"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  the same
        """Take a mail over."""
        del server, session
        raw = envelope.original_content or b""
        mail = AcceptedMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw)
        if self._on_accept is not None:
            self._on_accept(mail)
        self.accepted.append(mail)
        return "250 2.0.0 accepted"
