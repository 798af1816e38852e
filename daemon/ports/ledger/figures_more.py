"""Further figures of the report, each one grouped query: drafts, notices, corrections, defects.

Promises and errors: those of `figures.py`, in whose one look they are read.
"""

import json
from collections import Counter, defaultdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from daemon.desk.disposition import Action
from daemon.desk.draft import DraftState
from daemon.desk.playbook import HOLDING
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import instant
from daemon.ports.ledger.figures_rows import Cases, Defects, Drafts, Labels, Returned
from daemon.ports.ledger.schema_cases import casefile

MOST_ASINS = 50
SENT = (DraftState.SENT, DraftState.CONFIRMED, DraftState.BOUNCED)

UNNAMED = "other"
"""The reason of a product issue whose words name none."""

_FACTS = {
    "sqlite": {
        "asins": "json_each(m.facts, '$.asins') AS found",
        "reason": "json_extract({row}.facts, '$.issue_reason')",
    },
    "postgresql": {
        "asins": "jsonb_array_elements_text(CAST(m.facts AS jsonb) -> 'asins') AS found(value)",
        "reason": "CAST({row}.facts AS jsonb) ->> 'issue_reason'",
    },
}
_DEFECTS = """
    WITH issue AS (
        SELECT found.value AS asin, m.conversation_id,
               MIN(CASE WHEN {reason} IS NOT NULL THEN m.id END) AS told_by
          FROM message m, {asins}
         WHERE m.received_at >= :start AND m.received_at < :end AND m.scenario = 'product_issue'
           AND m.kind = 'buyer_message' AND m.facts IS NOT NULL AND m.conversation_id IS NOT NULL
         GROUP BY found.value, m.conversation_id
    )
    SELECT issue.asin, COALESCE({told}, :unnamed) AS reason, COUNT(*) AS conversations
      FROM issue LEFT JOIN message teller ON teller.id = issue.told_by
     GROUP BY 1, 2
     ORDER BY conversations DESC, reason
"""
"""A conversation is about what its first message that names a reason says."""


def drafts(connection: Connection, start: datetime, end: datetime) -> list[Drafts]:
    """Drafts that were planned within the time, by state and by whether a person edited them."""
    d = t.draft.c
    edited = sa.case((d.revision > 1, 1), else_=0).label("edited")
    query = (
        sa.select(d.state, edited, sa.func.count())
        .where(d.planned_at >= start, d.planned_at < end)
        .group_by(d.state, edited)
    )
    return [
        Drafts(state, bool(was_edited), number) for state, was_edited, number in connection.execute(query)
    ]


def confirmed(connection: Connection, start: datetime, end: datetime) -> dict[str, int]:
    """Messages by the scenario that the model was sure of, whose draft for it was sent as it was.

    Drafts planned within the time. That is what counts as a silent confirmation when the classifier
    learns (`labels.py`).
    """
    d, m = t.draft.c, t.message.c
    query = (
        sa.select(m.predicted, sa.func.count())
        .join_from(t.draft, t.message, m.id == d.message_id)
        .where(
            d.state.in_(SENT),
            d.revision == 1,
            d.template != HOLDING,
            m.predicted == m.scenario,
            m.action == Action.DRAFT,
            d.planned_at >= start,
            d.planned_at < end,
        )
        .group_by(m.predicted)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def notices(connection: Connection, start: datetime, end: datetime) -> dict[str, int]:
    """How many notices of each sort arrived within the time."""
    m = t.message.c
    query = (
        sa.select(m.notice, sa.func.count())
        .where(m.received_at >= start, m.received_at < end, m.notice.is_not(None))
        .group_by(m.notice)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def cases(connection: Connection, start: datetime, end: datetime, now: datetime) -> list[Cases]:
    """Cases that were opened within the time, by kind."""
    c = casefile.c
    waiting = c.closed_at.is_(None)
    query = (
        sa.select(
            c.kind,
            sa.func.count(),
            sa.func.sum(sa.case((waiting, 1), else_=0)),
            sa.func.sum(sa.case((sa.and_(waiting, c.due_at < now), 1), else_=0)),
        )
        .where(c.opened_at >= start, c.opened_at < end)
        .group_by(c.kind)
        .order_by(c.kind)
    )
    return [Cases(*row) for row in connection.execute(query)]


def returned(connection: Connection, start: datetime, end: datetime) -> list[Returned]:
    """The products that most return notices of the time were about, by the reason that they name."""
    m = t.message.c
    query = sa.select(m.facts).where(
        m.received_at >= start, m.received_at < end, m.notice == "return_request", m.facts.is_not(None)
    )
    counted: Counter[tuple[str, str]] = Counter()
    for facts in connection.execute(query).scalars():
        counted.update((asin, reason) for asin, reason in json.loads(facts).get("returned", ()))
    found = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST_ASINS]
    return [Returned(asin, reason, number) for (asin, reason), number in found]


def labels(connection: Connection, start: datetime, end: datetime) -> list[Labels]:
    """The newest label of each message that arrived within the time, beside what the model was sure of."""
    m, said = t.message.c, t.label.c
    newest = sa.select(sa.func.max(said.id)).group_by(said.message_id)
    query = (
        sa.select(m.predicted, said.scenario, sa.func.count())
        .join_from(t.label, t.message, m.id == said.message_id)
        .where(
            said.id.in_(newest),
            m.predicted.is_not(None),
            m.received_at >= start,
            m.received_at < end,
        )
        .group_by(m.predicted, said.scenario)
    )
    return [Labels(*row) for row in connection.execute(query)]


def defects(connection: Connection, start: datetime, end: datetime) -> list[Defects]:
    """The products with the most product issues, and what these are about."""
    words = _FACTS[connection.dialect.name]
    reason = words["reason"]
    query = _DEFECTS.format(
        asins=words["asins"], reason=reason.format(row="m"), told=reason.format(row="teller")
    )
    parameters = {"start": instant(start), "end": instant(end), "unnamed": UNNAMED}
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(sa.text(query), parameters):
        counted[row.asin][row.reason] = row.conversations
    found = [Defects(asin, sum(reasons.values()), reasons) for asin, reasons in counted.items()]
    return sorted(found, key=lambda row: (-row.conversations, row.asin))[:MOST_ASINS]
