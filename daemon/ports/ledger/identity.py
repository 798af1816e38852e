"""What a message is known by when its UID no longer counts, and a look at all of them.

Promises: re-keying a folder is one transaction: either all matched rows have their new identity and the
folder its new mark, or nothing has changed.

Errors: those of `store.py`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.intake_rows import Content, Overview
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.ports.ledger.store import Claim, reading, writing

NOWHERE = 0
"""The UIDVALIDITY of messages that lie in no folder any more; a real one is above it (RFC 9051)."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A message and where it was seen last."""

    message_id: int
    folder_id: int
    uidvalidity: int
    uid: int


OLDER = t.message.alias("older")  # made once: an alias makes columns


class IdentityBook:
    """The identities of messages."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def content(self, claim: Claim, folder_id: int, uidvalidity: int | None = None) -> list[Content]:
        """What the messages of a folder are known by, oldest first; None: under whatever validity."""
        m = t.message.c
        query = sa.select(m.id, m.content_hash, m.size).where(
            m.mailbox_id == claim.mailbox_id, m.folder_id == folder_id
        )
        if uidvalidity is not None:
            query = query.where(m.uidvalidity == uidvalidity)
        with reading(self._engine) as connection:
            return [Content(*row) for row in connection.execute(query.order_by(m.id))]

    def rekey(self, claim: Claim, mark: FolderMark, uids: Mapping[int, int], now: datetime) -> None:
        """Give messages (by id) their UID under the folder's new UIDVALIDITY, and the folder its mark."""
        values = [{"c_id": message_id, "c_uid": uid} for message_id, uid in uids.items()]
        m = t.message.c
        with writing(self._engine, claim) as connection:
            # an old validity may come back (a restored backup): its numbers belong to other mails now
            connection.execute(
                sa.update(t.message)
                .where(m.folder_id == mark.folder_id, m.uidvalidity == mark.uidvalidity)
                .values(uidvalidity=NOWHERE, uid=m.id)
            )
            if values:
                connection.execute(
                    sa.update(t.message)
                    .where(t.message.c.id == sa.bindparam("c_id"))
                    .values(uid=sa.bindparam("c_uid"), uidvalidity=mark.uidvalidity),
                    values,
                )
            connection.execute(
                sa.update(t.folder)
                .where(t.folder.c.id == mark.folder_id)
                .values(
                    uidvalidity=mark.uidvalidity,
                    floor_uid=mark.floor_uid,
                    uidnext=mark.uidnext,
                    modseq=mark.modseq,
                )
            )
            detail = f"matched={len(values)} floor={mark.floor_uid}"
            enter(
                connection,
                claim,
                now,
                [Entry("intake", "mailbox", claim.mailbox_id, "uidvalidity_changed", detail=detail)],
            )

    def twins(self, claim: Claim, content_hashes: Collection[str]) -> dict[str, list[Whereabouts]]:
        """The messages with this very content, by its hash, oldest first."""
        m = t.message.c
        query = sa.select(m.content_hash, m.id, m.folder_id, m.uidvalidity, m.uid).where(
            m.mailbox_id == claim.mailbox_id, m.content_hash.in_(content_hashes)
        )
        found: dict[str, list[Whereabouts]] = {}
        with reading(self._engine) as connection:
            for content_hash, *where in connection.execute(query.order_by(m.id)):
                found.setdefault(content_hash, []).append(Whereabouts(*where))
        return found

    def repeated(self, claim: Claim, message_ids: Collection[int]) -> frozenset[int]:
        """Those of these messages that are, byte for byte, the same as an older one of the mailbox."""
        m = t.message.c
        same = sa.and_(
            OLDER.c.mailbox_id == m.mailbox_id, OLDER.c.content_hash == m.content_hash, OLDER.c.id < m.id
        )
        query = sa.select(m.id).where(
            m.mailbox_id == claim.mailbox_id, m.id.in_(message_ids), sa.exists().where(same)
        )
        with reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def came_back(
        self, claim: Claim, message_id: int, folder_id: int, uidvalidity: int, uid: int, now: datetime
    ) -> None:
        """A message that a person moved out of the folder and back lies there under another UID."""
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(t.message)
                .where(t.message.c.id == message_id)
                .values(folder_id=folder_id, uidvalidity=uidvalidity, uid=uid)
            )
            enter(connection, claim, now, [Entry("intake", "message", message_id, "came_back")])

    def overview(self) -> list[Overview]:
        """All messages of all mailboxes, oldest first."""
        m, c, d = t.message.c, t.conversation.c, t.draft.c
        query = (
            sa.select(
                sa.func.coalesce(c.buyer_name, m.sender, ""),
                sa.func.coalesce(c.order_id, ""),
                sa.func.coalesce(m.kind, m.state),
                sa.func.coalesce(m.reason, ""),
                m.scenario,
                sa.func.coalesce(m.confidence, 0.0),
                sa.func.coalesce(m.decided_by, ""),
                d.state,
            )
            .select_from(t.message)
            .outerjoin(t.conversation, c.id == m.conversation_id)
            .outerjoin(t.draft, d.message_id == m.id)
            .order_by(m.id)
        )
        with reading(self._engine) as connection:
            return [Overview(*row) for row in connection.execute(query)]
