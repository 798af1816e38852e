"""How the ledger itself is: whole, of this program's version, and what it knows of refused senders.

Errors: those of `store.py`.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.mail.kinds import Notice
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.store import newest_version, noted_version, reading

MOST = 5
"""Damages that are told; a broken file has thousands."""


def damages(engine: Engine) -> list[str]:
    """What SQLite finds wrong in its file; PostgreSQL looks after its own."""
    if engine.dialect.name != "sqlite":
        return []
    with reading(engine) as connection:
        rows = connection.exec_driver_sql(f"PRAGMA quick_check({MOST})").scalars().all()
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MOST)
    found = [str(row) for row in rows if row != "ok"]
    return found + [f"a row of {row[0]} points nowhere" for row in orphans]


def versions(engine: Engine) -> tuple[str | None, str]:
    """The version of the tables, and the one that this program wants."""
    return noted_version(engine), newest_version()


def undelivered(engine: Engine, mailbox: str, since: datetime) -> int:
    """How many notices said since then that an answer was not delivered."""
    m = t.message.c
    query = (
        sa.select(sa.func.count())
        .select_from(t.message.join(t.mailbox, t.mailbox.c.id == m.mailbox_id))
        .where(t.mailbox.c.name == mailbox, m.notice == Notice.UNDELIVERED, m.received_at >= since)
    )
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())
