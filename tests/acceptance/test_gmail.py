"""The main job where folders are labels: every act of an agent, in a mail program and on the web page."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.ports.imap import ImapConnection, ImapServer, Security
from tests.daemon_kit import until
from tests.dovecot import HOST, PASSWORD
from tests.forked import Zygote
from tests.gestures import Client, edited, parsed
from tests.gmail import ALL, DRAFTS, SENT, TRASH, Gmail
from tests.mails import BROKEN, LATE, buyer_mail
from tests.smtp_sink import Accepted
from tests.stage_kit import ALIAS, ORDER, Stage, stage_on

USER = "anna"
NUMBERS = itertools.count(100)
RECEIVED = b"Return-Path: <support@shop.example>\r\nReceived: from [127.0.0.1] by smtp.gmail.example\r\n"
"""What the copy in Sent has more than what was sent."""


@pytest.fixture(scope="module", name="gmail")
def _gmail() -> Iterator[Gmail]:
    with Gmail(USER) as gmail:
        yield gmail


@pytest.fixture(name="stage")
def _stage(gmail: Gmail, model_root: Path, zygote: Zygote) -> Iterator[Stage]:
    """A house on labels; what SMTP takes lies in Sent before the answer."""
    gmail.empty()
    with stage_on(gmail.port, USER, model_root, zygote) as stage:
        stage.house.sink.on_accepted = lambda mail: stage.house.put(SENT, RECEIVED + mail.raw)
        yield stage


def lying(stage: Stage) -> dict[str, int]:
    """How many mails lie in each folder, but the inbox and empty ones."""
    folders = ("Approval", "Approved", "Rejected", ALL, TRASH, SENT, DRAFTS)
    return {name: count for name in folders if (count := len(stage.house.mails(name)))}


def answer_of(sent: bytes) -> bytes:
    """The buyer answers what we sent."""
    ours = parsed(sent)
    mail = parsed(buyer_mail("It is still broken.", number=next(NUMBERS), alias=ALIAS, order_id=ORDER))
    mail["In-Reply-To"] = mail["References"] = str(ours["Message-ID"])
    return mail.as_bytes()


def outcome(stage: Stage) -> tuple[dict[str, int], int]:
    """The drafts by state, and how many mails left the house."""
    return stage.house.states(), len(stage.house.sink.accepted)


def test_an_approved_draft_leaves_nothing_behind_but_its_answer(stage: Stage) -> None:
    """One copy in Sent, the server's own; the draft is gone from All Mail too, and no thread shows it."""
    uid, _ = stage.draft()
    assert lying(stage) == {"Approval": 1, ALL: 2}
    assert not any(b"\\Draft" in flags for flags in stage.house.flags("Approval").values())
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"sent": 1}, 1)
    assert lying(stage) == {SENT: 1, ALL: 2}
    stage.cycle(2)
    assert (lying(stage), stage.house.notes()) == ({SENT: 1, ALL: 2}, [])


def test_the_web_page_moves_conversations_and_what_came_along_loses_the_label(
    stage: Stage, gmail: Gmail
) -> None:
    """Buyer's mails, an answer, a rejected draft: no note, none leaves the inbox, none is sent again."""
    house = stage.house
    _, raw = stage.draft()
    for source, target in (("Approval", "Rejected"), ("Rejected", "Approval"), ("Approval", "Approved")):
        gmail.web_move(raw, source, target)
        assert lying(stage) == {target: 2, ALL: 2}
        house.configure(cool_down=3600)
        stage.cycle(2)
        assert lying(stage) == {target: 1, ALL: 2}
    house.configure()
    stage.cycle(2)
    assert outcome(stage) == ({"sent": 1}, 1)
    assert (lying(stage), house.notes()) == ({SENT: 1, ALL: 2}, [])
    for rejected in (True, False):
        house.put("INBOX", answer_of(house.sink.accepted[0].raw))
        stage.cycle()
        uid, raw = stage.waiting()
        if rejected:
            house.move(uid, "Rejected")
            stage.cycle()
    gmail.web_move(raw, "Approval", "Approved")
    assert lying(stage) == {"Approved": 6, "Rejected": 1, SENT: 1, ALL: 6}
    stage.cycle(2)
    assert outcome(stage) == ({"sent": 2, "rejected": 1}, 2)
    assert (lying(stage), house.notes()) == ({"Rejected": 1, SENT: 2, ALL: 6}, [])
    assert [b"\\Answered" in flags for flags in house.flags().values()] == [True, False, True]


