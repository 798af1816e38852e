"""Response clocks in the ledger: warnings before the breach, answers by people, the figures.

Promises: a clock is stopped only by an answer or an explicit excuse, never by a folder or a label; each
stop is logged with its reason.

Errors: those of `store.py`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.desk.alert import Alert
from daemon.desk.clock import ClockOutcome, Deadlines, FirstResponse
from daemon.desk.draft import DraftState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.alerts import raise_alerts
from daemon.ports.ledger.columns import instant
from daemon.ports.ledger.draft_rows import DraftRow
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.reopening import reopen_clock
from daemon.ports.ledger.steps import change_draft
from daemon.ports.ledger.stopping import (
    Answer,
    confirm_clock,
    excuse_message,
    reclassify_clock,
    stop_clock,
)
from daemon.ports.ledger.store import Claim, reading, writing

NEARLY = 999
"""Of a thousand: whole numbers, since both databases multiply those alike."""


@dataclass(frozen=True, slots=True)
class OpenClock:
    """A running clock and what the worklist shows of it."""

    clock_id: int
    scenario: str
    started_at: datetime
    limits: Deadlines
    warned: int
    relay_address: str
    buyer_name: str | None
    order_id: str
    draft_state: str | None
    gaps: tuple[str, ...] = ()
    """Facts that its newest draft lacks."""
    source: str | None = None
    """Where in the knowledge base that draft's answer comes from."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """A reply that a person wrote by themselves: which message it names, and whose clock it stopped."""

    message_id: int | None = None
    first: FirstResponse | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning of this level about a clock, and the alert that tells it."""

    clock_id: int
    level: int
    alert: Alert


NEWEST = t.draft.alias()  # made once: an alias makes columns


class ClockBook:
    """What deadlines and the worklist read and write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def running(self, claim: Claim | None, before: datetime | None = None) -> list[OpenClock]:
        """Open clocks by nearest limit; `before` leaves out those whose nearest limit is later."""
        nearest = t.response_clock.c.nearest_at
        return self._open(claim, sa.true() if before is None else nearest <= before)

    def advanced(self, claim: Claim, now: datetime, share: float, most: int) -> list[OpenClock]:
        """Open clocks that have gone this share of their way, or nearly, and had fewer than `most` warnings.

        Thousands of clocks may run while none of them is near its limit: the database sorts them out.
        """
        k = t.response_clock.c
        start, nearest = (sa.type_coerce(column, sa.BigInteger) for column in (k.started_at, k.nearest_at))
        gone = instant(now) - start
        # a little too many: the exact decision is `desk.clock.warning_level`'s
        enough = gone * 1_000 >= int(share * NEARLY) * (nearest - start)
        return self._open(claim, sa.and_(k.warned < most, enough))

    def _open(self, claim: Claim | None, where: sa.ColumnElement[bool]) -> list[OpenClock]:
        k, c, d = t.response_clock.c, t.conversation.c, t.draft.c
        last = sa.select(sa.func.max(NEWEST.c.id)).where(NEWEST.c.conversation_id == c.id).scalar_subquery()
        query = (
            sa.select(
                k.id,
                k.scenario,
                k.started_at,
                k.target_at,
                k.rule_at,
                k.hard_at,
                k.warned,
                c.relay_address,
                c.buyer_name,
                c.order_id,
                d.state.label("draft_state"),
                d.gaps,
                d.source,
            )
            .join_from(t.response_clock, t.conversation, c.id == k.conversation_id)
            .outerjoin(t.draft, d.id == last)
            .where(k.state == "open", where)
            .order_by(k.nearest_at, k.id)
        )
        if claim is not None:
            query = query.where(k.mailbox_id == claim.mailbox_id)
        with reading(self._engine) as connection:
            return [
                OpenClock(
                    row.id,
                    row.scenario,
                    row.started_at,
                    Deadlines(row.target_at, row.rule_at, row.hard_at),
                    row.warned,
                    row.relay_address,
                    row.buyer_name,
                    row.order_id,
                    row.draft_state,
                    tuple(row.gaps.split("\n")) if row.gaps else (),
                    row.source,
                )
                for row in connection.execute(query)
            ]

    def warned(self, claim: Claim, warnings: Sequence[Warned], now: datetime) -> None:
        """Warnings are given: each clock's level and the alert about it, in one transaction."""
        if not warnings:
            return
        update = sa.update(t.response_clock).where(t.response_clock.c.id == sa.bindparam("c_id"))
        with writing(self._engine, claim) as connection:
            connection.execute(
                update.values(warned=sa.bindparam("c_level")),
                [{"c_id": each.clock_id, "c_level": each.level} for each in warnings],
            )
            entries = [
                Entry("deadlines", "clock", each.clock_id, f"warned_{each.level}") for each in warnings
            ]
            enter(connection, claim, now, entries)
            raise_alerts(connection, claim, [each.alert for each in warnings], now, "deadlines")

    def answered_by_agent(
        self, claim: Claim, draft: DraftRow, at: datetime, now: datetime
    ) -> FirstResponse | None:
        """A person answered in their mail client: the draft is over and the clock stops at `at`."""
        with writing(self._engine, claim) as connection:
            change_draft(
                connection,
                claim,
                now,
                draft.draft_id,
                {draft.state},
                DraftState.ANSWERED_BY_AGENT,
                "found_in_sent",
                "approval",
            )
            looked_at = connection.execute(
                sa.select(t.mailbox.c.last_cycle_at).where(t.mailbox.c.id == claim.mailbox_id)
            ).scalar_one()
            answer = Answer(
                draft.conversation_id, draft.draft_id, at, "agent", "approval", "found_in_sent", looked_at
            )
            return stop_clock(connection, claim, answer, t.message.c.received_at > at, now)

    def answered_by_hand(
        self,
        claim: Claim,
        header_ids: Collection[str],
        aliases: Collection[str],
        at: datetime,
        now: datetime,
    ) -> ByHand:
        """A person answered one of these messages of one of these buyers without any draft."""
        m, c = t.message.c, t.conversation.c
        query = (
            sa.select(m.id, m.conversation_id, t.mailbox.c.last_cycle_at)
            .join_from(t.message, t.conversation, c.id == m.conversation_id)
            .join(t.mailbox, t.mailbox.c.id == m.mailbox_id)
            .where(m.mailbox_id == claim.mailbox_id, m.message_id.in_(header_ids), c.alias.in_(aliases))
            .limit(1)
        )
        with writing(self._engine, claim) as connection:
            found = connection.execute(query).one_or_none()
            if found is None:
                return ByHand()
            who, why = "agent", "found_in_sent"
            answer = Answer(found.conversation_id, None, at, who, "approval", why, found.last_cycle_at)
            return ByHand(found.id, stop_clock(connection, claim, answer, m.received_at > at, now))

    def excuse(self, claim: Claim, message_id: int, now: datetime, stage: str = "approval") -> bool:
        """A person says that this message needs no answer; False when it does not wait any more."""
        with writing(self._engine, claim) as connection:
            return excuse_message(connection, claim, message_id, now, stage)

    def reclassified(
        self,
        claim: Claim,
        message_id: int,
        scenario: str,
        limits: Deadlines,
        now: datetime,
        stage: str = "approval",
    ) -> None:
        """A person says what a message is; `limits` count from the message's own time on."""
        with writing(self._engine, claim) as connection:
            reclassify_clock(connection, claim, message_id, scenario, limits, now, stage)

    def reopen(
        self, claim: Claim, message_id: int, reason: str, now: datetime, stage: str = "intake"
    ) -> ClockOutcome | None:
        """The answer to this message did not arrive: its clock runs again from its original start."""
        with writing(self._engine, claim) as connection:
            return reopen_clock(connection, claim, message_id, reason, now, stage)

    def confirm(self, claim: Claim, message_id: int, at: datetime) -> None:
        """Amazon has had the answer to this message since `at`."""
        with writing(self._engine, claim) as connection:
            confirm_clock(connection, message_id, at)
