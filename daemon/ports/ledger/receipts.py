"""Receipts in the ledger: what a notice about an answer does, in one transaction with the row that says so.

Promises: each notice has its effect once. A receipt never takes a draft along a step that the state table
does not list; what has moved on is left alone, and the row says so. A bounce leaves either a new draft with
the text that had been approved, or a note that says where that text is.

Errors: those of `store.py`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.desk.alert import Alert, AlertKind
from daemon.desk.clock import ClockOutcome
from daemon.desk.draft import OPEN_STATES, DeliveryState, DraftState
from daemon.desk.receipt import Outcome, Waiting
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.alerts import raise_alerts
from daemon.ports.ledger.doubts import doubt_was_sent
from daemon.ports.ledger.draft_rows import NewDraft, NewNote, draft_values, revision_values
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.receipt_rows import KINDS, NoticeRow, Sending, sending_of, sendings
from daemon.ports.ledger.reopening import reopen_clock
from daemon.ports.ledger.schema_receipts import receipt as table
from daemon.ports.ledger.steps import change_draft, end_prepared, plan_note
from daemon.ports.ledger.stopping import Answer, confirm_clock, stop_clock
from daemon.ports.ledger.store import Claim, reading, writing

STAGE = "receipts"
AGENTS = t.response_clock.alias("agents")
_SENT = frozenset({DraftState.SENT, DraftState.CONFIRMED})
_WITH_RECEIPT = (DraftState.CONFIRMED, DraftState.BOUNCED)
_ENDED_BY_PEOPLE = ("agent", "seller_central")
_ANSWERABLE = frozenset(
    {DraftState.PLANNED, DraftState.QUEUED, DraftState.EDITED, DraftState.APPROVED, DraftState.HELD}
)


class ReceiptBook:
    """What the receipts stage reads and writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # ---- looking -----------------------------------------------------------------------------

    def unjoined(self, claim: Claim) -> list[NoticeRow]:
        """Notices about answers that have had no effect yet, in the order of their times."""
        m = t.message.c
        done = sa.exists().where(table.c.message_id == m.id)
        query = (
            sa.select(m.id, m.notice, m.received_at, m.relay_address, m.sender, m.facts)
            .where(m.mailbox_id == claim.mailbox_id, m.notice.in_(KINDS), ~done)
            .order_by(m.received_at, m.id)
        )
        with reading(self._engine) as connection:
            return [NoticeRow(*row) for row in connection.execute(query)]

    def conversations(self, claim: Claim, alias: str, order_ids: Collection[str]) -> list[int]:
        """The conversations of a buyer; where none is named, those about these orders."""
        c = t.conversation.c
        who = c.alias == alias if alias else c.order_id.in_(set(order_ids) - {""})
        query = sa.select(c.id).where(c.mailbox_id == claim.mailbox_id, who)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def sendings(self, claim: Claim, conversations: Collection[int], ids: Collection[str]) -> list[Sending]:
        """What was sent in these conversations, or under one of these ids of ours."""
        v, d = t.delivery.c, t.draft.c
        of_ids = (v.message_id_header.in_(ids), d.message_id_header.in_(ids))
        found: dict[int, Sending] = {}
        with reading(self._engine) as connection:
            for where in (d.conversation_id.in_(conversations), *of_ids):
                rows = connection.execute(sendings().where(d.mailbox_id == claim.mailbox_id, where))
                found.update((row.id, sending_of(row)) for row in rows)
        return list(found.values())

    def waiting(self, conversations: Collection[int]) -> list[Waiting]:
        """How each conversation's newest clock stands; one that our own answer stopped is absent."""
        k, c = t.response_clock.c, t.conversation.c
        newest = (
            sa.select(sa.func.max(k.id))
            .where(k.conversation_id.in_(conversations))
            .group_by(k.conversation_id)
        )
        agents = _agents_clocks(c.id).with_only_columns(sa.func.max(AGENTS.c.accepted_at))
        query = (
            sa.select(c.id, c.alias, c.order_id, k.started_at, k.accepted_at, agents.scalar_subquery())
            .join_from(t.response_clock, t.conversation, c.id == k.conversation_id)
            .where(k.id.in_(newest), sa.or_(k.state == "open", k.ended_by.in_(_ENDED_BY_PEOPLE)))
        )
        with reading(self._engine) as connection:
            return [Waiting(*row) for row in connection.execute(query)]

    def may_be_drafted_again(self, sending: Sending) -> bool:
        """Whether a new draft can answer the same message: no other is open, and no later message waits."""
        d, m = t.draft.c, t.message.c
        of_same = d.conversation_id == sending.conversation_id
        others = sa.select(d.id).where(of_same, d.state.in_(OPEN_STATES - {DraftState.IN_DOUBT}))
        later = sa.select(m.id).where(
            m.conversation_id == sending.conversation_id, m.id > sending.message_id, m.kind == "buyer_message"
        )
        with reading(self._engine) as connection:
            return connection.execute(others).first() is None and connection.execute(later).first() is None

    def recent(self, claim: Claim, since: datetime) -> list[tuple[int, datetime, bool]]:
        """Deliveries sent since then, oldest first, and whether each has a receipt."""
        v, d = t.delivery.c, t.draft.c
        query = (
            sa.select(v.id, v.started_at, d.state)
            .join_from(t.delivery, t.draft, d.id == v.draft_id)
            .where(d.mailbox_id == claim.mailbox_id, v.state == DeliveryState.SENT, v.started_at >= since)
            .order_by(v.started_at, v.id)
        )
        with reading(self._engine) as connection:
            return [(row[0], row[1], row[2] in _WITH_RECEIPT) for row in connection.execute(query)]

    # ---- writing -----------------------------------------------------------------------------

    def without_effect(
        self, claim: Claim, message_id: int, outcome: Outcome, now: datetime, note: NewNote | None = None
    ) -> None:
        """The notice changes nothing; a note may tell people of it."""
        with writing(self._engine, claim) as connection:
            _record(connection, claim, message_id, outcome, now)
            if note is not None:
                plan_note(connection, claim, now, note, None)

    def confirm(self, claim: Claim, message_id: int, sending: Sending, at: datetime, now: datetime) -> bool:
        """The buyer has it since `at`; False where that was known already."""
        with writing(self._engine, claim) as connection:
            _record(connection, claim, message_id, Outcome.CONFIRMED, now, delivery_id=sending.delivery_id)
            state = _state_of(connection, sending.draft_id)
            if state is DraftState.IN_DOUBT:
                doubt_was_sent(connection, claim, sending.draft_id, "copy_received", now)
                state = DraftState.SENT
            if state is not DraftState.SENT:
                return False
            reason, new = Outcome.CONFIRMED.value, DraftState.CONFIRMED
            change_draft(connection, claim, now, sending.draft_id, {state}, new, reason, STAGE)
            confirm_clock(connection, sending.message_id, at)
            return True

    def bounce(
        self,
        claim: Claim,
        message_id: int,
        sending: Sending,
        reason: str,
        note: NewNote,
        again: NewDraft | None,
        now: datetime,
    ) -> bool:
        """It did not arrive: the clock runs again, a note says so, perhaps a draft; False: known already."""
        with writing(self._engine, claim) as connection:
            _record(connection, claim, message_id, Outcome.BOUNCED, now, delivery_id=sending.delivery_id)
            state = _state_of(connection, sending.draft_id)
            if state is DraftState.IN_DOUBT:
                doubt_was_sent(connection, claim, sending.draft_id, reason, now)
                state = DraftState.SENT
            if state not in _SENT:
                return False
            change_draft(connection, claim, now, sending.draft_id, _SENT, DraftState.BOUNCED, reason, STAGE)
            stands = reopen_clock(connection, claim, sending.message_id, reason, now, STAGE)
            plan_note(connection, claim, now, note, sending.draft_id)
            if stands is ClockOutcome.OPEN:
                _alert(connection, claim, message_id, sending.order_id, now)
                if again is not None:
                    _draft_again(connection, claim, sending, again, now)
            return True

    def answered_in_seller_central(
        self, claim: Claim, message_id: int, conversation_id: int, at: datetime, now: datetime
    ) -> None:
        """A person answered there at `at`: the draft of what they answered is over, and the clock stops."""
        reason = Outcome.SELLER_CENTRAL.value
        d, m = t.draft.c, t.message.c
        with writing(self._engine, claim) as connection:
            _record(
                connection, claim, message_id, Outcome.SELLER_CENTRAL, now, conversation_id=conversation_id
            )
            query = (
                sa.select(d.id)
                .join(t.message, m.id == d.message_id)
                .where(d.conversation_id == conversation_id, d.state.in_(_ANSWERABLE), m.received_at <= at)
            )
            draft_id = connection.execute(query).scalar_one_or_none()
            if draft_id is not None:
                end_prepared(connection, claim, draft_id, reason, now)
                new = DraftState.ANSWERED_BY_AGENT
                change_draft(connection, claim, now, draft_id, _ANSWERABLE, new, reason, STAGE)
            answer = Answer(conversation_id, draft_id, at, "seller_central", STAGE, reason)
            stop_clock(connection, claim, answer, m.received_at > at, now)

    def confirm_agents(
        self, claim: Claim, message_id: int, conversation_id: int, at: datetime, now: datetime
    ) -> None:
        """The buyer has the answer that an agent sent, since `at`."""
        m = t.message.c
        last = _agents_clocks(conversation_id).order_by(AGENTS.c.accepted_at.desc()).limit(1)
        with writing(self._engine, claim) as connection:
            _record(connection, claim, message_id, Outcome.AGENTS, now, conversation_id=conversation_id)
            answered = sa.select(sa.func.max(m.id)).where(m.response_clock_id == last.scalar_subquery())
            confirm_clock(connection, connection.execute(answered).scalar_one(), at)

    def reopen(
        self, claim: Claim, message_id: int, conversation: Waiting, note: NewNote, reason: str, now: datetime
    ) -> None:
        """An agent's own answer did not arrive: the clock that it stopped runs again."""
        m, k = t.message.c, t.response_clock.c
        of_it = sa.select(sa.func.max(k.id)).where(k.conversation_id == conversation.conversation_id)
        with writing(self._engine, claim) as connection:
            number = conversation.conversation_id
            _record(connection, claim, message_id, Outcome.REOPENED, now, conversation_id=number)
            answered = connection.execute(
                sa.select(sa.func.max(m.id)).where(m.response_clock_id == of_it.scalar_subquery())
            ).scalar_one()
            stands = reopen_clock(connection, claim, answered, reason, now, STAGE)
            plan_note(connection, claim, now, note, None)
            if stands is ClockOutcome.OPEN:
                _alert(connection, claim, message_id, conversation.order_id, now)

    def mark_edited(self, claim: Claim, now: datetime) -> None:
        """Drafts that are queued with a person's text are edited ones."""
        d = t.draft.c
        query = sa.select(d.id).where(
            d.mailbox_id == claim.mailbox_id, d.state == DraftState.QUEUED, d.revision > 1
        )
        with reading(self._engine) as connection:
            found = list(connection.execute(query).scalars())
        if not found:
            return
        with writing(self._engine, claim) as connection:
            for draft_id in found:
                old, new = {DraftState.QUEUED}, DraftState.EDITED
                change_draft(connection, claim, now, draft_id, old, new, "edited_by_agent", STAGE)


