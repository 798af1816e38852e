"""A throw-away PostgreSQL for tests, from Debian's package: one server a session, one empty ledger a test.

A new database costs half a second, an emptied one a hundredth; so tests share one and begin with it empty.
The server listens on a free loopback port, keeps its data in a short folder below /tmp and forgets
everything at the end. Where PostgreSQL is not installed, CI fails and a developer's run skips loudly.
"""

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import psycopg.sql
import pytest

BINARIES = Path("/usr/lib/postgresql")
REMEDY = "install it with: apt-get install -y postgresql"
PATIENCE = 30.0
_BETWEEN_LOOKS = threading.Event()  # never set: a pause between two looks at the server
_SPARED = "fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=16MB"


def binaries(root: Path = BINARIES, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of PostgreSQL's programs; skips the test, or fails it where nothing may be skipped."""
    found = sorted(root.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if environ.get("CI") == "true" or environ.get("FIRSTREPLY_REQUIRE_ALL") == "1":
        pytest.fail(f"PostgreSQL is needed here; {REMEDY}")
    pytest.skip(f"NOT TESTED ON POSTGRESQL; {REMEDY}")


def _account() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    pwd.getpwnam("postgres")
    return "postgres"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class PostgresServer:
    """One running server; use as a context manager."""

    def __init__(self) -> None:
        self._programs, self._account = binaries(), _account()
        self._root = Path(tempfile.mkdtemp(prefix="fr-pg-"))
        self.port = _free_port()
        self._numbers = itertools.count(1)
        if self._account:
            shutil.chown(self._root, self._account)

    def __enter__(self) -> Self:
        initdb = (
            self._programs / "initdb",
            "--no-sync",
            "-A",
            "trust",
            "-U",
            "fr",
            "-E",
            "UTF8",
            "--locale=C",
        )
        subprocess.run(
            [*initdb, "-D", self._root / "data"],
            user=self._account,
            cwd=self._root,
            check=True,
            capture_output=True,
        )
        options = ("listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", *_SPARED)
        with (self._root / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._root / "data", *(f"--{item}" for item in options)],
                user=self._account,
                cwd=self._root,
                stdout=log,
                stderr=log,
            )
        self._await()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGQUIT)  # at once: nothing of it is needed any more
        self._process.wait(PATIENCE)
        shutil.rmtree(self._root, ignore_errors=True)

    def _await(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self._answers():
            words = (self._root / "log").read_text(errors="replace")
            assert self._process.poll() is None, f"PostgreSQL ended: {words}"
            assert time.monotonic() < end, f"PostgreSQL did not start: {words}"
            _BETWEEN_LOOKS.wait(0.03)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._address("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _address(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=fr dbname={name}"

    def url(self, name: str) -> str:
        """The ledger's address of one database."""
        return f"postgresql+psycopg://fr@127.0.0.1:{self.port}/{name}"

    def create(self) -> str:
        """A new, empty database; returns its name."""
        name = f"t{next(self._numbers)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return name

    def empty(self, name: str, tables: Iterable[str]) -> None:
        """Take everything out of these tables of a database, past their guards."""
        clear = "SET lock_timeout = '10s'; SET session_replication_role = replica; "  # no triggers
        clear += "; ".join(f"DELETE FROM {table}" for table in tables)  # noqa: S608  names from our own tables
        with psycopg.connect(self._address(name), autocommit=True) as connection:
            connection.execute(clear.encode())
