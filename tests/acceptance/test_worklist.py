"""The worklist in the queue: always one, always current, wherever people put it."""

import email
import json
from email import policy
from email.message import EmailMessage

import pytest

from tests.daemon_kit import SHOP
from tests.mails import BROKEN
from tests.stage_kit import ORDER, Stage


@pytest.fixture(name="desk")
def _desk(stage: Stage) -> Stage:
    """A house that keeps a worklist."""
    stage.house.configure(worklist=True)
    return stage


def lists(stage: Stage, folder: str = "Approval") -> list[EmailMessage]:
    """The worklists in a folder."""
    mails = [
        email.message_from_bytes(raw, policy=policy.default) for raw in stage.house.mails(folder).values()
    ]
    return [mail for mail in mails if str(mail["Subject"]).startswith("Worklist")]


def body(mail: EmailMessage, kind: str = "plain") -> str:
    """One of its faces."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def later(stage: Stage) -> None:
    """Half a minute later."""
    stage.sql("UPDATE worklist_copy SET planned_at = planned_at - 31000000")


def test_it_says_what_is_owed_in_two_faces(desk: Stage) -> None:
    """To the mailbox itself, marked as a machine's, with the order and the steps."""
    desk.draft()
    (mail,) = lists(desk)
    assert (mail["Auto-Submitted"], mail["To"], mail["Subject"]) == (
        "auto-generated",
        SHOP,
        "Worklist: 1 waiting",
    )
    for kind in ("plain", "html"):
        said = body(mail, kind)
        assert ORDER in said
        assert "product issue" in said
        assert "Look at the photos" in said


def test_it_is_replaced_when_its_words_change_and_not_too_often(desk: Stage) -> None:
    """At rest nothing is written; a change waits for its half minute."""
    desk.draft()
    before = desk.house.mails("Approval")
    desk.cycle()
    assert desk.house.mails("Approval") == before
    desk.house.receive(BROKEN, alias="another000001")
    desk.cycle()
    assert lists(desk)[0]["Subject"] == "Worklist: 1 waiting"
    later(desk)
    desk.cycle()
    (mail,) = lists(desk)
    assert mail["Subject"] == "Worklist: 2 waiting"
    later(desk)
    desk.wait_longer(2)
    desk.cycle()
    (mail,) = lists(desk)
    assert mail["Subject"] == "Worklist: 2 waiting, 2 overdue"
    assert "OVERDUE since" in body(mail)


def test_an_empty_one_says_so(desk: Stage) -> None:
    """When everything has been answered."""
    desk.draft()
    ((uid, _),) = desk.house.drafts().items()
    desk.house.move(uid, "Approved")
    later(desk)
    desk.cycle(2)
    (mail,) = lists(desk)
    assert (mail["Subject"], body(mail)) == ("Worklist: nothing is owed", "Nothing is owed.\n")


@pytest.mark.parametrize("folder", ["Approved", "Rejected"])
def test_wherever_a_person_puts_it_it_is_made_anew(desk: Stage, folder: str) -> None:
    """It is never sent, and nothing is decided by it."""
    desk.draft()
    ((uid, _),) = [item for item in desk.house.mails("Approval").items() if b"Subject: Worklist" in item[1]]
    desk.house.move(uid, folder)
    later(desk)
    desk.cycle(2)
    assert len(lists(desk)) == 1
    assert desk.house.sink.accepted == []
    assert desk.house.states() == {"queued": 1}
    assert len(lists(desk, folder)) == (0 if folder == "Approved" else 1)


def test_a_restored_queue_keeps_one_copy(desk: Stage) -> None:
    """The folder numbers its mails anew: the old copy is found by its Message-ID, and is not doubled."""
    desk.draft()
    desk.house.remake("Approval", list(desk.house.mails("Approval").values()))
    later(desk)
    desk.cycle(2)
    assert len(lists(desk)) == 1


@pytest.mark.parametrize(
    ("step", "when"),
    [("plan_copy", "after"), ("append_worklist", "after"), ("remove", "before"), ("remove", "after")],
)
def test_a_crash_leaves_one_current_copy(desk: Stage, step: str, when: str) -> None:
    """After the next pass, whatever had been done."""
    desk.draft()
    later(desk)
    desk.wait_longer(2)
    desk.dies(step, when)
    desk.cycle()
    later(desk)
    desk.cycle()
    (mail,) = lists(desk)
    assert mail["Subject"] == "Worklist: 1 waiting, 1 overdue"


def test_the_command_says_the_same(desk: Stage) -> None:
    """As a table and as JSON."""
    desk.draft()
    said = desk.house.command("worklist")
    assert said.returncode == 0
    assert ORDER in said.stdout
    answer = json.loads(desk.house.command("worklist", "--json").stdout)
    (row,) = answer["worklist"]
    assert (row["order_id"], row["draft_state"], row["scenario"]) == (ORDER, "queued", "product_issue")
    assert 0 < row["seconds_left"] <= 3600
    assert (answer["overdue"], answer["alerts"], answer["shunted"]) == (0, [], [])
