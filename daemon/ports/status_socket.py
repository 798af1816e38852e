"""The socket on which a running daemon says how it stands: one line of JSON to whoever connects.

Nothing is read from a client; who may ask is said by the rights of the file. `place` is where the daemon
listens: in /run/firstreply where systemd made that folder, for its group too, and else beside the ledger's
lock, for its user alone. The names come from the lock: one ledger, one lock, one daemon, one socket.

Promises: no client holds the daemon up: an answer is written without waiting, a client that does not take it
is dropped after `PATIENCE`, and beyond `MOST` at once the newest are. A file that a `kill -9` left is
replaced. Paths may be longer than an address of AF_UNIX (107 octets).

Errors: `TemporaryError` where no socket can be made here; `PermissionError` for who may not ask.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.errors import TemporaryError

RUNTIME = Path("/run/firstreply")
"""The unit's RuntimeDirectory=."""
MOST = 64
PATIENCE = 2.0
LONGEST = 107
"""Octets of a path in an address of AF_UNIX."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a socket lies, and who may use it."""

    path: Path
    mode: int


def places(lock: Path) -> tuple[Place, Place]:
    """Where the daemon of the ledger with this lock may listen, the public place first."""
    name = hashlib.sha256(os.fsencode(lock)).hexdigest()[:12]
    return Place(RUNTIME / f"{name}.sock", 0o660), Place(lock.with_suffix(".sock"), 0o600)


def place(lock: Path, environ: Mapping[str, str] = os.environ) -> Place:
    """Where this daemon listens."""
    public, private = places(lock)
    return public if str(RUNTIME) in environ.get("RUNTIME_DIRECTORY", "").split(":") else private


class StatusSocket:
    """The daemon's end."""

    def __init__(self, at: Place, answer: Callable[[], Awaitable[bytes]]) -> None:
        self._at, self._answer = at, answer
        self._busy = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Begin to listen; the ledger's lock must be held, since what lies there is taken for a leftover."""
        try:
            self._server = await asyncio.start_unix_server(self._tell, sock=_bound(self._at), backlog=MOST)
        except OSError as error:
            raise TemporaryError(f"{self._at.path}: {error.strerror or error}") from error

    async def close(self) -> None:
        """Stop, and leave no file."""
        if self._server is not None:
            self._server.close()
            with contextlib.suppress(OSError):
                self._at.path.unlink()

    async def _tell(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._busy += 1
        try:
            if self._busy <= MOST:
                async with asyncio.timeout(PATIENCE):
                    writer.write(await self._answer())
                    await writer.drain()
                    writer.close()
                    await writer.wait_closed()
        except (OSError, TimeoutError):
            pass  # it left, or does not read
        finally:
            self._busy -= 1
            writer.transport.abort()


def _bound(at: Place) -> socket.socket:
    """A socket at this place, which nobody else could use for a moment."""
    with contextlib.suppress(FileNotFoundError):
        at.path.unlink()
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        os.fchmod(made.fileno(), 0o600)
        with _address(at.path) as address:
            made.bind(address)
        at.path.chmod(at.mode)  # the unit's UMask= would take the group's right
    except OSError:
        made.close()
        raise
    return made


def ask(at: Path, patience: float = 3.0) -> dict[str, Any] | None:
    """What the daemon says that listens there; None where none does.

    Raises `TemporaryError` where one does and says nothing within `patience`.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as asking:
        asking.settimeout(patience)
        try:
            with _address(at) as address:
                asking.connect(address)
            with asking.makefile("rb") as said:
                line = said.readline()
            answer: dict[str, Any] = json.loads(line)
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            return None
        except PermissionError:
            raise
        except (OSError, ValueError) as error:
            raise TemporaryError(f"the daemon at {at} does not answer") from error
        return answer


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """The path as an address: by an open folder where it is too long for one."""
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
