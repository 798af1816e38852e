"""What people said a message is: corrections they made, and drafts they sent as they were.

Promises: the table only grows; of several corrections of a message the last one counts, and a correction
counts more than a silent confirmation. Silent confirmations are read from drafts and deliveries, where they
stand already: sending writes nothing for them. The same mail in two folders or mailboxes is one message.

Errors: those of `store.py`; a message that the ledger does not know is a `PermanentError`.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.desk.playbook import Scenario
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.label_import import NewLabel, Outcome, bring_in
from daemon.ports.ledger.label_rows import (
    CORRECTION_WEIGHT,
    LAST,
    Label,
    LabelSource,
    confirmed,
    in_force,
    recorded,
)
from daemon.ports.ledger.store import Claim, reading, writing

__all__ = ["CORRECTION_WEIGHT", "Label", "LabelBook", "LabelSource", "NewLabel", "Outcome", "in_force"]


class LabelBook:
    """What the classifier learns from."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(
        self,
        claim: Claim | None,
        message_id: int,
        scenario: Scenario,
        source: LabelSource,
        who: str,
        now: datetime,
        weight: float = CORRECTION_WEIGHT,
    ) -> bool:
        """Somebody said what a message is; False if the same source said the same last.

        `claim` is None for a person at the command line, who owns no mailbox.
        """
        with writing(self._engine, claim) as connection:
            last = connection.execute(LAST, {"message": message_id}).first()
            if last is not None and tuple(last) == (scenario, source):
                return False
            values = {
                "message_id": message_id,
                "scenario": scenario,
                "source": source,
                "who": who,
                "weight": weight,
                "recorded_at": now,
            }
            connection.execute(sa.insert(t.label).values(values))
            return True

    def bring_in(self, labels: Sequence[NewLabel], now: datetime) -> list[Outcome]:
        """Write what is new of labels from a file; their outcomes, in order."""
        with writing(self._engine) as connection:
            return bring_in(connection, labels, now)

    def recorded(self) -> list[Label]:
        """Every label that was recorded, overruled ones too, oldest first."""
        with reading(self._engine) as connection:
            return recorded(connection)

    def confirmed(self, weight: float) -> list[Label]:
        """Messages whose draft for their scenario was sent as it was, oldest first.

        A holding draft fits every scenario, so it confirms none.
        """
        with reading(self._engine) as connection:
            return confirmed(connection, weight)

    def taught(self, confirmation_weight: float) -> list[Label]:
        """What is to be learned: one label a message, the last one said of it."""
        with reading(self._engine) as connection:
            return in_force([*confirmed(connection, confirmation_weight), *recorded(connection)])
