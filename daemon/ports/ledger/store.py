"""Opening the ledger: the engine, one transaction at a time, the lock, the migrations.

Promises: SQLite runs with WAL, synchronous=FULL, foreign keys and a busy timeout, and every writing
transaction begins IMMEDIATE, so that a reader never has to upgrade. Each commit is fenced: a daemon
whose mailbox was claimed by another one since then cannot write (`reliability.md` section 4.2 of the
plan: state and owner epoch are compared in one transaction).

Errors: `LockedError` when another process holds the ledger or has claimed the mailbox;
`TemporaryError` for a busy database, a full disk and everything unknown; `ConfigurationError` for an
address that cannot be opened; `PermanentError` for a transition that the database refuses (our bug).
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from daemon.errors import ConfigurationError, LockedError, PermanentError, TemporaryError
from daemon.ports.ledger import schema as t

BUSY_TIMEOUT_MS = 10_000
REFUSED = ("forbidden transition", "append-only")
DAMAGED = ("disk image is malformed", "file is not a database")


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write for one mailbox, until somebody else claims it."""

    mailbox_id: int
    name: str
    epoch: int


def open_engine(url: str) -> Engine:
    """An engine for the ledger's address; nothing is connected yet."""
    try:
        engine = sa.create_engine(url)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise ConfigurationError(
            f"the ledger's address cannot be used ({error})",
            where="ledger",
            remedy="Write sqlite:////path/to/ledger.db or postgresql+psycopg://user@host/name",
        ) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own type
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "secure_delete=ON",  # what is taken out is overwritten
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn the database's errors into the one tree."""
    try:
        yield
    except DBAPIError as error:
        words = str(error.orig)
        if any(mark in words for mark in REFUSED) or isinstance(error, sa.exc.IntegrityError):
            raise PermanentError(f"the ledger refused a write: {words}", reply=words) from error
        if any(mark in words for mark in DAMAGED):
            raise ConfigurationError(
                f"its file is damaged ({words})",
                where="ledger",
                remedy="Stop the service and put the newest backup back (docs/operating.md, Restore)",
            ) from error
        raise TemporaryError(f"the ledger cannot be used now: {words}") from error


@contextlib.contextmanager
def writing(engine: Engine, claim: Claim | None = None) -> Iterator[Connection]:
    """One transaction; with a claim it is fenced by the mailbox's epoch."""
    with translated(), engine.begin() as connection:
        if claim is not None:
            fence = sa.select(t.mailbox.c.epoch).where(t.mailbox.c.id == claim.mailbox_id)
            if engine.dialect.name != "sqlite":
                fence = fence.with_for_update(read=True)
            if connection.execute(fence).scalar_one_or_none() != claim.epoch:
                raise LockedError(f"mailbox {claim.name} was claimed by another daemon")
        yield connection


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent look at the ledger."""
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with (
        translated(),
        engine.connect().execution_options(reading=True, **options) as connection,
        connection.begin(),
    ):
        yield connection


class LedgerLock:
    """The right to work on a ledger, held by flock for life; the kernel frees it at death only."""

    def __init__(self, path: Path) -> None:
        writable(path.parent)
        try:
            self._file = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise TemporaryError(f"{path}: cannot be written ({error.strerror})") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            holder = self._file.read().strip()
            self._file.close()
            raise LockedError(
                f"another firstreply works on this ledger ({holder or 'unknown process'}, lock {path}); "
                "stop it first, or give this one a state_dir and a ledger of its own",
                holder=holder,
            ) from error
        self._file.truncate(0)
        self._file.write(f"pid {os.getpid()}")
        self._file.flush()

    def release(self) -> None:
        """Give the lock up."""
        self._file.close()


def writable(folder: Path) -> Path:
    """The folder, made for us alone where it is missing; ours to write, which a full disk does not change."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigurationError(
            "nothing can be written there",
            where=str(folder),
            remedy="Give it to the service's user; outside of the unit's StateDirectory= it needs "
            "ReadWritePaths= in a drop-in as well (systemctl edit firstreply)",
        )
    return folder


def lock_path(url: str, state_dir: Path) -> Path:
    """Where the lock of this ledger lies: beside an SQLite file, else in `state_dir`."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return Path(parsed.database).resolve().with_suffix(".lock")  # one file, one lock
    return state_dir / "ledger.lock"


MIGRATIONS = Path(__file__).parent / "migrations"


def newest_version() -> str:
    """The version that the tables of this program have: the number its last migration begins with."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def migrate(engine: Engine) -> None:
    """Bring the tables to this program's version."""
    noted, newest = noted_version(engine), newest_version()
    if noted == newest:
        return  # nearly every start: Alembic costs 0.2 s and 12 MB
    if noted is not None and noted > newest:
        raise ConfigurationError(
            f"its tables are of version {noted}, this program is made for {newest}",
            where="ledger",
            remedy="Install the newer firstreply again, or put back a backup from before it",
        )
    from alembic import command  # noqa: PLC0415  see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with translated(), engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def noted_version(engine: Engine) -> str | None:
    """The version that Alembic noted in this ledger; None for a new one."""
    with reading(engine) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        return version
