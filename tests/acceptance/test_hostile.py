"""What people, buyers and servers do that nobody planned for: nothing lost, nothing sent unapproved."""

import email
from datetime import timedelta
from email import policy

import pytest

from tests.account import Account
from tests.daemon_kit import House, until
from tests.forked import Zygote
from tests.mails import BROKEN, LATE, buyer_mail
from tests.stage_kit import ALIAS, ORDER, Stage

WORSE = "And the switch is broken too, it does not turn on at all. Terrible quality."


def test_a_text_changed_after_a_failed_attempt_is_the_one_that_leaves(stage: Stage) -> None:
    """Greylisted, taken back, corrected, approved again: the buyer gets the corrected text."""
    uid, raw = stage.draft()
    stage.house.move(uid, "Approved")
    stage.house.sink.fault = "rcpt_450"
    stage.cycle()
    stage.house.sink.fault = None
    stage.flush("Approved")
    stage.house.put("Approved", stage.edited(raw, "Corrected: we send a new one today."))
    stage.cycle()
    stage.sql("UPDATE delivery SET next_attempt_at = 0 WHERE state = 'prepared'")
    stage.cycle()
    assert "Corrected: we send" in stage.sent_text()


def test_a_refused_mail_waits_for_a_person_even_after_a_crash(stage: Stage) -> None:
    """Refused for good, and killed before the copy was moved back: it is not approved again by itself."""
    uid, _ = stage.draft()
    stage.house.move(uid, "Approved")
    stage.house.sink.fault = "rcpt_550"
    stage.dies("move")
    stage.house.sink.fault = None
    stage.cycle(2)
    assert (stage.house.sink.accepted, stage.house.states()) == ([], {"held": 1})
    assert len(stage.house.drafts()) == 1


def test_a_rejected_draft_brought_back_beside_a_newer_one(stage: Stage) -> None:
    """Only one draft of a conversation can be open: the older one goes back, and the mailbox works on."""
    uid, _ = stage.draft()
    stage.house.move(uid, "Rejected")
    stage.cycle()
    stage.draft(WORSE)
    (old,) = stage.house.mails("Rejected")
    stage.house.move(old, "Approval", source="Rejected")
    stage.cycle()
    assert stage.house.states() == {"rejected": 1, "queued": 1}
    assert len(stage.house.mails("Rejected")) == len(stage.house.drafts()) == len(stage.house.notes()) == 1


def test_thanks_in_the_same_minute_do_not_hide_the_question(stage: Stage) -> None:
    """A question and a thank-you that need no answer arrive together: the question gets its draft."""
    stage.house.receive(BROKEN, alias=ALIAS, order_id=ORDER)
    stage.house.receive("Thanks a lot, no need to answer.", alias=ALIAS, order_id=ORDER)
    stage.cycle()
    assert stage.house.states() == {"queued": 1}


def test_a_late_mail_with_an_early_date_gets_its_draft(stage: Stage) -> None:
    """The relay delivers an older mail after the newer one was answered: it is answered, too."""
    uid, _ = stage.draft()
    stage.house.move(uid, "Approved")
    stage.cycle()
    late = buyer_mail(WORSE, number=7, alias=ALIAS, order_id=ORDER, age=timedelta(hours=2))
    stage.house.put("INBOX", late)
    stage.cycle()
    assert stage.house.states() == {"sent": 1, "queued": 1}


POISON = {
    "parameters that cannot be sorted": (
        b"Content-Disposition: attachment; filename*0=a; filename*=utf-8''b\r\nMIME-Version",
        b"",
    ),
    "a flowed line of three megabytes": (b"MIME-Version", b"once upon a time =\r\n" * 150_000),
    "twenty-six megabytes": (b"MIME-Version", b"once upon a time\r\n" * 1_500_000),
    "parts within parts": (
        b'Content-Type: multipart/mixed; boundary="a"\r\nMIME-Version',
        b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 5_000,
    ),
}


@pytest.mark.parametrize("name", POISON, ids=[name.replace(" ", "_") for name in POISON])
def test_a_poisoned_copy_in_approved_is_held(stage: Stage, name: str) -> None:
    """Whatever a copy in Approved holds, it is held with a note, and the daemon lives on."""
    head, text = POISON[name]
    _, raw = stage.draft()
    stage.flush("Approval")
    stage.house.put("Approved", raw.replace(b"MIME-Version", head, 1) + text)
    stage.cycle()
    assert stage.house.states() == {"held": 1}
    assert (len(stage.house.notes()), stage.house.sink.accepted) == (1, [])


