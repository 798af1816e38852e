"""Mailboxes in the ledger: who owns one, where its folders' marks stand, how its last cycle went.

Promises: claiming a mailbox raises its epoch, which fences every earlier owner. The mark of the first
run (`floor_uid`) is written once and only ever lowered, on a person's explicit wish (`--since`).

Errors: those of `store.py`.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import MessageState, instant
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.store import Claim, reading, writing

LINK_KEY = "link_key"

# one statement each: daemons on several hosts may come at the same moment
CLAIM = sa.text(
    """
    INSERT INTO mailbox (name, address, epoch, marked_at, connected)
    VALUES (:name, :address, 1, :now, :connected)
    ON CONFLICT (name) DO UPDATE SET epoch = mailbox.epoch + 1, address = excluded.address
    RETURNING id, epoch
    """
)
FIRST_KEY = sa.text("INSERT INTO house (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING")


@dataclass(frozen=True, slots=True)
class FolderMark:
    """Where intake stands in one folder: messages above `floor_uid` are ours to answer."""

    folder_id: int
    name: str
    uidvalidity: int
    floor_uid: int
    uidnext: int
    modseq: int | None


@dataclass(frozen=True, slots=True)
class MailboxStatus:
    """One line of `firstreply status`."""

    name: str
    connected: bool
    last_cycle_at: datetime | None
    last_error: str | None
    open_clocks: int
    nearest_at: datetime | None
    drafts: dict[str, int]
    shunted: int
    in_doubt: int

    @classmethod
    def unknown(cls, name: str) -> "MailboxStatus":
        """A mailbox that no daemon has worked yet."""
        return cls(name, False, None, None, 0, None, {}, 0, 0)


class Mailboxes:
    """The ledger's table of mailboxes and folders."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, name: str, address: str, now: datetime) -> Claim:
        """Become the mailbox's owner; its row is made when it is new."""
        values = {"name": name, "address": address, "now": instant(now), "connected": False}
        with writing(self._engine) as connection:
            row = connection.execute(CLAIM, values).one()
            return Claim(row.id, name, row.epoch)

    def marked_at(self, claim: Claim) -> datetime:
        """The second in which this mailbox was first seen: earlier mail is from before firstreply.

        Servers date arrivals in whole seconds, so what came later in that second must count as new.
        """
        with reading(self._engine) as connection:
            query = sa.select(t.mailbox.c.marked_at).where(t.mailbox.c.id == claim.mailbox_id)
            marked: datetime = connection.execute(query).scalar_one()
            return marked.replace(microsecond=0)

    def link_key(self) -> bytes:
        """The secret of this ledger's links, made at first use; a backup carries it along."""
        with writing(self._engine) as connection:
            connection.execute(FIRST_KEY, {"name": LINK_KEY, "value": secrets.token_hex(32)})
            query = sa.select(t.house.c.value).where(t.house.c.name == LINK_KEY)
            return bytes.fromhex(connection.execute(query).scalar_one())

    def folder(self, claim: Claim, name: str) -> FolderMark | None:
        """The mark of one folder; None before its first run."""
        query = sa.select(t.folder).where(t.folder.c.mailbox_id == claim.mailbox_id, t.folder.c.name == name)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            return FolderMark(row.id, row.name, row.uidvalidity, row.floor_uid, row.uidnext, row.modseq)

    def set_mark(
        self, claim: Claim, mark: FolderMark, now: datetime, reason: str | None = None
    ) -> FolderMark:
        """Write a folder's mark; `folder_id` 0 means that it is new. A reason makes it a logged decision."""
        values = {
            "uidvalidity": mark.uidvalidity,
            "floor_uid": mark.floor_uid,
            "uidnext": mark.uidnext,
            "modseq": mark.modseq,
        }
        with writing(self._engine, claim) as connection:
            if mark.folder_id:
                connection.execute(
                    sa.update(t.folder).where(t.folder.c.id == mark.folder_id).values(**values)
                )
                folder_id = mark.folder_id
            else:
                result = connection.execute(
                    sa.insert(t.folder).values(mailbox_id=claim.mailbox_id, name=mark.name, **values)
                )
                (folder_id,) = result.inserted_primary_key or (0,)
            if reason is not None:
                detail = f"floor={mark.floor_uid}"
                entry = Entry("intake", "mailbox", claim.mailbox_id, reason, detail=detail)
                enter(connection, claim, now, [entry])
        return FolderMark(folder_id, mark.name, mark.uidvalidity, mark.floor_uid, mark.uidnext, mark.modseq)

    def advance(self, claim: Claim, folder_id: int, uidnext: int, modseq: int | None) -> None:
        """Remember how far a folder has been looked through."""
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(t.folder).where(t.folder.c.id == folder_id).values(uidnext=uidnext, modseq=modseq)
            )

    def note_cycle(self, claim: Claim, now: datetime | None, *, connected: bool, error: str | None) -> None:
        """Record how the last cycle ended; `now` is given only for a complete one."""
        values: dict[str, object] = {"connected": connected, "last_error": error}
        if now is not None:
            values["last_cycle_at"] = now
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(t.mailbox).where(t.mailbox.c.id == claim.mailbox_id).values(**values)
            )

    def status(self, names: Iterable[str] = ()) -> list[MailboxStatus]:
        """How every mailbox stands, by name."""
        with reading(self._engine) as connection:
            query = sa.select(t.mailbox).order_by(t.mailbox.c.name)
            wanted = list(names)
            if wanted:
                query = query.where(t.mailbox.c.name.in_(wanted))
            return [self._status_of(connection, row) for row in connection.execute(query)]

    @staticmethod
    def _status_of(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> MailboxStatus:
        clocks = connection.execute(
            sa.select(sa.func.count(), sa.func.min(t.response_clock.c.nearest_at)).where(
                t.response_clock.c.mailbox_id == row.id, t.response_clock.c.state == "open"
            )
        ).one()
        drafts = connection.execute(
            sa.select(t.draft.c.state, sa.func.count())
            .where(t.draft.c.mailbox_id == row.id)
            .group_by(t.draft.c.state)
        )
        by_state: dict[str, int] = {row[0]: row[1] for row in drafts}
        shunted = connection.execute(
            sa.select(sa.func.count())
            .select_from(t.message)
            .where(t.message.c.mailbox_id == row.id, t.message.c.state == MessageState.SHUNTED)
        ).scalar_one()
        return MailboxStatus(
            row.name,
            row.connected,
            row.last_cycle_at,
            row.last_error,
            clocks[0],
            clocks[1],
            by_state,
            shunted,
            by_state.get("in_doubt", 0),
        )
