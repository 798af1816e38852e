"""An IMAP server inside the process (pymap): a mailbox to try the daemon on, without root or a package.

Everything lives in memory and on 127.0.0.1. It lacks CONDSTORE, SPECIAL-USE, NAMESPACE, UNSELECT and
keywords, which makes it a good second opinion on the IMAP port as well.

Errors: ConfigurationError when the extra `demo` is not installed, OSError when the port is taken,
TimeoutError when the server does not start or a delivery does not end.
"""

import argparse
import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Self

from daemon.errors import ConfigurationError

try:
    from proxyprotocol.sock import SocketInfo
    from pymap.backend.dict import DictBackend
    from pymap.imap import IMAPServer
    from pymap.parsing.message import AppendMessage
    from pymap.parsing.specials.flag import Flag
    from pymap.user import Passwords, UserMetadata
except ImportError as error:
    raise ConfigurationError(
        f"the demonstration's mail server is not installed ({error})",
        where="firstreply demo",
        remedy='Install it with: pip install "firstreply[demo]"',
    ) from error

HOST = "127.0.0.1"
START_SECONDS = 15.0
DELIVERY_SECONDS = 10.0


class EmbeddedImap:
    """An IMAP server in a thread of its own; `with EmbeddedImap(port, accounts) as server:`.

    Args:
        port: the port on 127.0.0.1; 0 takes a free one, which `port` tells after the start.
        accounts: user names and their passwords.
    """

    def __init__(self, port: int, accounts: Mapping[str, str]) -> None:
        self.port = port
        self._accounts = dict(accounts)
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="demo imap", daemon=True)

    def start(self) -> Self:
        """Serve; returns when the port is open."""
        self._thread.start()
        self._ready.result(START_SECONDS)
        return self

    def stop(self) -> None:
        """End all connections and the thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(START_SECONDS)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def deliver(self, account: str, raw: bytes, folder: str = "INBOX", flags: tuple[str, ...] = ()) -> None:
        """Put a message into a folder, as a mail server in front would."""
        delivery = self._append(account, raw, folder, flags)
        asyncio.run_coroutine_threadsafe(delivery, self._loop).result(DELIVERY_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        serve = IMAPServer(await self._login(), self._config)
        connections: set[asyncio.Task[Any]] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101  a coroutine that runs has a task
            connections.add(task)  # pymap keeps none: from 3.13 on such tasks are collected while they run
            try:
                await serve(reader, writer, SocketInfo.get(writer, None))
            finally:
                connections.discard(task)

        async with await asyncio.start_server(accept, HOST, self.port) as listener:
            self.port = listener.sockets[0].getsockname()[1]
            self._ready.set_result(None)
            await self._stopping.wait()
            for task in connections:
                task.cancel()
            await asyncio.gather(*connections, return_exceptions=True)

    async def _login(self) -> Any:  # noqa: ANN401  pymap ships no types that mypy is told of
        """Make the backend with its accounts."""
        settings = argparse.Namespace(
            debug=False,
            passlib_cfg=None,
            skip_services=[],
            host=[HOST],
            port=str(self.port),
            cert=None,
            key=None,
            tls=False,
            proxy_protocol=None,
            inherited_sockets=None,
            demo_data=False,
            demo_user="_",
            demo_password="_",  # noqa: S106  an account nobody is told of, with demo_data off
        )
        self._backend, self._config = await DictBackend.init(settings, invalid_user_sleep=0.0)
        self._config.apply_context()
        for name, password in self._accounts.items():
            hashed = await Passwords(self._config).hash_password(password)
            user = UserMetadata(self._config, name, password=hashed)
            self._backend.login.users_dict[name] = user
        return self._backend.login

    async def _append(self, account: str, raw: bytes, folder: str, flags: tuple[str, ...]) -> None:
        caller = SimpleNamespace(name=account, roles=frozenset())
        identity = await self._backend.login.authorize(caller, account)
        async with identity.new_session() as session:
            kept = frozenset(Flag(flag.encode("ascii")) for flag in flags)
            await session.append_messages(folder, [AppendMessage(raw, datetime.now(UTC), kept)])
