"""The steps of one SMTP session over aiosmtplib: open, envelope, text without its dot, dot.

Promises: each step either does what its name says or raises; the text is handed to the system before
`write_text` returns, and `write_dot` writes exactly the final line and nothing before it. Bytes go out
unchanged but for dot-stuffing.

It rests on five things of aiosmtplib's protocol object (`execute_command`, `write`, `read_response`,
`_drain_helper`, `_buffer`); `tests/servers/test_smtp_commit_point.py` pins them.

Errors: aiosmtplib's and OSError, which `daemon.ports.smtp` judges; ConfigurationError from `open_session`.
"""

import asyncio
import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPNotSupported,
    SMTPReadTimeoutError,
    SMTPRecipientRefused,
    SMTPResponse,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from aiosmtplib.protocol import SMTPProtocol

from daemon.ports import sasl
from daemon.ports.security import Security, require_loopback, tls_context

COMPLETED = 250
SERVICE_CLOSING = 421
_START_INPUT = 354
_LOGGED_IN = 235
_CHALLENGE = 334
_PERMANENT = 500
_WILL_FORWARD = 251  # RFC 5321 section 3.4: accepted all the same
_DOT_AT_LINE_START = re.compile(rb"(?m)^\.")
_EHLO_NAME = "[127.0.0.1]"  # submission servers do not use it, and it tells nobody our host's name


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how to submit.

    Attributes:
        host: name or address; the certificate must name it.
        port: 465 for TLS, 587 for STARTTLS.
        security: how the connection is protected; `none` is refused for all but loopback hosts.
        username: login name, or None for a server that wants no login.
        password: called at each connect, in a thread; may raise ConfigurationError. With `renew` it
            gives an OAuth access token.
        ca_file: PEM file of the authorities to trust in place of the system's.
        timeout: seconds to wait for each reply but the one to the dot.
        dot_timeout: seconds to wait for the text to leave our buffers, and for the reply to the final
            dot (RFC 5321 section 4.5.3.2.6: 10 minutes; a shorter wait makes doubt out of patience).
        renew: gives another token than the one that the server refused; None: log in by password.
    """

    host: str
    port: int
    security: Security
    username: str | None = None
    password: Callable[[], str] | None = field(default=None, repr=False)
    ca_file: str | None = None
    timeout: float = 60.0
    dot_timeout: float = 600.0
    renew: Callable[[str], str] | None = field(default=None, repr=False)

    @property
    def where(self) -> str:
        """What error messages call this server."""
        return f"SMTP server {self.host}:{self.port}"


async def open_session(server: SmtpServer) -> SMTP:
    """Connect, encrypt as configured, log in.

    Raises:
        ConfigurationError: clear text to another machine, no usable `ca_file`, no password.
        SMTPException, OSError, ValueError: the server or the network; nothing is left open.
    """
    require_loopback(server.security, server.host, where=server.where)
    encrypted = server.security is not Security.NONE
    smtp = SMTP(
        hostname=server.host,
        port=server.port,
        timeout=server.timeout,
        local_hostname=_EHLO_NAME,
        use_tls=server.security is Security.TLS,
        start_tls=False,  # done below: aiosmtplib's own errors do not tell "not offered" apart
        tls_context=tls_context(server.ca_file, where=server.where) if encrypted else None,
    )
    try:
        await smtp.connect()
        await smtp.ehlo()
        if server.security is Security.STARTTLS:
            await _start_tls(smtp)
        if server.username is not None:
            password = "" if server.password is None else await asyncio.to_thread(server.password)
            if server.renew is None:
                await _log_in(smtp, server.username, password)
            else:
                await _log_in_by_token(smtp, server, password, server.renew)
    except BaseException:  # a session half open must not be taken for a usable one
        abort(smtp)
        raise
    return smtp


def abort(smtp: SMTP) -> None:
    """Leave at once: without a word, without what may wait in our buffers, without TLS's farewell."""
    if smtp.transport is not None:
        cast("asyncio.WriteTransport", smtp.transport).abort()
    smtp.close()


async def _start_tls(smtp: SMTP) -> None:
    """Encrypt, or fail: going on in clear text is what somebody in between would like."""
    if not smtp.supports_extension("starttls"):
        raise SMTPNotSupported("the server does not offer STARTTLS")
    await smtp.starttls()
    await smtp.ehlo()  # what was offered before proves nothing (RFC 3207 section 4.2)


async def _log_in(smtp: SMTP, username: str, password: str) -> None:
    """Log in by one method only: a second try with the same password only hastens a lock-out."""
    if "plain" in smtp.server_auth_methods:
        await smtp.auth_plain(username, password)
    elif "login" in smtp.server_auth_methods:
        await smtp.auth_login(username, password)
    else:
        raise SMTPNotSupported("the server offers no login by password (AUTH PLAIN or LOGIN)")


async def _log_in_by_token(smtp: SMTP, server: SmtpServer, token: str, renew: Callable[[str], str]) -> None:
    """Log in with the token; a refused one is renewed and tried once more."""
    try:
        await _authenticate(smtp, server, token)
    except SMTPAuthenticationError as error:
        if error.code < _PERMANENT:
            raise
        await _authenticate(smtp, server, await asyncio.to_thread(renew, token))