def test_an_older_draft_that_is_moved_alone_is_told_of(stage: Stage) -> None:
    """In a mail program it lost the label it had: somebody meant it, so a note says why it does not leave."""
    uid, raw = stage.draft()
    stage.house.move(uid, "Rejected")
    stage.cycle()
    stage.draft()
    (uid,) = stage.house.mails("Rejected")
    stage.house.move(uid, "Approved", source="Rejected")
    stage.cycle(2)
    assert outcome(stage) == ({"rejected": 1, "queued": 1}, 0)
    assert (list(stage.house.mails("Rejected").values()), len(stage.house.notes())) == ([raw], 1)


def test_other_words_for_an_older_draft_are_told_of(stage: Stage) -> None:
    """Its rejected copy still has its label: what somebody wrote since is not archived with a shrug."""
    uid, raw = stage.draft()
    stage.house.move(uid, "Rejected")
    stage.cycle()
    stage.draft()
    again = re.sub(rb"(?m)^Message-ID: .*?\r$", b"Message-ID: <again@shop.example>\r", raw)
    stage.house.put("Approved", stage.edited(again, "Quite other words."))
    stage.cycle(2)
    assert outcome(stage) == ({"rejected": 1, "queued": 1}, 0)
    assert (len(stage.house.mails("Rejected")), len(stage.house.notes())) == (2, 1)


@pytest.mark.parametrize("cool_down", [3600, 0])
def test_what_came_along_unread_is_taken_in(stage: Stage, gmail: Gmail, cool_down: int) -> None:
    """The daemon was away, the buyer wrote again, the agent approved the conversation out of the inbox."""
    house = stage.house
    _, raw = stage.draft()
    (first,) = house.mails("INBOX").values()
    again = parsed(buyer_mail("And no plug.", number=next(NUMBERS), alias=ALIAS, order_id=ORDER))
    again["In-Reply-To"] = again["References"] = str(parsed(first)["Message-ID"])
    house.put("INBOX", again.as_bytes())
    house.configure(cool_down=cool_down)
    gmail.web_move(raw, "INBOX", "Approved")
    assert house.mails("INBOX") == {}
    stage.cycle(2)
    assert stage.rows("SELECT count(*) FROM message") == [(2,)]
    assert (outcome(stage), len(house.mails("INBOX"))) == (({"held": 1}, 0), 1)


def test_another_buyers_mail_in_the_same_look_says_what_it_says(stage: Stage, gmail: Gmail) -> None:
    """A conversation, and the mail of somebody else, are moved to one scenario at one moment."""
    house = stage.house
    _, raw = stage.draft()
    house.receive(BROKEN)
    stage.cycle()
    other = max(house.mails("INBOX"))
    gmail.web_move(raw, "INBOX", "Reclassify/Usage question")
    house.move(other, "Reclassify/Usage question", source="INBOX")
    stage.cycle(2)
    assert stage.rows("SELECT DISTINCT scenario FROM message") == [("usage_question",)]
    assert (outcome(stage), len(house.mails("INBOX"))) == (({"superseded": 2, "queued": 2}, 0), 2)


def test_a_label_may_be_added_and_taken_away_again(stage: Stage) -> None:
    """Approved beside Approval approves; the label taken away within the cool-down undoes it."""
    stage.house.configure(cool_down=3600)
    uid, _ = stage.draft()
    stage.house.copy(uid, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"approved": 1}, 0)
    (there,) = stage.house.mails("Approved")
    stage.house.delete(there, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"queued": 1}, 0)
    stage.house.copy(stage.waiting()[0], "Approved")
    stage.house.configure()
    stage.cycle(2)
    assert outcome(stage) == ({"sent": 1}, 1)
    assert lying(stage) == {SENT: 1, ALL: 2}


def test_a_draft_with_both_labels_that_is_held_keeps_one(stage: Stage) -> None:
    """It goes back to where it lies already, under the UID that it has there."""
    uid, raw = stage.draft(LATE)
    stage.house.copy(uid, "Approved")
    stage.cycle(2)
    assert outcome(stage) == ({"held": 1}, 0)
    assert (list(stage.house.drafts().values()), stage.house.mails("Approved")) == ([raw], {})
    assert len(stage.house.notes()) == 1


def test_edits_count_wherever_they_are_saved(stage: Stage) -> None:
    """Saved in place, under the same id; "edit as new" in Drafts, sent by hand, filed by the server."""
    uid, raw = stage.draft()
    stage.house.save(uid, stage.edited(raw, "In place."))
    stage.cycle()
    assert outcome(stage) == ({"edited": 1}, 0)
    uid, raw = stage.waiting()
    new = edited(raw, "As new.", Client.THUNDERBIRD, as_new=True)
    stage.house.put(DRAFTS, new, [b"\\Draft"])
    stage.cycle()
    (uid,) = stage.house.mails(DRAFTS)
    stage.house.move(uid, TRASH, source=DRAFTS)
    stage.house.put(SENT, edited(new, "Sent.", Client.THUNDERBIRD))
    stage.cycle(2)
    assert outcome(stage) == ({"answered_by_agent": 1}, 0)
    assert (stage.house.drafts(), stage.house.mails("Approved")) == ({}, {})


