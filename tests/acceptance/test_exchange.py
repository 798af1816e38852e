"""The main job on a server that makes mails anew, keeps no keywords and renames what it sends: Exchange."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.reply.copies import read_copy
from tests.acceptance.test_filing import backed_up, put_back
from tests.exchange import ARCHIVE, DRAFTS, SENT, TRASH, Exchange, filed
from tests.forked import Zygote
from tests.gestures import Client, edited, words_of
from tests.mails import BROKEN, buyer_mail
from tests.smtp_sink import Accepted
from tests.stage_kit import ALIAS, ORDER, Stage, stage_on

USERS = (f"user{number}" for number in itertools.count())


@pytest.fixture(scope="module", name="server")
def _server() -> Iterator[Exchange]:
    with Exchange() as server:
        yield server


@pytest.fixture(name="stage")
def _stage(server: Exchange, model_root: Path, zygote: Zygote) -> Iterator[Stage]:
    """A house there; nothing is ever asked for that the server does not offer."""
    with stage_on(server.port, next(USERS), model_root, zygote) as stage:
        stage.house.sink.on_accepted = lambda mail: stage.house.put(SENT, filed(mail.raw))
        yield stage
    assert server.heard == []


def outcome(stage: Stage) -> tuple[dict[str, int], int]:
    """The drafts by state, and how many mails left the house."""
    return stage.house.states(), len(stage.house.sink.accepted)


def test_the_whole_job(stage: Stage) -> None:
    """Approve, edit, edit as new and send, undo, reject, archive, excuse: each ends as everywhere."""
    house = stage.house
    uid, _ = stage.draft()
    stage.cycle(2)
    assert outcome(stage) == ({"queued": 1}, 0), "made anew, and nobody edited it"
    house.move(uid, "Approved")
    stage.cycle(2)
    assert outcome(stage) == ({"sent": 1}, 1)
    assert (len(house.mails(SENT)), house.mails("Approved"), house.drafts(), house.notes()) == (1, {}, {}, [])
    assert [b"\\Answered" in flags for flags in house.flags().values()] == [True]
    assert stage.rows("SELECT count(*) FROM delivery WHERE filed_at IS NULL") == [(0,)]
    assert stage.rows("SELECT revision FROM draft") == [(1,)]
    ((ours,),) = stage.rows("SELECT raw FROM revision")
    assert read_copy(house.sink.accepted[0].raw).text == read_copy(ours).text

    uid, raw = stage.draft()
    house.save(uid, stage.edited(raw, "In place."))
    stage.cycle()
    house.configure(cool_down=3600)
    house.move(stage.waiting()[0], "Approved")
    stage.cycle()
    (uid,) = house.mails("Approved")
    house.move(uid, "Approval", source="Approved")
    stage.cycle()
    assert outcome(stage) == ({"sent": 1, "edited": 1}, 1)
    house.configure()
    house.move(stage.waiting()[0], "Approved")
    stage.cycle()
    assert outcome(stage) == ({"sent": 2}, 2)
    assert "In place." in words_of(house.sink.accepted[-1].raw)

    uid, raw = stage.draft()
    house.put(DRAFTS, edited(raw, "As new.", Client.THUNDERBIRD, as_new=True))
    stage.cycle()
    (there,) = house.mails(DRAFTS)
    house.delete(there, DRAFTS)
    house.put(SENT, filed(edited(raw, "As new.", Client.THUNDERBIRD, as_new=True)))
    stage.cycle()
    assert outcome(stage) == ({"sent": 2, "answered_by_agent": 1}, 2)

    for number, folder in enumerate((TRASH, ARCHIVE, "Rejected"), start=1):
        uid, _ = stage.draft()
        house.move(uid, folder)
        stage.cycle()
        assert house.states()["rejected"] == number
    stage.draft()
    house.move(max(house.mails("INBOX")), "No reply needed", source="INBOX")
    stage.cycle()
    assert outcome(stage) == ({"sent": 2, "answered_by_agent": 1, "rejected": 3, "superseded": 1}, 2)
    assert (house.drafts(), house.notes()) == ({}, [])


def test_an_untouched_draft_gives_way_when_the_buyer_writes_again(stage: Stage) -> None:
    """It was made anew by the server: that is no person's hand, so it is replaced and not held."""
    stage.draft()
    stage.draft()
    assert outcome(stage) == ({"superseded": 1, "queued": 1}, 0)


def test_a_doubt_is_settled_by_a_copy_under_another_id(stage: Stage) -> None:
    """References and text prove it."""
    house = stage.house
    uid, _ = stage.draft()
    house.move(uid, "Approved")
    house.sink.on_accepted, house.sink.fault = None, "dot_fin_kept"
    stage.cycle()
    assert house.states() == {"in_doubt": 1}
    house.put(SENT, filed(house.sink.accepted[0].raw))
    stage.cycle(2)
    assert outcome(stage) == ({"sent": 1}, 1)
    assert len(house.mails(SENT)) == 1


def test_a_draft_whose_append_was_not_noted_is_not_made_twice(stage: Stage) -> None:
    """Found by its Message-ID, though nothing else of it came back as it was."""
    stage.house.receive(BROKEN)
    stage.dies("append_draft", "after")
    stage.cycle(2)
    assert (outcome(stage), len(stage.house.drafts())) == (({"queued": 1}, 0), 1)


def test_a_warning_tries_no_keyword(stage: Stage) -> None:
    """It is given; the star alone would be kept, and is set where it is asked for."""
    house = stage.house
    house.settings('[deadlines]\nmark = "flagged"')
    house.put("INBOX", buyer_mail(BROKEN, age=timedelta(minutes=50), alias=ALIAS, order_id=ORDER))
    stage.cycle(2)
    assert "event=clock_warning" in house.log()
    assert [b"\\Flagged" in flags for flags in house.flags().values()] == [True]


def test_check_asks_for_nothing_that_is_not_offered(stage: Stage) -> None:
    """And finds the folders by their names, no keywords, and the server's own copy in Sent."""
    house = stage.house

    def delivered(mail: Accepted) -> None:
        for name, raw in ((SENT, filed(mail.raw)), ("INBOX", mail.raw)):
            house.put(name, raw)

    house.sink.on_accepted = delivered
    checked = house.command("check", "--send")
    assert "problem shop" not in checked.stdout, checked.stdout
    for words in (f"sent is {SENT}", f"archive is {ARCHIVE}", "keeps no keywords", "by itself"):
        assert words in checked.stdout
    assert [house.mails(name) for name in (SENT, "INBOX")] == [{}, {}]


def test_a_ledger_put_back_from_a_backup_sends_nothing_again(stage: Stage) -> None:
    """What was sent since lies in Sent under an id that is not ours; References tell it."""
    house = stage.house
    house.configure(cool_down=3600)
    uid, _ = stage.draft()
    house.move(uid, "Approved")
    stage.cycle()
    old = backed_up(house)
    house.configure()
    stage.dies("clear_approved")
    put_back(house, old)
    assert len(house.mails("Approved")) == 1
    stage.cycle(2)
    assert outcome(stage) == ({"answered_by_agent": 1}, 1)
