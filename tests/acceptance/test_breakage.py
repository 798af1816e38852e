"""Things that break while the daemon works: connections, numbering, mails, servers."""

import email
import os
import socket
import subprocess
from email import policy
from email.message import EmailMessage

import pytest

from tests.account import Account
from tests.chaos import ChaosProxy, Fault, Trigger
from tests.daemon_kit import PROGRAM, House, until
from tests.mails import BROKEN, buyer_mail


def text_of(raw: bytes) -> str:
    """The text of a mail."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return str(mail.get_content())


@pytest.fixture(name="running")
def _running(house: House) -> House:
    """A daemon whose first run lies behind it."""
    house.first_run()
    house.start()
    until(lambda: "event=cycle" in house.log(), "the first cycle")
    return house


def test_a_password_that_is_refused_from_the_start_ends_it(house: House) -> None:
    """Exit 78, one sentence with its remedy, no traceback; and systemd never hears that we are ready."""
    (house.root / "password").write_text("wrong")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(house.root / "notify"))
        words = [*PROGRAM, *house.words("run")]
        environment = {**os.environ, "NOTIFY_SOCKET": systemd.getsockname()}
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, env=environment)
        systemd.setblocking(False)
        with pytest.raises(BlockingIOError):
            assert not systemd.recv(1000).startswith(b"READY")
    assert done.returncode == 78
    assert "Traceback" not in done.stderr
    assert "was refused ([AUTHENTICATIONFAILED]" in done.stderr.splitlines()[-1]
    assert done.stderr.splitlines()[-1].endswith("many providers want an app password for IMAP.")


def test_a_password_that_worked_before_ends_no_start(house: House) -> None:
    """One of ten mailboxes has a new password when the host boots: the other nine must be worked."""
    house.first_run()
    (house.root / "password").write_text("wrong")
    house.start()
    until(lambda: "kind=ConfigurationError" in house.log(), "the refusal")
    answer = house.command("status")
    assert answer.returncode == 1
    assert "was refused" in answer.stdout
    assert house.stop() == 0


def test_a_broken_template_is_told_at_the_start(house: House) -> None:
    """Drafts from it would only be notes; the others are written, so the start goes on."""
    own = house.root / "templates" / "en" / "other.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{% if %}")
    done = house.once()
    assert done.returncode == 0
    assert f"event=library_problem file={own} line=1" in done.stderr


CUTS = {
    "the draft's literal goes up": ("on_client", b"X-Firstreply-Token", Fault.RESET, False),
    "the answer to its APPEND comes down": ("on_server", b"APPENDUID", Fault.RESET, False),
    "a FETCH is answered": ("on_server", b"FETCH (", Fault.END, False),
    "the search for new mail is answered": ("on_server", b"ESEARCH", Fault.RESET, False),
}


@pytest.mark.parametrize("where", CUTS, ids=[name.replace(" ", "_") for name in CUTS])
def test_a_cut_connection_leaves_one_draft(house: House, account: Account, where: str) -> None:
    """Wherever the connection is cut, there is exactly one draft, and the answer is sent once."""
    side, text, fault, forward = CUTS[where]
    house.first_run()
    with ChaosProxy(account.dovecot.port) as proxy:
        house.configure(imap_port=proxy.port, idle=False)
        house.start()
        until(lambda: "event=cycle" in house.log(), "the first cycle")
        setattr(proxy, side, Trigger(text, fault, forward))
        house.receive(BROKEN)
        until(lambda: getattr(proxy, side) is None, "the cut")
        until(lambda: house.states() == {"queued": 1}, "the draft queued")
        (uid,) = house.drafts()
        house.move(uid, "Approved")
        until(lambda: house.states() == {"sent": 1}, "the answer sent")
        until(lambda: len(house.mails("Sent")) == 1, "its copy")
    assert len(house.sink.accepted) == 1
    assert house.drafts() == {}


def test_a_new_uidvalidity_drafts_nothing_again(house: House) -> None:
    """A folder that is made anew has the same mails under new numbers: they are recognised by content."""
    house.configure(inbox="Buyers")
    old = buyer_mail("An old question from before the first run?", number=99)
    twice, other = buyer_mail(BROKEN, number=1), buyer_mail(BROKEN, number=2)
    house.fill("Buyers", [old])
    house.first_run()
    house.fill("Buyers", [twice, twice, other])
    house.once()
    assert house.states() == {"queued": 2}
    house.remake("Buyers", [other, twice, twice])
    house.fill("Buyers", [buyer_mail(BROKEN, number=3)])
    done = house.once()
    assert done.returncode == 0, done.stderr
    assert "event=rekeyed" in done.stderr
    assert "matched=3" in done.stderr
    assert house.states() == {"queued": 3}
    assert len(house.drafts()) == 3


def test_a_backlog_of_a_thousand_messages(house: House) -> None:
    """--since takes a backlog on purpose: one draft for each, none twice, and a second run does nothing."""
    house.fill("INBOX", [buyer_mail(BROKEN, number=n) for n in range(1000)])
    house.first_run()
    assert house.once("--since", "2d").returncode == 0
    assert house.states() == {"queued": 1000}
    assert len(house.drafts()) == 1000
    again = house.once()
    assert again.returncode == 0
    assert "queued=" not in again.stderr


def nested(depth: int) -> bytes:
    """A mail of parts within parts."""
    head = b"From: a@marketplace.amazon.de\r\nSubject: deep\r\nMIME-Version: 1.0\r\n"
    body = b"Content-Type: text/plain\r\n\r\nhello\r\n"
    for level in range(depth):
        mark = b"b%d" % level
        body = (
            b'Content-Type: multipart/mixed; boundary="'
            + mark
            + b'"\r\n\r\n--'
            + mark
            + b"\r\n"
            + body
            + b"\r\n--"
            + mark
            + b"--\r\n"
        )
    return head + body


HOSTILE = {
    "no headers": b"\r\njust text\r\n",
    "wrong charset": buyer_mail("Gr\u00fc\u00dfe, es ist kaputt").replace(
        b"charset=utf-8", b"charset=no-such-charset"
    ),
    "2,000 nested parts": nested(2000),
    "30 MB": buyer_mail("x " * 15_000_000, number=77),
    "200,000 header fields": b"From: a@b.example\r\n" + b"X: y\r\n" * 200_000 + b"\r\nhello\r\n",
}


def test_hostile_mail_is_set_aside_and_the_next_is_answered(running: House) -> None:
    """Whatever a mail does, it is recorded, and the good mail behind it gets its draft."""
    running.fill("INBOX", list(HOSTILE.values()))
    running.receive(BROKEN, alias="a1b2c3d4e5f6g7h")
    until(
        lambda: any(b"a1b2c3d4e5f6g7h@" in raw for raw in running.drafts().values()), "the good mail's draft"
    )
    ledger = running.ledger()
    rows = ledger.identity.overview()
    ledger.close()
    assert len(rows) == len(HOSTILE) + 1
    assert {row.reason for row in rows if row.kind == "shunted"} == {"header_too_big", "too_many_parts"}


def test_a_refused_mail_comes_back_with_the_servers_words(running: House) -> None:
    """A 5xx about this mail: held, back in the queue, a note with what the server said; nothing is lost."""
    running.sink.fault = "mail_550"
    running.receive(BROKEN)
    running.move(next(iter(until(running.drafts, "a draft"))), "Approved")
    until(lambda: running.states() == {"held": 1}, "the refusal")
    (note,) = until(running.notes, "the note")
    assert "not your sender" in text_of(note)
    running.sink.fault = None
    running.move(next(iter(until(running.drafts, "the draft back in the queue"))), "Approved")
    until(lambda: running.states() == {"sent": 1}, "the second approval sent")
    assert len(running.sink.accepted) == 1


def test_a_lost_answer_is_a_doubt_and_never_repeated(running: House) -> None:
    """The server took the mail and its answer got lost: in doubt, a note, and nothing is sent again."""
    running.sink.fault = "dot_rst_kept"
    running.receive(BROKEN)
    running.move(next(iter(until(running.drafts, "a draft"))), "Approved")
    until(lambda: running.states() == {"in_doubt": 1}, "the doubt")
    running.sink.fault = None
    (note,) = until(running.notes, "the note")
    assert "may or may not have reached the buyer" in text_of(note).replace("\n", " ").replace("  ", " ")
    assert b"Subject: Please look: in doubt (Mia, order 302-" in note
    running.receive(BROKEN)
    until(lambda: running.states().get("queued") == 1, "another buyer's draft meanwhile")
    assert len(running.sink.accepted) == 1


def test_a_server_that_is_down_delays_nothing_else(running: House) -> None:
    """Refused at the greeting: the draft stays approved and is tried again later; drafting goes on."""
    running.sink.fault = "greets_554"
    running.receive(BROKEN)
    running.move(next(iter(until(running.drafts, "a draft"))), "Approved")
    until(lambda: "outcome=retry" in running.log(), "the failed attempt")
    running.receive(BROKEN)
    until(lambda: running.states() == {"approved": 1, "queued": 1}, "the next draft")
    assert running.sink.accepted == []
