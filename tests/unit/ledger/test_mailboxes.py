"""Mailboxes in the ledger: claims, marks, cycles, and what `firstreply status` shows."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.ports.ledger.store import Claim
from tests.ledger_kit import HOUR, NOW, Desk


def test_each_claim_raises_the_epoch(ledger: Ledger) -> None:
    """A new mailbox begins with epoch 1; each further claim has the next one and keeps the row."""
    claims = [ledger.mailboxes.claim("shop", "a@shop.example", NOW) for _ in range(3)]
    assert [claim.epoch for claim in claims] == [1, 2, 3]
    assert len({claim.mailbox_id for claim in claims}) == 1


def test_a_claim_keeps_the_first_mark_and_takes_the_new_address(ledger: Ledger) -> None:
    """The time of the first run is written once; the address is the configuration's."""
    ledger.mailboxes.claim("shop", "old@shop.example", NOW)
    claim = ledger.mailboxes.claim("shop", "new@shop.example", NOW + HOUR)
    assert ledger.mailboxes.marked_at(claim) == NOW
    with ledger.engine.connect() as connection:
        assert connection.execute(sa.select(t.mailbox.c.address)).scalar_one() == "new@shop.example"


def test_claims_at_the_same_moment_get_different_epochs(ledger: Ledger) -> None:
    """However two daemons race for a mailbox, at most one of them can write afterwards."""
    ledger.mailboxes.claim("shop", "a@shop.example", NOW)
    together = threading.Barrier(4)
    claims: list[Claim] = []

    def race() -> None:
        together.wait(10)
        claims.append(ledger.mailboxes.claim("shop", "a@shop.example", NOW))

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(claim.epoch for claim in claims) == [2, 3, 4, 5]


def test_the_link_key_is_made_once(ledger: Ledger) -> None:
    """All links of a ledger hang on one secret of 256 bits that never changes."""
    keys = {ledger.mailboxes.link_key() for _ in range(3)}
    assert len(keys) == 1
    assert len(keys.pop()) == 32


def test_a_folder_has_no_mark_before_its_first_run(desk: Desk) -> None:
    """An unknown folder is None, not a mark at zero."""
    assert desk.ledger.mailboxes.folder(desk.claim, "Sent") is None


def test_a_mark_comes_back_as_it_was_written(desk: Desk) -> None:
    """UIDVALIDITY and UIDs use all of their 32 bits, MODSEQ 63."""
    mark = FolderMark(0, "Sent", 2**32 - 1, 2**32 - 2, 2**32 - 1, 2**63 - 1)
    written = desk.ledger.mailboxes.set_mark(desk.claim, mark, NOW, "first_run_mark")
    assert written == replace(mark, folder_id=written.folder_id)
    assert desk.ledger.mailboxes.folder(desk.claim, "Sent") == written


def test_a_mark_of_one_mailbox_is_not_the_others(desk: Desk) -> None:
    """Two mailboxes have an INBOX each."""
    other = Desk.open(desk.ledger, "other")
    desk.ledger.mailboxes.advance(other.claim, other.inbox.folder_id, 77, None)
    assert desk.ledger.mailboxes.folder(desk.claim, "INBOX") == desk.inbox


def test_advancing_leaves_the_floor_where_it_is(desk: Desk) -> None:
    """The first run's mark does not move with what has been seen."""
    desk.ledger.mailboxes.advance(desk.claim, desk.inbox.folder_id, 12, 34)
    assert desk.ledger.mailboxes.folder(desk.claim, "INBOX") == replace(desk.inbox, uidnext=12, modseq=34)


def test_an_incomplete_cycle_keeps_the_time_of_the_last_complete_one(desk: Desk) -> None:
    """A failure tells its error and does not pretend that a cycle was completed."""
    desk.ledger.mailboxes.note_cycle(desk.claim, NOW, connected=True, error=None)
    desk.ledger.mailboxes.note_cycle(desk.claim, None, connected=False, error="refused")
    (row,) = desk.ledger.mailboxes.status()
    assert (row.connected, row.last_cycle_at, row.last_error) == (False, NOW, "refused")


def test_status_counts_what_waits(desk: Desk) -> None:
    """Clocks, drafts by state, messages set aside and doubts, each of its own mailbox only."""
    Desk.open(desk.ledger, "other").doubtful()
    desk.doubtful()
    desk.queued(desk.message(NOW - HOUR, alias="second"))
    desk.ledger.intake.shunt(desk.claim, desk.fetched(), "reading_failed", NOW)
    (row,) = desk.ledger.mailboxes.status(["shop"])
    assert (row.name, row.open_clocks, row.nearest_at) == ("shop", 2, NOW)
    assert (row.drafts, row.shunted, row.in_doubt) == ({"in_doubt": 1, "queued": 1}, 1, 1)


def test_status_lists_all_mailboxes_by_name(desk: Desk) -> None:
    """Without names, every mailbox of the ledger."""
    Desk.open(desk.ledger, "a-first")
    assert [row.name for row in desk.ledger.mailboxes.status()] == ["a-first", "shop"]


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """No test leaves a thread behind."""
    before = threading.active_count()
    yield
    assert threading.active_count() == before
