"""Follow-ups: which promises about a parcel are due, and the draft that keeps one.

Promises: one follow-up for each promise, planned together with its event in the case's time line. None
where the buyer has written since our answer, where a clock of the conversation runs, or a draft is open.

Errors: those of `store.py`.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from daemon.desk.draft import DraftState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import Instant, instant
from daemon.ports.ledger.draft_rows import NewDraft, Owed, draft_values, owed_of, revision_values
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.schema_cases import case_event
from daemon.ports.ledger.store import Claim, reading, writing

DRAFTED = "follow_up_drafted"
"""The event of a promise whose follow-up has been planned."""

DUE = sa.text(
    """
    SELECT f.id AS casefile, m.id, m.conversation_id, m.message_id AS header_id, m.reference_ids, m.subject,
           m.text, m.language, c.marketplace, c.order_id, m.relay_address, c.buyer_name,
           COALESCE(m.facts, '{}') AS facts, m.action, m.scenario, m.received_at, k.nearest_at,
           NULL AS open_draft, NULL AS open_state, NULL AS folder_name, NULL AS uidvalidity, NULL AS uid,
           NULL AS rested
      FROM casefile f
      JOIN case_event e ON e.id = (SELECT MAX(told.id) FROM case_event told
                                    WHERE told.casefile_id = f.id AND told.delivery_id IS NOT NULL)
      JOIN delivery v ON v.id = e.delivery_id AND v.state = 'sent'
      JOIN draft a ON a.id = v.draft_id AND a.state IN ('sent', 'confirmed')
      JOIN message m ON m.id = a.message_id AND m.scenario = 'delivery_issue'
      JOIN response_clock k ON k.id = m.response_clock_id
      JOIN conversation c ON c.id = m.conversation_id
     WHERE f.mailbox_id = :box AND f.kind = 'promise' AND f.state = 'promised' AND f.closed_at IS NULL
       AND f.due_at <= :now AND a.template <> 'holding'
       AND NOT EXISTS (SELECT 1 FROM case_event made WHERE made.casefile_id = f.id AND made.id > e.id
                          AND made.what = 'follow_up_drafted')
       AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.conversation_id = m.conversation_id AND d.state IN
                       ('planned', 'queued', 'edited', 'approved', 'sending', 'in_doubt', 'held'))
       AND NOT EXISTS (SELECT 1 FROM response_clock runs
                        WHERE runs.conversation_id = m.conversation_id AND runs.state = 'open')
       AND NOT EXISTS (SELECT 1 FROM message newer
                        WHERE newer.conversation_id = m.conversation_id AND newer.kind = 'buyer_message'
                          AND newer.id > m.id)
     ORDER BY f.due_at, f.id
    """
).columns(received_at=Instant, nearest_at=Instant)
"""Message ids are given in the order of intake: a later one is what the buyer wrote since."""


class FollowUpBook:
    """What the cases' stage reads and writes of follow-ups."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self, claim: Claim, now: datetime) -> list[tuple[int, Owed]]:
        """Promises to keep now, each with the buyer message that it was made to."""
        with reading(self._engine) as connection:
            return _due(connection, claim, now)

    def follow_up(self, claim: Claim, case_id: int, draft: NewDraft, now: datetime) -> bool:
        """Commit the intention to queue a follow-up; False where it is not due any more."""
        with writing(self._engine, claim) as connection:
            if (case_id, draft.message_id) not in {
                (found, owed.message_id) for found, owed in _due(connection, claim, now)
            }:
                return False
            insert = sa.insert(t.draft).values(draft_values(claim, draft, now)).returning(t.draft.c.id)
            draft_id = int(connection.execute(insert).scalar_one())
            first = revision_values(draft_id, 1, "daemon", draft.digest, draft.raw, now)
            connection.execute(sa.insert(t.revision).values(first))
            entry = Entry("cases", "draft", draft_id, draft.reason, None, DraftState.PLANNED)
            enter(connection, claim, now, [entry])
            connection.execute(sa.insert(case_event).values(casefile_id=case_id, what=DRAFTED, at=now))
            return True


def _due(connection: Connection, claim: Claim, now: datetime) -> list[tuple[int, Owed]]:
    rows = connection.execute(DUE, {"box": claim.mailbox_id, "now": instant(now)})
    return [(row.casefile, owed_of(row)) for row in rows]
