"""The status socket: one line to whoever connects, and nobody who connects can hold the daemon up."""

import asyncio
import os
import socket
import stat
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from daemon.errors import TemporaryError
from daemon.ports import status_socket
from daemon.ports.status_socket import MOST, RUNTIME, Place, StatusSocket, ask, place, places


@asynccontextmanager
async def listening(at: Place, answer: bytes = b'{"pid": 7}\n') -> AsyncIterator[None]:
    """A daemon's end that gives this answer."""

    async def say() -> bytes:
        return answer

    listener = StatusSocket(at, say)
    await listener.open()
    try:
        yield
    finally:
        await listener.close()


def deep(folder: Path) -> Path:
    """A path that no address of AF_UNIX can hold."""
    for name in ("x" * 60, "y" * 60):
        folder /= name
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("mode", [0o600, 0o660])
def test_whoever_may_open_the_file_is_answered(tmp_path: Path, mode: int, long: bool) -> None:
    """Twice, whatever the umask, by a path of any length; a leftover file is replaced, and none is left."""
    folder = deep(tmp_path) if long else tmp_path
    at = Place(folder / "it.sock", mode)
    at.path.touch()

    async def run() -> None:
        before = os.umask(0o077)
        try:
            async with listening(at):
                os.umask(before)
                assert stat.S_IMODE(at.path.stat().st_mode) == mode
                for _ in range(2):
                    assert await asyncio.to_thread(ask, at.path) == {"pid": 7}
        finally:
            os.umask(before)

    asyncio.run(run())
    assert list(folder.iterdir()) == []


def test_no_client_holds_the_daemon_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that never read an answer larger than any buffer: the loop goes on, and they are dropped."""
    monkeypatch.setattr(status_socket, "PATIENCE", 1.0)
    at = Place(tmp_path / "it.sock", 0o600)
    longest = 0.0

    async def run() -> None:
        nonlocal longest
        async with listening(at, b'"' + b"x" * 3_000_000 + b'"\n'):
            lazy = [socket.socket(socket.AF_UNIX) for _ in range(MOST + 8)]
            for client in lazy:
                client.settimeout(5)
                await asyncio.to_thread(client.connect, str(at.path))
            assert await asyncio.to_thread(lazy[-1].recv, 1) == b"", "one too many"
            end, before = time.monotonic() + 1.2, time.monotonic()
            while before < end:
                await asyncio.sleep(0)
                longest, before = max(longest, time.monotonic() - before), time.monotonic()
            answer = await asyncio.to_thread(ask, at.path)
            assert len(answer or "") == 3_000_000, "they are gone, and there is room again"
            for client in lazy:
                client.close()

    asyncio.run(run())
    assert longest < 0.25


def test_a_file_that_a_killed_daemon_left_is_nobody(tmp_path: Path) -> None:
    """Neither is none at all; one that listens and says nothing is told apart."""
    at = tmp_path / "it.sock"
    assert ask(at) is None
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(at))
        assert ask(at) is None
        left.listen()
        with pytest.raises(TemporaryError, match="does not answer"):
            ask(at, patience=0.1)


def test_where_no_socket_can_be_made_is_said(tmp_path: Path) -> None:
    """A folder that is not there."""

    async def run() -> None:
        async with listening(Place(tmp_path / "no" / "it.sock", 0o600)):
            pass

    with pytest.raises(TemporaryError, match="No such file"):
        asyncio.run(run())


def test_the_place_is_known_to_the_daemon_and_to_who_asks(tmp_path: Path) -> None:
    """Public where systemd made the folder, else beside the lock; another ledger's is another."""
    public, private = places(tmp_path / "ledger.lock")
    assert place(tmp_path / "ledger.lock", {}) == private == Place(tmp_path / "ledger.sock", 0o600)
    assert place(tmp_path / "ledger.lock", {"RUNTIME_DIRECTORY": f"/run/x:{RUNTIME}"}) == public
    assert place(tmp_path / "ledger.lock", {"RUNTIME_DIRECTORY": "/run/firstreply-us"}) == private
    assert public.path.parent == RUNTIME
    assert public != places(tmp_path / "other.lock")[0]
