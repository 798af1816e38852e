"""The append-only log of decisions, written inside the transaction that carries each decision out.

Promises: one row a decision, with stage, subject, reason slug and, for a change of state, both states;
ids and slugs only, never a buyer's words.

Errors: none of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.store import Claim


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision: about what (`message`, `draft`, `delivery`, `clock`, `mailbox`) and why."""

    stage: str
    subject: str
    subject_id: int
    reason: str
    old_state: str | None = None
    new_state: str | None = None
    detail: str = ""


def enter(connection: Connection, claim: Claim, now: datetime, entries: Iterable[Entry]) -> None:
    """Append decisions in the caller's transaction."""
    rows = [
        {
            "mailbox_id": claim.mailbox_id,
            "at": now,
            "epoch": claim.epoch,
            "stage": entry.stage,
            "subject": entry.subject,
            "subject_id": entry.subject_id,
            "reason": entry.reason,
            "old_state": entry.old_state,
            "new_state": entry.new_state,
            "detail": entry.detail,
        }
        for entry in entries
    ]
    if rows:
        connection.execute(sa.insert(t.decision), rows)
