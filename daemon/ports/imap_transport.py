"""The bytes under imaplib: our own buffer, so that waiting for a line is possible and exact.

imaplib reads through a buffered file. Polling its socket therefore overlooks lines that were read
already, and a time-out in the middle of one loses its beginning. `Transport` overrides the methods that
imaplib names as overridable (open, read, readline, send, shutdown) and starttls; `line_within` waits.

Errors are imaplib's and the socket's; `imap_errors` translates them further up.
"""

import contextlib
import imaplib
import re
import select
import socket
import ssl
import time
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from daemon.ports.imap_values import ImapServer
from daemon.ports.security import Security

CHUNK = 65_536
LINE_LIMIT = 16_000_000
"""Longest line; the answer to SEARCH names a million UIDs in 8 MB where ESEARCH is missing."""
LITERAL_LIMIT = 256_000_000
"""Longest literal; callers ask for far less, so that a longer one is a broken server."""
_GOODBYE = re.compile(rb"^\* BYE ([^\r\n]*)", re.MULTILINE)
SOCKET_OPTIONS = (  # by name: not every system has all of them
    ("SOL_SOCKET", "SO_KEEPALIVE", 1),
    ("IPPROTO_TCP", "TCP_NODELAY", 1),
    ("IPPROTO_TCP", "TCP_KEEPIDLE", 60),
    ("IPPROTO_TCP", "TCP_KEEPINTVL", 15),
    ("IPPROTO_TCP", "TCP_KEEPCNT", 4),
    ("IPPROTO_TCP", "TCP_USER_TIMEOUT", 30_000),
)


def tune(sock: socket.socket) -> None:
    """Send at once, and notice a dead peer: 2 minutes when idle, 30 s when data is unacknowledged."""
    for level, option, value in SOCKET_OPTIONS:
        if hasattr(socket, option):
            sock.setsockopt(getattr(socket, level), getattr(socket, option), value)


class Transport(imaplib.IMAP4):
    """imaplib's protocol over a socket and a buffer of our own; TLS from the start with a context."""

    sock: socket.socket

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, timeout: float) -> None:
        self._context = context
        self._buffer = bytearray()
        self._start = 0
        super().__init__(host, port, timeout)

    def open(self, host: str = "", port: int = 993, timeout: float | None = None) -> None:
        """Connect; `timeout` bounds connect, handshake and greeting."""
        self.host, self.port = host, port
        sock = socket.create_connection((host, port), timeout)
        try:
            tune(sock)
            self.sock = self._context.wrap_socket(sock, server_hostname=host) if self._context else sock
        except OSError:
            sock.close()
            raise

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:  # noqa: ANN401  as imaplib's
        """Secure the connection. Anything the clear text held beyond the reply is refused (RFC 9051 11.1)."""
        if ssl_context is None:
            raise self.error("STARTTLS needs a context")
        kind, data = self._simple_command("STARTTLS")
        if kind != "OK":
            raise self.error(f"STARTTLS failed: {data[0]!r}")
        if self._start != len(self._buffer):
            raise self.abort("the server sent data before TLS was there")
        self.sock = ssl_context.wrap_socket(self.sock, server_hostname=self.host)
        return kind, data

    def read(self, size: int) -> bytes:
        """Read a literal; shorter only at the end of the connection."""
        if size > LITERAL_LIMIT:
            raise self.abort(f"a literal of {size} bytes")
        have = self._buffer[self._start : self._start + size]
        self._start += len(have)
        missing = size - len(have)
        if not missing:
            return bytes(have)
        have.extend(bytes(missing))
        with memoryview(have) as whole:
            at = size - missing
            while at < size:
                got = self.sock.recv_into(whole[at:], size - at)
                if not got:
                    return bytes(whole[:at])
                at += got
        return bytes(have)

    def readline(self) -> bytes:
        """Read a line with its end; without an end only at the end of the connection."""
        searched = self._start
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer) - self._compact()
            if searched > LINE_LIMIT:
                raise self.abort(f"a line of more than {LINE_LIMIT} bytes")
            chunk = self.sock.recv(CHUNK)
            if not chunk:
                end = len(self._buffer) - 1
                break
            self._buffer += chunk
        line = bytes(self._buffer[self._start : end + 1])
        self._start = end + 1
        return line

    def _compact(self) -> int:
        """Forget what was read; return how much."""
        done, self._start = self._start, 0
        del self._buffer[:done]
        return done

    def send(self, data: Any) -> None:  # noqa: ANN401  any buffer, as imaplib's
        """Send; the time-out is for each piece, so that a large message may take its time."""
        try:
            with memoryview(data) as whole:
                for start in range(0, len(whole), CHUNK):
                    self.sock.sendall(whole[start : start + CHUNK])
        except OSError as error:
            if goodbye := self._goodbye():
                raise self.abort(f"the server said goodbye: {goodbye!r}") from error
            raise

    def _goodbye(self) -> bytes:
        """Why the server closed the connection, where it said so before we could read it."""
        with contextlib.suppress(OSError, self.abort):
            while self._receive_now():
                pass
        match = _GOODBYE.search(self._buffer, self._start)
        return match[1][:200] if match else b""

    def shutdown(self) -> None:
        """Close the socket, whatever state it is in."""
        if hasattr(self, "sock"):
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
            self.sock.close()

    def line_within(self, seconds: float, wake: socket.socket) -> bool:
        """Wait until a whole line can be read; False when time is up or `wake` became readable.

        Raises abort when the server closed the connection, OSError when it broke.
        """
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        poll.register(wake, select.POLLIN)
        while self._buffer.find(b"\n", self._start) < 0:
            if self._receive_now():
                continue
            left = deadline - time.monotonic()
            ready = {number for number, _ in poll.poll(left * 1000)} if left > 0 else set()
            if not ready or wake.fileno() in ready:
                return False
        return True

    def _receive_now(self) -> bool:
        """Take what is there, without waiting; False when that is nothing."""
        timeout = self.sock.gettimeout()
        self.sock.setblocking(False)
        try:
            chunk = self.sock.recv(CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError):  # the latter also for bytes without data
            return False
        finally:
            self.sock.settimeout(timeout)
        if not chunk:
            raise self.abort("the server closed the connection")
        self._buffer += chunk
        return True


class Client(IMAPClient):  # type: ignore[misc]  # the library ships no types
    """imapclient over our transport: quiet about contents, with aware times."""

    def __init__(self, server: ImapServer, context: ssl.SSLContext | None) -> None:
        self._tls_context = context
        super().__init__(
            server.host,
            port=server.port,
            ssl=server.security is Security.TLS,
            timeout=SocketTimeout(server.connect_timeout, server.read_timeout),
        )
        self.normalise_times = False
        self._imap.debug = 0  # 5 otherwise: every body would go through repr()

    def _create_IMAP4(self) -> Transport:  # noqa: N802  the library's name for its factory
        return Transport(self.host, self.port, self._tls_context if self.ssl else None, self._timeout.connect)

    @property
    def transport(self) -> Transport:
        """The protocol object below."""
        protocol: Transport = self._imap
        return protocol
