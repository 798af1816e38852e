"""Which messages a response clock counts: its start and limits are those of its messages, and of no other.

Promises: a clock starts at its oldest message, and each of its limits is the earliest that one of its
messages has: these are snapshotted on the message when it is read, so that a clock which loses or gains a
message knows its limits exactly. When the nearest limit moves, the warnings begin anew.

Errors: those of `store.py`.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.clock import RULE, Deadlines
from daemon.ports.ledger import schema as t


def warnings_after(nearest: sa.ColumnElement[datetime]) -> sa.ColumnElement[int]:
    """How many warnings a clock has had once its nearest limit is this one: none for a limit that is new."""
    k = t.response_clock.c
    return sa.case((k.nearest_at == nearest, k.warned), else_=0)


def clock_of(connection: Connection, message_id: int) -> Any | None:  # noqa: ANN401  a row
    """The clock that a message runs or ran on."""
    k, m = t.response_clock.c, t.message.c
    query = sa.select(t.response_clock).join(t.message, m.response_clock_id == k.id)
    return connection.execute(query.where(m.id == message_id)).one_or_none()


def refold(connection: Connection, clock_id: int, **values: object) -> None:
    """Set a clock's start and limits to what its messages say; `values` are written with them."""
    m = t.message.c
    start, target, hard = connection.execute(
        sa.select(sa.func.min(m.received_at), sa.func.min(m.target_at), sa.func.min(m.hard_at)).where(
            m.response_clock_id == clock_id
        )
    ).one()
    limits = Deadlines(target, start + RULE, hard)
    nearest = sa.literal(limits.nearest, t.response_clock.c.nearest_at.type)
    connection.execute(
        sa.update(t.response_clock)
        .where(t.response_clock.c.id == clock_id)
        .values(
            {
                "started_at": start,
                "target_at": limits.target,
                "rule_at": limits.rule,
                "hard_at": limits.hard,
                "nearest_at": limits.nearest,
                "warned": warnings_after(nearest),
                **values,
            }
        )
    )


def part(connection: Connection, old: Any, leaving: sa.ColumnElement[bool]) -> int | None:  # noqa: ANN401  a row
    """Give the messages of an ended clock that still wait a running clock of their own; None when none do."""
    m = t.message.c
    still = list(
        connection.execute(
            sa.select(m.id).where(m.response_clock_id == old.id, leaving).order_by(m.received_at, m.id)
        ).scalars()
    )
    if not still:
        return None
    scenario = sa.select(m.scenario).where(m.id == still[0]).scalar_subquery()
    result = connection.execute(
        sa.insert(t.response_clock).values(
            mailbox_id=old.mailbox_id,
            conversation_id=old.conversation_id,
            state="open",
            scenario=sa.func.coalesce(scenario, old.scenario),
            started_at=old.started_at,
            rule_at=old.rule_at,
            nearest_at=old.nearest_at,
            warned=old.warned,
        )
    )
    (clock_id,) = result.inserted_primary_key or (0,)
    connection.execute(sa.update(t.message).where(m.id.in_(still)).values(response_clock_id=clock_id))
    refold(connection, clock_id)
    refold(connection, old.id)
    return int(clock_id)
