"""Messages, conversations and clocks in the ledger: what intake writes.

Promises: a message is identified by (folder, UIDVALIDITY, UID) from its first row on, and that row is
committed, with its attempt counted, before the message is parsed. A buyer message that needs an answer
opens its conversation's response clock, or joins the open one; the clock's start is that of its oldest
unanswered message.

Errors: those of `store.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.desk.clock import Deadlines, stricter
from daemon.desk.conversation import ConversationKey, KnownConversation
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import MessageState
from daemon.ports.ledger.intake_rows import (
    UPDATE,
    Arrival,
    ConversationRow,
    Reading,
    Unread,
    message_values,
)
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.store import Claim, reading, writing


class IntakeBook:
    """What intake reads and writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def known_uids(self, claim: Claim, folder_id: int, uidvalidity: int) -> set[int]:
        """All UIDs of a folder that have a row."""
        query = sa.select(t.message.c.uid).where(
            t.message.c.mailbox_id == claim.mailbox_id,
            t.message.c.folder_id == folder_id,
            t.message.c.uidvalidity == uidvalidity,
        )
        with reading(self._engine) as connection:
            return set(connection.execute(query).scalars())

    def record(
        self, claim: Claim, folder_id: int, uidvalidity: int, arrivals: Sequence[Arrival], now: datetime
    ) -> list[Unread]:
        """Give each message its row, its first attempt counted."""
        rows = [
            {
                "mailbox_id": claim.mailbox_id,
                "folder_id": folder_id,
                "uidvalidity": uidvalidity,
                "uid": arrival.uid,
                "content_hash": arrival.content_hash,
                "message_id": "",
                "size": arrival.size,
                "state": MessageState.FETCHED,
                "attempts": 1,
                "internal_at": arrival.internal_at,
                "received_at": arrival.internal_at,
                "recorded_at": now,
            }
            for arrival in arrivals
        ]
        if not rows:
            return []
        statement = sa.insert(t.message).returning(t.message.c.id, sort_by_parameter_order=True)
        with writing(self._engine, claim) as connection:
            ids = connection.execute(statement, rows).scalars().all()
        return [
            Unread(message_id, folder_id, uidvalidity, arrival.uid, 1)
            for message_id, arrival in zip(ids, arrivals, strict=True)
        ]

    def take_up(self, claim: Claim) -> list[Unread]:
        """Rows that an earlier run left unread, with this attempt counted; oldest first."""
        mine = sa.and_(t.message.c.mailbox_id == claim.mailbox_id, t.message.c.state == MessageState.FETCHED)
        with writing(self._engine, claim) as connection:
            connection.execute(sa.update(t.message).where(mine).values(attempts=t.message.c.attempts + 1))
            rows = connection.execute(
                sa.select(
                    t.message.c.id,
                    t.message.c.folder_id,
                    t.message.c.uidvalidity,
                    t.message.c.uid,
                    t.message.c.attempts,
                )
                .where(mine)
                .order_by(t.message.c.id)
            )
            return [Unread(*row) for row in rows]

    def shunt(self, claim: Claim, message_id: int, reason: str, now: datetime, detail: str = "") -> None:
        """Set a message aside, visibly, with the reason."""
        with writing(self._engine, claim) as connection:
            changed = connection.execute(
                sa.update(t.message)
                .where(t.message.c.id == message_id, t.message.c.state == MessageState.FETCHED)
                .values(state=MessageState.SHUNTED, reason=reason)
            )
            if changed.rowcount != 1:
                return  # it has been read, or set aside already
            enter(
                connection,
                claim,
                now,
                [Entry("intake", "message", message_id, reason, "fetched", "shunted", detail)],
            )

    def conversations(self, claim: Claim, aliases: Iterable[str]) -> list[ConversationRow]:
        """The conversations these buyers have already."""
        query = sa.select(t.conversation).where(
            t.conversation.c.mailbox_id == claim.mailbox_id, t.conversation.c.alias.in_(set(aliases))
        )
        m = t.message.c
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
            ids: dict[int, set[str]] = {row.id: set() for row in found}
            cases: dict[int, set[str]] = {row.id: set() for row in found}
            mails = sa.select(m.conversation_id, m.message_id, m.relay_address).where(
                m.conversation_id.in_(ids)
            )
            for conversation_id, header_id, relay_address in connection.execute(mails):
                ids[conversation_id].add(header_id)
                case = (relay_address or "").partition("@")[0].partition("+")[2]
                if case:
                    cases[conversation_id].add(case)
        return [
            ConversationRow(
                KnownConversation(
                    row.id,
                    ConversationKey(row.marketplace, row.alias, row.order_id or None),
                    row.last_message_at,
                    frozenset(cases[row.id]),
                ),
                frozenset(ids[row.id]),
            )
            for row in found
        ]

    def store(self, claim: Claim, readings: Sequence[Reading], now: datetime) -> None:
        """Write what was understood of a batch: messages, conversations, clocks, decisions."""
        with writing(self._engine, claim) as connection:
            updates = [message_values(reading_) for reading_ in readings]
            entries: list[Entry] = []
            begun: dict[int, int] = {}
            for reading_, values in zip(readings, updates, strict=True):
                if reading_.conversation is not None:
                    conversation_id = _join(connection, claim, reading_, begun)
                    values["c_conversation"] = conversation_id
                    if reading_.limits is not None:
                        values["c_clock"] = _run_clock(connection, claim, conversation_id, reading_, entries)
                entries.append(
                    Entry(
                        "intake",
                        "message",
                        reading_.message_id,
                        reading_.disposition.reason,
                        "fetched",
                        "read",
                        f"kind={reading_.kind} why={reading_.reason}",
                    )
                )
            if updates:
                connection.execute(UPDATE, updates)
            enter(connection, claim, now, entries)