@pytest.mark.parametrize("way", [TRASH, "archive", "Rejected"])
def test_a_draft_is_put_away_and_taken_up_again(stage: Stage, way: str) -> None:
    """Deleted, archived (All Mail alone holds it), or moved to Rejected: rejected until it is back."""
    uid, raw = stage.draft()
    if way == "archive":
        stage.house.delete(uid)
    else:
        stage.house.move(uid, way)
    stage.cycle(2)
    assert outcome(stage) == ({"rejected": 1}, 0)
    assert (stage.house.notes(), lying(stage)[ALL]) == ([], 1 if way == TRASH else 2)
    source = ALL if way == "archive" else way
    (uid,) = (uid for uid, each in stage.house.mails(source).items() if each == raw)
    stage.house.move(uid, "Approval", source=source)
    stage.cycle()
    assert outcome(stage) == ({"queued": 1}, 0)
    stage.house.move(stage.waiting()[0], "Approved")
    stage.cycle()
    assert outcome(stage) == ({"sent": 1}, 1)


def test_an_archived_draft_that_no_look_saw_is_found_before_it_vanishes(stage: Stage) -> None:
    """All Mail was numbered anew and has thousands of newer mails: it is asked once more."""
    uid, _ = stage.draft()
    stage.house.delete(uid)
    stage.sql("DELETE FROM copy")
    stage.sql("UPDATE draft SET touched_at = changed_at - 90000000000")
    stage.cycle()
    assert (stage.house.states(), stage.house.notes()) == ({"rejected": 1}, [])


def test_a_mail_that_only_quotes_the_draft_does_not_stand_for_it(stage: Stage) -> None:
    """Forwarded to a colleague, then deleted for good: All Mail has that mail, and the draft is gone."""
    uid, raw = stage.draft()
    stage.house.put(SENT, edited(raw, "Look.", Client.THUNDERBIRD, to="lead@shop.example", as_new=True))
    stage.house.move(uid, TRASH)
    (uid,) = stage.house.mails(TRASH)
    stage.house.delete(uid, TRASH)
    stage.cycle(2)
    assert (outcome(stage), stage.house.drafts()) == (({"queued": 1}, 0), {})


@pytest.mark.parametrize("archived", [4, 3])
def test_drafts_that_lose_their_label_in_numbers_freeze_the_mailbox(stage: Stage, archived: int) -> None:
    """A deleted label looks like that: All Mail has them all, and still nobody means it."""
    for number in range(5):
        stage.house.receive(BROKEN, alias=f"q7d2k9x4m1v{number:04d}")
    stage.cycle(2)
    for uid in list(stage.house.drafts())[:archived]:
        stage.house.delete(uid)
    stage.cycle(2)
    assert outcome(stage)[0] == ({"queued": 5} if archived == 4 else {"queued": 2, "rejected": 3})
    assert ("event=mass_vanish" in stage.house.log()) is (archived == 4)


@pytest.mark.parametrize(
    ("way", "folder"),
    [
        ("mail program", "Reclassify/Usage question"),
        ("label", "No reply needed"),
        ("web page", "Reclassify/Usage question"),
        ("web page", "No reply needed"),
    ],
)
def test_the_buyers_mail_says_what_it_is(stage: Stage, gmail: Gmail, way: str, folder: str) -> None:
    """Moved, labelled besides the inbox, or with its whole conversation; it is one message all the time."""
    stage.draft()
    ((uid, raw),) = stage.house.mails("INBOX").items()
    if way == "web page":
        gmail.web_move(raw, "INBOX", folder)
    elif way == "label":
        stage.house.copy(uid, folder, source="INBOX")
    else:
        stage.house.move(uid, folder, source="INBOX")
    stage.cycle(2)
    stays = folder == "No reply needed"
    assert stage.rows("SELECT count(*) FROM message") == [(1,)]
    assert outcome(stage) == ({"superseded": 1} if stays else {"superseded": 1, "queued": 1}, 0)
    assert (len(stage.house.drafts()), stage.house.notes()) == (0 if stays else 1, [])
    assert len(stage.house.mails("INBOX")) == (1 if not stays or way == "label" else 0)


