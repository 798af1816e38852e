"""What a delivery looks like on its way out of the ledger: values, rows and the queries behind them.

Promises: frozen values only; the queries run unchanged on SQLite and PostgreSQL.

Errors: none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from daemon.desk.draft import DeliveryState, DraftState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import MICROSECOND, Instant, instant
from daemon.ports.ledger.store import Claim


@dataclass(frozen=True, slots=True)
class Due:
    """An approved draft whose cool-down is over, with its prepared delivery when there is one."""

    draft_id: int
    message_id: int
    conversation_id: int
    token: str
    header_id: str
    recipient: str
    folder: str
    uidvalidity: int
    uid: int
    approved_digest: str
    approved_at: datetime
    own_digest: str
    own_raw: bytes
    answers: str
    reference_ids: tuple[str, ...]
    original: tuple[str, int, int]
    delivery_id: int | None
    attempts: int
    order_id: str = ""
    buyer_language: str | None = None
    told_at: datetime | None = None
    """When a note said last that somebody answered; approved once more after that, it is meant.

    Of a follow-up at least when it was planned: it comes after an answer.
    """
    answer_lost: bool = False
    r"""An earlier answer to the same message did not arrive: its `\Answered` says nothing any more."""

    @property
    def ids(self) -> dict[str, int]:
        """By what a log line is found again."""
        return {"message": self.message_id, "draft": self.draft_id}


@dataclass(frozen=True, slots=True)
class LastLook:
    """What the sending transaction reads for its checks."""

    state: DraftState
    approved_digest: str
    relay: str
    newer_message_at: datetime | None
    newer_revision: bool
    answered_elsewhere: bool
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unfiled:
    """A delivery that was sent and whose traces in the mailbox are not all made yet."""

    delivery_id: int
    draft_id: int
    message_id: int
    header_id: str
    link: str
    raw: bytes
    ended_at: datetime
    folder: str
    uidvalidity: int
    uid: int
    edited: bool
    original: tuple[str, int, int]

    @property
    def ids(self) -> dict[str, int]:
        """By what a log line is found again."""
        return {"message": self.message_id, "draft": self.draft_id, "delivery": self.delivery_id}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery of which nobody knows whether it reached the server."""

    delivery_id: int
    draft_id: int
    header_id: str
    ended_at: datetime


# an approval from the future: the clock was wrong then, and nobody shall wait until it comes true
DUE = sa.text(
    """
    SELECT d.id, d.message_id AS buyer_message, d.conversation_id, d.token, d.message_id_header,
           c.relay_address, c.order_id,
           d.folder_name, d.uidvalidity, d.uid, d.approved_digest, d.approved_at,
           r.digest AS own_digest, r.raw AS own_raw,
           m.message_id AS answers, m.reference_ids, m.language, f.name AS inbox,
           m.uidvalidity AS inbox_validity, m.uid AS inbox_uid, v.id AS delivery_id,
           COALESCE(v.attempts, 0) AS attempts,
           (SELECT MAX(warned.at) FROM decision warned WHERE warned.subject = 'draft'
                   AND warned.subject_id = d.id
                   AND warned.reason IN ('answered_elsewhere', 'follow_up_due')) AS told_at,
           EXISTS (SELECT 1 FROM draft lost WHERE lost.message_id = d.message_id AND lost.state = 'bounced')
                  AS answer_lost
      FROM draft d
      JOIN message m ON m.id = d.message_id
      JOIN folder f ON f.id = m.folder_id
      JOIN conversation c ON c.id = d.conversation_id
      JOIN revision r ON r.draft_id = d.id AND r.number = 1
      LEFT JOIN delivery v ON v.draft_id = d.id AND v.state = 'prepared'
     WHERE d.mailbox_id = :box AND d.state = 'approved'
       AND (d.approved_at <= :ripe OR d.approved_at > :now)
       AND (v.id IS NULL OR v.next_attempt_at <= :now)
     ORDER BY d.approved_at, d.id
    """
).columns(approved_at=Instant, told_at=Instant)