async def _authenticate(smtp: SMTP, server: SmtpServer, token: str) -> None:
    mechanism = sasl.mechanism(smtp.server_auth_methods)
    if mechanism is None:
        raise SMTPNotSupported("the server offers no login by token (AUTH OAUTHBEARER or XOAUTH2)")
    first = sasl.words(mechanism, server.username or "", token, server.host, server.port)
    reply = await smtp.execute_command(b"AUTH", mechanism.encode(), base64.b64encode(first))
    if reply.code == _CHALLENGE:  # it tells why the token was refused
        reply = await smtp.execute_command(base64.b64encode(sasl.answer(mechanism)))
    if reply.code != _LOGGED_IN:
        raise SMTPAuthenticationError(reply.code, reply.message)


async def give_sender(smtp: SMTP, sender: str, size: int) -> None:
    """MAIL; `size` in bytes, so that too large is said here and not after the upload (RFC 1870).

    We write the command ourselves: aiosmtplib parses addresses leniently before it quotes them.
    """
    options = [b"SIZE=%d" % size] if smtp.supports_extension("size") else []
    if smtp.supports_extension("8bitmime"):
        options.append(b"BODY=8BITMIME")
    answer = await smtp.execute_command(b"MAIL", f"FROM:<{sender}>".encode("ascii"), *options)
    if answer.code != COMPLETED:
        raise SMTPSenderRefused(answer.code, answer.message, sender)


async def give_recipient(smtp: SMTP, recipient: str) -> None:
    """RCPT."""
    answer = await smtp.execute_command(b"RCPT", f"TO:<{recipient}>".encode("ascii"))
    if answer.code not in {COMPLETED, _WILL_FORWARD}:
        raise SMTPRecipientRefused(answer.code, answer.message, recipient)


async def write_text(smtp: SMTP, raw: bytes, patience: float) -> "asyncio.Task[SMTPResponse]":
    """DATA and the mail without its final dot; return the task that waits for the reply to the dot.

    That task listens already: a server that refuses or leaves in the middle of the text is heard before
    the dot. `patience` in seconds is how long the server may take to accept the text.
    """
    started = await smtp.execute_command(b"DATA")
    if started.code != _START_INPUT:
        raise SMTPDataError(started.code, started.message)
    protocol = _protocol(smtp)
    # "written" shall mean handed to the system, not waiting in our process
    cast("asyncio.WriteTransport", protocol.transport).set_write_buffer_limits(high=0)
    protocol.write(stuffed(raw))
    reply = asyncio.create_task(protocol.read_response())
    written = asyncio.create_task(protocol._drain_helper())  # noqa: SLF001  it is drain(), kept by a test
    try:
        both = {reply, written}
        await asyncio.wait(both, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        _must_be_silent(smtp, reply)
        _must_be_taken(written)
    except BaseException:  # cancelled as well: nobody waits for these two any more
        forget(reply)
        forget(written)
        raise
    return reply


def _must_be_silent(smtp: SMTP, reply: "asyncio.Task[SMTPResponse]") -> None:
    """Raise what the server said, or that it left, before it had the whole mail: surely not accepted."""
    if reply.done():
        early = reply.result()  # raises when the connection was lost
        abort(smtp)  # in the middle of the text there is no way back to commands
        raise SMTPDataError(early.code, early.message)
    if _protocol(smtp)._buffer:  # noqa: SLF001  pinned; a reply that came with the 354 would pass for the dot's
        raise SMTPServerDisconnected("the server spoke out of turn")


def _must_be_taken(written: "asyncio.Task[None]") -> None:
    if not written.done():
        raise SMTPReadTimeoutError("the server did not take the text in time")
    written.result()


def write_dot(smtp: SMTP, reply: "asyncio.Task[SMTPResponse]") -> None:
    """End the text. Raises, having written nothing, when the server has left or refused meanwhile."""
    _must_be_silent(smtp, reply)
    _protocol(smtp).write(b".\r\n")


async def hear(reply: "asyncio.Task[SMTPResponse]", patience: float) -> SMTPResponse:
    """Wait up to `patience` seconds for the reply to the dot; anything but 250 is raised."""
    try:
        answer = await asyncio.wait_for(reply, patience)
    except TimeoutError as error:
        raise SMTPReadTimeoutError(f"no reply to the final dot within {patience:g} s") from error
    if answer.code != COMPLETED:
        raise SMTPDataError(answer.code, answer.message)
    return answer


def stuffed(raw: bytes) -> bytes:
    """The text as DATA wants it (RFC 5321 section 4.5.2): dots doubled at line starts, CRLF at the end."""
    ended = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    return _DOT_AT_LINE_START.sub(b"..", ended)


def forget(task: "asyncio.Task[SMTPResponse] | asyncio.Task[None]") -> None:
    """End a task nobody waits for, and take note of its error, else asyncio reports it as lost."""
    task.cancel()
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())


def _protocol(smtp: SMTP) -> SMTPProtocol:
    if smtp.protocol is None or not smtp.protocol.is_connected:
        raise SMTPServerDisconnected("the connection was lost")
    return smtp.protocol
