"""Copies in the ledger: what the looks at the folders saw of each draft, and which drafts need a decision.

Promises: one look at one folder is one transaction, its mark included, so that a crash repeats the look and
nothing else. Whatever changes about a draft's copies marks the draft as touched, and it stays so until a
decision finds nothing left to do.

Errors: those of `store.py`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.desk.draft import OPEN_STATES, DraftState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.copy_rows import CopyRow, add_copies, copy_of, copy_place, vacate
from daemon.ports.ledger.draft_rows import (
    DraftRow,
    NewNote,
    Place,
    draft_rows,
    place_values,
)
from daemon.ports.ledger.mailboxes import FolderMark, write_mark
from daemon.ports.ledger.schema_copies import copy as copies
from daemon.ports.ledger.steps import add_revision, change_draft, end_prepared, plan_note
from daemon.ports.ledger.store import Claim, reading, writing

IN_HAND = OPEN_STATES - {DraftState.PLANNED, DraftState.SENDING, DraftState.IN_DOUBT}
"""States in which it is a person's turn."""
FIRST, OTHER = t.revision.alias("first"), t.draft.alias("other")  # made once: an alias makes columns


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at one folder changed; `changed` holds the new flags (deleted, flagged) by copy."""

    mark: FolderMark
    added: Sequence[CopyRow] = ()
    gone: Collection[int] = ()
    changed: Mapping[int, tuple[bool, bool]] | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """A draft that needs a decision, with its copies and the digest of our own text."""

    draft: DraftRow
    own_digest: str
    touched_at: datetime
    rival: bool
    copies: tuple[CopyRow, ...]


class CopyBook:
    """What approval reads and writes about copies."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def in_folder(
        self, claim: Claim, folder: str, states: Collection[DraftState] | None = None
    ) -> list[CopyRow]:
        """The copies that the last look saw in one folder, of drafts in these states; None: in any.

        They are those under whatever UIDVALIDITY.
        """
        here = sa.and_(copies.c.mailbox_id == claim.mailbox_id, copies.c.folder_name == folder)
        if states is None:
            return self._rows(here)
        theirs = sa.select(t.draft.c.id).where(
            t.draft.c.mailbox_id == claim.mailbox_id, t.draft.c.state.in_(states)
        )
        return self._rows(sa.and_(here, copies.c.draft_id.in_(theirs)))

    def of_drafts(self, draft_ids: Collection[int]) -> list[CopyRow]:
        """All copies of these drafts."""
        return self._rows(copies.c.draft_id.in_(draft_ids))

    def _rows(self, where: sa.ColumnElement[bool]) -> list[CopyRow]:
        with reading(self._engine) as connection:
            found = connection.execute(sa.select(copies).where(where).order_by(copies.c.id))
            return [copy_of(row) for row in found]

    def looked(self, claim: Claim, look: Look, now: datetime) -> None:
        """Write down what a look at one folder saw."""
        with writing(self._engine, claim) as connection:
            touched = {item.draft_id for item in look.added}
            changed = look.changed or {}
            lost = [*look.gone, *changed]
            if lost:
                query = sa.select(copies.c.draft_id).where(copies.c.id.in_(lost))
                touched |= set(connection.execute(query).scalars())
            if look.gone:
                connection.execute(sa.delete(copies).where(copies.c.id.in_(look.gone)))
            for copy_id, (deleted, flagged) in changed.items():
                connection.execute(
                    sa.update(copies).where(copies.c.id == copy_id).values(deleted=deleted, flagged=flagged)
                )
            add_copies(connection, claim, look.added, now)
            if touched:
                connection.execute(sa.update(t.draft).where(t.draft.c.id.in_(touched)).values(touched_at=now))
            write_mark(connection, claim, look.mark)

    def moved(self, claim: Claim, places: Mapping[int, Place | None]) -> None:
        """We moved or removed copies ourselves: no sign of a person. None: the copy is gone."""
        with writing(self._engine, claim) as connection:
            for copy_id, place in places.items():
                this = copies.c.id == copy_id
                if place is None:
                    connection.execute(sa.delete(copies).where(this))
                else:
                    vacate(connection, claim, [place], copy_id)  # a label's mail may lie there already
                    connection.execute(sa.update(copies).where(this).values(**copy_place(place)))

    def sharing_drafts(
        self, claim: Claim, copy_ids: Collection[int], states: Collection[DraftState]
    ) -> list[CopyRow]:
        """All copies of the drafts in these states to which these copies belong, themselves included."""
        theirs = (
            sa.select(copies.c.draft_id)
            .join_from(copies, t.draft, t.draft.c.id == copies.c.draft_id)
            .where(copies.c.id.in_(copy_ids), t.draft.c.state.in_(states))
        )
        return self._rows(sa.and_(copies.c.mailbox_id == claim.mailbox_id, copies.c.draft_id.in_(theirs)))

    def open_drafts(self, claim: Claim) -> int:
        """How many drafts a person may have in hand."""
        d = t.draft.c
        query = sa.select(sa.func.count()).where(
            d.mailbox_id == claim.mailbox_id, d.state.in_(OPEN_STATES - {DraftState.PLANNED})
        )
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def touched(self, claim: Claim, draft_id: int | None = None, *, every: bool = False) -> list[Touched]:
        """Drafts that need a decision, oldest first; one of them, or `every` one that is not over."""
        d = t.draft.c
        needs: list[sa.ColumnElement[bool]] = [d.touched_at.is_not(None)]
        if draft_id is not None:
            needs = [d.id == draft_id]
        elif every:  # asked apart, since an OR goes through all drafts that ever were
            needs.append(d.state.in_(OPEN_STATES))
        own = sa.select(FIRST.c.digest).where(FIRST.c.draft_id == d.id, FIRST.c.number == 1)
        rival = sa.exists().where(
            OTHER.c.conversation_id == d.conversation_id, OTHER.c.id != d.id, OTHER.c.state.in_(OPEN_STATES)
        )
        extra = (own.scalar_subquery().label("own_digest"), rival.label("rival"))
        with reading(self._engine) as connection:
            answers = [pair for need in needs for pair in draft_rows(connection, claim, need, extra)]
            rows = sorted({row.draft_id: (row, raw) for row, raw in answers}.values(), key=_number)
            found = sa.select(copies).where(copies.c.draft_id.in_([row.draft_id for row, _ in rows]))
            lying: dict[int, list[CopyRow]] = {}
            for row in connection.execute(found.order_by(copies.c.id)):
                lying.setdefault(row.draft_id, []).append(copy_of(row))
        return [
            Touched(
                row,
                raw.own_digest,
                raw.touched_at or raw.changed_at,
                bool(raw.rival),
                tuple(lying.get(row.draft_id, ())),
            )
            for row, raw in rows
        ]

    def answering(self, claim: Claim, header_ids: Collection[str]) -> dict[str, list[DraftRow]]:
        """The drafts in a person's hands that answer the mails with these Message-IDs."""
        found: dict[str, list[DraftRow]] = {}
        wanted = sa.and_(t.message.c.message_id.in_(header_ids), t.draft.c.state.in_(IN_HAND))
        with reading(self._engine) as connection:
            extra = (t.message.c.message_id.label("answers"),)
            for row, raw in draft_rows(connection, claim, wanted, extra):
                found.setdefault(raw.answers, []).append(row)
        return found

    def to_buyers(self, claim: Claim, aliases: Collection[str], at: datetime) -> list[DraftRow]:
        """The drafts in a person's hands for these buyers, as far as they answer what came before `at`."""
        wanted = sa.and_(
            t.conversation.c.alias.in_(aliases), t.draft.c.state.in_(IN_HAND), t.message.c.internal_at <= at
        )
        with reading(self._engine) as connection:
            return [row for row, _ in draft_rows(connection, claim, wanted)]

    def approved_since(self, claim: Claim, since: datetime) -> int:
        """How many drafts have been approved since then."""
        d = t.draft.c
        query = sa.select(sa.func.count()).where(d.mailbox_id == claim.mailbox_id, d.approved_at >= since)
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def edited(
        self, claim: Claim, seen: DraftRow, place: Place, raw: bytes, digest: str, now: datetime
    ) -> None:
        """A person saved another text: a new revision; an approval of the earlier one is over."""
        with writing(self._engine, claim) as connection:
            number = add_revision(connection, seen, digest, raw, now)
            end_prepared(connection, claim, seen.draft_id, "edited", now)
            change_draft(
                connection,
                claim,
                now,
                seen.draft_id,
                {seen.state},
                DraftState.EDITED,
                "edited",
                "approval",
                revision=number,
                **place_values(place),
            )

    def vanished(self, claim: Claim, draft: DraftRow, note: NewNote, now: datetime) -> None:
        """A draft lies nowhere any more: over, with the note that says so, and never made again."""
        with writing(self._engine, claim) as connection:
            end_prepared(connection, claim, draft.draft_id, "gone", now)
            values = place_values(None)
            new = DraftState.VANISHED
            change_draft(
                connection, claim, now, draft.draft_id, {draft.state}, new, "gone", "approval", **values
            )
            plan_note(connection, claim, now, note, draft.draft_id)

    def rest(self, claim: Claim, seen: Sequence[Touched]) -> None:
        """Nothing is left to do about these drafts, unless they have been touched since."""
        if not seen:
            return
        d = t.draft.c
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(t.draft)
                .where(d.id == sa.bindparam("c_id"), d.touched_at == sa.bindparam("c_at"))
                .values(touched_at=None),
                [{"c_id": item.draft.draft_id, "c_at": item.touched_at} for item in seen],
            )


def _number(pair: tuple[DraftRow, object]) -> int:
    return pair[0].draft_id
