"""One step of a draft's life, and the note that explains it, inside a caller's transaction.

Promises: compare-and-set: a step is taken only from a state that the caller expects, and is logged
with both states and the reason in the same transaction.

Errors: `OvertakenError` when the draft has moved on.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.draft import DeliveryState, DraftState
from daemon.errors import TemporaryError
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import NoteState
from daemon.ports.ledger.draft_rows import DraftRow, NewNote, revision_values
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.store import Claim


class OvertakenError(TemporaryError):
    """A draft has moved on since it was looked at; the next cycle sees its new state."""


def change_draft(
    connection: Connection,
    claim: Claim,
    now: datetime,
    draft_id: int,
    expected: Collection[DraftState],
    new: DraftState,
    reason: str,
    stage: str,
    **values: Any,  # noqa: ANN401  columns of several types
) -> DraftState:
    """Take one step of the state table in the caller's transaction; returns the old state."""
    c = t.draft.c
    row = connection.execute(sa.select(c.state).where(c.id == draft_id)).one_or_none()
    if row is None or row.state not in expected:
        raise OvertakenError(f"draft {draft_id} is {row.state if row else 'unknown'}, not {sorted(expected)}")
    changed = connection.execute(
        sa.update(t.draft)
        .where(c.id == draft_id, c.state == row.state)
        .values(state=new, reason=reason, changed_at=now, touched_at=now, **values)
    )
    if changed.rowcount != 1:
        raise OvertakenError(f"draft {draft_id} has just changed")
    enter(connection, claim, now, [Entry(stage, "draft", draft_id, reason, row.state, new)])
    return DraftState(row.state)


def plan_note(
    connection: Connection,
    claim: Claim,
    now: datetime,
    note: NewNote,
    draft_id: int | None,
    message_id: int | None = None,
) -> None:
    """Record the intention to leave a note, in the caller's transaction; the same note only once."""
    plan_notes(connection, claim, now, [(note, draft_id, message_id)])


def plan_notes(
    connection: Connection,
    claim: Claim,
    now: datetime,
    notes: Sequence[tuple[NewNote, int | None, int | None]],
) -> None:
    """The same for many at once, each with the draft and the message that it is about."""
    header = t.note.c.message_id_header
    same = sa.select(header).where(header.in_([note.header_id for note, _, _ in notes]))
    known = set(connection.execute(same).scalars())
    rows = {
        note.header_id: {
            "mailbox_id": claim.mailbox_id,
            "draft_id": draft_id,
            "message_id": message_id,
            "state": NoteState.PLANNED,
            "message_id_header": note.header_id,
            "reason": note.reason,
            "raw": note.raw,
            "planned_at": now,
        }
        for note, draft_id, message_id in notes
        if note.header_id not in known
    }
    if rows:
        connection.execute(sa.insert(t.note), list(rows.values()))


def add_revision(connection: Connection, seen: DraftRow, digest: str, raw: bytes, now: datetime) -> int:
    """A person's own text becomes the draft's next revision, in the caller's transaction; its number."""
    number = seen.revision + 1
    values = revision_values(seen.draft_id, number, "agent", digest, raw, now)
    connection.execute(sa.insert(t.revision), [values])
    return number


def end_prepared(connection: Connection, claim: Claim, draft_id: int, reason: str, now: datetime) -> None:
    """A delivery that was prepared and not made holds a content that nobody approves any more."""
    v = t.delivery.c
    row = connection.execute(
        sa.select(v.id).where(v.draft_id == draft_id, v.state == DeliveryState.PREPARED)
    ).one_or_none()
    if row is None:
        return
    connection.execute(
        sa.update(t.delivery).where(v.id == row.id).values(state=DeliveryState.ABANDONED, ended_at=now)
    )
    old, new = DeliveryState.PREPARED, DeliveryState.ABANDONED
    enter(connection, claim, now, [Entry("dispatch", "delivery", row.id, reason, old, new)])