def test_a_text_edited_in_the_queue_survives_a_newer_message(stage: Stage) -> None:
    """An agent's client saved an edit in the queue itself: the buyer's next mail does not delete it."""
    _, raw = stage.draft()
    stage.flush("Approval")
    stage.house.put("Approval", stage.edited(raw, "Half an hour of my work."))
    stage.house.receive(WORSE, alias=ALIAS, order_id=ORDER)
    stage.cycle(2)
    assert any(b"Half an hour of my work." in mail for mail in stage.house.mails("Approval").values())


@pytest.mark.parametrize(("folder", "state"), [("Trash", "rejected"), ("Drafts", "queued")])
def test_an_approved_draft_taken_elsewhere_is_not_approved_any_more(
    stage: Stage, folder: str, state: str
) -> None:
    """Out of Approved into Trash is a rejection, into Drafts a wish to edit; nothing waits for ever."""
    uid = stage.approved_but_delayed()
    client = stage.house.client()
    if not client.folder_exists(folder):
        client.create_folder(folder)
    stage.house.move(uid, folder, source="Approved")
    stage.cycle()
    assert (stage.house.states(), stage.house.sink.accepted) == ({state: 1}, [])


def test_a_draft_forwarded_to_a_colleague_is_no_answer(stage: Stage) -> None:
    """Mail clients name the forwarded mail in References: that mail did not go to the buyer."""
    _, raw = stage.draft()
    mail = email.message_from_bytes(raw, policy=policy.SMTP)
    mail.replace_header("To", "colleague@shop.example")
    mail.replace_header("Message-ID", "<forwarded-1@shop.example>")
    del mail["X-Firstreply-Token"], mail["In-Reply-To"]
    stage.house.put("Sent", mail.as_bytes())
    stage.cycle()
    assert stage.house.states() == {"queued": 1}


def test_only_the_mail_that_kills_the_daemon_is_set_aside(stage: Stage) -> None:
    """Three crashes over one mail cost that mail its draft, and not its neighbours theirs."""
    for _ in range(3):
        stage.house.receive(BROKEN)
    for _ in range(3):
        stage.dies("store")
    stage.cycle()
    assert stage.house.states() == {"queued": 2}


def test_an_approval_from_a_wrong_future_is_carried_out(stage: Stage) -> None:
    """The clock was a year ahead at the approval and was then set right: the mail leaves all the same."""
    stage.approved_but_delayed()
    stage.sql("UPDATE draft SET approved_at = approved_at + 31536000000000")
    stage.cycle()
    assert len(stage.house.sink.accepted) == 1


def test_a_sent_draft_approved_once_more_is_refused_aloud(stage: Stage) -> None:
    """A second copy of an answer that has left goes to Rejected with a note, and nothing is sent twice."""
    uid, raw = stage.draft()
    stage.house.move(uid, "Approved")
    stage.cycle()
    stage.house.put("Approved", raw)
    stage.cycle()
    assert len(stage.house.sink.accepted) == len(stage.house.notes()) == 1
    assert (stage.house.mails("Approved"), len(stage.house.mails("Rejected"))) == ({}, 1)


def test_the_inbox_of_an_answered_mail_may_be_gone(house: House, zygote: Zygote) -> None:
    """The folder of the original was deleted before its flag was set: the rest goes on."""
    house.configure(inbox="Buyers")
    house.fill("Buyers", [])
    stage = Stage(house, zygote)
    house.fill("Buyers", [buyer_mail(BROKEN)])
    stage.cycle()
    uid, _ = stage.waiting()
    house.move(uid, "Approved")
    stage.dies("answered_flag")
    house.client().delete_folder("Buyers")
    house.configure()
    stage.cycle()
    assert house.mails("Approved") == {}


def test_a_configured_sent_folder_that_is_missing_is_made(house: House, zygote: Zygote) -> None:
    """A Sent folder of the seller's own name is created instead of stopping every answer."""
    text = house.config.read_text()
    house.config.write_text(text.replace('inbox = "INBOX"', 'inbox = "INBOX"\n  sent = "Gesendet"'))
    stage = Stage(house, zygote)
    uid, _ = stage.draft()
    house.move(uid, "Approved")
    stage.cycle()
    assert len(house.mails("Gesendet")) == 1


