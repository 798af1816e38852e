"""Conversations and clocks of one batch of buyer messages, in few statements instead of several a message.

Promises: the end state is that of writing message after message in the given order: what a later message
says of a conversation or a clock that an earlier one of the batch began is merged before it is written.

Errors: those of `store.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.clock import Deadlines, stricter
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.clock_rows import warnings_after
from daemon.ports.ledger.columns import Instant, Words
from daemon.ports.ledger.intake_rows import Joining, Reading
from daemon.ports.ledger.store import Claim

ADOPT = (
    sa.update(t.conversation)
    .where(t.conversation.c.id == sa.bindparam("c_id"))
    .values(order_id=sa.bindparam("c_order"))
)
TOUCH = (
    sa.update(t.conversation)
    .where(
        t.conversation.c.id == sa.bindparam("c_id"), t.conversation.c.last_message_at <= sa.bindparam("c_at")
    )
    .values(
        relay_address=sa.bindparam("c_address"),
        buyer_name=sa.func.coalesce(sa.bindparam("c_name", type_=Words), t.conversation.c.buyer_name),
        last_message_at=sa.bindparam("c_at"),
    )
)
BEGIN = sa.insert(t.conversation).returning(t.conversation.c.id, sort_by_parameter_order=True)
START = sa.insert(t.response_clock).returning(t.response_clock.c.id, sort_by_parameter_order=True)
JOIN = (
    sa.update(t.response_clock)
    .where(t.response_clock.c.id == sa.bindparam("c_id"))
    .values(
        {
            **{
                name: sa.bindparam(f"c_{name}")
                for name in ("started_at", "target_at", "rule_at", "hard_at", "nearest_at")
            },
            "warned": warnings_after(sa.bindparam("c_nearest_at", type_=Instant)),
        }
    )
)


@dataclass(slots=True)
class Clock:
    """A running clock while the batch is written; `clock_id` is 0 until a new one has its row."""

    clock_id: int
    conversation_id: int
    scenario: str
    started_at: datetime
    limits: Deadlines


def joined(reading: Reading) -> Joining:
    """The conversation of a buyer message; callers pass only readings that have one."""
    if reading.conversation is None:
        raise ValueError("this message belongs to no conversation")
    return reading.conversation


def write_conversations(connection: Connection, claim: Claim, readings: Iterable[Reading]) -> dict[int, int]:
    """Begin and touch the conversations of these buyer messages; ids by `Joining.conversation_id`."""
    begun: dict[int, dict[str, Any]] = {}
    adoptions: list[dict[str, Any]] = []
    touches: list[dict[str, Any]] = []
    ids: dict[int, int] = {}
    for reading in readings:
        joining = joined(reading)
        key = joining.conversation_id
        if reading.disposition.reason == "suspicious" and (key > 0 or key in begun):
            ids.setdefault(key, key)  # possibly forged: it is shown there, and its words change nothing
            continue
        if key < 0:
            begun[key] = _begin(claim, reading) if key not in begun else _merge(begun[key], reading)
            continue
        ids[key] = key
        if joining.adopts_order:
            adoptions.append({"c_id": key, "c_order": joining.adopts_order})
        touches.append(
            {
                "c_id": key,
                "c_at": reading.received_at,
                "c_address": reading.relay_address,
                "c_name": reading.buyer_name or None,
            }
        )
    for statement, rows in ((ADOPT, adoptions), (TOUCH, touches)):
        if rows:
            connection.execute(statement, rows)
    if begun:
        new = connection.execute(BEGIN, list(begun.values())).scalars().all()
        ids.update(zip(begun, new, strict=True))
    return ids


def _begin(claim: Claim, reading: Reading) -> dict[str, Any]:
    key = joined(reading).key
    return {
        "mailbox_id": claim.mailbox_id,
        "alias": key.alias,
        "marketplace": key.marketplace,
        "order_id": key.order_id or "",
        # the newest mail's address: its +case part is the one that Amazon still accepts
        "relay_address": reading.relay_address,
        "buyer_name": reading.buyer_name or None,
        "last_message_at": reading.received_at,
    }


def _merge(row: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    """A row that is not written yet, after one more message."""
    merged = dict(row)
    merged["order_id"] = joined(reading).adopts_order or row["order_id"]
    if row["last_message_at"] <= reading.received_at:
        merged["relay_address"] = reading.relay_address
        merged["buyer_name"] = reading.buyer_name or row["buyer_name"]
        merged["last_message_at"] = reading.received_at
    return merged


def write_clocks(
    connection: Connection, claim: Claim, readings: Sequence[Reading], ids: Mapping[int, int]
) -> dict[int, tuple[int, bool]]:
    """Start or join a clock for each message that has limits; (clock, started) by the message's id."""
    waiting = [reading for reading in readings if reading.limits is not None]
    known = {number for key, number in ids.items() if key > 0}
    running = _running(connection, known) if waiting and known else {}
    joins: dict[int, Clock] = {}
    taken: list[tuple[int, Clock, bool]] = []
    for reading in waiting:
        conversation = ids[joined(reading).conversation_id]
        clock = running.get(conversation)
        if clock is None:
            running[conversation] = new = _start(reading, conversation)
            taken.append((reading.message_id, new, True))
        else:
            _join(clock, reading)
            joins[clock.conversation_id] = clock
            taken.append((reading.message_id, clock, False))
    _write(connection, claim, [clock for _, clock, started in taken if started], joins.values())
    return {message_id: (clock.clock_id, started) for message_id, clock, started in taken}


def _running(connection: Connection, conversations: Iterable[int]) -> dict[int, Clock]:
    c = t.response_clock.c
    rows = connection.execute(
        sa.select(t.response_clock).where(c.conversation_id.in_(conversations), c.state == "open")
    )
    return {
        row.conversation_id: Clock(
            row.id,
            row.conversation_id,
            row.scenario,
            row.started_at,
            Deadlines(row.target_at, row.rule_at, row.hard_at),
        )
        for row in rows
    }


def _start(reading: Reading, conversation: int) -> Clock:
    scenario, limits = reading.disposition.scenario, reading.limits
    if scenario is None or limits is None:
        raise ValueError("a clock needs a scenario and its limits")
    return Clock(0, conversation, scenario, reading.received_at, limits)


def _join(clock: Clock, reading: Reading) -> None:
    if reading.limits is not None:
        clock.limits = stricter(reading.limits, clock.limits)
    clock.started_at = min(clock.started_at, reading.received_at)


def _write(connection: Connection, claim: Claim, started: Sequence[Clock], joins: Iterable[Clock]) -> None:
    if started:
        rows = [
            {
                "mailbox_id": claim.mailbox_id,
                "conversation_id": clock.conversation_id,
                "state": "open",
                "scenario": clock.scenario,
                "warned": 0,
                **_times(clock),
            }
            for clock in started
        ]
        ids = connection.execute(START, rows).scalars().all()
        for clock, clock_id in zip(started, ids, strict=True):
            clock.clock_id = clock_id
    fresh = {clock.conversation_id for clock in started}  # already written as joined
    updates = [
        {"c_id": clock.clock_id, **{f"c_{name}": value for name, value in _times(clock).items()}}
        for clock in joins
        if clock.conversation_id not in fresh
    ]
    if updates:
        connection.execute(JOIN, updates)


def _times(clock: Clock) -> dict[str, datetime | None]:
    return {
        "started_at": clock.started_at,
        "target_at": clock.limits.target,
        "rule_at": clock.limits.rule,
        "hard_at": clock.limits.hard,
        "nearest_at": clock.limits.nearest,
    }
