"""Buyers' words leave the ledger when they are old or unwanted; figures and what is at work stay."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from daemon.desk.claim import CaseState
from daemon.desk.draft import DraftState
from daemon.desk.playbook import Scenario
from daemon.errors import PermanentError
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.labels import LabelSource
from daemon.ports.ledger.privacy import Cleared
from daemon.ports.ledger.schema_cases import casefile
from daemon.ports.ledger.store import open_engine
from tests.case_kit import filing, notice, promise
from tests.ledger_kit import HOUR, NOW, ORDER, RELAY, Desk, place, snapshot

DAY = timedelta(days=1)
LATER = NOW + DAY
SECRET = "zq-the-words-of-a-buyer"
FACTS = {"asins": ["B0AAAAAAAA"], "issue_reason": "missing_part", "tracking_numbers": [SECRET]}


def finished(desk: Desk, alias: str = "jd7x2kq4w9bnm5t", **changes: object) -> int:
    """A conversation in which everything is over: answered, sent, filed; returns its message's id."""
    words: dict[str, Any] = {"text": SECRET, "subject": SECRET, "buyer_name": SECRET, "facts": FACTS}
    message = desk.message(alias=alias, **{**words, **changes})
    delivery = desk.sending(desk.approved(message))
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, f"ok {SECRET}", NOW)
    desk.ledger.deliveries.filed(desk.claim, delivery, NOW)
    return message


def secret_places(ledger: Ledger) -> set[str]:
    """The tables in which a buyer's words still stand."""
    return {name for name, rows in snapshot(ledger).items() if SECRET in str(rows)}


def figures(desk: Desk) -> object:
    """What the report tells of all this."""
    return desk.ledger.figures.tally(NOW, NOW + HOUR, LATER, (7,))


def test_old_words_leave_and_figures_stay(desk: Desk) -> None:
    """Text, subject, names, mails; every figure is as before, and a second time there is nothing to do."""
    finished(desk)
    before = figures(desk)
    assert secret_places(desk.ledger) == {"message", "conversation", "delivery"}
    assert desk.ledger.privacy.expire(desk.claim, NOW) == Cleared(0, 0)
    assert desk.ledger.privacy.expire(desk.claim, LATER) == Cleared(1, 2)
    assert secret_places(desk.ledger) == set()
    assert {row["raw"] for row in rows(desk, t.revision) + rows(desk, t.delivery)} == {b""}
    assert figures(desk) == before
    assert not desk.ledger.privacy.expire(desk.claim, LATER)
    assert desk.ledger.privacy.kept() == 0


def rows(desk: Desk, table: sa.Table) -> list[dict[str, object]]:
    """All rows of a table."""
    with desk.ledger.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def waiting(desk: Desk) -> None:
    """Nobody has answered."""
    desk.message(text=SECRET, subject=SECRET)


def undecided(desk: Desk) -> None:
    """The clock is excused, and the draft still lies in the queue."""
    draft = desk.queued(desk.message(text=SECRET, subject=SECRET))
    desk.ledger.clocks.excuse(desk.claim, draft.message_id, NOW)


def unfiled(desk: Desk) -> None:
    """Sent, and the copy in Sent is not made yet."""
    delivery = desk.sending(desk.approved(desk.message(text=SECRET, subject=SECRET)))
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)


def unread(desk: Desk) -> None:
    """Answered; and a further mail has come that waits."""
    finished(desk)
    desk.message(LATER - HOUR, text=SECRET, subject=SECRET)


def disputed(desk: Desk) -> None:
    """Answered; and a claim about the order is not closed yet."""
    finished(desk)
    desk.ledger.cases.file(desk.claim, filing(notice(desk)))


def claimed(desk: Desk) -> None:
    """A claim about an order whose buyer never wrote."""
    desk.ledger.cases.file(desk.claim, filing(notice(desk)))


@pytest.mark.parametrize("state", [waiting, undecided, unfiled, unread, disputed, claimed, Desk.doubtful])
def test_what_is_at_work_keeps_its_words(desk: Desk, state: Callable[[Desk], object]) -> None:
    """However old it is, and whoever asks; nothing at all is changed."""
    state(desk)
    before = snapshot(desk.ledger)
    assert desk.ledger.privacy.expire(desk.claim, LATER + 400 * DAY) == Cleared(0, 0)
    with pytest.raises(PermanentError, match="still wait"):
        desk.ledger.privacy.forget(ORDER)
    assert snapshot(desk.ledger) == before


def test_a_closed_case_is_no_hindrance(desk: Desk) -> None:
    """Its notice and its names go like all others; the case stays in the figures."""
    finished(desk)
    case = desk.ledger.cases.file(desk.claim, filing(notice(desk)))
    desk.ledger.cases.lead_on(desk.claim, case, CaseState.CLOSED, NOW)
    before = figures(desk)
    assert desk.ledger.privacy.expire(desk.claim, LATER) == Cleared(2, 2)
    assert desk.ledger.privacy.forget(ORDER) == Cleared(0, 0)
    assert figures(desk) == before
    assert ORDER not in str(snapshot(desk.ledger))


