"""Everything a person can do with a draft, in whatever client, leads to the right state."""

import email
import re
from collections.abc import Callable, Iterator
from email import policy

import pytest

from tests.daemon_kit import House
from tests.forked import Zygote
from tests.mails import BROKEN, buyer_mail
from tests.stage_kit import ALIAS, ORDER, Stage

WORSE = "And the switch is broken too, it does not turn on at all. Terrible quality."
MINE = "We send a new lamp today."


@pytest.fixture(scope="module", name="zygote")
def _zygote() -> Iterator[Zygote]:
    zygote = Zygote()
    yield zygote
    zygote.close()


@pytest.fixture(name="stage")
def _stage(house: House, zygote: Zygote) -> Stage:
    return Stage(house, zygote)


@pytest.fixture(name="drafts_stage")
def _drafts_stage(house: House, zygote: Zygote) -> Stage:
    """A dedicated mailbox whose own Drafts folder is the queue."""
    house.fill("Drafts", [])
    text = house.config.read_text()
    house.config.write_text(text.replace('brand = "Acme"', 'brand = "Acme"\nlayout = "drafts"'))
    return Stage(house, zygote)


def saved_anew(stage: Stage, raw: bytes, words: str = MINE) -> bytes:
    """What Thunderbird saves: another Message-ID, no X- headers, In-Reply-To and References kept."""
    mail = email.message_from_bytes(stage.edited(raw, words), policy=policy.SMTP)
    mail.replace_header("Message-ID", f"<{abs(hash(words))}@thunderbird.example>")
    del mail["X-Firstreply-Token"]
    return mail.as_bytes()


def flag(house: House, folder: str, flags: list[bytes]) -> None:
    """A client sets flags on everything in a folder."""
    client = house.client()
    client.select_folder(folder)
    client.add_flags(client.search("ALL"), flags)


def delete(house: House, folder: str, uid: int) -> None:
    """A client deletes one mail at once, without Trash."""
    client = house.client()
    client.select_folder(folder)
    client.delete_messages([uid])
    client.expunge()


def copy(house: House, folder: str, target: str) -> None:
    """A client without MOVE copies; the deleting comes later, or never."""
    client = house.client()
    client.select_folder(folder)
    client.copy(client.search("ALL"), target)


def outcome(stage: Stage) -> tuple[dict[str, int], int]:
    """The drafts by state, and how many mails left the house."""
    return stage.house.states(), len(stage.house.sink.accepted)


# ---- edits -----------------------------------------------------------------------------------


def test_an_edit_saved_in_the_queue_is_the_draft_now(stage: Stage) -> None:
    """Thunderbird in a folder with drafts: the new copy under another id, then the old one goes."""
    uid, raw = stage.draft()
    stage.house.put("Approval", saved_anew(stage, raw))
    delete(stage.house, "Approval", uid)
    stage.cycle()
    assert outcome(stage) == ({"edited": 1}, 0)
    (uid,) = stage.house.drafts()
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert MINE in stage.sent_text()


def test_autosave_leaves_one_draft(stage: Stage) -> None:
    """Five saves, each under a new UID and Message-ID: one draft, and the last text is sent."""
    uid, raw = stage.draft()
    for number in range(5):
        stage.house.put("Approval", saved_anew(stage, raw, f"Version {number}."))
        delete(stage.house, "Approval", uid)
        uid = max(stage.house.drafts())
        stage.cycle()
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"sent": 1}, 1)
    assert "Version 4." in stage.sent_text()


def test_the_copy_that_edit_as_new_leaves_behind_is_retired(stage: Stage) -> None:
    """Roundcube saves into Drafts and leaves our copy in the queue: it goes when the edit is approved."""
    _, raw = stage.draft()
    stage.house.put("Drafts", saved_anew(stage, raw))
    stage.cycle()
    assert (outcome(stage), len(stage.house.drafts())) == (({"edited": 1}, 0), 1)
    (uid,) = stage.house.mails("Drafts")
    stage.house.move(uid, "Approved", source="Drafts")
    stage.cycle()
    assert (outcome(stage), stage.house.drafts()) == (({"sent": 1}, 1), {})
    assert MINE in stage.sent_text()


def test_the_old_copy_cannot_be_approved_while_somebody_edits(stage: Stage) -> None:
    """A colleague approves what "edit as new" left behind: held, with a note on the newer one."""
    uid, raw = stage.draft()
    stage.house.put("Drafts", saved_anew(stage, raw))
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"edited": 1}, 0)
    assert any(b"Reason: newer_revision" in note for note in stage.house.notes())
    assert MINE.encode() in b"".join(stage.house.mails("Drafts").values())


