"""Cases in the ledger: opened by what arrives, led on by notices, by answers and by people.

Promises: one open case for a mailbox, a kind and an order; each message and each delivery has its effect
once. What happened to a case stands in its time line.

Errors: those of `store.py`; `PermanentError` for an act that the case's state does not allow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.desk.alert import Alert
from daemon.desk.claim import Case, CaseKind, CaseState, Step, act, after
from daemon.errors import PermanentError
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.alerts import raise_alerts
from daemon.ports.ledger.columns import Instant
from daemon.ports.ledger.draft_rows import NewNote
from daemon.ports.ledger.schema_cases import case_event, casefile
from daemon.ports.ledger.steps import plan_note
from daemon.ports.ledger.store import Claim, reading, writing

# notices by their index; reviews while their clock runs
UNFILED = sa.text(
    """
    SELECT m.id, m.notice, m.received_at, m.facts, m.conversation_id, c.order_id, c.buyer_name
      FROM message m LEFT JOIN conversation c ON c.id = m.conversation_id
     WHERE m.mailbox_id = :box AND m.notice IN ('a_to_z_claim', 'a_to_z_decision', 'chargeback')
       AND NOT EXISTS (SELECT 1 FROM case_event e WHERE e.message_id = m.id)
    UNION ALL
    SELECT m.id, m.notice, m.received_at, m.facts, m.conversation_id, c.order_id, c.buyer_name
      FROM response_clock k
      JOIN message m ON m.response_clock_id = k.id AND m.scenario = 'negative_review'
      JOIN conversation c ON c.id = m.conversation_id
     WHERE k.mailbox_id = :box AND k.state = 'open'
       AND NOT EXISTS (SELECT 1 FROM case_event e WHERE e.message_id = m.id)
     ORDER BY 1
    """
).columns(received_at=Instant)
FAMILIES = {CaseKind.CLAIM: (CaseKind.CLAIM, CaseKind.CHARGEBACK)}
"""A decision about a claim may be about a chargeback of the same order."""


@dataclass(frozen=True, slots=True)
class Unfiled:
    """A message that belongs to a case and stands in no time line yet."""

    message_id: int
    notice: str | None
    received_at: datetime
    facts: str
    conversation_id: int | None
    order_id: str | None
    buyer_name: str | None


@dataclass(frozen=True, slots=True)
class Filing:
    """What a message or a delivery does to its case: the step it leads to, and what is known of the case."""

    kind: CaseKind
    what: str
    at: datetime
    step: Step
    order_id: str
    conversation_id: int | None = None
    buyer_name: str | None = None
    message_id: int | None = None
    delivery_id: int | None = None


class CaseBook:
    """What the cases' stage, the worklist and the command read and write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unfiled(self, claim: Claim) -> list[Unfiled]:
        """Messages that open a case, or lead one on."""
        with reading(self._engine) as connection:
            return [Unfiled(*row) for row in connection.execute(UNFILED, {"box": claim.mailbox_id})]

    def file(self, claim: Claim, filing: Filing) -> int:
        """Put a message or a delivery into the time line of its case, opened where there is none."""
        return self.file_all(claim, [filing])[0]

    def file_all(self, claim: Claim, filings: Sequence[Filing]) -> list[int]:
        """The same for many at once; their cases."""
        with writing(self._engine, claim) as connection:
            return [_file(connection, claim, filing) for filing in filings]

    def answered_order(self, delivery_id: int) -> tuple[str, int, str | None] | None:
        """Order, conversation and buyer of a delivery that stands in no time line yet."""
        c, d, v = t.conversation.c, t.draft.c, t.delivery.c
        filed = sa.select(case_event.c.id).where(case_event.c.delivery_id == delivery_id).exists()
        query = (
            sa.select(c.order_id, c.id, c.buyer_name)
            .join_from(t.delivery, t.draft, d.id == v.draft_id)
            .join(t.conversation, c.id == d.conversation_id)
            .where(v.id == delivery_id, ~filed)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else (row.order_id, row.id, row.buyer_name)

    def promises(self, claim: Claim, conversation_id: int) -> list[int]:
        """The open promises to a conversation."""
        f = casefile.c
        query = sa.select(f.id).where(
            f.mailbox_id == claim.mailbox_id,
            f.conversation_id == conversation_id,
            f.kind == CaseKind.PROMISE,
            f.closed_at.is_(None),
        )
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def answered_reviews(self, claim: Claim) -> list[tuple[int, datetime]]:
        """Reviews to be solved whose buyer has been answered, and when."""
        k, m, e, f = t.response_clock.c, t.message.c, case_event.c, casefile.c
        query = (
            sa.select(f.id, sa.func.max(k.ended_at, type_=Instant()))
            .join_from(casefile, case_event, e.casefile_id == f.id)
            .join(t.message, m.id == e.message_id)
            .join(t.response_clock, k.id == m.response_clock_id)
            .where(f.mailbox_id == claim.mailbox_id, f.state == CaseState.SOLVE, f.closed_at.is_(None))
            .group_by(f.id)
            .having(sa.func.sum(sa.case((k.state == "open", 1), else_=0)) == 0)
        )
        with reading(self._engine) as connection:
            return [(case_id, at) for case_id, at in connection.execute(query) if at is not None]

    def lead_on(self, claim: Claim, case_id: int, state: CaseState, at: datetime) -> None:
        """A case comes into its next state by itself."""
        with writing(self._engine, claim) as connection:
            _record(connection, case_id, after(state, at), state.value, at)

    def say(self, case_id: int, what: str, now: datetime) -> None:
        """A person says what became of a case."""
        with writing(self._engine) as connection:
            state = connection.execute(
                sa.select(casefile.c.state).where(casefile.c.id == case_id)
            ).scalar_one_or_none()
            if state is None:
                raise PermanentError(f"there is no case {case_id}")
            try:
                step = act(CaseState(state), what, now)
            except ValueError as error:
                raise PermanentError(f"case {case_id}: {error}") from error
            _record(connection, case_id, step, what, now)

    def remind(self, claim: Claim, alert: Alert, note: NewNote, now: datetime) -> bool:
        """A step is due: the alert and the note, in one transaction, once; whether it was told now."""
        with writing(self._engine, claim) as connection:
            new = raise_alerts(connection, claim, [alert], now, "cases")
            if new:
                plan_note(connection, claim, now, note, None)
            return bool(new)

    def open(self, claim: Claim | None) -> list[Case]:
        """All cases that are not closed, by the time their step is due."""
        f = casefile.c
        query = (
            sa.select(casefile, t.mailbox.c.name.label("mailbox"))
            .join_from(casefile, t.mailbox, t.mailbox.c.id == f.mailbox_id)
            .where(f.closed_at.is_(None))
            .order_by(f.due_at, f.id)
        )
        if claim is not None:
            query = query.where(f.mailbox_id == claim.mailbox_id)
        with reading(self._engine) as connection:
            return [_case(row) for row in connection.execute(query)]

    def time_line(self, case_id: int) -> Sequence[tuple[datetime, str]]:
        """What happened to a case, in the order in which we learned of it."""
        query = (
            sa.select(case_event.c.at, case_event.c.what)
            .where(case_event.c.casefile_id == case_id)
            .order_by(case_event.c.id)
        )
        with reading(self._engine) as connection:
            return [(at, what) for at, what in connection.execute(query)]


def _file(connection: Connection, claim: Claim, filing: Filing) -> int:
    case_id = _known(connection, claim, filing)
    if case_id is None:
        case_id = _open(connection, claim, filing)
    else:
        _set(connection, case_id, filing)
    connection.execute(
        sa.insert(case_event).values(
            casefile_id=case_id,
            message_id=filing.message_id,
            delivery_id=filing.delivery_id,
            what=filing.what,
            at=filing.at,
        )
    )
    return case_id


def _known(connection: Connection, claim: Claim, filing: Filing) -> int | None:
    """The open case that this is about: of the same kind and order, or of the same conversation."""
    f = casefile.c
    kinds = FAMILIES.get(filing.kind, (filing.kind,)) if filing.what == "decided" else (filing.kind,)
    if filing.order_id:
        same: sa.ColumnElement[bool] = f.order_id == filing.order_id
    elif filing.conversation_id is not None:
        same = f.conversation_id == filing.conversation_id
    else:
        return None
    query = sa.select(f.id).where(
        f.mailbox_id == claim.mailbox_id, f.kind.in_(kinds), f.closed_at.is_(None), same
    )
    found: int | None = connection.execute(query.order_by(f.id.desc()).limit(1)).scalar_one_or_none()
    return found


def _open(connection: Connection, claim: Claim, filing: Filing) -> int:
    result = connection.execute(
        sa.insert(casefile).values(
            mailbox_id=claim.mailbox_id,
            conversation_id=filing.conversation_id,
            kind=filing.kind,
            state=filing.step.state,
            order_id=filing.order_id,
            buyer_name=filing.buyer_name,
            opened_at=filing.at,
            due_at=filing.step.due_at,
            hard_at=filing.step.hard_at,
        )
    )
    (case_id,) = result.inserted_primary_key or (0,)
    return int(case_id)


def _set(connection: Connection, case_id: int, filing: Filing) -> None:
    """A further message: an earlier limit of the same step stays, while a newer promise replaces an older."""
    f, step = casefile.c, filing.step
    row = connection.execute(sa.select(casefile).where(f.id == case_id)).one()
    due_at, hard_at = step.due_at, step.hard_at
    if row.state == step.state and filing.kind is not CaseKind.PROMISE:
        due_at = min(due_at, row.due_at)
        hard_at = min((each for each in (hard_at, row.hard_at) if each is not None), default=None)
    connection.execute(
        sa.update(casefile).where(f.id == case_id).values(state=step.state, due_at=due_at, hard_at=hard_at)
    )


def _record(connection: Connection, case_id: int, step: Step, what: str, at: datetime) -> None:
    closed = at if step.state is CaseState.CLOSED else None
    connection.execute(
        sa.update(casefile)
        .where(casefile.c.id == case_id)
        .values(state=step.state, due_at=step.due_at, hard_at=step.hard_at, closed_at=closed)
    )
    connection.execute(sa.insert(case_event).values(casefile_id=case_id, what=what, at=at))


def _case(row: Any) -> Case:  # noqa: ANN401  a row of a join
    return Case(
        row.id,
        row.mailbox,
        CaseKind(row.kind),
        CaseState(row.state),
        row.order_id,
        row.buyer_name,
        row.opened_at,
        row.due_at,
        row.hard_at,
    )
