"""Every writing method of every book: one transaction, fenced, and nothing left when it fails in the middle.

`ACTS` is the list of all of them; a test compares it with the classes, so that a new one cannot be forgotten.
"""

import inspect
import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from daemon.desk.clock import deadlines
from daemon.desk.conversation import ConversationKey
from daemon.desk.draft import DraftState
from daemon.desk.playbook import Scenario
from daemon.errors import LockedError
from daemon.ports.ledger.clocks import ClockBook
from daemon.ports.ledger.copies import CopyBook
from daemon.ports.ledger.corrections import CorrectionBook
from daemon.ports.ledger.deliveries import DeliveryBook
from daemon.ports.ledger.drafts import DraftBook
from daemon.ports.ledger.identity import IdentityBook
from daemon.ports.ledger.intake import IntakeBook
from daemon.ports.ledger.intake_rows import Joining
from daemon.ports.ledger.labels import LabelBook, LabelSource
from daemon.ports.ledger.mailboxes import FolderMark, Mailboxes
from daemon.ports.ledger.notes import NoteBook
from daemon.ports.ledger.privacy import PrivacyBook
from daemon.ports.ledger.receipts import ReceiptBook
from daemon.ports.ledger.sent import SentBook
from daemon.ports.ledger.store import Claim
from daemon.ports.ledger.upkeep import UpkeepBook
from tests.alert_kit import ALERT_ACTS, ALERT_BOOKS, warning
from tests.case_kit import CASE_ACTS, CASE_BOOKS
from tests.gesture_kit import GESTURE_ACTS
from tests.ledger_kit import HOUR, NOW, Desk, TornError, arrival, no_objection, place, snapshot, torn
from tests.receipt_kit import RECEIPT_ACTS
from tests.upkeep_kit import UPKEEP_ACTS

Act = Callable[[Claim], object]
BOOKS = (
    *(Mailboxes, IntakeBook, IdentityBook, DraftBook, DeliveryBook, ClockBook, LabelBook),
    *(CopyBook, CorrectionBook, NoteBook, PrivacyBook, UpkeepBook, ReceiptBook, SentBook),
    *ALERT_BOOKS,
    *CASE_BOOKS,
)


def set_mark(desk: Desk) -> Act:
    """A folder's first mark."""
    mark = FolderMark(0, "Sent", 9, 5, 6, None)
    return lambda claim: desk.ledger.mailboxes.set_mark(claim, mark, NOW, "first_run_mark")


def lower_mark(desk: Desk) -> Act:
    """A mark that a person wants lower."""
    mark = replace(desk.inbox, uidnext=4)
    return lambda claim: desk.ledger.mailboxes.set_mark(claim, mark, NOW, "backlog_wanted")


def advance(desk: Desk) -> Act:
    """How far a folder has been looked through."""
    return lambda claim: desk.ledger.mailboxes.advance(claim, desk.inbox.folder_id, 8, 3)


def note_cycle(desk: Desk) -> Act:
    """The end of a cycle."""
    return lambda claim: desk.ledger.mailboxes.note_cycle(claim, NOW, connected=True, error=None)


def record(desk: Desk) -> Act:
    """Rows of two messages."""
    folder = desk.inbox.folder_id
    return lambda claim: desk.ledger.intake.record(claim, folder, 7, [arrival(1), arrival(2)], NOW)


def take_up(desk: Desk) -> Act:
    """Rows that were left unread."""
    desk.fetched()
    return desk.ledger.intake.take_up


def shunt(desk: Desk) -> Act:
    """A message set aside."""
    message = desk.fetched()
    return lambda claim: desk.ledger.intake.shunt(claim, message, "crashed_three_times", NOW)


def store(desk: Desk) -> Act:
    """Two buyers' first messages."""
    second = Joining(-2, ConversationKey("com", "two", None))
    readings = [
        desk.reading(desk.fetched(), alias="one"),
        desk.reading(desk.fetched(), alias="two", conversation=second),
    ]
    return lambda claim: desk.ledger.intake.store(claim, readings, NOW)


def store_joining(desk: Desk) -> Act:
    """A second message of a buyer who waits already."""
    desk.message()
    reading = desk.reading(desk.fetched(NOW + HOUR), NOW + HOUR)
    return lambda claim: desk.ledger.intake.store(claim, [reading], NOW)


