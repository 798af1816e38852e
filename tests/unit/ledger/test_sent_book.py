"""What is asked about sent mails before the next one leaves."""

from dataclasses import replace
from datetime import timedelta

from daemon.desk.draft import DraftState
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.copies import Look
from daemon.ports.ledger.copy_rows import CopyRow
from daemon.ports.ledger.draft_rows import Place
from daemon.ports.ledger.mailboxes import FolderMark
from tests.ledger_kit import HOUR, NOW, Desk
from tests.receipt_kit import sent

SENT = Place("Sent", 7, 4)


def seen_in_sent(desk: Desk, draft_id: int, uid: int) -> None:
    """A look saw a copy of a draft in Sent."""
    known = desk.ledger.mailboxes.folder(desk.claim, "Sent") or FolderMark(0, "Sent", 7, 0, 1, None)
    there = replace(SENT, uid=uid)
    copy = CopyRow(0, draft_id, there, None, deleted=False, flagged=False, internal_at=NOW)
    desk.ledger.copies.looked(desk.claim, Look(replace(known, uidnext=uid + 1), [copy]), NOW)


def test_what_began_to_leave_is_counted(desk: Desk) -> None:
    """Sent or in doubt, within the time, of this mailbox."""
    desk.doubtful(desk.approved(desk.message(alias="doubtful00001")))
    sent(desk)
    desk.prepared(desk.approved(desk.message(alias="prepared00001")))
    Desk.open(desk.ledger, "other").sending()
    book = desk.ledger.sent
    assert book.started_between(desk.claim, NOW - HOUR, NOW) == 2
    assert book.started_between(desk.claim, NOW, NOW + HOUR) == 0
    assert book.started_between(desk.claim, NOW - 2 * HOUR, NOW - HOUR) == 0


def test_only_what_was_sent_counts_as_taken(desk: Desk) -> None:
    """One that this ledger only prepared has not been sent, whatever lies in Sent."""
    about, doubtful = sent(desk), desk.doubtful(desk.approved(desk.message(alias="doubtful00001")))
    prepared = desk.prepared(desk.approved(desk.message(alias="prepared00001")))
    ids = {number: desk.one(t.delivery, number)["message_id_header"] for number in (doubtful, prepared)}
    asked = {about.header_id, *ids.values(), "<unknown@x>", *(f"<{n}@x>" for n in range(600))}
    assert desk.ledger.sent.taken(asked) == {about.header_id, ids[doubtful]}


def test_the_newest_event_is_that_of_the_mailbox(desk: Desk) -> None:
    """None before anything was decided."""
    empty = desk.ledger.mailboxes.claim("empty", "empty@shop.example", NOW)
    desk.message(NOW + HOUR)
    other = Desk.open(desk.ledger, "other")
    other.message(NOW + 2 * HOUR)
    assert desk.ledger.sent.newest_event(desk.claim) == NOW + HOUR
    assert desk.ledger.sent.newest_event(empty) is None


def test_a_copy_beside_a_delivery_is_compared_once(desk: Desk) -> None:
    """Of a draft that was sent, or may have been; not of one that waits."""
    about, waiting = sent(desk), desk.queued(desk.message(alias="waiting000001"))
    seen_in_sent(desk, waiting.draft_id, 3)
    assert desk.ledger.sent.beside(desk.claim, "Sent", NOW, 9) == []
    seen_in_sent(desk, about.draft_id, 4)
    (found,) = desk.ledger.sent.beside(desk.claim, "Sent", NOW, 9)
    assert (found.draft_id, found.delivery_id, found.place) == (about.draft_id, about.delivery_id, SENT)
    assert (found.raw, found.in_doubt, found.internal_at) == (b"wire bytes", False, NOW)
    book, later = desk.ledger.sent, NOW + timedelta(seconds=1)
    assert book.beside(desk.claim, "Elsewhere", NOW, 9) == book.beside(desk.claim, "Sent", later, 9) == []
    desk.ledger.sent.compared(desk.claim, SENT, "d1")
    assert desk.ledger.sent.beside(desk.claim, "Sent", NOW, 9) == []
    assert desk.draft(about.draft_id).state is DraftState.SENT


def test_a_clock_set_back_counts_nothing_from_the_future(desk: Desk) -> None:
    """Else no mail would leave until that future comes."""
    sent(desk)
    now = NOW - HOUR
    assert desk.ledger.sent.started_between(desk.claim, now - timedelta(minutes=1), now) == 0