def test_an_edit_that_was_thrown_away_leaves_the_draft_as_it_was(stage: Stage) -> None:
    """The agent deletes their own version in Drafts: our copy in the queue can be approved again."""
    uid, raw = stage.draft()
    stage.house.put("Drafts", saved_anew(stage, raw))
    stage.cycle()
    stage.flush("Drafts")
    stage.cycle()
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"sent": 1}, 1)
    assert MINE not in stage.sent_text()


def test_an_edit_sent_from_the_client_ends_draft_and_leftovers(stage: Stage) -> None:
    """Edit as new and Send: the copy in Sent has another id and sender name; the queue is empty again."""
    _, raw = stage.draft()
    sent = saved_anew(stage, raw).replace(b'From: "Acme"', b'From: "Anna of Acme"')
    stage.house.put("Sent", sent)
    stage.cycle()
    assert (outcome(stage), stage.house.drafts()) == (({"answered_by_agent": 1}, 0), {})


def test_a_text_left_in_drafts_after_the_answer_is_set_aside(stage: Stage) -> None:
    """An editor was open while somebody answered, and saves once more: kept in Rejected, with one note."""
    _, raw = stage.draft()
    stage.house.put("Sent", saved_anew(stage, raw))
    stage.cycle()
    for number in range(2):
        stage.house.put("Drafts", saved_anew(stage, raw, f"Saved by an open editor, {number}."))
        stage.cycle()
    kept = b"".join(stage.house.mails("Rejected").values())
    assert b"open editor, 0." in kept
    assert b"open editor, 1." in kept
    assert len(stage.house.notes()) == 1


# ---- moves -----------------------------------------------------------------------------------


def test_a_draft_approved_back_from_rejected(stage: Stage) -> None:
    """Rejected by a slip, then moved on to Approved: that is an approval."""
    uid, _ = stage.draft()
    stage.house.move(uid, "Rejected")
    stage.cycle()
    (uid,) = stage.house.mails("Rejected")
    stage.house.move(uid, "Approved", source="Rejected")
    stage.cycle()
    assert outcome(stage) == ({"sent": 1}, 1)


def test_a_copy_without_a_move_is_an_approval_once(stage: Stage) -> None:
    """Mutt copies and deletes at its end: the same text in two folders is one draft and one mail."""
    stage.draft()
    copy(stage.house, "Approval", "Approved")
    stage.cycle()
    assert outcome(stage) == ({"sent": 1}, 1)
    flag(stage.house, "Approval", [b"\\Deleted"])
    stage.cycle(2)
    assert outcome(stage) == ({"sent": 1}, 1)


def test_what_is_marked_as_deleted_in_approved_is_not_approved(stage: Stage) -> None:
    r"""A client without expunge took the draft back: \Deleted counts as gone from there."""
    uid = stage.approved_but_delayed()
    client = stage.house.client()
    client.select_folder("Approved")
    client.copy([uid], "Approval")
    client.add_flags([uid], [b"\\Deleted"])
    stage.cycle()
    assert outcome(stage) == ({"queued": 1}, 0)


@pytest.mark.parametrize("way", ["Trash", "Archive", "expunge later", "flag only"])
def test_a_deleted_draft_is_rejected(stage: Stage, way: str) -> None:
    r"""To Trash, archived, or \Deleted with no other copy: rejected, the clock runs on, nothing is sent."""
    uid, _ = stage.draft()
    if way in {"Trash", "Archive"}:
        stage.house.fill(way, [])
        stage.house.move(uid, way)
    else:
        flag(stage.house, "Approval", [b"\\Deleted"])
    stage.cycle()
    assert outcome(stage) == ({"rejected": 1}, 0)


def test_gone_is_not_rejected(stage: Stage) -> None:
    """Deleted everywhere at once: waits for its copy in Sent, and is neither sent nor made again."""
    stage.draft()
    stage.flush("Approval")
    stage.cycle(2)
    assert (outcome(stage), stage.house.drafts()) == (({"queued": 1}, 0), {})


def test_a_draft_that_stays_away_has_vanished_and_its_copy_in_sent_still_counts(stage: Stage) -> None:
    """After the grace time: a note; a phone that sends it from its outbox later still ends the clock."""
    _, raw = stage.draft()
    stage.flush("Approval")
    stage.cycle()
    stage.sql("UPDATE draft SET touched_at = touched_at - 90000000000")
    stage.cycle()
    assert (stage.house.states(), len(stage.house.notes())) == ({"vanished": 1}, 1)
    stage.house.put("Sent", raw)
    stage.cycle()
    assert outcome(stage) == ({"answered_by_agent": 1}, 0)


