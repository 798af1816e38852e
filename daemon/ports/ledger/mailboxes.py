"""Mailboxes in the ledger: who owns one, where its folders' marks stand, how its last cycle went.

Promises: claiming a mailbox raises its epoch, which fences every earlier owner. The mark of the first
run (`floor_uid`) is written once and only ever lowered, on a person's explicit wish (`--since`).

Errors: those of `store.py`.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
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
    messages: int | None = None


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
    oldest_at: datetime | None = None
    frozen: str | None = None
    """Why nothing is decided in it, until a person looks."""

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
        return self.folders(claim).get(name)

    def folders(self, claim: Claim) -> dict[str, FolderMark]:
        """The marks of all folders, by name."""
        f = t.folder.c
        query = sa.select(f.id, f.name, f.uidvalidity, f.floor_uid, f.uidnext, f.modseq, f.messages)
        with reading(self._engine) as connection:
            found = connection.execute(query.where(f.mailbox_id == claim.mailbox_id))
            return {row.name: FolderMark(*row) for row in found}

    def set_mark(
        self, claim: Claim, mark: FolderMark, now: datetime, reason: str | None = None
    ) -> FolderMark:
        """Write a folder's mark; `folder_id` 0 means that it is new. A reason makes it a logged decision."""
        with writing(self._engine, claim) as connection:
            folder_id = write_mark(connection, claim, mark)
            if reason is not None:
                detail = f"floor={mark.floor_uid}"
                entry = Entry("intake", "mailbox", claim.mailbox_id, reason, detail=detail)
                enter(connection, claim, now, [entry])
        return replace(mark, folder_id=folder_id)

    def frozen(self, claim: Claim) -> str | None:
        """Why people's acts in this mailbox are not followed now; None when they are."""
        with reading(self._engine) as connection:
            query = sa.select(t.mailbox.c.frozen_reason).where(t.mailbox.c.id == claim.mailbox_id)
            reason: str | None = connection.execute(query).scalar_one()
            return reason

    def freeze(self, claim: Claim, reason: str | None, now: datetime, detail: str = "") -> None:
        """Follow no acts of people in this mailbox for now, for this reason; None: go on."""
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(t.mailbox)
                .where(t.mailbox.c.id == claim.mailbox_id)
                .values(frozen_reason=reason, frozen_at=None if reason is None else now)
            )
            told = reason or "thawed"
            enter(
                connection, claim, now, [Entry("approval", "mailbox", claim.mailbox_id, told, detail=detail)]
            )

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
            sa.select(
                sa.func.count(),
                sa.func.min(t.response_clock.c.nearest_at),
                sa.func.min(t.response_clock.c.started_at),
            ).where(t.response_clock.c.mailbox_id == row.id, t.response_clock.c.state == "open")
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
            clocks[2],
            row.frozen_reason,
        )


def write_mark(connection: sa.Connection, claim: Claim, mark: FolderMark) -> int:
    """Write a folder's mark in the caller's transaction; returns the folder's id."""
    values = {
        "uidvalidity": mark.uidvalidity,
        "floor_uid": mark.floor_uid,
        "uidnext": mark.uidnext,
        "modseq": mark.modseq,
        "messages": mark.messages,
    }
    if mark.folder_id:
        connection.execute(sa.update(t.folder).where(t.folder.c.id == mark.folder_id).values(**values))
        return mark.folder_id
    result = connection.execute(
        sa.insert(t.folder).values(mailbox_id=claim.mailbox_id, name=mark.name, **values)
    )
    (folder_id,) = result.inserted_primary_key or (0,)
    return int(folder_id)
