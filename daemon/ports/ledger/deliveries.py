"""Deliveries in the ledger: each attempt is written before it is made, each result after it.

Promises: a delivery is prepared with its own Message-ID and all its bytes; each attempt is counted, and
its next time set, before the network is touched; `commit_sending` runs the last checks and the step to
`sending` in one fenced transaction, between the message text and its final dot (`docs/why.md`); what a
dead daemon left in `sending` is `in_doubt`, and absence proves nothing.

Errors: `HoldError` when a check says that the draft must not leave; `OvertakenError` and those of `store.py`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.desk.clock import FirstResponse
from daemon.desk.draft import DeliveryState, DraftState
from daemon.errors import FirstreplyError
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import instant
from daemon.ports.ledger.delivery_rows import (
    DUE,
    LAST_LOOK,
    UNFILED,
    Doubt,
    Due,
    LastLook,
    Unfiled,
    due_of,
    first_due,
    unfiled_of,
)
from daemon.ports.ledger.doubts import doubt_was_not_sent, doubt_was_sent
from daemon.ports.ledger.draft_rows import NewNote
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.steps import OvertakenError, change_draft, end_prepared, plan_note
from daemon.ports.ledger.stopping import Answer, stop_clock
from daemon.ports.ledger.store import Claim, reading, writing


class HoldError(FirstreplyError):
    """A check before sending failed; `reason` is its slug. Nothing has been sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"held: {reason}")
        self.reason = reason


