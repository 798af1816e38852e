"""A TCP proxy that breaks connections on purpose: reset, end, silence, tiny pieces, a lost reply.

Set its attributes while it runs; everything it does happens on 127.0.0.1.
"""

import contextlib
import re
import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

HOST = "127.0.0.1"
PIECE = 65_536


class Fault(StrEnum):
    """What happens to the connections."""

    RESET = "rst"
    END = "fin"
    SILENCE = "silence"


@dataclass(frozen=True)
class Trigger:
    """When `text` passes, `fault` happens; of the piece that holds it only `forward` bytes arrive."""

    text: bytes
    fault: Fault
    forward: int = 0


class ChaosProxy:
    """Forwards a port of its own to `target`; `with ChaosProxy(target) as proxy:`."""

    def __init__(self, target: int, source: str = HOST) -> None:
        self.target = target
        self.source = source
        """The address that the server sees us come from."""
        self.room: int | None = None
        """Connections that may be open at once; of more the oldest ends with a BYE. None: any number."""
        self.dribble = 0
        """Largest piece from the server to the client; 0 for no limit."""
        self.on_server: Trigger | None = None
        self.on_client: Trigger | None = None
        self.rewrite: tuple[bytes, bytes | Callable[[re.Match[bytes]], bytes]] | None = None
        """What the server says is changed: a pattern and its replacement, as re.sub takes them."""
        self.translate: tuple[bytes, bytes] | None = None
        """The same for what the client says."""
        self.watch_for: bytes | None = None
        """A pattern of what the client must not say; `heard` has what it said of that all the same."""
        self.heard: list[bytes] = []
        self.connections = 0
        self._silent = threading.Event()
        self._closing = threading.Event()
        self._sockets: list[socket.socket] = []
        self._open: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()
        for sock in self._sockets:
            sock.close()

    def fault(self, fault: Fault) -> None:
        """Do it to every open connection."""
        if fault is Fault.SILENCE:
            self._silent.set()
            return
        sockets, self._sockets = self._sockets, []
        for sock in sockets:
            if fault is Fault.RESET:
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            if not select.select([self._listener], [], [], 0.05)[0]:
                continue
            client, _ = self._listener.accept()
            server = socket.create_connection((HOST, self.target), source_address=(self.source, 0))
            self.connections += 1
            self._sockets += [client, server]
            self._open.append((client, server))
            while self.room is not None and len(self._open) > self.room:
                self._say_goodbye(*self._open[0])
            for source, sink in ((client, server), (server, client)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                pump = threading.Thread(target=self._pump, args=(source, sink, source is server), daemon=True)
                self._threads.append(pump)
                pump.start()

    def _say_goodbye(self, client: socket.socket, server: socket.socket) -> None:
        self._open.remove((client, server))
        with contextlib.suppress(OSError):
            client.sendall(b"* BYE Too many simultaneous connections\r\n")
            client.shutdown(socket.SHUT_RDWR)
            server.shutdown(socket.SHUT_RDWR)

    def _pump(self, source: socket.socket, sink: socket.socket, from_server: bool) -> None:
        with contextlib.suppress(OSError, ValueError):  # closed by a fault or at the end
            while not self._closing.is_set():
                if not select.select([source], [], [], 0.05)[0]:
                    continue
                data = source.recv(PIECE)
                if not data:
                    self._open = [pair for pair in self._open if source not in pair]
                    sink.shutdown(socket.SHUT_WR)
                    return
                if not self._silent.is_set():
                    self._pass_on(data, sink, from_server=from_server)

    def _pass_on(self, data: bytes, sink: socket.socket, *, from_server: bool) -> None:
        trigger = self.on_server if from_server else self.on_client
        if trigger is not None and trigger.text in data:
            self.on_server = self.on_client = None
            if trigger.forward:
                sink.sendall(data[: trigger.forward])
            self.fault(trigger.fault)
            return
        if not from_server and self.watch_for is not None:
            self.heard += re.findall(self.watch_for, data)
        if from_server and self.rewrite is not None:
            data = re.sub(*self.rewrite, data)
        if not from_server and self.translate is not None:
            data = re.sub(*self.translate, data)
        size = self.dribble if from_server and self.dribble else len(data)
        for start in range(0, len(data), size):
            sink.sendall(data[start : start + size])
