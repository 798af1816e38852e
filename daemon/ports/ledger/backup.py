"""Backups: copies of the ledger's file that are whole and readable, made while the daemon works.

Promises: a backup appears under its name only after SQLite found it sound and it is on the disk; whatever
ends the work before leaves the earlier ones as they are. Only files that this module named are ever removed.

Errors: `ConfigurationError` for a ledger that is no file, and for a folder that cannot be written;
`LockedError` while another backup is being made; `TemporaryError` for a full disk, a busy ledger and a
backup that is not sound.
"""

import contextlib
import fcntl
import os
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from daemon.errors import ConfigurationError, LockedError, TemporaryError
from daemon.ports.ledger.store import open_engine

BACKUP_NAME = re.compile(r"ledger-\d{8}T\d{6}Z\.db")
UNFINISHED = ".unfinished"


def back_up(url: str, folder: Path, now: datetime) -> Path:
    """Make one backup in `folder`; returns its path."""
    _need_file(url)
    target = folder / f"ledger-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _unfinished(folder / UNFINISHED) as backup:
            _vacuum(url, backup)
            _prove(backup)
            _to_disk(backup)
            backup.rename(target)
            _to_disk(folder)
    except OSError as error:
        raise ConfigurationError(
            f"{folder}: the backup cannot be written ({error.strerror})",
            where="backup",
            remedy="Run it as the user of the service, or name another folder with --to",
        ) from error
    return target


def drop_old(folder: Path, keep: int) -> list[Path]:
    """Remove all backups but the newest `keep`; returns those that went."""
    backups = sorted(file for file in folder.iterdir() if BACKUP_NAME.fullmatch(file.name))
    old = backups[: max(0, len(backups) - keep)]
    for backup in old:
        backup.unlink(missing_ok=True)
    return old


def _need_file(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise ConfigurationError(
            "only a ledger in SQLite is copied by firstreply; a PostgreSQL server has its own means",
            where="ledger",
            remedy=f"Run: pg_dump --format=custom --file=firstreply.dump {parsed.database or 'DATABASE'}",
        )


@contextlib.contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """An empty file that nobody else reads or writes; what an earlier end left there is overwritten."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError(f"another backup is being made in {path.parent}; wait for its end") from error
        os.ftruncate(descriptor, 0)
        yield path
    finally:
        os.close(descriptor)


def _vacuum(url: str, backup: Path) -> None:
    engine = open_engine(url)
    try:
        # the driver's own connection: VACUUM runs outside of any transaction
        with contextlib.closing(engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(backup),))
    except sqlite3.Error as error:
        raise TemporaryError(f"the ledger cannot be copied now: {error}") from error
    finally:
        engine.dispose()


def _prove(backup: Path) -> None:
    """Open it as a restore would, and let SQLite read all of it."""
    try:
        with contextlib.closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            found = [row[0] for row in opened.execute("PRAGMA integrity_check(3)")]
            lost = opened.execute("PRAGMA foreign_key_check").fetchone()
            opened.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise TemporaryError(f"the backup cannot be read: {error}") from error
    if found != ["ok"] or lost is not None:
        raise TemporaryError(f"the backup is not sound: {'; '.join(found)}")


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
