"""What a draft looks like on its way into and out of the ledger: values, rows and the one long query.

Promises: frozen values only; a row of the database leaves this package as one of them.

Errors: none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.draft import DraftState
from daemon.desk.playbook import HOLDING
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import Instant
from daemon.ports.ledger.store import Claim


@dataclass(frozen=True, slots=True)
class Place:
    """Where a copy lies: RFC 9051 section 2.3.1.1's identity; UID 0 where the server did not tell."""

    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A buyer message that waits for its draft, with the open draft of its conversation, if any.

    `rested` says that nothing had happened to that draft for as long as this message is known.
    """

    message_id: int
    conversation_id: int
    header_id: str
    reference_ids: tuple[str, ...]
    subject: str
    text: str
    language: str | None
    marketplace: str
    order_id: str
    relay_address: str
    buyer_name: str | None
    facts: str
    action: str
    scenario: str
    received_at: datetime
    nearest_at: datetime
    open_draft: int | None
    open_state: DraftState | None
    open_place: Place | None
    rested: bool


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A draft about to be planned; `replaces` is the unedited one it supersedes, `because` says why.

    `gaps` are the facts that nobody knew, `source` the place in the knowledge base that answers; `notes` go
    to the agent together with the draft.
    """

    message_id: int
    conversation_id: int
    token: str
    header_id: str
    recipient: str
    template: str
    language: str
    raw: bytes
    digest: str
    reason: str
    replaces: int | None = None
    because: str = "newer_message"
    gaps: tuple[str, ...] = ()
    source: str = ""
    notes: tuple["NewNote", ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A draft whose copy is not known to lie in the queue yet; `answers` is the buyer's Message-ID."""

    draft_id: int
    token: str
    header_id: str
    answers: str
    raw: bytes
    message_id: int


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as the ledger knows it."""

    draft_id: int
    conversation_id: int
    message_id: int
    token: str
    header_id: str
    state: DraftState
    revision: int
    recipient: str
    place: Place | None
    digest: str
    approved_digest: str | None
    approved_at: datetime | None
    order_id: str = ""
    buyer_language: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note to the agent, ready to be appended to the queue."""

    header_id: str
    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class PlannedNote:
    """A note that is not known to lie in the queue yet."""

    note_id: int
    header_id: str
    raw: bytes


def place_values(place: Place | None) -> dict[str, Any]:
    """The columns of a place."""
    if place is None:
        return {"folder_name": None, "uidvalidity": None, "uid": None}
    return {"folder_name": place.folder, "uidvalidity": place.uidvalidity, "uid": place.uid}


_OWED = """
    SELECT m.id, m.conversation_id, m.message_id AS header_id, m.reference_ids, m.subject, m.text, m.language,
           c.marketplace, c.order_id, m.relay_address, c.buyer_name, m.facts, m.action, m.scenario,
           m.received_at, k.nearest_at, d.id AS open_draft, d.state AS open_state,
           d.folder_name, d.uidvalidity, d.uid, d.changed_at < m.recorded_at AS rested
      FROM response_clock k CROSS JOIN message m
      JOIN conversation c ON c.id = m.conversation_id
"""
_OPEN = "k.mailbox_id = :box AND k.state = 'open' AND m.response_clock_id = k.id"
"""CROSS JOIN makes SQLite begin with the open clocks, which are few, not with all drafts there ever were."""
OWED = sa.text(
    f"""{_OWED}
      LEFT JOIN draft d ON d.conversation_id = m.conversation_id AND d.message_id <> m.id
           AND d.state IN ('planned', 'queued', 'edited', 'approved', 'sending', 'in_doubt', 'held')
     WHERE {_OPEN} AND m.action IN ('draft', 'holding_draft')
       AND NOT EXISTS (SELECT 1 FROM draft own
                        WHERE own.message_id = m.id AND own.reason <> 'reclassified')
       AND NOT EXISTS (SELECT 1 FROM message newer
                        WHERE newer.response_clock_id = m.response_clock_id
                          AND newer.action IN ('draft', 'holding_draft')
                          AND (newer.received_at > m.received_at
                               OR (newer.received_at = m.received_at AND newer.id > m.id)))
     ORDER BY k.nearest_at, m.id
     LIMIT :most
    """  # noqa: S608  our own words from above
).columns(received_at=Instant, nearest_at=Instant)


LATE_WITH_GAPS = sa.text(
    f"""{_OWED}
      JOIN draft d ON d.message_id = m.id AND d.state = 'queued' AND d.revision = 1
           AND d.gaps IS NOT NULL AND d.template NOT IN ('{HOLDING}', 'none')
     WHERE {_OPEN} AND (:now - m.received_at) * 100 >= (k.nearest_at - m.received_at) * :percent
     ORDER BY k.nearest_at, m.id
     LIMIT :most
    """
).columns(received_at=Instant, nearest_at=Instant)
"""Untouched drafts with gaps whose clock has gone this share of its way; those of a failed template are not
tried again and again."""


def _place(folder: str | None, uidvalidity: int | None, uid: int | None) -> Place | None:
    return None if folder is None else Place(folder, uidvalidity or 0, uid or 0)


def owed_of(row: Any) -> Owed:  # noqa: ANN401  a row of a textual query
    """The value of one row of `OWED`."""
    return Owed(
        message_id=row.id,
        conversation_id=row.conversation_id,
        header_id=row.header_id,
        reference_ids=tuple(row.reference_ids.split()),
        subject=row.subject or "",
        text=row.text or "",
        language=row.language,
        marketplace=row.marketplace,
        order_id=row.order_id,
        relay_address=row.relay_address,
        buyer_name=row.buyer_name,
        facts=row.facts or "{}",
        action=row.action,
        scenario=row.scenario,
        received_at=row.received_at,
        nearest_at=row.nearest_at,
        open_draft=row.open_draft,
        open_state=DraftState(row.open_state) if row.open_state else None,
        open_place=_place(row.folder_name, row.uidvalidity, row.uid),
        rested=bool(row.rested),
    )


def draft_of(row: Any) -> DraftRow:  # noqa: ANN401  a row of a join
    """The value of a draft joined with its newest revision."""
    return DraftRow(
        draft_id=row.id,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        token=row.token,
        header_id=row.message_id_header,
        state=DraftState(row.state),
        revision=row.revision,
        recipient=row.recipient,
        place=_place(row.folder_name, row.uidvalidity, row.uid),
        digest=row.digest,
        approved_digest=row.approved_digest,
        approved_at=row.approved_at,
        order_id=row.order_id,
        buyer_language=row.buyer_language,
        reason=row.reason or "",
    )


def draft_rows(
    connection: Connection,
    claim: Claim,
    where: sa.ColumnElement[bool],
    extra: Sequence[sa.ColumnElement[Any]] = (),
) -> list[tuple[DraftRow, Any]]:
    """The drafts of a mailbox that fulfil a condition, oldest first; each with its row, for what is extra."""
    d, r, c, m = t.draft.c, t.revision.c, t.conversation.c, t.message.c
    query = (
        sa.select(t.draft, r.digest, c.order_id, m.language.label("buyer_language"), *extra)
        .join_from(t.draft, t.revision, sa.and_(r.draft_id == d.id, r.number == d.revision))
        .join(t.conversation, c.id == d.conversation_id)
        .join(t.message, m.id == d.message_id)
        .where(d.mailbox_id == claim.mailbox_id, where)
        .order_by(d.id)
    )
    return [(draft_of(row), row) for row in connection.execute(query)]


def draft_values(claim: Claim, draft: NewDraft, now: datetime) -> dict[str, Any]:
    """The columns of a new draft."""
    return {
        "mailbox_id": claim.mailbox_id,
        "conversation_id": draft.conversation_id,
        "message_id": draft.message_id,
        "state": DraftState.PLANNED,
        "token": draft.token,
        "message_id_header": draft.header_id,
        "revision": 1,
        "recipient": draft.recipient,
        "template": draft.template,
        "language": draft.language,
        "gaps": "\n".join(draft.gaps) or None,
        "source": draft.source or None,
        "reason": draft.reason,
        "planned_at": now,
        "changed_at": now,
    }


def revision_values(
    draft_id: int, number: int, author: str, digest: str, raw: bytes, now: datetime
) -> dict[str, Any]:
    """The columns of a new revision."""
    return {
        "draft_id": draft_id,
        "number": number,
        "author": author,
        "digest": digest,
        "raw": raw,
        "recorded_at": now,
    }
