"""Servers that take no long lines and no large mails: what does not fit is told, and stops nothing else."""

import re
from collections.abc import Callable, Iterator

import pytest

from daemon.errors import PermanentError
from daemon.ports.imap import ImapConnection, NewMessage
from tests.account import Account
from tests.chaos import ChaosProxy
from tests.daemon_kit import House, until
from tests.dovecot import Dovecot
from tests.forked import Zygote
from tests.mails import BROKEN, buyer_mail
from tests.stage_kit import Stage

LARGEST = 24_000
SMALL = f"""
mail_plugins = quota
imap_max_line_length = 1000
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=100M
  quota_max_mail_size = {LARGEST}b
}}
"""
LONG = BROKEN + "台灯的玻璃罩碎了，请帮忙。" * 350
"""Fits into the inbox; quoted in a draft it is three times as large."""


@pytest.fixture(scope="module", name="small")
def _small() -> Iterator[Dovecot]:
    """A server that takes lines of 1000 octets and mails of 24 kB."""
    with Dovecot(more=SMALL) as server:
        yield server


@pytest.fixture(name="tight")
def _tight(house: House, small: Dovecot, zygote: Zygote) -> Stage:
    """The house on that server."""
    house.imap_port = small.port
    house.configure()
    return Stage(house, zygote)


@pytest.mark.parametrize("pipelined", [False, True])
def test_a_draft_that_no_folder_takes_is_held_alone(
    tight: Stage, small: Dovecot, zygote: Zygote, pipelined: bool
) -> None:
    """With a note, once; the drafts beside it are queued, whichever way the server takes them."""
    house = tight.house
    with ChaosProxy(small.port) as proxy:
        if pipelined:
            proxy.rewrite = (rb" MULTIAPPEND", b"")
        house.configure(imap_port=proxy.port)
        house.fill("INBOX", [buyer_mail(text, number=n) for n, text in enumerate((BROKEN, LONG, BROKEN))])
        # sent one after the other, a part is stored: the next look tells which
        assert zygote.once(house) == (75 if pipelined else 0)
        tight.cycle(2)
        assert house.states() == {"queued": 2, "held": 1}
        assert len(house.drafts()) == 2
        (note,) = house.notes()
        assert b"larger than the maximum size" in re.sub(rb"=?\r\n", b"", note)
        house.receive(BROKEN, alias="another9bnm5t22")
        tight.cycle()
        assert house.states() == {"queued": 3, "held": 1}
    assert len(house.notes()) == 1


@pytest.mark.parametrize("told", [b"APPENDLIMIT=9000", b"APPENDLIMIT"])
def test_a_limit_that_is_told_is_kept(house: House, account: Account, zygote: Zygote, told: bytes) -> None:
    """Nothing larger is sent up (RFC 7889), be it told of the server or of each folder."""
    with ChaosProxy(account.dovecot.port) as proxy:
        answer = rb"* STATUS Approval (APPENDLIMIT 9000)\r\n\1 OK done"
        proxy.rewrite = (rb"IDLE (?=SORT)|(\w+) BAD [^\r]*APPENDLIMIT[^\r]*", _said(told, answer))
        proxy.watch_for = rb"APPEND [^\r]*\{\d{5,}\+?\}"
        house.configure(imap_port=proxy.port)
        stage = Stage(house, zygote)
        house.fill("INBOX", [buyer_mail(text, number=n) for n, text in enumerate((BROKEN, LONG * 4))])
        stage.cycle()
        assert house.states() == {"queued": 1, "held": 1}
        assert proxy.heard == []


def _said(told: bytes, answer: bytes) -> Callable[[re.Match[bytes]], bytes]:
    return lambda match: match.expand(answer) if match[1] else match[0] + told + b" "


def test_a_copy_that_sent_does_not_take_is_told(house: House, account: Account, zygote: Zygote) -> None:
    """The answer has left: one note, no failing cycle for ever."""
    with ChaosProxy(account.dovecot.port) as proxy:
        house.configure(imap_port=proxy.port)
        stage = Stage(house, zygote)
        uid, _ = stage.draft()
        house.move(uid, "Approved")
        refusals = iter([b"NO [TOOBIG] too large for Sent"])
        proxy.rewrite = (rb"OK \[APPENDUID [^\r]*", lambda match: next(refusals, match[0]))
        stage.cycle(2)
        assert (house.states(), len(house.sink.accepted), len(house.notes())) == ({"sent": 1}, 1, 1)
        assert b"too large for Sent" in house.notes()[0]
        assert b"(Mia, order " in house.notes()[0]


