"""The main job, end to end: the daemon as a process, Dovecot, an SMTP server, and an agent's mail client."""

import email
import json
import signal
from email import policy
from email.message import EmailMessage

import pytest

from tests.daemon_kit import SHOP, House, until
from tests.mails import BROKEN, LATE, buyer_mail


def parsed(raw: bytes) -> EmailMessage:
    """A mail as the standard library reads it."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.fixture(name="running")
def _running(house: House) -> House:
    """A daemon whose first run lies behind it."""
    house.first_run()
    house.start()
    until(lambda: "event=cycle" in house.log(), "the first cycle")
    return house


def approve_one(house: House) -> tuple[int, bytes]:
    """Wait for one draft and move it to Approved; returns it."""
    uid, raw = next(iter(until(house.drafts, "a draft").items()))
    house.move(uid, "Approved")
    return uid, raw


def test_a_buyers_mail_becomes_a_sent_and_logged_answer(installed: House, running: House) -> None:
    """Deliver, draft, approve: one mail with the right headers, Sent, the answered flag, ledger, report."""
    assert running is installed
    original = parsed(running.receive(BROKEN))
    approve_one(running)
    until(lambda: running.sink.accepted, "the mail at the SMTP server")
    until(lambda: running.mails("Sent"), "the copy in Sent")
    until(lambda: not running.mails("Approved"), "an empty Approved")
    (accepted,) = running.sink.accepted
    sent = parsed(accepted.raw)
    assert accepted.recipients == (str(original["Reply-To"]),)
    assert accepted.sender == SHOP
    assert sent["To"] == original["Reply-To"]
    assert sent["In-Reply-To"] == original["Message-ID"]
    assert str(sent["References"]).split()[-1] == original["Message-ID"]
    assert str(sent["Subject"]) == f"Re: {original['Subject']}"
    assert b"X-Firstreply" not in accepted.raw
    assert "> Hello, the lamp arrived" in sent.get_content()
    assert until(lambda: [f for f in running.flags().values() if b"\\Answered" in f], "the flag")
    assert running.states() == {"sent": 1}


def test_the_copy_in_sent_is_what_was_sent(running: House) -> None:
    """The agent finds in Sent, once and read, exactly the bytes that the SMTP server took."""
    running.receive(BROKEN)
    approve_one(running)
    (copy,) = until(lambda: running.mails("Sent"), "the copy in Sent").values()
    assert copy == running.sink.accepted[0].raw
    assert next(iter(running.flags("Sent").values())) != ()


def test_report_and_log_tell_the_first_response(running: House) -> None:
    """One log line and one figure tell how long the buyer waited."""
    running.receive(BROKEN)
    approve_one(running)
    until(lambda: "event=first_response" in running.log(), "the log line")
    report = json.loads(running.command("report", "--format", "json").stdout)
    assert report["answered"] == report["messages"] == 1
    assert report["within_24h"] == 1.0
    # the mail says that it was written five minutes before it arrived
    assert 300 <= report["first_response_seconds"]["max"] < 400
    assert report["drafts"]["sent_as_is"] == 1


def test_a_rejected_draft_is_never_sent_and_its_clock_runs_on(running: House) -> None:
    """Moving into Rejected means that a person answers; nothing is sent and nothing is answered."""
    running.receive(BROKEN)
    uid, _ = next(iter(until(running.drafts, "a draft").items()))
    running.move(uid, "Rejected")
    until(lambda: running.states() == {"rejected": 1}, "the rejection")
    report = json.loads(running.command("report", "--format", "json").stdout)
    assert (report["open"], running.sink.accepted) == (1, [])


def test_a_gap_is_held_with_a_note_and_sent_when_filled(running: House) -> None:
    """An approved draft with a gap goes back with a note; edited and approved again, it is sent."""
    running.receive(LATE)
    approve_one(running)
    (note,) = until(running.notes, "the note")
    assert "tracking number" in parsed(note).get_content()
    assert running.sink.accepted == []
    uid, raw = next(iter(until(running.drafts, "the draft back in the queue").items()))
    edited = raw.replace(b"[[", b"").replace(b"]]", b"")
    running.put("Approved", edited)
    until(lambda: running.sink.accepted, "the edited mail")
    assert "Tracking number: tracking number" in parsed(running.sink.accepted[0].raw).get_content()
    assert uid


def test_a_changed_recipient_is_never_sent(running: House) -> None:
    """A draft redirected to anybody but the buyer's relay address is held."""
    running.receive(BROKEN)
    uid, raw = next(iter(until(running.drafts, "a draft").items()))
    relay = parsed(raw)["To"].addresses[0].addr_spec.encode()
    running.put("Approved", raw.replace(relay, b"mia@private.example", 1))
    until(running.notes, "the note")
    assert (running.states(), running.sink.accepted) == ({"held": 1}, [])
    assert uid


def test_a_second_mail_of_the_buyer_replaces_the_untouched_draft(running: House) -> None:
    """One open draft for a conversation: the answer is to the newest message."""
    running.receive(BROKEN, alias="q7d2k9x4m1vsame", order_id="302-7654321-1234567")
    until(running.drafts, "the first draft")
    running.receive(
        "And the switch is broken too, it does not turn on at all. Terrible quality.",
        alias="q7d2k9x4m1vsame",
        order_id="302-7654321-1234567",
    )
    until(lambda: running.states() == {"queued": 1, "superseded": 1}, "the replacement")
    (draft,) = until(lambda: len(running.drafts()) == 1 and running.drafts().values(), "one draft")
    assert "And the switch" in parsed(draft).get_content()