def test_a_draft_that_turns_up_again_waits_for_a_person(stage: Stage) -> None:
    """Vanished, and there again: held with a note, never sent by itself."""
    _, raw = stage.draft()
    stage.flush("Approval")
    stage.cycle()
    stage.sql("UPDATE draft SET touched_at = touched_at - 90000000000")
    stage.cycle()
    stage.house.put("Approved", raw)
    stage.cycle()
    assert (outcome(stage), len(stage.house.drafts())) == (({"held": 1}, 0), 1)
    (uid,) = stage.house.drafts()
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"sent": 1}, 1)


def test_a_flag_approves_where_that_is_switched_on(stage: Stage) -> None:
    """A star on the draft; with the setting off it means nothing."""
    stage.draft()
    flag(stage.house, "Approval", [b"\\Flagged"])
    stage.cycle()
    assert outcome(stage) == ({"queued": 1}, 0)
    text = stage.house.config.read_text()
    stage.house.config.write_text(
        text.replace("settle_seconds = 0", "settle_seconds = 0\n  flag_approves = true")
    )
    stage.cycle()
    assert outcome(stage) == ({"sent": 1}, 1)


def test_a_late_twin_of_an_append_is_swept(stage: Stage) -> None:
    """An APPEND that was given up as lost landed after all: one copy stays, and nothing is sent twice."""
    _, raw = stage.draft()
    stage.house.put("Approval", raw)
    stage.cycle()
    assert len(stage.house.drafts()) == 1


# ---- originals -------------------------------------------------------------------------------


def test_a_draft_moved_into_reclassify_gives_way_to_one_of_that_scenario(stage: Stage) -> None:
    """The label is recorded, the new draft lies in the queue, the old one is gone."""
    uid, _ = stage.draft()
    stage.house.move(uid, "Reclassify/Delivery issue")
    stage.cycle(2)
    assert stage.house.states() == {"superseded": 1, "queued": 1}
    (again,) = stage.house.drafts().values()
    assert b"tracking number" in again
    assert stage.house.mails("Reclassify/Delivery issue") == {}
    assert stage.rows("SELECT scenario, source FROM label") == [("delivery_issue", "reclassify")]


def test_an_original_moved_into_reclassify_comes_back_to_the_inbox(stage: Stage) -> None:
    """Corrected twice: two labels, one draft, and the buyer's mail is no new message in the inbox."""
    stage.draft()
    for folder in ("Delivery issue", "Return request"):
        (uid,) = stage.house.mails("INBOX")
        stage.house.move(uid, f"Reclassify/{folder}", source="INBOX")
        stage.cycle(2)
    assert stage.house.states() == {"superseded": 2, "queued": 1}
    assert len(stage.house.mails("INBOX")) == 1
    assert stage.rows("SELECT COUNT(*) FROM message") == [(1,)]
    assert stage.rows("SELECT scenario FROM label ORDER BY id") == [("delivery_issue",), ("return_request",)]


def test_an_edited_draft_survives_a_correction(stage: Stage) -> None:
    """The person's text is kept and waits, with a note; the label counts all the same."""
    uid, raw = stage.draft()
    stage.house.put("Approval", saved_anew(stage, raw))
    delete(stage.house, "Approval", uid)
    stage.cycle()
    (uid,) = stage.house.drafts()
    stage.house.move(uid, "Reclassify/Delivery issue")
    stage.cycle(2)
    assert stage.house.states() == {"held": 1}
    assert MINE.encode() in b"".join(stage.house.drafts().values())
    assert stage.rows("SELECT scenario FROM label") == [("delivery_issue",)]


def test_an_original_in_no_reply_needed_ends_its_clock(stage: Stage) -> None:
    """Excused: the clock ends, the untouched draft goes, the mail stays where the agent put it."""
    stage.draft()
    (uid,) = stage.house.mails("INBOX")
    stage.house.move(uid, "No reply needed", source="INBOX")
    stage.cycle()
    assert (stage.house.states(), stage.house.drafts()) == ({"superseded": 1}, {})
    assert stage.rows("SELECT state FROM response_clock") == [("excused",)]
    assert len(stage.house.mails("No reply needed")) == 1