@pytest.mark.parametrize("size", [90_000, 110_000])
def test_a_large_mail_asks_before_it_is_sent_up(small: Dovecot, size: int) -> None:
    """Then the server can refuse it; of an unasked literal that is too large it may only hang up."""
    with ChaosProxy(small.port) as proxy:
        proxy.watch_for = rb"\{\d+\+\}"
        connection = ImapConnection.connect(Account(small, "large").server(port=proxy.port))
        with pytest.raises(PermanentError, match="LIMIT"):
            connection.append("INBOX", [NewMessage(b"Subject: x\r\n\r\n" + b"x" * size)])
        connection.noop()
        connection.close()
        assert bool(proxy.heard) == (size < 100_000)


def test_lines_stay_short(small: Dovecot) -> None:
    """A folder full of gaps, an id longer than any line: every command is one that the server takes."""
    connection = ImapConnection.connect(Account(small, "gaps").server())
    header = b"X-Number: <" + b"x" * 5000 + b"%d>\r\n\r\n"
    connection.append("INBOX", [NewMessage(header % number) for number in range(700)])
    odd = range(1, 700, 2)
    connection.remove("INBOX", odd)
    assert len(connection.flags("INBOX", range(2, 701, 2))) == 350
    assert len(connection.move("INBOX", range(2, 701, 2), "Approved").uids) == 350
    assert connection.search_header("Approved", "X-Number", header[10:-4].decode() % 699) == (350,)
    connection.close()


def test_a_batch_of_large_mails_is_taken_in_parts(house: House, zygote: Zygote) -> None:
    """What memory bears at once: a daemon that is killed at it has the first part in its ledger."""
    stage = Stage(house, zygote)
    house.fill("INBOX", [buyer_mail(BROKEN + " " * 40_000, number=n) for n in range(6)])
    assert zygote.once(house, "record", "after", {"daemon.ports.imap_reading.COMMAND_BYTES": 100_000}) < 0
    assert stage.rows("SELECT count(*) FROM message") == [(2,)]
    stage.cycle()
    assert house.states() == {"queued": 6}


def test_a_full_account_stops_no_answer(house: House, zygote: Zygote) -> None:
    """What is approved leaves, the team is told, and drafts come when there is room again."""
    with Dovecot(more=SMALL.replace("storage=100M", "messages=4")) as server:
        house.imap_port = server.port
        house.configure()
        house.settings('[deadlines]\nalert_to = ["lead@shop.example"]')
        stage = Stage(house, zygote)
        uid, _ = stage.draft()
        house.move(uid, "Approved")
        house.fill("INBOX", [buyer_mail(BROKEN, number=n) for n in (7, 8)])
        assert zygote.once(house) == 75
        assert zygote.once(house) == 75
        assert house.states() == {"sent": 1, "planned": 2}
        told = [mail.raw for mail in house.sink.accepted if mail.recipients == ("lead@shop.example",)]
        assert len(told) == 1
        assert b"The account is full" in told[0]
        house.delete(1, "INBOX")
        house.delete(2, "INBOX")
        stage.cycle(2)
        assert house.states()["queued"] > 0


def test_a_mail_that_is_not_handed_over_stops_no_other(house: House, account: Account) -> None:
    """Dovecot ends the connection at a damaged one: it is found and told of, and the others are answered."""
    house.first_run()
    house.fill("INBOX", [buyer_mail(BROKEN, number=n) for n in range(4)])
    place = account.dovecot.base / "mail" / account.name / "Maildir"
    damaged = sorted([*place.glob("new/*"), *place.glob("cur/*")])[1]
    damaged.chmod(0)
    house.start()
    until(lambda: "event=not_fetched" in house.log(), "the damaged one left out")
    until(lambda: house.states() == {"queued": 3}, "the other drafts")
    house.receive(BROKEN, alias="another9bnm5t22")
    until(lambda: house.states() == {"queued": 4}, "what comes later")
    assert house.log().count("event=not_fetched") == 1
    house.kill()
    damaged.chmod(0o600)
    assert house.once().returncode == 0
    assert house.states() == {"queued": 5}