def _agents_clocks(conversation_id: Any) -> sa.Select[tuple[int]]:  # noqa: ANN401  a number or a column
    """The clocks of a conversation that an agent's mail stopped and that no copy has confirmed yet."""
    a = AGENTS.c
    return sa.select(a.id).where(
        a.conversation_id == conversation_id, a.ended_by == "agent", a.confirmed_at.is_(None)
    )


def _record(
    connection: Connection, claim: Claim, message_id: int, outcome: Outcome, now: datetime, **joined: int
) -> None:
    values = {"mailbox_id": claim.mailbox_id, "message_id": message_id, "recorded_at": now}
    connection.execute(sa.insert(table).values(outcome=outcome, **values, **joined))
    about = " ".join(f"{name.removesuffix('_id')}={number}" for name, number in joined.items())
    enter(connection, claim, now, [Entry(STAGE, "message", message_id, outcome, detail=about)])


def _state_of(connection: Connection, draft_id: int) -> DraftState:
    query = sa.select(t.draft.c.state).where(t.draft.c.id == draft_id)
    return DraftState(connection.execute(query).scalar_one())


def _alert(connection: Connection, claim: Claim, message_id: int, order_id: str, now: datetime) -> None:
    about = f"Order {order_id}." if order_id else ""
    alert = Alert(AlertKind.CLOCK_REOPENED, f"clock_reopened:{message_id}", about, "message", message_id)
    raise_alerts(connection, claim, [alert], now, STAGE)


def _draft_again(
    connection: Connection, claim: Claim, sending: Sending, draft: NewDraft, now: datetime
) -> None:
    """Plan a draft with the text that had been approved; before a person's text stands our own."""
    values = draft_values(claim, draft, now) | {"revision": 2 if sending.edited else 1}
    result = connection.execute(sa.insert(t.draft).values(values))
    (draft_id,) = result.inserted_primary_key or (0,)
    rows = [revision_values(draft_id, 1, "daemon", draft.digest, draft.raw, now)]
    if sending.edited:
        r = t.revision.c
        query = sa.select(r.digest, r.raw).where(r.draft_id == sending.draft_id, r.number == 1)
        digest, raw = connection.execute(query).one()
        rows = [
            revision_values(draft_id, 1, "daemon", digest, raw, now),
            revision_values(draft_id, 2, "agent", draft.digest, draft.raw, now),
        ]
    connection.execute(sa.insert(t.revision), rows)
    enter(connection, claim, now, [Entry(STAGE, "draft", draft_id, draft.reason, None, DraftState.PLANNED)])
