"""What a copy looks like on its way into and out of the ledger.

Promises: frozen values only.

Errors: none of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.ports.ledger.draft_rows import Place
from daemon.ports.ledger.schema_copies import copy as copies
from daemon.ports.ledger.store import Claim


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy as the last look saw it; `copy_id` is 0 before it is in the ledger."""

    copy_id: int
    draft_id: int
    place: Place
    digest: str | None
    deleted: bool
    flagged: bool
    internal_at: datetime


def copy_of(row: Any) -> CopyRow:  # noqa: ANN401  a row of the table
    """The value of one row."""
    return CopyRow(
        row.id,
        row.draft_id,
        Place(row.folder_name, row.uidvalidity, row.uid),
        row.digest,
        row.deleted,
        row.flagged,
        row.internal_at,
    )


def copy_place(place: Place) -> dict[str, Any]:
    """The columns of a place."""
    return {"folder_name": place.folder, "uidvalidity": place.uidvalidity, "uid": place.uid}


def vacate(connection: Connection, claim: Claim, places: Sequence[Place], but: int = 0) -> None:
    """Forget the rows at these places, whose mails other rows are about to be; `but` is one of those."""
    c = copies.c
    connection.execute(
        sa.delete(copies).where(
            c.mailbox_id == claim.mailbox_id,
            c.folder_name == sa.bindparam("c_folder"),
            c.uidvalidity == sa.bindparam("c_validity"),
            c.uid == sa.bindparam("c_uid"),
            c.id != but,
        ),
        [{"c_folder": at.folder, "c_validity": at.uidvalidity, "c_uid": at.uid} for at in places],
    )


def add_copies(connection: Connection, claim: Claim, added: Sequence[CopyRow], now: datetime) -> None:
    """Insert rows for these copies in the caller's transaction; a row that stands already is replaced."""
    if added:
        vacate(connection, claim, [item.place for item in added])
        connection.execute(
            sa.insert(copies),
            [
                {
                    "mailbox_id": claim.mailbox_id,
                    "draft_id": item.draft_id,
                    **copy_place(item.place),
                    "digest": item.digest,
                    "deleted": item.deleted,
                    "flagged": item.flagged,
                    "internal_at": item.internal_at,
                    "seen_at": now,
                }
                for item in added
            ],
        )
