"""When each task of upkeep was done last.

Errors: those of `store.py`.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.ports.ledger.columns import instant
from daemon.ports.ledger.schema_upkeep import upkeep
from daemon.ports.ledger.store import Claim, reading, writing

DONE = sa.text(
    """
    INSERT INTO upkeep (mailbox_id, task, done_at) VALUES (:box, :task, :now)
    ON CONFLICT (mailbox_id, task) DO UPDATE SET done_at = excluded.done_at
    """
)


class UpkeepBook:
    """What upkeep reads and writes of itself."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self, claim: Claim, task: str, every: timedelta, now: datetime) -> bool:
        """Whether a task was never done, or so long ago; one that was done in the future is due as well."""
        u = upkeep.c
        query = sa.select(u.done_at).where(u.mailbox_id == claim.mailbox_id, u.task == task)
        with reading(self._engine) as connection:
            done_at = connection.execute(query).scalar_one_or_none()
        return done_at is None or not now - every < done_at <= now

    def done(self, claim: Claim, task: str, now: datetime) -> None:
        """A task has been done."""
        with writing(self._engine, claim) as connection:
            connection.execute(DONE, {"box": claim.mailbox_id, "task": task, "now": instant(now)})
