"""Digests in the ledger: each issue is mailed once, whichever daemon comes first.

Promises: the note that an issue has been taken and the planned mails are one transaction.

Errors: those of `store.py`.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.alerts import NewAlertMail, plan_mails
from daemon.ports.ledger.store import Claim, reading, writing

NAME = "digest"
BEGIN = sa.text("INSERT INTO house (name, value) VALUES (:name, :key) ON CONFLICT (name) DO NOTHING")


class DigestBook:
    """What the digest reads and writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def wanted(self, key: str) -> bool:
        """Whether this issue is still to be told; the very first is not: it tells of the time before us."""
        with reading(self._engine) as connection:
            query = sa.select(t.house.c.value).where(t.house.c.name == NAME)
            told = connection.execute(query).scalar_one_or_none()
        if told is None:
            with writing(self._engine) as connection:
                connection.execute(BEGIN, {"name": NAME, "key": key})
            return False
        return bool(told < key)

    def plan(self, claim: Claim, key: str, mails: Sequence[NewAlertMail], now: datetime) -> bool:
        """Take the issue and plan its mails; False when somebody else has taken it."""
        with writing(self._engine, claim) as connection:
            taken = connection.execute(
                sa.update(t.house).where(t.house.c.name == NAME, t.house.c.value < key).values(value=key)
            )
            if taken.rowcount != 1:
                return False
            plan_mails(connection, claim, mails, now)
            return True