def _join(connection: Connection, claim: Claim, seen: Reading, begun: dict[int, int]) -> int:
    """The conversation of a buyer message, made when it is new; `begun` are those of this batch."""
    joining = seen.conversation
    assert joining is not None  # noqa: S101  the caller looked
    # the newest mail's address: its +case part is the one that Amazon still accepts
    values: dict[str, Any] = {"relay_address": seen.relay_address, "last_message_at": seen.received_at}
    if seen.buyer_name:
        values["buyer_name"] = seen.buyer_name
    known = begun.get(joining.conversation_id, joining.conversation_id)
    if known < 0:
        result = connection.execute(
            sa.insert(t.conversation).values(
                mailbox_id=claim.mailbox_id,
                alias=joining.key.alias,
                marketplace=joining.key.marketplace,
                order_id=joining.key.order_id or "",
                **values,
            )
        )
        (new_id,) = result.inserted_primary_key or (0,)
        begun[joining.conversation_id] = new_id
        return int(new_id)
    c = t.conversation.c
    if joining.adopts_order:
        connection.execute(
            sa.update(t.conversation).where(c.id == known).values(order_id=joining.adopts_order)
        )
    connection.execute(
        sa.update(t.conversation).where(c.id == known, c.last_message_at <= seen.received_at).values(**values)
    )
    return known


def _run_clock(
    connection: Connection, claim: Claim, conversation_id: int, seen: Reading, entries: list[Entry]
) -> int:
    """Open the conversation's clock, or join the open one; returns its id."""
    limits, scenario = seen.limits, seen.disposition.scenario
    assert limits is not None  # noqa: S101  the caller looked
    assert scenario is not None  # noqa: S101  only buyer messages have limits
    c = t.response_clock.c
    row = connection.execute(
        sa.select(t.response_clock).where(c.conversation_id == conversation_id, c.state == "open")
    ).one_or_none()
    if row is None:
        result = connection.execute(
            sa.insert(t.response_clock).values(
                mailbox_id=claim.mailbox_id,
                conversation_id=conversation_id,
                state="open",
                scenario=scenario,
                started_at=seen.received_at,
                warned=0,
                **_limits(limits),
            )
        )
        (clock_id,) = result.inserted_primary_key or (0,)
        entries.append(Entry("intake", "clock", clock_id, "clock_started", None, "open"))
        return int(clock_id)
    joined = stricter(limits, Deadlines(row.target_at, row.rule_at, row.hard_at))
    connection.execute(
        sa.update(t.response_clock)
        .where(c.id == row.id)
        .values(started_at=min(row.started_at, seen.received_at), **_limits(joined))
    )
    entries.append(Entry("intake", "clock", row.id, "clock_joined"))
    return int(row.id)


def _limits(limits: Deadlines) -> dict[str, datetime | None]:
    return {
        "target_at": limits.target,
        "rule_at": limits.rule,
        "hard_at": limits.hard,
        "nearest_at": limits.nearest,
    }