def rekey(desk: Desk) -> Act:
    """A new UIDVALIDITY."""
    message = desk.message()
    mark = replace(desk.inbox, uidvalidity=8, floor_uid=4, uidnext=5)
    return lambda claim: desk.ledger.identity.rekey(claim, mark, {message: 44}, NOW)


def plan(desk: Desk) -> Act:
    """Two drafts planned together."""
    drafts = [desk.new_draft(desk.message(alias=alias)) for alias in ("one", "two")]
    return lambda claim: desk.ledger.drafts.plan(claim, drafts, NOW)


def plan_replacing(desk: Desk) -> Act:
    """A draft that takes an untouched one's place."""
    old = desk.queued()
    draft = desk.new_draft(desk.message(NOW + HOUR), old.draft_id)
    return lambda claim: desk.ledger.drafts.plan(claim, [draft], NOW)


def queued(desk: Desk) -> Act:
    """A copy in the queue."""
    draft = desk.planned()
    return lambda claim: desk.ledger.drafts.queued(claim, [(draft, place())], NOW)


def approve(desk: Desk) -> Act:
    """An approval of our own text."""
    draft = desk.queued()
    return lambda claim: desk.ledger.drafts.approve(claim, draft, place(2, "Approved"), b"x", "d1", NOW)


def approve_edited(desk: Desk) -> Act:
    """An approval of a person's text."""
    draft = desk.queued()
    return lambda claim: desk.ledger.drafts.approve(claim, draft, place(2, "Approved"), b"x", "d2", NOW)


def move_to(desk: Desk) -> Act:
    """A rejection."""
    draft = desk.queued()
    state = DraftState.REJECTED
    return lambda claim: desk.ledger.drafts.move_to(claim, draft, state, None, "moved_to_rejected", NOW)


def relocate(desk: Desk) -> Act:
    """A copy that lies elsewhere."""
    draft = desk.queued()
    return lambda claim: desk.ledger.drafts.relocate(claim, draft.draft_id, place(9))


def hold(desk: Desk) -> Act:
    """A held draft and its note."""
    draft, note = desk.approved(), desk.note()
    return lambda claim: desk.ledger.drafts.hold(claim, draft.draft_id, "gap_left", note, NOW, "dispatch")


def leave_note(desk: Desk) -> Act:
    """A note alone."""
    note = desk.note()
    return lambda claim: desk.ledger.drafts.leave_note(claim, note, NOW)


def notes_queued(desk: Desk) -> Act:
    """Notes in the queue."""
    desk.ledger.drafts.leave_note(desk.claim, desk.note(), NOW)
    ids = [note.note_id for note in desk.ledger.drafts.planned_notes(desk.claim)]
    return lambda claim: desk.ledger.drafts.notes_queued(claim, ids)


def prepare(desk: Desk) -> Act:
    """A delivery written down."""
    draft = desk.approved()

    def act(claim: Claim) -> object:
        return desk.ledger.deliveries.prepare(
            claim, draft.draft_id, header_id="<a@b>", sender="a", recipient="b", raw=b"c", now=NOW
        )

    return act


def attempt(desk: Desk) -> Act:
    """An attempt counted."""
    delivery = desk.prepared()
    return lambda claim: desk.ledger.deliveries.attempt(claim, delivery, NOW + HOUR)


def abandon(desk: Desk) -> Act:
    """A delivery that will not be made."""
    draft = desk.approved()
    desk.prepared(draft)
    return lambda claim: desk.ledger.deliveries.abandon(claim, draft.draft_id, "copy_left_approved", NOW)


def commit_sending(desk: Desk) -> Act:
    """The step before the final dot."""
    delivery = desk.prepared()
    return lambda claim: desk.ledger.deliveries.commit_sending(claim, delivery, no_objection, NOW)


def sent(desk: Desk) -> Act:
    """An accepted mail."""
    delivery = desk.sending()
    return lambda claim: desk.ledger.deliveries.sent(claim, delivery, 250, "ok", NOW)


def refused(desk: Desk) -> Act:
    """A mail refused at the dot."""
    delivery, note = desk.sending(), desk.note("refused_at_the_end")
    return lambda claim: desk.ledger.deliveries.refused(claim, delivery, 554, "no", note, NOW)


def in_doubt(desk: Desk) -> Act:
    """A lost answer."""
    delivery, note = desk.sending(), desk.note("in_doubt")
    return lambda claim: desk.ledger.deliveries.in_doubt(claim, delivery, "", note, NOW)


