"""Who works a mailbox, where several hosts share a ledger: an advisory lock of PostgreSQL for each mailbox.

Promises: one session holds the locks of all mailboxes of this daemon, and tells PostgreSQL's list of sessions
who it is. The locks are free again when the session ends: at once with the process, within half a minute when
its host is gone (TCP keepalive). A session that was cut is opened again, and its locks are taken anew. With
SQLite every lock is free, since the file has one of its own (`store.LedgerLock`). A lock keeps a spare from
working; what keeps a late writer from writing is the mailbox's epoch.

Errors: `TemporaryError` while the database cannot be asked; `LockedError` from `keep`.
"""

import os
import socket
import threading

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from daemon.errors import LockedError
from daemon.ports.ledger.store import translated

SPACE = 0x46_52_4C_4B
"""The first half of the locks' key, so that they meet no other program's; the mailbox's hash is the other."""
KEEPALIVE = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
_TAKE = sa.text("SELECT pg_try_advisory_lock(:space, hashtext(:name))")
_HOLDER = sa.text(
    "SELECT concat_ws(' at ', application_name, host(client_addr)) "
    "FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND classid = CAST(:space AS oid) AND objsubid = 2 "
    "AND objid = CAST(CAST(hashtext(:name) AS bigint) & 4294967295 AS oid) "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class MailboxLocks:
    """The locks of this daemon; may be asked from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Connection | None = None
        self._ours: set[str] = set()
        self._mutex = threading.Lock()

    def take(self, name: str) -> str | None:
        """Take a mailbox's lock, or find it ours: None; else who has it, as PostgreSQL knows them."""
        if self._engine.dialect.name == "sqlite":
            return None
        with self._mutex, translated():
            session = self._living()
            if name in self._ours or self._taken(session, name):
                return None
            # the holder may have ended between the two questions
            return (
                session.execute(_HOLDER, {"space": SPACE, "name": name}).scalar()
                or "a daemon that just ended"
            )

    def keep(self, name: str) -> None:
        """Take a mailbox's lock, or find it ours; `LockedError` when another daemon has it."""
        if holder := self.take(name):
            raise LockedError(f"mailbox {name} is worked by {holder}")

    def close(self) -> None:
        """Give all of them up."""
        with self._mutex:
            self._ours.clear()
            if self._session is not None:
                self._session.close()
                self._session = None

    def _taken(self, session: Connection, name: str) -> bool:
        if session.execute(_TAKE, {"space": SPACE, "name": name}).scalar_one():
            self._ours.add(name)
        return name in self._ours

    def _living(self) -> Connection:
        """The session, opened anew where it was cut."""
        if self._session is not None and _alive(self._session):
            return self._session
        self._session = self._opened()
        lost, self._ours = self._ours, set()
        for name in sorted(lost):
            self._taken(self._session, name)  # one that a spare took ends us by its epoch
        return self._session

    def _opened(self) -> Connection:
        session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        session.detach()  # closing it must end the session, and give no lock back to the pool
        me = f"firstreply {socket.gethostname()} pid {os.getpid()}"
        for setting, value in {"application_name": me, **KEEPALIVE}.items():
            session.execute(
                sa.text("SELECT set_config(:name, :value, false)"), {"name": setting, "value": value}
            )
        return session


def _alive(session: Connection) -> bool:
    try:
        session.execute(sa.text("SELECT 1"))
    except DBAPIError:
        session.invalidate()
        return False
    return True