class DeliveryBook:
    """What dispatch reads and writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self, claim: Claim, now: datetime, cool_down: timedelta) -> list[Due]:
        """Approved drafts that may be tried now, the longest approved first."""
        parameters = {"box": claim.mailbox_id, "ripe": instant(now - cool_down), "now": instant(now)}
        with reading(self._engine) as connection:
            return [due_of(row) for row in connection.execute(DUE, parameters)]

    def next_due(self, claim: Claim, now: datetime, cool_down: timedelta) -> datetime | None:
        """When the next approved draft may be tried; None while none waits."""
        with reading(self._engine) as connection:
            return connection.execute(first_due(claim, now, cool_down)).scalar_one()  # type: ignore[no-any-return]  # of an aggregate

    def prepare(
        self,
        claim: Claim,
        draft_id: int,
        *,
        header_id: str,
        sender: str,
        recipient: str,
        raw: bytes,
        now: datetime,
        likeness: float = 1.0,
    ) -> int:
        """Write the delivery with all its bytes, and how much of the draft is left; returns its id."""
        with writing(self._engine, claim) as connection:
            result = connection.execute(
                sa.insert(t.delivery).values(
                    draft_id=draft_id,
                    state=DeliveryState.PREPARED,
                    message_id_header=header_id,
                    sender=sender,
                    recipient=recipient,
                    raw=raw,
                    likeness=likeness,
                    attempts=0,
                    next_attempt_at=now,
                )
            )
            (delivery_id,) = result.inserted_primary_key or (0,)
            enter(
                connection,
                claim,
                now,
                [Entry("dispatch", "delivery", delivery_id, "prepared", None, DeliveryState.PREPARED)],
            )
            return int(delivery_id)

    def raw(self, delivery_id: int) -> bytes:
        """The bytes of a delivery."""
        with reading(self._engine) as connection:
            query = sa.select(t.delivery.c.raw).where(t.delivery.c.id == delivery_id)
            content: bytes = connection.execute(query).scalar_one()
            return content

    def written(self, draft_id: int) -> bytes:
        """The bytes of a draft as we wrote it, before anybody edited it."""
        with reading(self._engine) as connection:
            r = t.revision.c
            query = sa.select(r.raw).where(r.draft_id == draft_id, r.number == 1)
            content: bytes = connection.execute(query).scalar_one()
            return content

    def attempt(self, claim: Claim, delivery_id: int, next_attempt_at: datetime) -> None:
        """Count an attempt and set the time of the next one, before the network is touched."""
        with writing(self._engine, claim) as connection:
            changed = connection.execute(
                sa.update(t.delivery)
                .where(t.delivery.c.id == delivery_id, t.delivery.c.state == DeliveryState.PREPARED)
                .values(attempts=t.delivery.c.attempts + 1, next_attempt_at=next_attempt_at)
            )
            if changed.rowcount != 1:
                raise OvertakenError(f"delivery {delivery_id} is no longer prepared")

    def abandon(self, claim: Claim, draft_id: int, reason: str, now: datetime) -> None:
        """The draft is no longer approved, so its prepared delivery will never be made."""
        with writing(self._engine, claim) as connection:
            end_prepared(connection, claim, draft_id, reason, now)

    def commit_sending(
        self, claim: Claim, delivery_id: int, check: Callable[[LastLook], str | None], now: datetime
    ) -> None:
        """Check once more and step to `sending`, in one transaction; the final dot may follow."""
        with writing(self._engine, claim) as connection:
            draft_id, look = _last_look(connection, delivery_id)
            reason = check(look)
            if reason is not None:
                raise HoldError(reason)
            change_draft(
                connection,
                claim,
                now,
                draft_id,
                {DraftState.APPROVED},
                DraftState.SENDING,
                "content_leaves",
                "dispatch",
            )
            changed = connection.execute(
                sa.update(t.delivery)
                .where(t.delivery.c.id == delivery_id, t.delivery.c.state == DeliveryState.PREPARED)
                .values(state=DeliveryState.SENDING, started_at=now)
            )
            if changed.rowcount != 1:
                raise OvertakenError(f"delivery {delivery_id} is no longer prepared")

    def sent(
        self,
        claim: Claim,
        delivery_id: int,
        code: int | None,
        reply: str,
        now: datetime,
        reason: str = "accepted",
    ) -> FirstResponse | None:
        """The server took it: draft, delivery and clock move in one transaction."""
        with writing(self._engine, claim) as connection:
            draft = _draft_of(connection, delivery_id)
            change_draft(
                connection,
                claim,
                now,
                draft.id,
                {DraftState.SENDING, DraftState.IN_DOUBT},
                DraftState.SENT,
                reason,
                "dispatch",
            )
            _finish(connection, delivery_id, DeliveryState.SENT, code, reply, now)
            answer = Answer(draft.conversation_id, draft.id, now, "daemon", "dispatch", "accepted", now)
            # the checks before the dot knew every message from before it
            later = t.message.c.recorded_at > draft.started_at
            return stop_clock(connection, claim, answer, later, now)

    def refused(
        self, claim: Claim, delivery_id: int, code: int | None, reply: str, note: NewNote, now: datetime
    ) -> None:
        """The server refused the message for good, before or at the dot: held, with its words."""
        with writing(self._engine, claim) as connection:
            draft = _draft_of(connection, delivery_id)
            expected = {DraftState.SENDING, DraftState.APPROVED}
            change_draft(connection, claim, now, draft.id, expected, DraftState.HELD, note.reason, "dispatch")
            _finish(connection, delivery_id, DeliveryState.REFUSED, code, reply, now)
            plan_note(connection, claim, now, note, draft.id)

    def in_doubt(self, claim: Claim, delivery_id: int, reply: str, note: NewNote, now: datetime) -> None:
        """The answer was lost: nobody knows. Only evidence or a person leads out."""
        with writing(self._engine, claim) as connection:
            draft = _draft_of(connection, delivery_id)
            change_draft(
                connection,
                claim,
                now,
                draft.id,
                {DraftState.SENDING},
                DraftState.IN_DOUBT,
                note.reason,
                "dispatch",
            )
            _finish(connection, delivery_id, DeliveryState.IN_DOUBT, None, reply, now)
            plan_note(connection, claim, now, note, draft.id)

    def settled_by_person(
        self, claim: Claim, draft_id: int, *, sent: bool, now: datetime
    ) -> FirstResponse | None:
        """A person looked and says what became of a draft in doubt: the buyer has it, or it was not sent.

        Sent: the clock stops at the time of the attempt. Not sent: held and its delivery abandoned, so that
        only a new approval sends it.
        """
        with writing(self._engine, claim) as connection:
            if sent:
                return doubt_was_sent(connection, claim, draft_id, "agent_says_sent", now)
            doubt_was_not_sent(connection, claim, draft_id, "agent_says_not_sent", now)
            return None

    def left_sending(self, claim: Claim) -> list[Doubt]:
        """Deliveries that a daemon which is no more left in `sending`."""
        return self._in_state(claim, DeliveryState.SENDING)

    def doubts(self, claim: Claim) -> list[Doubt]:
        """Deliveries in doubt, oldest first."""
        return self._in_state(claim, DeliveryState.IN_DOUBT)

    def _in_state(self, claim: Claim, state: DeliveryState) -> list[Doubt]:
        v, d = t.delivery.c, t.draft.c
        query = (
            sa.select(v.id, d.id, v.message_id_header, sa.func.coalesce(v.ended_at, v.started_at))
            .join_from(t.delivery, t.draft, d.id == v.draft_id)
            .where(d.mailbox_id == claim.mailbox_id, v.state == state)
            .order_by(v.id)
        )
        with reading(self._engine) as connection:
            return [Doubt(*row) for row in connection.execute(query)]

    def unfiled(self, claim: Claim) -> list[Unfiled]:
        """Sent deliveries whose copy in Sent, answered flag or empty `Approved` is still missing."""
        with reading(self._engine) as connection:
            return [unfiled_of(row) for row in connection.execute(UNFILED, {"box": claim.mailbox_id})]

    def filed(self, claim: Claim, delivery_id: int, now: datetime) -> None:
        """All traces of a sent delivery are in the mailbox."""
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(t.delivery).where(t.delivery.c.id == delivery_id).values(filed_at=now)
            )
            enter(connection, claim, now, [Entry("dispatch", "delivery", delivery_id, "filed")])


def _draft_of(connection: Connection, delivery_id: int) -> Any:  # noqa: ANN401  a row
    return connection.execute(
        sa.select(t.draft.c.id, t.draft.c.conversation_id, t.delivery.c.started_at)
        .join_from(t.delivery, t.draft, t.draft.c.id == t.delivery.c.draft_id)
        .where(t.delivery.c.id == delivery_id)
    ).one()


def _finish(
    connection: Connection,
    delivery_id: int,
    state: DeliveryState,
    code: int | None,
    reply: str,
    now: datetime,
) -> None:
    connection.execute(
        sa.update(t.delivery)
        .where(t.delivery.c.id == delivery_id)
        .values(state=state, code=code, reply=reply[:500], ended_at=now)
    )


def _last_look(connection: Connection, delivery_id: int) -> tuple[int, LastLook]:
    row = connection.execute(LAST_LOOK, {"delivery": delivery_id}).one()
    look = LastLook(
        state=DraftState(row.state),
        approved_digest=row.approved_digest or "",
        relay=row.relay_address,
        newer_message_at=row.newer_message_at,
        newer_revision=row.digest != row.approved_digest,
        answered_elsewhere=row.clock_state != "open" and not row.told_of_answer,
        answered_at=row.answered_at,
    )
    return row.id, look