def test_an_answer_from_the_agents_own_client_ends_draft_and_clock(running: House) -> None:
    """What the agent sent themselves is found in Sent by its references; the daemon sends nothing."""
    running.receive(BROKEN)
    _, raw = next(iter(until(running.drafts, "a draft").items()))
    own = parsed(raw)
    del own["Message-ID"], own["X-Firstreply-Token"]
    own["Message-ID"] = "<own-client-1@shop.example>"
    running.put("Sent", own.as_bytes(policy=policy.SMTP))
    until(lambda: running.states() == {"answered_by_agent": 1}, "the agent's answer")
    assert running.sink.accepted == []
    assert json.loads(running.command("report", "--format", "json").stdout)["answered"] == 1


def test_it_is_sent_as_soon_as_the_cool_down_is_over(house: House) -> None:
    """One hint that something changed is enough: the end of a cool-down is a reason to look of its own."""
    house.configure(cool_down=1, idle=False)
    house.config.write_text(house.config.read_text().replace("poll_seconds = 0.1", "poll_seconds = 60"))
    house.first_run()
    house.receive(BROKEN)
    house.start()
    (uid,) = until(house.drafts, "a draft")
    house.move(uid, "Approved")
    assert house.process is not None
    house.process.send_signal(signal.SIGHUP)
    until(lambda: house.sink.accepted, "the mail at the SMTP server", patience=10)


def test_undo_within_the_cool_down(house: House) -> None:
    """Moved back from Approved before the cool-down is over, a draft is waiting again, unsent."""
    house.configure(cool_down=3600)
    house.first_run()
    house.start()
    house.receive(BROKEN)
    approve_one(house)
    until(lambda: house.states() == {"approved": 1}, "the approval")
    house.move(next(iter(house.mails("Approved"))), "Approval", source="Approved")
    until(lambda: house.states() == {"queued": 1}, "the undo")
    assert house.sink.accepted == []


def test_what_the_first_run_makes_is_for_its_user_alone(house: House) -> None:
    """Also where no unit sets a mask: the ledger holds words, and the key of our links."""
    state = house.root / "state"
    (state / "ledger.db").unlink()
    house.first_run()
    made = [state / name for name in ("ledger.db", "ledger.lock")]
    assert [oct(path.stat().st_mode) for path in made] == ["0o100600"] * 2


def test_mail_from_before_the_first_run_gets_no_draft(house: House) -> None:
    """The first run writes a mark: old mail stays what it is, and only --since takes it up."""
    house.receive(BROKEN)
    house.first_run()
    assert house.drafts() == {}
    assert house.once("--since", "2d").returncode == 0
    assert len(house.drafts()) == 1


def test_a_backlog_that_people_have_answered_gets_no_drafts(house: House) -> None:
    """--since on a mailbox that was worked before: a flag or an answer in Sent tells, and no forward."""
    for number in (1, 2):
        house.put("INBOX", buyer_mail(BROKEN, number=number))
    house.mark("INBOX", b"\\Answered")
    for number in (3, 4):
        house.put("INBOX", buyer_mail(BROKEN, number=number))
    for number, to in ((3, "b@marketplace.amazon.de"), (4, "lead@shop.example")):
        asked = f"In-Reply-To: <buyer-q7d2k9x4m1v{number:04d}-{number}@eu-west-1.amazonses.com>"
        house.put("Sent", f"From: support@shop.example\r\nTo: {to}\r\n{asked}\r\n\r\nDone.\r\n".encode())
    done = house.once("--since", "2d")
    assert done.stderr.count("reason=answered_before") == 3
    assert [b"0000004" in raw for raw in house.drafts().values()] == [True]
    assert house.states() == {"queued": 1}


def test_mail_that_no_buyer_wrote_is_left_alone(running: House) -> None:
    """A colleague's mail and a notice are recorded, get no draft, and are not touched."""
    running.put("INBOX", b"From: a@b.example\r\nTo: support@shop.example\r\nSubject: Hi\r\n\r\nLunch?\r\n")
    running.receive(BROKEN)
    until(running.drafts, "the draft of the other mail")
    assert len(running.drafts()) == 1
    assert all(b"\\Seen" not in flags for flags in running.flags().values())


def test_the_inbox_is_never_marked_as_read(running: House) -> None:
    """Nothing depends on, or changes, the agent's view of what is unread."""
    running.receive(BROKEN)
    until(running.drafts, "a draft")
    assert [flags for flags in running.flags().values() if b"\\Seen" in flags] == []


def test_a_second_daemon_is_refused_at_once(running: House) -> None:
    """Two daemons on one ledger: the second says who works there, and ends with 75."""
    second = running.once()
    assert second.returncode == 75
    assert "another firstreply works on this ledger (pid " in second.stderr


def test_it_stops_on_sigterm_and_says_so(installed: House, running: House) -> None:
    """SIGTERM ends it with 0 after what is in hand."""
    assert running is installed
    assert running.stop() == 0
    assert "event=ended" in running.log()


def test_an_answer_seen_elsewhere_is_told_once_and_a_second_approval_is_meant(house: House) -> None:
    """The original is marked as answered: held with a note; approved once more, the draft is sent."""
    house.first_run()
    house.receive(BROKEN)
    assert house.once().returncode == 0
    house.mark("INBOX", b"\\Answered")
    house.move(next(iter(house.drafts())), "Approved")
    assert house.once().returncode == 0
    assert (house.states(), house.sink.accepted) == ({"held": 1}, [])
    assert len(house.notes()) == 1
    house.move(next(iter(house.drafts())), "Approved")
    assert house.once().returncode == 0
    assert house.states() == {"sent": 1}