def filed(desk: Desk) -> Act:
    """A sent mail whose traces are made."""
    delivery = desk.sending()
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)
    return lambda claim: desk.ledger.deliveries.filed(claim, delivery, NOW)


def warned(desk: Desk) -> Act:
    """A warning given."""
    clock = desk.clock(desk.message())["id"]
    return lambda claim: desk.ledger.clocks.warned(claim, [warning(clock, 1)], NOW)


def answered_by_agent(desk: Desk) -> Act:
    """A person's own answer."""
    draft = desk.queued()
    return lambda claim: desk.ledger.clocks.answered_by_agent(claim, draft, NOW, NOW)


def record_label(desk: Desk) -> Act:
    """A person's correction."""
    message, source = desk.message(), LabelSource.RECLASSIFY
    return lambda claim: desk.ledger.labels.record(claim, message, Scenario.OTHER, source, "anna", NOW)


def excuse(desk: Desk) -> Act:
    """One of two waiting messages needs no answer."""
    first = desk.message()
    desk.message(NOW + HOUR)
    return lambda claim: desk.ledger.clocks.excuse(claim, first, NOW)


def reclassified(desk: Desk) -> Act:
    """A message that is something else."""
    message = desk.message()
    limits = deadlines(NOW, target=2 * HOUR, hard=None)
    return lambda claim: desk.ledger.clocks.reclassified(claim, message, "other", limits, NOW)


def reopen(desk: Desk) -> Act:
    """An answer that never arrived, and a buyer who wrote again."""
    draft = desk.queued()
    desk.ledger.clocks.answered_by_agent(desk.claim, draft, NOW, NOW)
    desk.message(NOW + HOUR)
    return lambda claim: desk.ledger.clocks.reopen(claim, draft.message_id, "undelivered", NOW)


def confirm(desk: Desk) -> Act:
    """A receipt."""
    draft = desk.queued()
    desk.ledger.clocks.answered_by_agent(desk.claim, draft, NOW, NOW)
    return lambda claim: desk.ledger.clocks.confirm(claim, draft.message_id, NOW)


ACTS = (
    *(set_mark, lower_mark, advance, note_cycle, record, take_up, shunt, store, store_joining, rekey),
    *(
        plan,
        plan_replacing,
        queued,
        approve,
        approve_edited,
        move_to,
        relocate,
        hold,
        leave_note,
        notes_queued,
    ),
    *(prepare, attempt, abandon, commit_sending, sent, refused, in_doubt, filed, warned, answered_by_agent),
    record_label,
    *(excuse, reclassified, reopen, confirm),
    *ALERT_ACTS,
    *CASE_ACTS,
    *GESTURE_ACTS,
    *UPKEEP_ACTS,
    *RECEIPT_ACTS,
)


@pytest.fixture(params=ACTS, ids=lambda make: make.__name__)
def act(request: pytest.FixtureRequest, desk: Desk) -> Act:
    """One act on a desk that is ready for it."""
    made: Act = request.param(desk)
    return made


def test_an_act_is_fenced_and_leaves_nothing_when_it_fails_in_the_middle(desk: Desk, act: Act) -> None:
    """A fenced owner changes nothing; nor does an act that is torn, at each of its statements in turn."""
    owner = desk.ledger.mailboxes.claim("shop", "support@shop.example", NOW)
    before = snapshot(desk.ledger)
    with pytest.raises(LockedError, match="claimed by another daemon"):
        act(desk.claim)
    assert snapshot(desk.ledger) == before
    for number in itertools.count(1):
        with torn(desk.ledger, after=number):
            try:
                act(owner)
            except TornError:
                assert snapshot(desk.ledger) == before, f"torn at statement {number}"
            else:
                break
    assert number > 1
    assert snapshot(desk.ledger) != before


def test_the_list_of_acts_is_complete() -> None:
    """Every method of the books that opens a fenced transaction is among `ACTS`."""
    methods = {
        name: method for book in BOOKS for name, method in inspect.getmembers(book, inspect.isfunction)
    }
    writers = {
        name
        for name, method in methods.items()
        if "writing(self._engine, claim)" in inspect.getsource(method)
    }
    assert writers == {make.__name__ for make in ACTS} & set(methods)
    assert {make.__name__ for make in ACTS} - writers == {
        "lower_mark",
        "store_joining",
        "plan_replacing",
        "approve_edited",
        "record_label",
        "confirm_doubtful",
        "reopen_agents",
        "file_again",
    }
