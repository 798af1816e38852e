"""Which buyers' mails are marked in the inbox, because their clock has been warned about.

Promises: a mark is written down before it is made and until it has been taken away, so that a crash leaves
none behind. A mark that a person had set before is not ours, and stays.

Errors: those of `store.py`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.schema_alerts import due_mark
from daemon.ports.ledger.store import Claim, reading, writing

AT_ONCE = 500
"""Mails that are marked in one cycle; the rest follows in the next."""


@dataclass(frozen=True, slots=True)
class Original:
    """A buyer's mail where intake found it, and the flag that we set there.

    The flag is None before anything was decided about it, and empty where we set none.
    """

    message_id: int
    folder: str
    uidvalidity: int
    uid: int
    flag: str | None


class MarkBook:
    """What marking reads and writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unmarked(self, claim: Claim) -> list[Original]:
        """Mails of warned clocks that carry no mark yet, or whose mark may not have been made."""
        k, m, d = t.response_clock.c, t.message.c, due_mark.c
        query = (
            _originals(d.flag)
            .join(t.response_clock, k.id == m.response_clock_id)
            .outerjoin(due_mark, d.message_id == m.id)
            .where(k.mailbox_id == claim.mailbox_id, k.state == "open", k.warned > 0, d.set_at.is_(None))
            .order_by(m.id)
            .limit(AT_ONCE)
        )
        with reading(self._engine) as connection:
            return [Original(*row) for row in connection.execute(query)]

    def stale(self, claim: Claim) -> list[Original]:
        """Marked mails whose buyer does not wait any more, or waits in time again."""
        k, m, d = t.response_clock.c, t.message.c, due_mark.c
        query = (
            _originals(d.flag)
            .join(due_mark, d.message_id == m.id)
            .join(t.response_clock, k.id == m.response_clock_id)
            .where(d.mailbox_id == claim.mailbox_id, sa.or_(k.state != "open", k.warned == 0))
            .order_by(m.id)
            .limit(AT_ONCE)
        )
        with reading(self._engine) as connection:
            return [Original(*row) for row in connection.execute(query)]

    def mark(self, claim: Claim, flags: Mapping[int, str]) -> None:
        """These mails are about to get these flags; an empty one where we set none."""
        rows = [
            {"message_id": message_id, "mailbox_id": claim.mailbox_id, "flag": flag}
            for message_id, flag in flags.items()
        ]
        if not rows:
            return
        with writing(self._engine, claim) as connection:
            connection.execute(sa.insert(due_mark), rows)

    def marked(self, claim: Claim, ids: Collection[int], now: datetime) -> None:
        """These mails carry their marks."""
        with writing(self._engine, claim) as connection:
            connection.execute(sa.update(due_mark).where(due_mark.c.message_id.in_(ids)).values(set_at=now))

    def cleared(self, claim: Claim, ids: Collection[int]) -> None:
        """These mails carry no mark of ours any more."""
        with writing(self._engine, claim) as connection:
            connection.execute(sa.delete(due_mark).where(due_mark.c.message_id.in_(ids)))


def _originals(flag: sa.ColumnElement[str]) -> sa.Select[Any]:
    m, f = t.message.c, t.folder.c
    return sa.select(m.id, f.name, m.uidvalidity, m.uid, flag).join_from(
        t.message, t.folder, f.id == m.folder_id
    )