@pytest.mark.parametrize("seen_in", [SENT, ALL])
def test_a_doubt_is_settled_where_the_server_filed_it(stage: Stage, seen_in: str) -> None:
    """In Sent, or in All Mail alone once a person has archived that copy."""
    house = stage.house
    uid, _ = stage.draft()
    house.move(uid, "Approved")
    house.sink.on_accepted, house.sink.fault = None, "dot_fin_kept"
    stage.cycle()
    assert house.states() == {"in_doubt": 1}
    house.put(seen_in, house.sink.accepted[0].raw)
    stage.cycle(2)
    assert outcome(stage) == ({"sent": 1}, 1)
    assert house.mails("Approved") == {}


@pytest.mark.parametrize("then", ["nothing", "archived", "moved"])
def test_a_draft_whose_append_was_not_noted_is_found_and_not_made_twice(stage: Stage, then: str) -> None:
    """Killed right after APPEND; meanwhile nothing, archived, or approved."""
    stage.house.receive(BROKEN)
    stage.dies("append_draft", "after")
    (uid,) = stage.house.drafts()
    if then == "archived":
        stage.house.delete(uid)
    elif then == "moved":
        stage.house.move(uid, "Approved")
    stage.cycle(3)
    states = {"nothing": {"queued": 1}, "archived": {"rejected": 1}, "moved": {"sent": 1}}
    assert stage.house.states() == states[then]
    assert len(stage.house.mails(ALL)) == 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('layout = "drafts"', "Gmail's drafts cannot be moved into another folder"),
        ("", "the server hides the folder of its sent mail"),
    ],
)
def test_what_cannot_work_is_told_by_check_and_at_the_start(
    stage: Stage, gmail: Gmail, settings: str, said: str
) -> None:
    """With its remedy, before anything is touched: exit status 78, and a problem that check finds."""
    house = stage.house
    told = house.config.read_text()
    house.config.write_text(told.replace('signature = "Anna"', f'signature = "Anna"\n{settings}'))
    gmail.hidden = () if settings else (SENT,)
    try:
        start, check = house.once(), house.command("check")
    finally:
        gmail.hidden = ()
    assert (start.returncode, check.returncode) == (78, 1)
    assert said in start.stderr
    assert said in check.stdout


def test_check_leaves_nothing_behind_in_all_mail(stage: Stage) -> None:
    """Its trial's folders and mails, and the mail that it sends to itself, go for good."""
    house = stage.house

    def delivered(mail: Accepted) -> None:
        for name in (SENT, "INBOX"):
            house.put(name, mail.raw)

    house.sink.on_accepted = delivered
    checked = house.command("check", "--send")
    assert "keeps a copy in [Gmail]/Gesendet by itself" in checked.stdout, checked.stdout
    assert "archive is [Gmail]/Alle Nachrichten" in checked.stdout
    assert (lying(stage), house.mails("INBOX")) == ({}, {})


def test_what_search_is_blind_for_is_read(stage: Stage, gmail: Gmail) -> None:
    """References and fields of our own, which SEARCH HEADER finds nothing by."""
    house = stage.house
    words = b"In-Reply-To: <q@x>\r\nReferences: <a@x>\r\n <b@x>\r\nX-Firstreply-Token: t\r\n\r\n"
    house.put(SENT, b"Message-ID: <m@x>\r\n" + words)
    with house.visit(SENT) as client:
        assert client.search(["HEADER", "References", "b@x"]) == []
    server = ImapServer(HOST, gmail.port, Security.NONE, USER, lambda: PASSWORD)
    connection = ImapConnection.connect(server)
    for field, value in (("References", "<b@x>"), ("X-Firstreply-Token", "t"), ("In-Reply-To", "<q@x>")):
        assert len(connection.search_header(SENT, field, value)) == 1
        assert connection.search_header(SENT, field, "<other@x>") == ()
    connection.close()


def test_a_daemon_at_work_notices_what_happens_to_labels(stage: Stage) -> None:
    """IDLE and polls, not single cycles: mail arrives, the agent archives it and approves, it is sent."""
    house = stage.house
    house.start()
    house.receive(BROKEN)
    (uid,) = until(house.drafts, "a draft in Approval")
    (original,) = house.mails("INBOX")
    house.delete(original, "INBOX")
    house.move(uid, "Approved")
    until(lambda: lying(stage) == {SENT: 1, ALL: 2}, "the answer in Sent, and the draft gone")
    assert house.stop() == 0
    assert outcome(stage) == ({"sent": 1}, 1)
    assert "level=error" not in house.log()
    assert "level=warning" not in house.log()