def test_a_strange_mail_in_reclassify_is_left_with_a_note(stage: Stage) -> None:
    """Nobody's message: nothing is learned from it, and it is not lost."""
    stage.house.put("Reclassify/Other", buyer_mail("Never seen in the inbox.", number=77))
    stage.cycle(2)
    assert (len(stage.house.mails("Reclassify/Other")), len(stage.house.notes())) == (1, 1)
    assert stage.rows("SELECT COUNT(*) FROM label") == [(0,)]


def test_an_original_that_was_elsewhere_for_a_while_is_no_new_message(stage: Stage) -> None:
    """An agent parks the buyer's mail in a folder of theirs and brings it back: one message, one draft."""
    stage.draft()
    stage.house.fill("Parked", [])
    (uid,) = stage.house.mails("INBOX")
    stage.house.move(uid, "Parked", source="INBOX")
    stage.cycle()
    (uid,) = stage.house.mails("Parked")
    stage.house.move(uid, "INBOX", source="Parked")
    stage.cycle()
    assert stage.house.states() == {"queued": 1}
    assert stage.rows("SELECT COUNT(*) FROM message") == [(1,)]


def test_the_same_mail_twice_in_the_inbox_is_answered_once(stage: Stage) -> None:
    """A copy, byte for byte, beside the first: recorded and left alone."""
    raw = buyer_mail(BROKEN)
    stage.house.put("INBOX", raw)
    stage.house.put("INBOX", raw)
    stage.cycle()
    assert stage.house.states() == {"queued": 1}


def test_a_wholly_own_reply_ends_draft_and_clock(stage: Stage) -> None:
    """The agent presses Reply on the buyer's mail itself: no id of ours, only In-Reply-To."""
    _, raw = stage.draft()
    stage.house.put("Sent", own_reply(raw))
    stage.cycle()
    assert (outcome(stage), stage.house.drafts()) == (({"answered_by_agent": 1}, 0), {})
    assert stage.rows("SELECT state FROM response_clock") == [("answered",)]


def own_reply(raw: bytes) -> bytes:
    """What an agent writes who presses Reply on the buyer's mail itself: no id of ours."""
    draft = email.message_from_bytes(raw, policy=policy.default)
    own = email.message.EmailMessage(policy=policy.SMTP)
    own["From"], own["To"], own["Subject"] = "support@shop.example", draft["To"], draft["Subject"]
    own["Message-ID"], own["In-Reply-To"] = "<own-1@shop.example>", draft["In-Reply-To"]
    own.set_content("A new lamp is on its way to you.")
    return own.as_bytes()


def test_a_wholly_own_reply_in_approved_is_sent_in_place_of_the_draft(stage: Stage) -> None:
    """Written from the buyer's mail and moved to Approved: the one open draft's new text, sent once."""
    _, raw = stage.draft()
    stage.house.put("Approved", own_reply(raw))
    stage.cycle(2)
    assert (outcome(stage), stage.house.drafts()) == (({"sent": 1}, 1), {})
    assert "on its way" in stage.sent_text()


def test_a_buyers_mail_that_quotes_our_ids_is_no_copy(stage: Stage) -> None:
    """Their second mail names our first answer: out of Approved it goes home, in Reclassify it counts."""
    uid, raw = stage.draft()
    stage.house.move(uid, "Approved")
    stage.cycle()
    link = email.message_from_bytes(raw, policy=policy.default)["Message-ID"]
    quoting = buyer_mail(WORSE, number=8, alias=ALIAS, order_id=ORDER).replace(
        b"MIME-Version", f"References: {link}\r\nMIME-Version".encode(), 1
    )
    stage.house.put("INBOX", quoting)
    stage.cycle()
    for folder in ("Approved", "Reclassify/Delivery issue"):
        uid = max(stage.house.mails("INBOX"))
        stage.house.move(uid, folder, source="INBOX")
        stage.cycle(2)
        assert len(stage.house.mails("INBOX")) == 2
    assert outcome(stage) == ({"sent": 1, "superseded": 1, "queued": 1}, 1)


def mail_of_their_own(draft: bytes, words: str) -> bytes:
    """What an agent writes to a draft's buyer without answering anything."""
    own = email.message.EmailMessage(policy=policy.SMTP)
    own["From"], own["Subject"] = "support@shop.example", "About your order"
    own["To"] = email.message_from_bytes(draft, policy=policy.default)["To"]
    own["Message-ID"] = "<own-2@shop.example>"
    own.set_content(words)
    return own.as_bytes()


