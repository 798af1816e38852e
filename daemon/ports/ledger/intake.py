"""Messages, conversations and clocks in the ledger: what intake writes.

Promises: a message is identified by (folder, UIDVALIDITY, UID) from its first row on, and that row is
committed, with its attempt counted, before the message is parsed. A buyer message that needs an answer
opens its conversation's response clock, or joins the open one; the clock's start is that of its oldest
unanswered message.

Errors: those of `store.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

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
from daemon.ports.ledger.intake_writes import write_clocks, write_conversations
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.store import Claim, reading, writing


class IntakeBook:
    """What intake reads and writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def known_uids(self, claim: Claim, folder_id: int, uidvalidity: int, first: int = 1) -> set[int]:
        """All UIDs of a folder, from `first` on, that have a row."""
        query = sa.select(t.message.c.uid).where(
            t.message.c.mailbox_id == claim.mailbox_id,
            t.message.c.folder_id == folder_id,
            t.message.c.uidvalidity == uidvalidity,
            t.message.c.uid >= first,
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

    def take_up(self, claim: Claim, *, after: int | None = None) -> list[Unread]:
        """Rows that an earlier run left unread, with this attempt counted; oldest first.

        With `after`, a message's id, only the next one behind it.
        """
        m = t.message.c
        mine = sa.and_(m.mailbox_id == claim.mailbox_id, m.state == MessageState.FETCHED)
        with writing(self._engine, claim) as connection:
            if after is not None:
                following = sa.select(sa.func.min(m.id)).where(mine, m.id > after)
                mine = sa.and_(mine, m.id == connection.execute(following).scalar_one())
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

    def shunt(
        self,
        claim: Claim,
        message_id: int,
        reason: str,
        now: datetime,
        detail: str = "",
        *,
        sender: str = "",
        subject: str = "",
    ) -> None:
        """Set a message aside, visibly, with the reason and with what could be read of it."""
        with writing(self._engine, claim) as connection:
            changed = connection.execute(
                sa.update(t.message)
                .where(t.message.c.id == message_id, t.message.c.state == MessageState.FETCHED)
                .values(state=MessageState.SHUNTED, reason=reason, sender=sender, subject=subject)
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
            of_buyers = [reading_ for reading_ in readings if reading_.conversation is not None]
            conversations = write_conversations(connection, claim, of_buyers)
            clocks = write_clocks(connection, claim, of_buyers, conversations)
            entries: list[Entry] = []
            for reading_, values in zip(readings, updates, strict=True):
                if reading_.conversation is not None:
                    values["c_conversation"] = conversations[reading_.conversation.conversation_id]
                if reading_.message_id in clocks:
                    values["c_clock"], started = clocks[reading_.message_id]
                    entries.append(_clock_entry(values["c_clock"], started=started))
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


def _clock_entry(clock_id: int, *, started: bool) -> Entry:
    if started:
        return Entry("intake", "clock", clock_id, "clock_started", None, "open")
    return Entry("intake", "clock", clock_id, "clock_joined")
