"""What the ledger knows of sent mails: asked before the next one leaves, and about what lies in Sent.

Promises: nothing here changes a state; a copy in Sent that was compared is noted, so that it is read once.

Errors: those of `store.py`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.desk.draft import DeliveryState, DraftState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.draft_rows import Place
from daemon.ports.ledger.schema_copies import copy as copies
from daemon.ports.ledger.store import Claim, reading, writing

AT_ONCE = 500
"""How many ids are looked up in one statement: databases limit their parameters."""
RESTORED = "ledger_restored"
"""The reason of what is done about a ledger that was put back from a backup."""
_SENT = (DraftState.SENT, DraftState.CONFIRMED, DraftState.BOUNCED)
_TAKEN = (DeliveryState.SENT, DeliveryState.IN_DOUBT, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Beside:
    """A copy of a draft that lies in Sent beside the delivery which the daemon made of it."""

    draft_id: int
    delivery_id: int
    raw: bytes
    order_id: str
    place: Place
    internal_at: datetime
    in_doubt: bool


class SentBook:
    """What dispatch, filing and the start look up."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def started_between(self, claim: Claim, after: datetime, until: datetime) -> int:
        """How many mails of this mailbox began to leave after one time and until the other."""
        v, d = t.delivery.c, t.draft.c
        query = (
            sa.select(sa.func.count())
            .select_from(t.delivery)
            .join(t.draft, d.id == v.draft_id)
            .where(v.started_at > after, v.started_at <= until, d.mailbox_id == claim.mailbox_id)
        )
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def taken(self, header_ids: Collection[str]) -> frozenset[str]:
        """Those of these Message-IDs whose deliveries, by this ledger, were sent or may have been."""
        wanted, found = list(header_ids), set[str]()
        column = t.delivery.c.message_id_header
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), AT_ONCE):
                some = column.in_(wanted[start : start + AT_ONCE])
                query = sa.select(column).where(some, t.delivery.c.state.in_(_TAKEN))
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def newest_event(self, claim: Claim) -> datetime | None:
        """When this ledger wrote its last decision about the mailbox, but for those about its restoring."""
        c = t.decision.c
        query = sa.select(c.at).where(c.mailbox_id == claim.mailbox_id, c.reason != RESTORED)
        with reading(self._engine) as connection:
            last = query.order_by(c.id.desc()).limit(1)
            found: datetime | None = connection.execute(last).scalar_one_or_none()
            return found

    def compared(self, claim: Claim, place: Place, digest: str) -> None:
        """A copy in Sent has been read and compared."""
        c = copies.c
        this = (c.folder_name == place.folder, c.uidvalidity == place.uidvalidity, c.uid == place.uid)
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(copies).where(c.mailbox_id == claim.mailbox_id, *this).values(digest=digest)
            )

    def beside(self, claim: Claim, folder: str, since: datetime, limit: int) -> list[Beside]:
        """Copies in Sent, seen since then, not ours by their id, of drafts that were sent or may be."""
        v, d, c = t.delivery.c, t.draft.c, t.conversation.c
        query = (
            sa.select(
                d.id,
                v.id.label("delivery_id"),
                v.raw,
                c.order_id,
                copies.c.uidvalidity,
                copies.c.uid,
                copies.c.internal_at,
                d.state,
            )
            .join_from(copies, t.draft, d.id == copies.c.draft_id)
            .join(t.delivery, v.draft_id == d.id)
            .join(t.conversation, c.id == d.conversation_id)
            .where(
                copies.c.mailbox_id == claim.mailbox_id,
                copies.c.folder_name == folder,
                copies.c.seen_at >= since,
                copies.c.digest.is_(None),
                v.state.in_(_TAKEN),
                d.state.in_((*_SENT, DraftState.IN_DOUBT)),
            )
            .order_by(copies.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [
                Beside(
                    row.id,
                    row.delivery_id,
                    row.raw,
                    row.order_id,
                    Place(folder, row.uidvalidity, row.uid),
                    row.internal_at,
                    row.state == DraftState.IN_DOUBT,
                )
                for row in connection.execute(query)
            ]