def test_mail_that_lay_in_approved_before_firstreply_came_stays_there(house: House, zygote: Zygote) -> None:
    """A seller may have had a folder of that name for years; what lies in it is nobody's draft."""
    house.fill("Approved", [buyer_mail(BROKEN)])
    stage = Stage(house, zygote)
    stage.cycle()
    assert (len(house.mails("Approved")), house.notes()) == (1, [])


def test_a_folder_deleted_while_the_daemon_runs_is_made_again(house: House) -> None:
    """Without Approved nobody could approve: the daemon makes it anew without being restarted."""
    house.start()
    until(lambda: "event=cycle" in house.log(), "the first cycle")
    client = house.client()
    client.delete_folder("Approved")
    until(lambda: client.folder_exists("Approved"), "the folder", patience=5)


def test_a_held_draft_that_nobody_took_up_does_not_block_the_conversation(stage: Stage) -> None:
    """Held for a gap, thrown away, answered elsewhere: when the buyer writes again, there is a draft."""
    uid, _ = stage.draft(LATE)
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert stage.house.states() == {"held": 1}
    stage.flush("Approval")
    stage.draft(WORSE)
    assert stage.house.states() == {"superseded": 1, "queued": 1}


def test_a_full_queue_keeps_no_approved_answer_back(stage: Stage, account: Account) -> None:
    """The server stores no more drafts: what is approved leaves all the same, and the failure is told."""
    stage.approved_but_delayed()
    folder = account.dovecot.base / "mail" / account.name / "Maildir" / ".Approval" / "tmp"
    folder.chmod(0o555)
    stage.house.receive(BROKEN)
    done = stage.house.once()
    folder.chmod(0o755)
    assert (done.returncode, len(stage.house.sink.accepted)) == (75, 1)


def test_a_forged_mail_changes_no_address(stage: Stage) -> None:
    """A mail that failed authentication is shown to a person; answers go where the true buyer is."""
    stage.draft()
    forged = buyer_mail(WORSE, number=9, alias=ALIAS, order_id=ORDER, case="deadbeef", name="Eve")
    verdict = b"Authentication-Results: mx.shop.example; dmarc=fail header.from=amazon.de\r\n"
    stage.house.put("INBOX", verdict + forged)
    for _ in range(2):  # the buyer seems to have written again: the agent is asked, and means it
        stage.cycle()
        uid, _ = stage.waiting()
        stage.house.move(uid, "Approved")
        stage.cycle()
    (accepted,) = stage.house.sink.accepted
    assert accepted.recipients == (f"{ALIAS}@marketplace.amazon.de",)


def test_an_old_uidvalidity_that_comes_back_stops_nothing(stage: Stage) -> None:
    """A backup brought the earlier numbering back: its numbers belong to other mails now."""
    stage.draft()
    stage.house.receive(BROKEN)
    stage.cycle()
    stage.sql("UPDATE message SET uidvalidity = 7, uid = 10 - uid")  # seen under 7 last, in another order
    stage.sql(
        "UPDATE message SET uidvalidity = (SELECT uidvalidity FROM folder WHERE name = 'INBOX') WHERE id = 2"
    )
    stage.sql("UPDATE message SET uid = 1 WHERE id = 2")
    stage.sql("UPDATE folder SET uidvalidity = 7 WHERE name = 'INBOX'")
    stage.house.receive(BROKEN)
    stage.cycle()
    assert stage.house.states() == {"queued": 3}


def test_a_mail_that_cannot_be_moved_out_of_approved_is_told_once(stage: Stage, account: Account) -> None:
    """Not ours, and nailed down by the server: one note, not one for each look, and approvals go on."""
    uid, _ = stage.draft()
    stage.house.put("Approved", buyer_mail("A mail dragged here by mistake."))
    stage.house.move(uid, "Approved")
    folder = account.dovecot.base / "mail" / account.name / "Maildir" / ".Approved" / "cur"
    folder.chmod(0o555)
    for _ in range(3):
        assert stage.house.once().returncode == 75
    folder.chmod(0o755)
    assert len(stage.house.notes()) == 1
    stage.cycle()
    assert len(stage.house.sink.accepted) == 1
