"""An SMTP server for tests that misbehaves on request, at an exact point of the dialogue.

`FAULTS` (smtp_faults.py) names the ways in which one sending can end; each says where it strikes, what
the server does there and whether the server keeps the mail. `Sink.accepted` is the truth.
Threads and blocking sockets, so that it serves synchronous tests and tests with an event loop alike.
"""

import base64
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.smtp_faults import FAULTS, Fault

_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that the server took over, with its envelope; `raw` is free of dot-stuffing."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class _Gone(Exception):  # noqa: N818  no error: it ends a session
    """This connection ends now."""


class Sink:
    """The server; set `fault` at any time (a `Fault` or a name of `FAULTS`), use it in a `with`.

    Attributes:
        on_accepted: called with each mail taken over, before the reply to its dot.
        accepted: the mails taken over. commands: all lines but texts, as they came.
        connections: how many there were. text_bytes: stuffed bytes of text (with its dot) seen so far.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        methods: str = "PLAIN LOGIN",
        extensions: tuple[str, ...] = ("SIZE 20000000", "8BITMIME"),
    ) -> None:
        self.tls, self.starttls, self.login = tls, starttls, login
        self.offers = [*extensions, *([f"AUTH {methods}"] if login else [])]
        self.fault: Fault | str | None = None
        self.on_accepted: Callable[[Accepted], None] | None = None
        self.takes_token: Callable[[str], bool] = lambda _: False
        self.accepted: list[Accepted] = []
        self.commands: list[str] = []
        self.connections = 0
        self.text_bytes = 0
        self.changed = threading.Condition()
        self.stopping = threading.Event()
        self._sessions: list[_Session] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread in accept()
        self._listener.close()
        self._thread.join(_PATIENCE)
        self.hang_up()

    def hang_up(self) -> None:
        """Close every connection from this side and wait until each session has ended."""
        for session in list(self._sessions):
            session.hang_up()
        self.rest()

    def interject(self, line: str) -> None:
        """Say something on every open connection, out of turn."""
        for session in list(self._sessions):
            session.say(line)

    def rest(self) -> None:
        """Wait until every session has ended, so that `accepted` is final."""
        for session in list(self._sessions):
            session.thread.join(_PATIENCE)
            assert not session.thread.is_alive(), "a session does not end"

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds; it is looked at after each line and each change."""
        with self.changed:
            assert self.changed.wait_for(condition, _PATIENCE), "what the test waits for never came"

    def note(self, command: str = "", text_bytes: int = 0) -> None:
        """Record what came in and wake those who wait for it."""
        with self.changed:
            if command:
                self.commands.append(command)
            self.text_bytes += text_bytes
            self.changed.notify_all()

    def _listen(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            session = _Session(self, connection)
            self._sessions.append(session)
            session.thread.start()


class _Session:
    """One connection, in a thread of its own."""

    def __init__(self, sink: Sink, connection: socket.socket) -> None:
        self._sink, self._socket, self._unread = sink, connection, b""
        self._sender, self._recipients = "", list[str]()
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def hang_up(self) -> None:
        """Send FIN; an SSL socket is closed underneath, without its farewell."""
        with contextlib.suppress(OSError):  # it has gone already
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _serve(self) -> None:
        try:
            if self._sink.tls:
                self._socket = self._sink.tls.wrap_socket(self._socket, server_side=True)
            if not self._strikes("connect"):
                self.say("220 sink ESMTP")
            while True:
                line = self._line().decode("latin-1").rstrip("\r\n")
                self._sink.note(line)
                self._answer(line)
        except (_Gone, OSError):
            self._socket.close()
        finally:
            self._sink.note()

    def _answer(self, line: str) -> None:
        verb = line.partition(" ")[0].upper()
        place = {"EHLO": "ehlo", "STARTTLS": "starttls", "AUTH": "auth", "MAIL": "mail", "RCPT": "rcpt"}
        if verb in place and self._strikes(place[verb]):
            return
        match verb:
            case "EHLO":
                self._hello()
            case "STARTTLS" if self._sink.starttls:
                self.say("220 2.0.0 go ahead\r\n250-injected\r\n250 AUTH CRAM-MD5")  # as an attacker would
                self._socket = self._sink.starttls.wrap_socket(self._socket, server_side=True)
            case "AUTH":
                self._log_in(line.split()[1:])
            case "MAIL":
                self._sender, self._recipients = _address(line), []
                self.say("250 2.1.0 ok")
            case "RCPT":
                self._recipients.append(_address(line))
                self.say("250 2.1.5 ok")
            case "DATA":
                self._data()
            case "RSET" | "NOOP":
                self.say("250 2.0.0 ok")
            case "QUIT":
                self.say("221 2.0.0 bye")
                raise _Gone
            case _:
                self.say("502 5.5.1 unknown")

    def _hello(self) -> None:
        clear = not isinstance(self._socket, ssl.SSLSocket)
        offers = ["sink", *self._sink.offers, *(["STARTTLS"] if self._sink.starttls and clear else [])]
        for offer in offers[:-1]:
            self.say(f"250-{offer}")
        self.say(f"250 {offers[-1]}")

    def _log_in(self, words: list[str]) -> None:
        if words[0] in {"XOAUTH2", "OAUTHBEARER"}:
            self._log_in_by_token(base64.b64decode(words[1]).decode())
            return
        if words[0] == "PLAIN":
            given = tuple(base64.b64decode(words[1]).decode().split("\0")[1:])
        else:
            user = words[1] if len(words) > 1 else self._ask("VXNlcm5hbWU6")
            given = tuple(base64.b64decode(text).decode() for text in (user, self._ask("UGFzc3dvcmQ6")))
        good = given == self._sink.login
        self.say("235 2.7.0 welcome" if good else "535 5.7.8 wrong password")

    def _log_in_by_token(self, message: str) -> None:
        token = message.partition("auth=Bearer ")[2].rstrip("\x01")
        if self._sink.takes_token(token):
            self.say("235 2.7.0 welcome")
            return
        self._ask(base64.b64encode(b'{"status":"401"}').decode())
        self.say("535 5.7.8 token refused")

    def _ask(self, challenge: str) -> bytes:
        self.say(f"334 {challenge}")
        return self._line()

    def _data(self) -> None:
        if not self._strikes("data"):
            self.say("354 go on")
        elif not self._fault_says("354"):
            return
        self._strikes("text")
        lines: list[bytes] = []
        while (line := self._line()) != b".\r\n":
            self._sink.note(text_bytes=len(line))
            lines.append(line.removeprefix(b"."))
        self._sink.note(text_bytes=len(line))
        fault = self._fault()
        if fault is None or fault.keeps:
            mail = Accepted(self._sender, tuple(self._recipients), b"".join(lines))
            self._sink.accepted.append(mail)
            if self._sink.on_accepted is not None:
                self._sink.on_accepted(mail)
        if fault and fault.at == "text":
            return  # it has had its say
        if not self._strikes("dot"):
            self.say("250 2.0.0 queued")

    def _fault(self) -> Fault | None:
        fault = self._sink.fault
        return FAULTS[fault] if isinstance(fault, str) else fault

    def _fault_says(self, code: str) -> bool:
        fault = self._fault()
        return fault is not None and fault.reply.startswith(code)

    def _strikes(self, place: str) -> bool:
        """Let the fault happen if this is its place."""
        fault = self._fault()
        if fault is None or fault.at != place:
            return False
        match fault.act:
            case "reply":
                self.say(fault.reply)
            case "half":
                self._socket.sendall(fault.reply.encode())
                raise _Gone
            case "silence":
                self._wait_for_the_end()
            case "stall":
                self._sink.stopping.wait(_PATIENCE)
                raise _Gone
            case "rst":
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise _Gone
            case "fin":
                raise _Gone
        if self._fault_says("421"):
            raise _Gone
        return True

    def _wait_for_the_end(self) -> None:
        while self._socket.recv(65_536):
            pass
        raise _Gone

    def say(self, text: str) -> None:
        """Write one line, or several."""
        self._socket.sendall(text.encode() + b"\r\n")

    def _line(self) -> bytes:
        while b"\n" not in self._unread:
            more = self._socket.recv(65_536)
            if not more:
                raise _Gone
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        return line + b"\n"


def _address(line: str) -> str:
    return line[line.index("<") + 1 : line.index(">")]