def test_a_new_mail_to_the_buyer_asks_whether_the_draft_is_still_needed(stage: Stage) -> None:
    """It names no message: no clock stops, and the draft is held until a person says so."""
    _, raw = stage.draft()
    stage.house.put("Sent", mail_of_their_own(raw, "We have a question about your order."))
    stage.cycle()
    assert outcome(stage) == ({"held": 1}, 0)
    assert stage.rows("SELECT state FROM response_clock") == [("open",)]


def test_a_new_mail_to_the_buyer_stops_an_approved_draft(stage: Stage) -> None:
    """Written between the approval and the sending: held with a note, until a person approves once more."""
    stage.approved_but_delayed()
    (raw,) = stage.house.mails("Approved").values()
    stage.house.put("Sent", mail_of_their_own(raw, "We have sent you a new lamp."))
    stage.cycle()
    assert outcome(stage) == ({"held": 1}, 0)
    (uid,) = stage.house.drafts()
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"sent": 1}, 1)


# ---- doubt, disasters ------------------------------------------------------------------------


def doubtful(stage: Stage) -> None:
    """A delivery whose answer was lost."""
    uid, _ = stage.draft()
    stage.house.move(uid, "Approved")
    stage.house.sink.fault = "dot_fin_kept"
    stage.cycle()
    stage.house.sink.fault = None
    stage.cycle()
    assert stage.house.states() == {"in_doubt": 1}


def test_a_note_tells_the_teams_own_time(stage: Stage) -> None:
    """The time zone of its calendar."""
    playbook = '[calendar.office]\ntime_zone = "Asia/Shanghai"\nmonday = ["09:00-18:00"]\n'
    (stage.house.root / "playbook.toml").write_text(playbook)
    stage.house.settings('[deadlines]\ncalendar = "office"')
    doubtful(stage)
    (note,) = stage.house.notes()
    assert re.search(rb"\d\d:\d\d CST on \d\d", note.replace(b"=\r\n", b"").replace(b" \r\n", b" "))


def test_a_person_ends_a_doubt_by_moving_its_note(stage: Stage) -> None:
    """The note into Approved: the buyer has it; the clock ends, and nothing is sent again."""
    doubtful(stage)
    before = len(stage.house.sink.accepted)
    client = stage.house.client()
    client.select_folder("Approval")
    client.move(client.search(["HEADER", "Auto-Submitted", "auto-generated"]), "Approved")
    stage.cycle(2)
    assert stage.house.states() == {"sent": 1}
    assert len(stage.house.sink.accepted) == before
    assert stage.rows("SELECT state FROM response_clock") == [("answered",)]


def test_a_person_ends_a_doubt_by_taking_the_draft_out(stage: Stage) -> None:
    """The draft back into the queue: not sent, so it waits for a new approval."""
    doubtful(stage)
    before = len(stage.house.sink.accepted)
    (uid,) = stage.house.mails("Approved")
    stage.house.move(uid, "Approval", source="Approved")
    stage.cycle(2)
    assert (stage.house.states(), len(stage.house.sink.accepted)) == ({"held": 1}, before)
    (uid,) = stage.house.drafts()
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert (stage.house.states(), len(stage.house.sink.accepted)) == ({"sent": 1}, before + 1)


def many(stage: Stage, number: int) -> list[int]:
    """Drafts for so many buyers; returns their UIDs."""
    for _ in range(number):
        stage.house.receive(BROKEN)
    stage.cycle()
    return sorted(stage.house.drafts())


def test_drafts_that_vanish_in_numbers_freeze_the_mailbox(stage: Stage) -> None:
    """A client's bug wipes the queue: nothing is decided, an alert and a note say so, and back is back."""
    many(stage, 6)
    raws = list(stage.house.drafts().values())
    stage.flush("Approval")
    stage.cycle(2)
    assert stage.house.states() == {"queued": 6}
    (note,) = stage.house.notes()
    assert b"Subject: Please look: this mailbox is frozen" in note
    assert "event=mass_vanish" in stage.house.log()
    for raw in raws:
        stage.house.put("Approval", raw)
    stage.cycle()
    (uid, *_) = stage.house.drafts()
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"queued": 5, "sent": 1}, 1)


def test_a_frozen_mailbox_sends_nothing_until_a_person_says_go_on(stage: Stage) -> None:
    """The note into Approved ends the freeze; what is gone stays gone."""
    first, *_ = many(stage, 6)
    stage.house.move(first, "Approved")
    client = stage.house.client()
    client.select_folder("Approval")
    client.delete_messages(client.search("ALL"))
    client.expunge()
    stage.cycle(2)
    assert stage.house.sink.accepted == []
    (note,) = stage.house.mails("Approval")
    stage.house.move(note, "Approved")
    stage.cycle(2)
    assert len(stage.house.sink.accepted) == 1


