"""The SMTP port: one approved mail to one recipient, and an outcome that the ledger can act on.

Promises: the caller's `before_dot` (which makes the ledger's `sending` durable) is called after the whole
text has been handed to the system and before the final dot, the one point after which the mail may have
been sent. So every failure before the dot is a safe retry, and doubt is only what fell between the dot and
its reply. This module never repeats an attempt: when to try again is the ledger's affair, and `rest` says
when the server wants to hear of nothing at all.

Errors: `send` lets nothing out but what `before_dot` raised, and cancellation; a server that fails is
an outcome. `probe` raises ConfigurationError and TemporaryError.
"""

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPResponseException

from daemon.errors import ConfigurationError
from daemon.ports.crowded import Rest
from daemon.ports.smtp_judgement import (
    Outcome,
    OutcomeKind,
    Stage,
    as_error,
    asks_for_rest,
    is_refusal,
    judge,
    judge_loss,
    refusal,
)
from daemon.ports.smtp_session import (
    SERVICE_CLOSING,
    SmtpServer,
    abort,
    forget,
    give_recipient,
    give_sender,
    hear,
    open_session,
    write_dot,
    write_text,
)

__all__ = ["BeforeDot", "Outcome", "OutcomeKind", "SmtpSender", "SmtpServer", "Stage"]

BeforeDot = Callable[[], Awaitable[None] | None]
"""Called when the text is out and the dot is not; raising keeps the dot from being written."""

_GOODBYE_TIMEOUT = 2.0


class SmtpSender:
    """One reused connection to one server; sends one mail at a time, in the order of the calls.

    Belongs to one event loop. The connection is made when it is needed and kept until `close`.
    """

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._smtp: SMTP | None = None
        self._lock = asyncio.Lock()
        self._rest = Rest()

    @property
    def rest(self) -> float:
        """Seconds for which the server is to be left alone, since it had no room the last time."""
        return self._rest.left

    @property
    def refusing(self) -> str | None:
        """What the server said when it had no room, until it takes something again."""
        return self._rest.said

    async def send(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        """Send one mail to exactly one recipient and judge what happened.

        Args:
            sender: envelope sender, a plain ASCII addr-spec.
            recipient: envelope recipient, the same.
            raw: the whole mail with CRLF line ends, as it shall arrive.
            before_dot: a plain function, called in the event loop (some milliseconds are fine), or a
                coroutine function. If it raises, the connection is closed without the dot, nothing
                was sent, and its exception leaves `send`.

        Returns:
            The outcome. Only SENT and IN_DOUBT may have reached anybody. `before_dot` has run before every
            outcome of stage `content` (the server may refuse the dot: RETRY, REJECT), and before the
            rare RETRY at `data` of a connection that was found broken when the dot was due.
        """
        refused = refusal(sender, recipient, raw)
        if refused is not None:
            return refused
        async with self._lock:
            try:
                outcome = await self._attempt(sender, recipient, raw, before_dot)
            except BaseException:  # before_dot failed, or we are cancelled: whatever is half done ends
                self._drop()
                raise
            if asks_for_rest(outcome):
                self._rest.refused(outcome.text)
            else:
                self._rest.ended()
            return outcome

    async def probe(self) -> None:
        """Prove that connecting, TLS and login work: connect anew and say NOOP.

        Raises:
            ConfigurationError: login refused, certificate or TLS wrong, secret missing.
            TemporaryError: everything else; time may heal it.
        """
        async with self._lock:
            self._drop()
            try:
                self._smtp = await open_session(self._server)
                await self._smtp.noop()
            except (OSError, SMTPException, ValueError) as error:
                self._drop()
                raise as_error(error, where=self._server.where) from error

    async def close(self) -> None:
        """Leave politely, after a sending under way; never raises. The next `send` connects anew."""
        async with self._lock:
            if self._connected is not None:
                with contextlib.suppress(OSError, SMTPException):  # gone is gone
                    await self._connected.execute_command(b"QUIT", timeout=_GOODBYE_TIMEOUT)
            self._drop()
            await asyncio.sleep(0)  # the event loop closes sockets one turn later

    @property
    def certificate(self) -> Mapping[str, Any] | None:
        """The server's certificate, which was accepted; None without a connection, or in the clear."""
        return None if self._connected is None else self._connected.get_transport_info("peercert")

    @property
    def _connected(self) -> SMTP | None:
        return self._smtp if self._smtp is not None and self._smtp.is_connected else None

    def _drop(self) -> None:
        if self._smtp is not None:
            abort(self._smtp)
            self._smtp = None

    async def _attempt(self, sender: str, recipient: str, raw: bytes, before_dot: BeforeDot) -> Outcome:
        stage: Stage = "connect"
        try:
            smtp = await self._session()
            stage = "mail"
            await give_sender(smtp, sender, len(raw))
            stage = "rcpt"
            await give_recipient(smtp, recipient)
            stage = "data"
            reply = await write_text(smtp, raw, self._server.dot_timeout)
        except (OSError, SMTPException, ValueError, ConfigurationError) as error:
            return self._failed(stage, error)
        return await self._commit(smtp, reply, before_dot)

    async def _commit(
        self, smtp: SMTP, reply: "asyncio.Task[SMTPResponse]", before_dot: BeforeDot
    ) -> Outcome:
        """Let the caller commit, write the dot, judge the reply."""
        stage: Stage = "data"
        try:
            result = before_dot()  # outside of the translation below: its errors are the caller's own
            if inspect.isawaitable(result):
                await result
        except BaseException:  # whatever the caller raises, or cancelled: nobody waits for the reply any more
            forget(reply)
            raise
        try:
            write_dot(smtp, reply)
            stage = "content"
            answer = await hear(reply, self._server.dot_timeout)
        except (OSError, SMTPException) as error:
            forget(reply)
            return self._failed(stage, error)
        return judge(stage, answer.code, answer.message)

    async def _session(self) -> SMTP:
        """The kept connection if it still answers as it should, else a new one."""
        if self._connected is not None:
            try:
                # also ends what a refusal left open, and meets a reply too many that lies in wait
                await self._connected.rset()
            except (OSError, SMTPException):
                self._drop()  # it had gone stale; nothing was sent over it
        self._smtp = self._connected or await open_session(self._server)
        return self._smtp

    def _failed(self, stage: Stage, error: Exception) -> Outcome:
        """Judge a failure; keep the connection only after a clear refusal by a server that stays."""
        if not isinstance(error, SMTPResponseException):
            self._drop()
            return judge_loss(stage, error)
        outcome = judge(stage, error.code, error.message)
        if not is_refusal(error.code) or error.code == SERVICE_CLOSING:
            self._drop()
        return outcome