def test_a_rejected_draft_goes_with_its_conversation(desk: Desk) -> None:
    """A person answered without it."""
    draft = desk.queued(desk.message(text=SECRET, subject=SECRET))
    desk.ledger.drafts.move_to(desk.claim, draft, DraftState.REJECTED, place(), "moved_to_rejected", NOW)
    desk.ledger.clocks.excuse(desk.claim, draft.message_id, NOW)
    assert desk.ledger.privacy.expire(desk.claim, LATER) == Cleared(1, 1)


def test_what_belongs_to_no_conversation_leaves_too(desk: Desk) -> None:
    """Notices, and mails that were set aside unread; one that waits to be read stays."""
    desk.message(kind="notice", notice="refund", conversation=None, limits=None, text=SECRET, subject=SECRET)
    set_aside = desk.fetched()
    desk.ledger.intake.shunt(desk.claim, set_aside, "too_big", NOW, sender=SECRET, subject=SECRET)
    desk.fetched()
    assert desk.ledger.privacy.expire(desk.claim, LATER) == Cleared(2, 0)
    assert secret_places(desk.ledger) == set()


def test_only_the_own_mailbox_expires(desk: Desk) -> None:
    """Another mailbox of the ledger has a daemon of its own."""
    finished(desk)
    other = Desk.open(desk.ledger, "other")
    assert not desk.ledger.privacy.expire(other.claim, LATER)


def test_old_words_teach_nothing(desk: Desk) -> None:
    """The label stays, without a text."""
    message = finished(desk)
    desk.ledger.labels.record(desk.claim, message, Scenario.OTHER, LabelSource.RECLASSIFY, "a", NOW)
    desk.ledger.privacy.expire(desk.claim, LATER)
    (label,) = desk.ledger.labels.taught(0.3)
    assert (label.text, label.subject) == ("", "")


@pytest.mark.parametrize("who", [ORDER, RELAY, RELAY.replace("+0f3a9c21", "")])
def test_somebody_is_forgotten(desk: Desk, who: str) -> None:
    """By the order or by the address, with the case or without: no name, number or address is left."""
    finished(desk)
    desk.message(
        kind="notice", notice="refund", conversation=None, limits=None, sender=RELAY, subject=f"Order {ORDER}"
    )
    before = figures(desk)
    assert desk.ledger.privacy.forget(who) == Cleared(2, 2)
    for known in (SECRET, ORDER, RELAY, "jd7x2kq4w9bnm5t"):
        assert known not in str(snapshot(desk.ledger)), known
    assert figures(desk) == before
    assert desk.ledger.privacy.forget(who) == Cleared(0, 0)


def test_nobody_else_is_forgotten(desk: Desk) -> None:
    """Neither the same buyer's other order nor another buyer whose address begins alike."""
    finished(desk, alias="jd7x2kq4w9bnm5tx")
    before = snapshot(desk.ledger)
    assert desk.ledger.privacy.forget("113-0000000-0000000") == Cleared(0, 0)
    assert desk.ledger.privacy.forget(RELAY) == Cleared(0, 0)
    assert desk.ledger.privacy.forget(RELAY.replace("amazon.com", "amazon.de")) == Cleared(0, 0)
    assert snapshot(desk.ledger) == before


def test_nothing_stays_in_the_files(sqlite_url: str, tmp_path: Path) -> None:
    """Neither in SQLite's file nor in its log, while the daemon has it open."""
    desk = Desk.open(Ledger.on(open_engine(sqlite_url)))
    for number in range(40):
        finished(desk, alias=f"buyer{number}", text=f"{SECRET} " * 400)

    def traces() -> int:
        return sum(file.read_bytes().count(SECRET.encode()) for file in tmp_path.glob("ledger.db*"))

    assert traces() > 1000
    while desk.ledger.privacy.expire(desk.claim, LATER):
        pass
    desk.ledger.privacy.scrub()
    assert traces() == 0
    desk.ledger.close()


def test_a_closed_case_loses_its_buyer_and_a_forgotten_one_its_order(desk: Desk) -> None:
    """Its kind and its times stay for the figures; an open one is at work."""
    delivery = desk.sending(desk.approved(desk.message(buyer_name=SECRET)))
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", NOW)
    desk.ledger.deliveries.filed(desk.claim, delivery, NOW)
    number = desk.ledger.cases.file(desk.claim, replace(promise(delivery, 3), buyer_name=SECRET))
    desk.ledger.privacy.expire(desk.claim, LATER)
    assert secret_places(desk.ledger) == {"casefile", "conversation"}
    desk.ledger.cases.say(number, "closed", NOW)
    desk.ledger.privacy.expire(desk.claim, LATER)
    assert secret_places(desk.ledger) == set()
    assert [row["order_id"] for row in rows(desk, casefile)] == [ORDER]
    desk.ledger.privacy.forget(ORDER)
    assert [(row["order_id"], row["kind"]) for row in rows(desk, casefile)] == [("", "promise")]
