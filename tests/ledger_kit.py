"""Builders of ledger states for tests: a mailbox, a buyer message with its clock, a draft on its way.

`Desk` is one mailbox in a ledger at a fixed time; each of its methods brings something one step on through
the ledger's own methods, so that no test depends on rows the program could not have written.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from daemon.desk.clock import deadlines
from daemon.desk.conversation import ConversationKey
from daemon.desk.disposition import Action, DecidedBy, Disposition
from daemon.desk.draft import DraftState
from daemon.desk.playbook import Scenario
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.delivery_rows import LastLook
from daemon.ports.ledger.draft_rows import DraftRow, NewDraft, NewNote, Place
from daemon.ports.ledger.intake_rows import Arrival, Joining, Reading
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.ports.ledger.store import Claim

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
RELAY = "jd7x2kq4w9bnm5t+0f3a9c21@marketplace.amazon.com"
SHOP = "support@shop.example"
ORDER = "112-1234567-7654321"
DRAFT = Disposition(Action.DRAFT, "model_sure", Scenario.PRODUCT_ISSUE, None, 0.9, DecidedBy.MODEL)


def no_objection(_look: LastLook) -> None:
    """A check before sending that finds nothing."""


def arrival(uid: int, at: datetime = NOW, content_hash: str | None = None) -> Arrival:
    """A message as fetched."""
    return Arrival(uid, content_hash or f"{uid:064x}", 1000 + uid, at)


def place(uid: int = 1, folder: str = "Approval") -> Place:
    """Where a copy lies."""
    return Place(folder, 7, uid)


@dataclass
class Desk:
    """One mailbox of a ledger, and what lies in it."""

    ledger: Ledger
    claim: Claim
    inbox: FolderMark
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def open(cls, ledger: Ledger, name: str = "shop") -> "Desk":
        """A claimed mailbox with the mark of its inbox."""
        claim = ledger.mailboxes.claim(name, SHOP, NOW - 10 * HOUR)
        mark = FolderMark(0, "INBOX", 7, 0, 1, None)
        inbox = ledger.mailboxes.set_mark(claim, mark, NOW, "first_run_mark")
        return cls(ledger, claim, inbox)

    def fetched(self, at: datetime = NOW, *, recorded: datetime | None = None) -> int:
        """A message that has its row and has not been read; returns its id."""
        uid = next(self.numbers)
        rows = self.ledger.intake.record(
            self.claim, self.inbox.folder_id, self.inbox.uidvalidity, [arrival(uid, at)], recorded or at
        )
        return rows[0].message_id

    def reading(
        self, message: int, at: datetime = NOW, alias: str = "jd7x2kq4w9bnm5t", **changes: object
    ) -> Reading:
        """What was understood of a buyer message about a broken product."""
        known = self.ledger.intake.conversations(self.claim, [alias])
        key = ConversationKey("com", alias, ORDER)
        number = next((row.conversation.id for row in known if row.conversation.key == key), -1)
        values: dict[str, Any] = {
            "message_id": message,
            "header_id": f"<buyer.{message}@amazon.com>",
            "reference_ids": (),
            "received_at": at,
            "kind": "buyer_message",
            "notice": None,
            "reason": "relay_address",
            "sender": f"{alias}@marketplace.amazon.com",
            "subject": "Inquiry from Amazon customer Jane",
            "text": "It arrived broken.",
            "language": "en",
            "relay_address": f"{alias}+0f3a9c21@marketplace.amazon.com",
            "buyer_name": "Jane",
            "facts": {},
            "disposition": DRAFT,
            "model": "m1",
            "conversation": Joining(number, key),
            "limits": deadlines(at, target=HOUR, hard=None),
        }
        values.update(changes)
        return Reading(**values)

    def message(self, at: datetime = NOW, alias: str = "jd7x2kq4w9bnm5t", **changes: object) -> int:
        """A buyer message that has been read, with its conversation and running clock; returns its id."""
        message = self.fetched(at)
        self.ledger.intake.store(self.claim, [self.reading(message, at, alias, **changes)], at)
        return message

    def new_draft(self, message: int, replaces: int | None = None) -> NewDraft:
        """The draft that answers a message, not planned yet."""
        row = self.one(t.message, message)
        token = f"{message:024d}".translate(str.maketrans("0189", "abcd"))
        return NewDraft(
            message_id=message,
            conversation_id=row["conversation_id"],
            token=token,
            header_id=f"<fr.{token}.x@shop.example>",
            recipient=row["relay_address"],
            template="product_issue",
            language="en",
            raw=b"Subject: Re: broken\r\n\r\nSorry.\r\n",
            digest="d1",
            reason="scenario_draft",
            replaces=replaces,
        )

    def planned(self, message: int | None = None, replaces: int | None = None) -> int:
        """A planned draft; returns its id."""
        draft = self.new_draft(self.message() if message is None else message, replaces)
        return self.ledger.drafts.plan(self.claim, [draft], NOW)[0].draft_id

    def queued(self, message: int | None = None) -> DraftRow:
        """A draft whose copy lies in the queue."""
        draft = self.planned(message)
        self.ledger.drafts.queued(self.claim, [(draft, place(draft))], NOW)
        return self.draft(draft)

    def approved(self, message: int | None = None, digest: str = "d1", at: datetime = NOW) -> DraftRow:
        """A draft that a person moved into `Approved`."""
        draft = self.queued(message)
        there = place(draft.draft_id, "Approved")
        self.ledger.drafts.approve(self.claim, draft, there, b"approved bytes", digest, at)
        return self.draft(draft.draft_id)

    def prepared(self, draft: DraftRow | None = None, *, likeness: float = 1.0) -> int:
        """A delivery that has been written and not tried; returns its id."""
        draft = draft or self.approved()
        return self.ledger.deliveries.prepare(
            self.claim,
            draft.draft_id,
            header_id=f"<frd.{next(self.numbers)}.{self.claim.name}@shop.example>",
            sender=SHOP,
            recipient=draft.recipient,
            raw=b"wire bytes",
            now=NOW,
            likeness=likeness,
        )

    def sending(self, draft: DraftRow | None = None) -> int:
        """A delivery whose final dot may have gone; returns its id."""
        delivery = self.prepared(draft)
        self.ledger.deliveries.commit_sending(self.claim, delivery, no_objection, NOW)
        return delivery

    def doubtful(self, draft: DraftRow | None = None) -> int:
        """A delivery whose answer was lost; returns its id."""
        delivery = self.sending(draft)
        self.ledger.deliveries.in_doubt(self.claim, delivery, "", self.note("in_doubt"), NOW)
        return delivery

    def note(self, reason: str = "gap_left") -> NewNote:
        """A note that is not planned yet."""
        return NewNote(f"<frn.{next(self.numbers)}.{self.claim.name}@shop.example>", reason, b"note bytes")

    def draft(self, draft_id: int) -> DraftRow:
        """A draft as the ledger has it now."""
        rows = self.ledger.drafts.in_states(self.claim, set(DraftState))
        return next(row for row in rows if row.draft_id == draft_id)

    def one(self, table: sa.Table, row_id: int) -> dict[str, Any]:
        """One row of a table, by its key."""
        with self.ledger.engine.connect() as connection:
            return dict(connection.execute(sa.select(table).where(table.c.id == row_id)).mappings().one())

    def clock(self, message: int) -> dict[str, Any]:
        """The response clock that a message runs on."""
        return self.one(t.response_clock, self.one(t.message, message)["response_clock_id"])

    def reasons(self, subject: str) -> list[str]:
        """The reasons of all decisions about one kind of thing, in their order."""
        with self.ledger.engine.connect() as connection:
            query = sa.select(t.decision.c.reason).where(t.decision.c.subject == subject)
            return list(connection.execute(query.order_by(t.decision.c.id)).scalars())


def snapshot(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    with ledger.engine.connect() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in t.metadata.sorted_tables
        }


class TornError(Exception):
    """What `torn` raises in the middle of an act."""


@contextmanager
def torn(ledger: Ledger, after: int) -> Iterator[None]:
    """The ledger fails at its statement number `after`, as if its disk had gone."""
    left = itertools.count(1)

    def tear(*_arguments: object) -> None:
        if next(left) == after:
            raise TornError

    sa.event.listen(ledger.engine, "before_cursor_execute", tear)
    try:
        yield
    finally:
        sa.event.remove(ledger.engine, "before_cursor_execute", tear)
