"""Drafts, their revisions and the notes about them: what drafting and approval write.

Promises: every change of state is a compare-and-set inside one fenced transaction, logged with both
states and a reason. The bytes of each revision are in the ledger before they go to any server.

Errors: `OvertakenError` when a draft is no longer in a state that the caller saw; else those of
`store.py`.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from daemon.desk.draft import OPEN_STATES, DraftState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.columns import NoteState, instant
from daemon.ports.ledger.copy_rows import CopyRow, add_copies
from daemon.ports.ledger.draft_rows import (
    LATE_WITH_GAPS,
    OWED,
    DraftRow,
    NewDraft,
    NewNote,
    Owed,
    Place,
    Planned,
    PlannedNote,
    draft_rows,
    draft_values,
    owed_of,
    place_values,
    revision_values,
)
from daemon.ports.ledger.journal import Entry, enter
from daemon.ports.ledger.steps import add_revision, change_draft, end_prepared, plan_note, plan_notes
from daemon.ports.ledger.store import Claim, reading, writing


class DraftBook:
    """What drafting and approval read and write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def owed(self, claim: Claim, limit: int) -> list[Owed]:
        """The newest unanswered message of each conversation, where it has no draft yet; oldest first."""
        with reading(self._engine) as connection:
            return [
                owed_of(row) for row in connection.execute(OWED, {"box": claim.mailbox_id, "most": limit})
            ]

    def late_with_gaps(self, claim: Claim, now: datetime, percent: int, limit: int) -> list[Owed]:
        """Messages whose untouched draft has gaps when so much of the way to the nearest limit is gone."""
        values = {"box": claim.mailbox_id, "now": instant(now), "percent": percent, "most": limit}
        with reading(self._engine) as connection:
            return [owed_of(row) for row in connection.execute(LATE_WITH_GAPS, values)]

    def any(self, claim: Claim) -> bool:
        """Whether this mailbox has had a draft yet."""
        query = sa.select(t.draft.c.id).where(t.draft.c.mailbox_id == claim.mailbox_id).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def still_owed(self) -> bool:
        """Whether any mailbox owes a draft that is not planned yet."""
        with reading(self._engine) as connection:
            boxes = connection.execute(sa.select(t.mailbox.c.id)).scalars().all()
            return any(connection.execute(OWED, {"box": box, "most": 1}).first() is not None for box in boxes)

    def plan(self, claim: Claim, drafts: Sequence[NewDraft], now: datetime) -> list[Planned]:
        """Commit the intention to queue these drafts, with all their bytes."""
        if not drafts:
            return []
        with writing(self._engine, claim) as connection:
            for draft in drafts:
                if draft.replaces is not None:
                    change_draft(
                        connection,
                        claim,
                        now,
                        draft.replaces,
                        {DraftState.PLANNED, DraftState.QUEUED, DraftState.HELD},
                        DraftState.SUPERSEDED,
                        draft.because,
                        "drafting",
                    )
            rows = [draft_values(claim, draft, now) for draft in drafts]
            insert = sa.insert(t.draft).returning(t.draft.c.id, sort_by_parameter_order=True)
            ids = connection.execute(insert, rows).scalars().all()
            connection.execute(
                sa.insert(t.revision),
                [
                    revision_values(draft_id, 1, "daemon", draft.digest, draft.raw, now)
                    for draft_id, draft in zip(ids, drafts, strict=True)
                ],
            )
            notes = [
                (note, draft_id, draft.message_id)
                for draft_id, draft in zip(ids, drafts, strict=True)
                for note in draft.notes
            ]
            if notes:
                plan_notes(connection, claim, now, notes)
            enter(
                connection,
                claim,
                now,
                [
                    Entry("drafting", "draft", draft_id, draft.reason, None, DraftState.PLANNED, draft.source)
                    for draft_id, draft in zip(ids, drafts, strict=True)
                ],
            )
        return [
            Planned(draft_id, draft.token, draft.header_id, "", draft.raw, draft.message_id)
            for draft_id, draft in zip(ids, drafts, strict=True)
        ]

    def planned(self, claim: Claim) -> list[Planned]:
        """Drafts that an earlier pass planned and did not see queued."""
        d, r, m = t.draft.c, t.revision.c, t.message.c
        query = (
            sa.select(d.id, d.token, d.message_id_header, m.message_id, r.raw, m.id)
            .join_from(t.draft, t.revision, sa.and_(r.draft_id == d.id, r.number == d.revision))
            .join(t.message, m.id == d.message_id)
            .where(d.mailbox_id == claim.mailbox_id, d.state == DraftState.PLANNED)
            .order_by(d.id)
        )
        with reading(self._engine) as connection:
            return [Planned(*row) for row in connection.execute(query)]

    def queued(
        self, claim: Claim, placed: Iterable[tuple[int, Place]], now: datetime, *, appended: bool = False
    ) -> None:
        """The copies of planned drafts lie there; drafts that have moved on since are left alone.

        `appended`: this very moment and by us, so that the copies say what we wrote.
        """
        with writing(self._engine, claim) as connection:
            own = sa.select(t.draft.c.id, t.revision.c.digest).join_from(t.draft, t.revision)
            planned = own.where(
                t.draft.c.mailbox_id == claim.mailbox_id, t.draft.c.state == DraftState.PLANNED
            )
            waiting: dict[int, str] = {row.id: row.digest for row in connection.execute(planned)}
            placed = [(draft_id, place) for draft_id, place in placed if draft_id in waiting]
            rows: list[dict[str, Any]] = [
                {
                    "c_id": draft_id,
                    "c_folder": place.folder,
                    "c_validity": place.uidvalidity,
                    "c_uid": place.uid,
                }
                for draft_id, place in placed
            ]
            if not rows:
                return
            if appended:
                seen = [
                    CopyRow(0, draft_id, place, waiting[draft_id], False, False, now)
                    for draft_id, place in placed
                    if place.uid
                ]
                add_copies(connection, claim, seen, now)
            connection.execute(
                sa.update(t.draft)
                .where(t.draft.c.id == sa.bindparam("c_id"))
                .values(
                    state=DraftState.QUEUED,
                    reason="appended",
                    changed_at=now,
                    folder_name=sa.bindparam("c_folder"),
                    uidvalidity=sa.bindparam("c_validity"),
                    uid=sa.bindparam("c_uid"),
                ),
                rows,
            )
            enter(
                connection,
                claim,
                now,
                [Entry("drafting", "draft", row["c_id"], "appended", "planned", "queued") for row in rows],
            )

    def by_token(self, claim: Claim, tokens: Collection[str]) -> dict[str, DraftRow]:
        """The drafts of these tokens."""
        return {row.token: row for row in self._rows(claim, t.draft.c.token.in_(tokens))}

    def in_states(self, claim: Claim, states: Collection[DraftState]) -> list[DraftRow]:
        """All drafts in these states, oldest first."""
        return self._rows(claim, t.draft.c.state.in_(states))

    def _rows(self, claim: Claim, where: sa.ColumnElement[bool]) -> list[DraftRow]:
        with reading(self._engine) as connection:
            return [row for row, _ in draft_rows(connection, claim, where)]

    def approve(
        self, claim: Claim, seen: DraftRow, place: Place, raw: bytes, digest: str, now: datetime
    ) -> bool:
        """A person moved this content into `Approved`; returns whether it differs from our own text."""
        with writing(self._engine, claim) as connection:
            edited = digest != seen.digest
            revision = add_revision(connection, seen, digest, raw, now) if edited else seen.revision
            # an earlier approval's delivery waits for its next attempt with the text of that time
            end_prepared(connection, claim, seen.draft_id, "approved_anew", now)
            change_draft(
                connection,
                claim,
                now,
                seen.draft_id,
                {seen.state},
                DraftState.APPROVED,
                "moved_to_approved",
                "approval",
                revision=revision,
                approved_digest=digest,
                approved_at=now,
                **place_values(place),
            )
            connection.execute(
                sa.update(t.response_clock)
                .where(
                    t.response_clock.c.conversation_id == seen.conversation_id,
                    t.response_clock.c.state == "open",
                )
                .values(approved_at=now)
            )
            return edited

    def move_to(
        self, claim: Claim, seen: DraftRow, new: DraftState, place: Place | None, reason: str, now: datetime
    ) -> None:
        """A person's act, other than an approval, changed the state of a draft."""
        with writing(self._engine, claim) as connection:
            end_prepared(connection, claim, seen.draft_id, reason, now)
            change_draft(
                connection,
                claim,
                now,
                seen.draft_id,
                {seen.state},
                new,
                reason,
                "approval",
                **place_values(place),
            )

    def relocate(self, claim: Claim, draft_id: int, place: Place | None) -> None:
        """The same copy lies elsewhere now; no decision, only an address."""
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(t.draft).where(t.draft.c.id == draft_id).values(**place_values(place))
            )

    def hold(self, claim: Claim, draft_id: int, reason: str, note: NewNote, now: datetime, stage: str) -> int:
        """Stop a draft, and plan the note that tells why, in one transaction; returns whose answer it was."""
        with writing(self._engine, claim) as connection:
            states = OPEN_STATES - {DraftState.SENDING, DraftState.HELD} | {DraftState.VANISHED}
            end_prepared(connection, claim, draft_id, reason, now)
            change_draft(connection, claim, now, draft_id, states, DraftState.HELD, reason, stage)
            plan_note(connection, claim, now, note, draft_id)
            query = sa.select(t.draft.c.message_id).where(t.draft.c.id == draft_id)
            return int(connection.execute(query).scalar_one())

    def leave_note(self, claim: Claim, note: NewNote, now: datetime, draft_id: int | None = None) -> None:
        """Plan a note that goes with no change of state."""
        with writing(self._engine, claim) as connection:
            plan_note(connection, claim, now, note, draft_id)

    def planned_notes(self, claim: Claim) -> list[PlannedNote]:
        """Notes that do not lie in the queue yet."""
        n = t.note.c
        query = sa.select(n.id, n.message_id_header, n.raw).where(
            n.mailbox_id == claim.mailbox_id, n.state == NoteState.PLANNED
        )
        with reading(self._engine) as connection:
            return [PlannedNote(*row) for row in connection.execute(query.order_by(n.id))]

    def notes_queued(self, claim: Claim, note_ids: Collection[int]) -> None:
        """These notes lie in the queue."""
        with writing(self._engine, claim) as connection:
            connection.execute(
                sa.update(t.note)
                .where(t.note.c.id.in_(note_ids), t.note.c.state == NoteState.PLANNED)
                .values(state=NoteState.QUEUED)
            )