# newer is what was read after the draft was written, and after the last time dispatch held it for that:
# a person who then approves it once more has been told. The log's own order counts, no clock.
# A follow-up comes after an answer: one that ended the clock before it was planned is no other's.
LAST_LOOK = sa.text(
    """
    SELECT d.id, d.state, d.approved_digest, r.digest, c.relay_address,
           (SELECT MAX(newer.received_at) FROM message newer
                     JOIN decision taken ON taken.subject = 'message' AND taken.subject_id = newer.id
                          AND taken.new_state = 'read'
                    WHERE newer.conversation_id = d.conversation_id AND newer.kind = 'buyer_message'
                      AND newer.id <> d.message_id
                      AND taken.id > (SELECT MAX(told.id) FROM decision told
                                       WHERE told.subject = 'draft' AND told.subject_id = d.id
                                         AND (told.new_state = 'planned' OR (told.stage = 'dispatch'
                                              AND told.reason = 'newer_message')))) AS newer_message_at,
           EXISTS (SELECT 1 FROM decision warned WHERE warned.subject = 'draft' AND warned.subject_id = d.id
                          AND (warned.reason = 'answered_elsewhere' OR (warned.reason = 'follow_up_due'
                               AND warned.at >= k.ended_at))) AS told_of_answer,
           COALESCE(k.state, 'open') AS clock_state, k.ended_at AS answered_at
      FROM delivery v
      JOIN draft d ON d.id = v.draft_id
      JOIN message m ON m.id = d.message_id
      LEFT JOIN response_clock k ON k.id = m.response_clock_id
      JOIN revision r ON r.draft_id = d.id AND r.number = d.revision
      JOIN conversation c ON c.id = d.conversation_id
     WHERE v.id = :delivery
    """
).columns(newer_message_at=Instant, answered_at=Instant)

UNFILED = sa.text(
    """
    SELECT v.id, d.id AS draft, d.message_id AS buyer_message,
           v.message_id_header, d.message_id_header AS link, v.raw, v.ended_at, d.folder_name,
           d.uidvalidity, d.uid, d.revision > 1 AS edited,
           f.name AS inbox, m.uidvalidity AS inbox_validity, m.uid AS inbox_uid
      FROM delivery v
      JOIN draft d ON d.id = v.draft_id
      JOIN message m ON m.id = d.message_id
      JOIN folder f ON f.id = m.folder_id
     WHERE d.mailbox_id = :box AND v.state = 'sent' AND v.filed_at IS NULL
     ORDER BY v.id
    """
).columns(ended_at=Instant)


def first_due(claim: Claim, now: datetime, cool_down: timedelta) -> sa.Select[Any]:
    """When the first approved draft of a mailbox may be tried; one approved in a wrong future: now."""
    d, v = t.draft.c, t.delivery.c
    approved = sa.type_coerce(d.approved_at, sa.BigInteger)
    ripe = sa.case((d.approved_at > now, instant(now)), else_=approved + cool_down // MICROSECOND)
    again = sa.type_coerce(v.next_attempt_at, sa.BigInteger)
    moment = sa.case((again > ripe, again), else_=ripe)
    prepared = sa.and_(v.draft_id == d.id, v.state == DeliveryState.PREPARED)
    return (
        sa.select(sa.type_coerce(sa.func.min(moment), Instant))
        .select_from(t.draft)
        .outerjoin(t.delivery, prepared)
        .where(d.mailbox_id == claim.mailbox_id, d.state == DraftState.APPROVED)
    )


def due_of(row: Any) -> Due:  # noqa: ANN401  a row of a textual query
    """The value of one row of `DUE`."""
    return Due(
        draft_id=row.id,
        message_id=row.buyer_message,
        conversation_id=row.conversation_id,
        token=row.token,
        header_id=row.message_id_header,
        recipient=row.relay_address,
        folder=row.folder_name or "",
        uidvalidity=row.uidvalidity or 0,
        uid=row.uid or 0,
        approved_digest=row.approved_digest or "",
        approved_at=row.approved_at,
        own_digest=row.own_digest,
        own_raw=row.own_raw,
        answers=row.answers,
        reference_ids=tuple(row.reference_ids.split()),
        original=(row.inbox, row.inbox_validity, row.inbox_uid),
        delivery_id=row.delivery_id,
        attempts=row.attempts,
        order_id=row.order_id,
        buyer_language=row.language,
        told_at=row.told_at,
        answer_lost=bool(row.answer_lost),
    )


def unfiled_of(row: Any) -> Unfiled:  # noqa: ANN401  a row of a textual query
    """The value of one row of `UNFILED`."""
    return Unfiled(
        delivery_id=row.id,
        draft_id=row.draft,
        message_id=row.buyer_message,
        header_id=row.message_id_header,
        link=row.link,
        raw=row.raw,
        ended_at=row.ended_at,
        folder=row.folder_name or "",
        uidvalidity=row.uidvalidity or 0,
        uid=row.uid or 0,
        edited=bool(row.edited),
        original=(row.inbox, row.inbox_validity, row.inbox_uid),
    )