def test_approvals_in_numbers_are_held_and_a_second_move_is_meant(house: House, zygote: Zygote) -> None:
    """A slip of the hand moves everything into Approved: nothing leaves until it is moved once more."""
    text = house.config.read_text()
    house.config.write_text(text.replace("settle_seconds = 0", "settle_seconds = 0\n  flood_per_minute = 3"))
    stage = Stage(house, zygote)
    for uid in many(stage, 4):
        house.move(uid, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"held": 4}, 0)
    for uid in list(house.drafts()):
        house.move(uid, "Approved")
    stage.cycle()
    assert outcome(stage) == ({"sent": 4}, 4)


@pytest.mark.parametrize("folder", ["Approval", "Approved"])
def test_a_renumbered_folder_is_read_by_links(stage: Stage, folder: str) -> None:
    """A restored folder has a new UIDVALIDITY: the drafts in it are known, and nothing is sent twice."""
    uid, _ = stage.draft()
    if folder == "Approved":
        stage.house.move(uid, "Approved")
        stage.house.sink.fault = "rcpt_450"
        stage.cycle()
        stage.house.sink.fault = None
        stage.sql("UPDATE delivery SET next_attempt_at = 0 WHERE state = 'prepared'")
    stage.house.remake(folder, list(stage.house.mails(folder).values()))
    stage.cycle(2)
    assert outcome(stage) == (({"sent": 1}, 1) if folder == "Approved" else ({"queued": 1}, 0))


# ---- the account's own drafts as the queue ---------------------------------------------------


def approve_in_drafts(stage: Stage, uid: int, raw: bytes) -> None:
    """Double click, change, save, and move."""
    stage.house.put("Drafts", saved_anew(stage, raw))
    delete(stage.house, "Drafts", uid)
    stage.cycle()
    (uid,) = stage.house.mails("Drafts")
    stage.house.move(uid, "Approved", source="Drafts")


def send_in_drafts(stage: Stage, uid: int, raw: bytes) -> None:
    """Double click, change, Send: the draft goes first, the copy in Sent comes after."""
    delete(stage.house, "Drafts", uid)
    stage.cycle()
    stage.house.put("Sent", saved_anew(stage, raw))


def reject_in_drafts(stage: Stage, uid: int, _raw: bytes) -> None:
    """Into Rejected."""
    stage.house.move(uid, "Rejected", source="Drafts")


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (approve_in_drafts, ({"sent": 1}, 1)),
        (send_in_drafts, ({"answered_by_agent": 1}, 0)),
        (reject_in_drafts, ({"rejected": 1}, 0)),
    ],
)
def test_the_accounts_own_drafts_folder_as_the_queue(
    drafts_stage: Stage, act: Callable[[Stage, int, bytes], None], expected: tuple[dict[str, int], int]
) -> None:
    """Layout "drafts": our draft lies among a person's own, read; theirs are never touched."""
    stage = drafts_stage
    stage.house.receive(BROKEN, alias=ALIAS, order_id=ORDER)
    stage.cycle()
    ((uid, raw),) = stage.house.mails("Drafts").items()
    assert set(stage.house.flags("Drafts")[uid]) >= {b"\\Draft", b"\\Seen"}
    act(stage, uid, raw)
    stage.cycle()
    assert outcome(stage) == expected
    stage.house.put(
        "Drafts", b"From: a@shop.example\r\nTo: b@shop.example\r\nSubject: Own\r\n\r\nPrivate.\r\n"
    )
    stage.house.receive(WORSE, alias=ALIAS, order_id=ORDER)
    stage.cycle(2)
    assert any(b"Private." in mail for mail in stage.house.mails("Drafts").values())


def test_notes_do_not_lie_among_a_persons_drafts(drafts_stage: Stage) -> None:
    """In the layout "drafts" a note comes into the inbox, where no double click makes a mail of it."""
    stage = drafts_stage
    stage.house.put("Approved", buyer_mail("Dragged here by mistake.", number=5))
    stage.cycle(2)
    assert any(b"\r\nAuto-Submitted:" in mail for mail in stage.house.mails("INBOX").values())
    assert not any(b"\r\nAuto-Submitted:" in mail for mail in stage.house.mails("Drafts").values())
