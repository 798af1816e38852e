"""A proxy in front of an IMAP server that reads whole commands, literals included, and may do them otherwise.

A subclass says what becomes of a command (`hear`) and of what the server says (`tell`). Literals that wait
for the server's consent get it here and go on without asking, as Dovecot allows.
"""

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from select import select
from typing import Self

from tests.dovecot import HOST

QUOTED = rb"\"[^\"]*\"|\S+"
APPEND = re.compile(
    rb"(?is)(?P<tag>\S+) APPEND (?P<into>" + QUOTED + rb")(?P<how>(?: \([^)]*\))?(?: \"[^\"]*\")?)"
    rb" \{\d+[+-]?\}\r\n(?P<raw>.*)\r\n"
)
CAPABILITIES = re.compile(rb"(\* |\[)CAPABILITY [^\r\]]*(\]?)")
_LITERAL = re.compile(rb"\{(\d+)([+-]?)\}\r\n$")
_BLIND = re.compile(rb'(?i)HEADER "?(?!message-id|in-reply-to|subject)[a-z-]+"? ')


def blinded(command: bytes) -> bytes:
    """A search that finds nothing by the fields that large providers do not index."""
    return _BLIND.sub(b'HEADER "X-Not-Indexed" ', command)


class CommandProxy:
    """Forwards a port of its own to `target`; `with CommandProxy(target) as proxy:`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def hear(self, command: bytes, selected: str) -> tuple[bytes, bytes]:  # noqa: ARG002  for subclasses
        """What is passed on of a command in this folder, and what is answered instead."""
        return command, b""

    def tell(self, said: bytes) -> bytes:
        """What the client hears of what the server said."""
        return said

    def _run(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError, ValueError):  # closed at the end
            while not self._closing.is_set():
                if select([self._listener], [], [], 0.05)[0]:
                    self._run(self._serve, self._listener.accept()[0])

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection((HOST, self.target))
        selected, pending = "", b""
        for sock in (client, server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with client, server, suppress(OSError, ValueError):  # closed at the end
            while not self._closing.is_set():
                ready = select([client, server], [], [], 0.05)[0]
                if server in ready:
                    said = server.recv(65_536)
                    if not said:
                        return
                    client.sendall(self.tell(said))
                if client in ready:
                    heard = client.recv(65_536)
                    if not heard:
                        return
                    pending += heard
                    while (end := _complete(pending, client)) is not None:
                        command, pending = pending[:end], pending[end:]
                        selected = _selects(command) or selected
                        passed_on, answered = self.hear(command, selected)
                        server.sendall(re.sub(rb"\{(\d+)-?\}\r\n", rb"{\1+}\r\n", passed_on))
                        client.sendall(answered)


def _selects(command: bytes) -> str:
    match = re.match(rb"(?i)\S+ (?:SELECT|EXAMINE) (" + QUOTED + rb")", command)
    return match[1].strip(b'"').decode() if match else ""


def _complete(pending: bytes, client: socket.socket) -> int | None:
    """Where the first command ends, its literals included; asks for a literal that waits to be asked for."""
    start = 0
    while (line := pending.find(b"\r\n", start)) >= 0:
        literal = _LITERAL.search(pending, start, line + 2)
        if literal is None:
            return line + 2
        start = line + 2 + int(literal[1])
        if len(pending) == line + 2 and not literal[2]:
            client.sendall(b"+ go ahead\r\n")
    return None
