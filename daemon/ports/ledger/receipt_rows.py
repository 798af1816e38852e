"""Receipts on their way out of the ledger: the notices, and the sendings that they may be about.

Promises: frozen values only.

Errors: none.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from daemon.desk.draft import DeliveryState, DraftState
from daemon.mail.kinds import Notice
from daemon.ports.ledger import schema as t

KINDS = (Notice.REPLY_COPY, Notice.UNDELIVERED, Notice.OPT_OUT)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A stored notice about an answer that has no receipt row yet; `facts` is JSON."""

    message_id: int
    notice: str
    at: datetime
    relay_address: str | None
    sender: str | None
    facts: str | None


@dataclass(frozen=True, slots=True)
class Sending:
    """A delivery that was sent, or may have been, with all that a new draft of its text needs."""

    delivery_id: int
    draft_id: int
    message_id: int
    conversation_id: int
    state: DraftState
    header_id: str
    link: str
    sent_at: datetime
    raw: bytes
    alias: str
    order_id: str
    recipient: str
    template: str
    language: str
    answers: str
    reference_ids: tuple[str, ...]
    edited: bool


def sendings() -> sa.Select[Any]:
    """All sendings; callers say which."""
    v, d, c, m = t.delivery.c, t.draft.c, t.conversation.c, t.message.c
    return (
        sa.select(
            v.id,
            v.draft_id,
            d.message_id,
            d.conversation_id,
            d.state,
            v.message_id_header,
            d.message_id_header.label("link"),
            v.started_at,
            v.raw,
            c.alias,
            c.order_id,
            c.relay_address,
            d.template,
            d.language,
            m.message_id.label("answers"),
            m.reference_ids,
            d.revision,
        )
        .join_from(t.delivery, t.draft, d.id == v.draft_id)
        .join(t.conversation, c.id == d.conversation_id)
        .join(t.message, m.id == d.message_id)
        .where(v.state.in_((DeliveryState.SENT, DeliveryState.IN_DOUBT)))
    )


def sending_of(row: Any) -> Sending:  # noqa: ANN401  a row of a join
    """The value of one row of `sendings`."""
    return Sending(
        delivery_id=row.id,
        draft_id=row.draft_id,
        message_id=row.message_id,
        conversation_id=row.conversation_id,
        state=DraftState(row.state),
        header_id=row.message_id_header,
        link=row.link,
        sent_at=row.started_at,
        raw=row.raw,
        alias=row.alias,
        order_id=row.order_id,
        recipient=row.relay_address,
        template=row.template,
        language=row.language,
        answers=row.answers,
        reference_ids=tuple(row.reference_ids.split()),
        edited=row.revision > 1,
    )
