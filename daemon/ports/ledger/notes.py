"""Notes to the agent: those owed for messages without a draft, and those that a person has dealt with.

Promises: a message is owed its note until one stands in the ledger, so that a crash leaves one note, not two.
A note is done once; what it asked is answered with the first move into Approved.

Errors: those of `store.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.draft_rows import NewNote
from daemon.ports.ledger.steps import plan_notes
from daemon.ports.ledger.store import Claim, reading, writing

OWED_NOTES = sa.text(
    f"""
    SELECT m.id, m.text, m.facts, c.order_id
      FROM message m LEFT JOIN conversation c ON c.id = m.conversation_id
     WHERE m.mailbox_id = :box AND {t.CLAIMS} AND m.action_reason NOT IN ('before_mark', 'suspicious')
       AND NOT EXISTS (SELECT 1 FROM note n WHERE n.message_id = m.id)
     ORDER BY m.id
     LIMIT :most
    """  # noqa: S608  the same words as the index
)


@dataclass(frozen=True, slots=True)
class OwedNote:
    """A claim, or a buyer's announcement of one, that has no statement to paste yet."""

    message_id: int
    text: str
    facts: str
    order_id: str


@dataclass(frozen=True, slots=True)
class DoneNote:
    """A note that a person has dealt with just now, and the draft and the message it is about."""

    reason: str
    draft_id: int | None
    message_id: int | None


class NoteBook:
    """What drafting and approval read and write about notes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def owed(self, claim: Claim, limit: int) -> list[OwedNote]:
        """Messages about claims that have no note yet, oldest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(OWED_NOTES, {"box": claim.mailbox_id, "most": limit})
            return [OwedNote(row.id, row.text or "", row.facts or "{}", row.order_id or "") for row in rows]

    def plan(self, claim: Claim, notes: Mapping[int, NewNote], now: datetime) -> None:
        """Record the intention to leave the notes of these messages."""
        with writing(self._engine, claim) as connection:
            plan_notes(
                connection, claim, now, [(note, None, message_id) for message_id, note in notes.items()]
            )

    def done(self, claim: Claim, header_id: str, now: datetime) -> DoneNote | None:
        """A person moved this note into Approved; None if that was known, or the ledger has no such note."""
        n = t.note.c
        mine = sa.and_(
            n.mailbox_id == claim.mailbox_id, n.message_id_header == header_id, n.done_at.is_(None)
        )
        with writing(self._engine, claim) as connection:
            message = sa.func.coalesce(n.message_id, t.draft.c.message_id).label("about")
            query = sa.select(n.id, n.reason, n.draft_id, message).outerjoin_from(t.note, t.draft)
            row = connection.execute(query.where(mine)).one_or_none()
            if row is None:
                return None
            connection.execute(sa.update(t.note).where(n.id == row.id).values(done_at=now))
            return DoneNote(row.reason, row.draft_id, row.about)
