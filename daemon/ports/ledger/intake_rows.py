"""What intake hands to the ledger and gets from it.

Promises: frozen values only.

Errors: none.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from daemon.desk.clock import Deadlines
from daemon.desk.conversation import ConversationKey, KnownConversation
from daemon.desk.disposition import Disposition
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import MessageState


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as fetched, before anybody parsed it; times are aware UTC."""

    uid: int
    content_hash: str
    size: int
    internal_at: datetime


@dataclass(frozen=True, slots=True)
class Unread:
    """A row whose message has been fetched but not read to the end yet."""

    message_id: int
    folder_id: int
    uidvalidity: int
    uid: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Content:
    """What a message is known by when its UID no longer counts."""

    message_id: int
    content_hash: str
    size: int


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation that exists already, with the Message-IDs and the cases of its mails."""

    conversation: KnownConversation
    message_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Joining:
    """The conversation a message joins.

    `conversation_id` is negative for one that this batch begins: equal numbers mean the same one.
    """

    conversation_id: int
    key: ConversationKey
    adopts_order: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """One message for people: who, what it was taken for, and what became of it."""

    who: str
    order_id: str
    kind: str
    reason: str
    scenario: str | None
    confidence: float
    decided_by: str
    draft_state: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of one message; `limits` and `conversation` only for buyer messages."""

    message_id: int
    header_id: str
    reference_ids: tuple[str, ...]
    received_at: datetime
    kind: str
    notice: str | None
    reason: str
    sender: str
    subject: str
    text: str
    language: str | None
    relay_address: str | None
    buyer_name: str | None
    facts: Mapping[str, Any]
    disposition: Disposition
    model: str
    conversation: Joining | None = None
    limits: Deadlines | None = None


_UPDATED = (
    "state",
    "message_id",
    "reference_ids",
    "received_at",
    "target_at",
    "hard_at",
    "kind",
    "notice",
    "reason",
    "sender",
    "subject",
    "text",
    "language",
    "relay_address",
    "facts",
    "action",
    "action_reason",
    "scenario",
    "confidence",
    "decided_by",
    "unsure",
    "model",
    "predicted",
)
UPDATE = (
    sa.update(t.message)
    .where(t.message.c.id == sa.bindparam("c_id"))
    .values(
        {
            **{name: sa.bindparam(f"c_{name}") for name in _UPDATED},
            "conversation_id": sa.bindparam("c_conversation"),
            "response_clock_id": sa.bindparam("c_clock"),
        }
    )
)


def message_values(seen: Reading) -> dict[str, Any]:
    """The parameters of `UPDATE` for one message."""
    disposition = seen.disposition
    return {
        "c_id": seen.message_id,
        "c_state": MessageState.READ,
        "c_message_id": seen.header_id,
        "c_reference_ids": " ".join(seen.reference_ids),
        "c_received_at": seen.received_at,
        "c_target_at": seen.limits.target if seen.limits else None,
        "c_hard_at": seen.limits.hard if seen.limits else None,
        "c_kind": seen.kind,
        "c_notice": seen.notice,
        "c_reason": seen.reason,
        "c_sender": seen.sender,
        "c_subject": seen.subject,
        "c_text": seen.text,
        "c_language": seen.language,
        "c_relay_address": seen.relay_address,
        "c_facts": json.dumps(seen.facts, ensure_ascii=False),
        "c_action": disposition.action,
        "c_action_reason": disposition.reason,
        "c_scenario": disposition.scenario,
        "c_confidence": disposition.confidence,
        "c_decided_by": disposition.decided_by,
        "c_unsure": disposition.unsure,
        "c_model": seen.model,
        "c_predicted": disposition.predicted,
        "c_conversation": None,
        "c_clock": None,
    }
