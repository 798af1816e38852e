"""The time line of an order: what arrived, what was decided, what left, each in one sentence.

Promises: in the order of time; a decision is told in the words that docs/states.md has for its reason.

Errors: none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from daemon.desk import alert, conversation, disposition
from daemon.mail import understanding
from daemon.ports.ledger import reasons
from daemon.ports.ledger.evidence import Evidence, Row
from daemon.reply.copies import UnreadableCopyError, read_copy
from daemon.reply.notes import HELD_REASONS
from daemon.reporting.words import name_of, spoken

_MEANINGS = {
    **understanding.REASONS,
    **disposition.REASONS,
    **conversation.REASONS,
    **alert.ALERTS,
    **{slug: text.replace("{", "").replace("}", "") for slug, text in HELD_REASONS.items()},
    **reasons.REASONS,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `words` are a mail's own, `weight` is how much it stands out."""

    at: datetime
    what: str
    detail: str = ""
    words: str = ""
    weight: str = "small"


def events(found: Evidence) -> list[Event]:
    """Everything that happened, oldest first."""
    every = [
        *map(_arrival, found.messages),
        *(event for row in found.clocks for event in _clock(row)),
        *(event for row in found.deliveries for event in _delivery(row)),
        *(
            Event(row["recorded_at"], f"Amazon's receipt: {name_of(row['outcome'])}.")
            for row in found.receipts
        ),
        *_cases(found),
        *map(_decision, found.decisions),
    ]
    return sorted(every, key=lambda event: event.at)


def _arrival(row: Row) -> Event:
    kind = name_of(row["notice"] or row["kind"] or "mail that was set aside")
    scenario = f"; taken for {name_of(row['scenario'])}" if row["scenario"] else ""
    return Event(
        row["received_at"],
        f"{kind[0].upper()}{kind[1:]} arrived{scenario}.",
        row["subject"] or "",
        row["text"] or "",
        "arrival",
    )


def _clock(row: Row) -> Iterator[Event]:
    limits = [(name_of(name), row[f"{name}_at"]) for name in ("target", "rule", "hard") if row[f"{name}_at"]]
    told = ", ".join(f"{name} {limit:%Y-%m-%d %H:%M} UTC" for name, limit in limits)
    yield Event(row["started_at"], "The response clock started.", told)
    if row["ended_at"] is not None:
        took = spoken((row["ended_at"] - row["started_at"]).total_seconds())
        late = " Late by Amazon's 24 hours." if row["ended_at"] > row["rule_at"] else ""
        who = f", {row['ended_by']}" if row["ended_by"] else ""
        yield Event(row["ended_at"], f"The response clock ended: {row['state']} after {took}{who}.{late}")


def _delivery(row: Row) -> Iterator[Event]:
    if row["ended_at"] is not None:
        answer = f"{row['code'] or ''} {row['reply'] or ''}".strip()
        what = f"Delivery {row['id']}: {name_of(row['state'])}."
        yield Event(row["ended_at"], what, answer, _words(row["raw"]), "sent")


def _words(raw: bytes) -> str:
    """What a mail of ours says, without the quoted buyer's words; nothing where it has left the ledger."""
    try:
        return read_copy(raw).own_words if raw else ""
    except UnreadableCopyError:
        return ""


def _cases(found: Evidence) -> Iterator[Event]:
    kinds = {row["id"]: name_of(row["kind"]) for row in found.cases}
    for row in found.case_events:
        yield Event(
            row["at"], f"Case {row['casefile_id']}, {kinds[row['casefile_id']]}: {name_of(row['what'])}."
        )


def _decision(row: Row) -> Event:
    step = f"{row['old_state'] or 'new'} → {row['new_state']}" if row["new_state"] else ""
    detail = " · ".join(part for part in (step, row["detail"]) if part)
    meaning = _MEANINGS.get(row["reason"], name_of(row["reason"]))
    return Event(row["at"], f"{row['subject'].capitalize()} {row['subject_id']}: {meaning}", detail)
