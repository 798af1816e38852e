"""Labels from a file on their way into the ledger: found their message, or kept with their own text.

Promises: bringing the same labels in again changes nothing. A label that stands on record at the same time
for the same message is known, whoever said it; one without a time is known if the last label says the same.

Errors: none of its own.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.playbook import Scenario
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.label_rows import LabelSource
from daemon.ports.ledger.schema_labels import imported_label


@dataclass(frozen=True, slots=True)
class NewLabel:
    """A label from a file; without `at` it was given when it is brought in."""

    scenario: Scenario
    source: LabelSource
    who: str
    weight: float
    at: datetime | None = None
    content_hash: str | None = None
    header_id: str | None = None
    mailbox: str | None = None
    language: str | None = None
    subject: str = ""
    text: str = ""

    @property
    def name(self) -> str:
        """The hash of its message, or of its text where no message is known."""
        return self.content_hash or hashlib.sha256(f"{self.subject}\n{self.text}".encode()).hexdigest()


class Outcome(StrEnum):
    """What became of a label from a file."""

    RECORDED = "recorded"
    KNOWN = "known"
    NO_MESSAGE = "no_message"


Said = tuple[datetime, str]
"""When a label was given, and its scenario."""


def bring_in(connection: Connection, labels: Sequence[NewLabel], now: datetime) -> list[Outcome]:
    """Write what is new of these labels; their outcomes, in order."""
    messages = _messages(connection, labels)
    # what was said so far: of a message by its key, of a text by its hash
    said: dict[int | str, list[Said]] = defaultdict(list)
    for key, at, scenario in _on_record(connection, messages, labels):
        said[key].append((at, scenario))
    of_messages: list[dict[str, Any]] = []
    of_texts: list[dict[str, Any]] = []
    outcomes = []
    for label, message in zip(labels, messages, strict=True):
        before = said[label.name if message is None else message]
        outcome = _outcome(label, message, before)
        outcomes.append(outcome)
        if outcome is Outcome.RECORDED:
            before.append((label.at or now, label.scenario))
            values = _values(label, now)
            if message is None:
                of_texts.append(values | _text_values(label))
            else:
                of_messages.append(values | {"message_id": message})
    for table, rows in ((t.label, of_messages), (imported_label, of_texts)):
        if rows:
            connection.execute(sa.insert(table), rows)
    return outcomes


def _outcome(label: NewLabel, message: int | None, before: Sequence[Said]) -> Outcome:
    if message is None and not label.text.strip():
        return Outcome.NO_MESSAGE
    if message is not None and label.source == LabelSource.CONFIRMATION:
        return Outcome.KNOWN  # the ledger's own drafts and deliveries say whether it was confirmed
    if label.at is not None:
        return Outcome.KNOWN if (label.at, label.scenario) in before else Outcome.RECORDED
    return Outcome.KNOWN if before and max(before)[1] == label.scenario else Outcome.RECORDED


def _messages(connection: Connection, labels: Iterable[NewLabel]) -> list[int | None]:
    """The message each label is about, the newest where several fit; None where the ledger has none."""
    m, box = t.message.c, t.mailbox.c
    hashes = {label.content_hash for label in labels if label.content_hash}
    headers = {label.header_id for label in labels if label.header_id}
    by_hash = sa.select(m.content_hash, m.id).where(m.content_hash.in_(hashes))
    # all mailboxes by name, so that the index over both columns is used
    by_header = (
        sa.select(m.message_id, box.name, m.id)
        .join_from(t.message, t.mailbox, box.id == m.mailbox_id)
        .where(m.mailbox_id.in_(sa.select(box.id)), m.message_id.in_(headers))
        .order_by(m.id)
    )
    hashed = {row.content_hash: row.id for row in connection.execute(by_hash.order_by(m.id))}
    named: dict[tuple[str | None, str | None], int] = {}
    for header_id, mailbox, key in connection.execute(by_header):
        named[header_id, mailbox] = named[header_id, None] = key
    return [
        hashed.get(label.content_hash or "", named.get((label.header_id, label.mailbox))) for label in labels
    ]


def _on_record(
    connection: Connection, messages: Iterable[int | None], labels: Iterable[NewLabel]
) -> Iterator[tuple[int | str, datetime, str]]:
    ids = {message for message in messages if message is not None}
    names = {label.name for label in labels}
    for table, key, wanted in (
        (t.label, t.label.c.message_id, ids),
        (imported_label, imported_label.c.content_hash, names),
    ):
        query = sa.select(key, table.c.recorded_at, table.c.scenario).where(key.in_(wanted))
        yield from (tuple(row) for row in connection.execute(query))


def _values(label: NewLabel, now: datetime) -> dict[str, Any]:
    return {
        "scenario": label.scenario,
        "source": label.source,
        "who": label.who,
        "weight": label.weight,
        "recorded_at": label.at or now,
    }


def _text_values(label: NewLabel) -> dict[str, Any]:
    return {
        "content_hash": label.name,
        "language": label.language,
        "subject": label.subject,
        "text": label.text,
    }
