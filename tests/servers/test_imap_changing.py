"""Changing a real mailbox: what the port says happened is what happened."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from daemon.errors import PermanentError, TemporaryError
from daemon.ports.imap import ImapConnection, ImapServer, Moved, NewMessage, Placed
from tests.account import Account
from tests.chaos import ChaosProxy
from tests.dovecot import Dovecot

BARE = "IMAP4rev1 LITERAL+"
"""What a server from the last century can do."""


def new(number: int, *flags: str) -> NewMessage:
    """A small message."""
    return NewMessage(f"Subject: {number}\r\n\r\ntext {number}\r\n".encode(), flags)


@pytest.fixture
def connection(imap_server: ImapServer) -> Iterator[ImapConnection]:
    """A connection of the daemon."""
    opened = ImapConnection.connect(imap_server)
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=["MOVE", "UIDPLUS", "MULTIAPPEND UIDPLUS", "LITERAL-", ""])
def lesser(request: pytest.FixtureRequest, dovecot: Dovecot) -> Iterator[Dovecot]:
    """Servers that can do less than Dovecot (asked for, so that a missing one is told of once)."""
    assert dovecot.process is not None
    base = "IMAP4rev1" if request.param in {"LITERAL-", ""} else BARE
    with Dovecot(capabilities=f"{base} {request.param}".strip()) as server:
        yield server


@pytest.fixture
def poor(lesser: Dovecot) -> Iterator[ImapConnection]:
    """A connection to a server that can do little, and tells no places unless it has UIDPLUS."""
    with ChaosProxy(lesser.port) as proxy:
        opened = ImapConnection.connect(Account(lesser).server(port=proxy.port))
        if "UIDPLUS" not in opened.capabilities:
            proxy.rewrite = (rb"\[(APPEND|COPY)UID [^\]]*\] ?", b"")
        yield opened
        opened.close()


def test_append_tells_the_places(connection: ImapConnection) -> None:
    """UIDs come in the order of the messages, flags and times are kept."""
    connection.ensure(["Approval"])
    at = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
    placed = connection.append("Approval", [new(1, "\\Draft", "$Hold"), dataclasses.replace(new(2), at=at)])
    assert placed == Placed(connection.status("Approval").uidvalidity, (1, 2))
    first, second = connection.fetch("Approval", [1, 2])
    assert first.flags == {"\\Draft", "$Hold"}
    assert (second.internal_at, second.raw) == (at, new(2).raw)


def test_append_of_nothing(connection: ImapConnection) -> None:
    """No message is no act; a message without a byte is a mistake."""
    assert connection.append("INBOX", []) == Placed(None, ())
    with pytest.raises(PermanentError):
        connection.append("INBOX", [NewMessage(b"")])


def test_append_creates_the_folder(connection: ImapConnection, account: Account) -> None:
    """A folder that an agent deleted is made again, subscribed, and used."""
    assert connection.append("Approval/New", [new(1)]).uids == (1,)
    assert connection.append("Other", [new(1), new(2)]).uids == (1, 2)
    subscribed = {name for _, _, name in account.agent().list_sub_folders()}
    assert {"Approval/New", "Other"} <= subscribed


def test_append_of_many(connection: ImapConnection) -> None:
    """A batch larger than one command keeps its order."""
    messages = [new(number) for number in range(450)]
    placed = connection.append("INBOX", messages)
    assert placed.uids == tuple(range(1, 451))
    fetched = connection.fetch("INBOX", [1, 200, 201, 450])
    assert [found.raw for found in fetched] == [messages[n].raw for n in (0, 199, 200, 449)]


def test_append_keeps_bytes(connection: ImapConnection) -> None:
    """Line ends, 8-bit text, dots and long lines arrive as they were sent."""
    raw = b"Subject: x\r\n\r\n.\r\n..\r\n" + "Grüße".encode() + b"z" * 100_000 + b"\r\nno end"
    [uid] = connection.append("INBOX", [NewMessage(raw)]).uids
    assert uid is not None
    assert connection.fetch("INBOX", [uid])[0].raw == raw


def test_move_tells_what_moved(connection: ImapConnection) -> None:
    """Only what the server confirmed is in the answer; a second move of the same moves nothing."""
    connection.ensure(["Approved"])
    connection.append("INBOX", [new(number) for number in (1, 2, 3)])
    moved = connection.move("INBOX", [3, 1, 99], "Approved")
    assert moved == Moved(connection.status("Approved").uidvalidity, {1: 1, 3: 2})
    assert connection.move("INBOX", [1], "Approved") == Moved(None, {})
    assert connection.uids("INBOX") == (2,)


def test_move_creates_the_target(connection: ImapConnection) -> None:
    """A target that is missing is made."""
    connection.append("INBOX", [new(1)])
    assert connection.move("INBOX", [1], "Fresh").uids == {1: 1}


def test_move_sees_what_just_came(connection: ImapConnection, account: Account) -> None:
    """A message that came after the folder was selected can be moved."""
    connection.ensure(["Approved"])
    connection.append("INBOX", [new(1)])
    connection.move("INBOX", [1], "Approved")
    account.deliver(new(2).raw)
    assert connection.move("INBOX", [2], "Approved").uids == {2: 2}


def test_remove_touches_nothing_else(connection: ImapConnection, account: Account) -> None:
    r"""Somebody else's \Deleted mark is none of our business."""
    connection.append("INBOX", [new(number) for number in (1, 2, 3)])
    agent = account.agent()
    agent.select_folder("INBOX")
    agent.add_flags([1], [b"\\Deleted"], silent=True)
    connection.remove("INBOX", [2, 77])
    connection.remove("INBOX", [])
    assert connection.uids("INBOX") == (1, 3)
    assert connection.flags("INBOX", [1, 3]) == {1: {"\\Deleted"}, 3: frozenset()}


def test_add_flags(connection: ImapConnection) -> None:
    """System flags and keywords are set, even in a folder that was opened for reading."""
    connection.append("INBOX", [new(1), new(2)])
    connection.examine("INBOX")
    assert connection.add_flags("INBOX", [1, 50], ["\\Answered", "$Hold"]) is True
    assert connection.flags("INBOX", [1, 2]) == {1: {"\\Answered", "$Hold"}, 2: frozenset()}


def test_remove_flags(connection: ImapConnection) -> None:
    """Those and no others, of those mails and no others."""
    connection.append("INBOX", [new(1), new(2)])
    connection.add_flags("INBOX", [1, 2], ["\\Answered", "$Hold"])
    connection.remove_flags("INBOX", [1, 50], ["$Hold"])
    assert connection.flags("INBOX", [1, 2]) == {1: {"\\Answered"}, 2: {"\\Answered", "$Hold"}}


@pytest.mark.parametrize("flag", ["", "a b", "\\", "x)", "a\r\nb", "ä", "*"])
def test_add_flags_refuses_what_is_none(connection: ImapConnection, flag: str) -> None:
    """Nothing but a flag reaches the command."""
    connection.append("INBOX", [new(1)])
    with pytest.raises(PermanentError):
        connection.add_flags("INBOX", [1], [flag])


def test_refusal_leaves_the_connection_good(connection: ImapConnection) -> None:
    """A NO is an answer like any other."""
    connection.append("INBOX", [new(1)])
    with pytest.raises(TemporaryError):
        connection.examine("Nowhere")
    assert connection.uids("INBOX") == (1,)


def test_lesser_servers_append_and_fetch(poor: ImapConnection) -> None:
    """Whatever a server lacks, messages arrive in order, and places are told as far as it tells them."""
    messages = [new(number) for number in range(1, 121)]
    placed = poor.append("Box", messages)
    plus = "UIDPLUS" in poor.capabilities
    assert placed.uids == (tuple(range(1, 121)) if plus else (None,) * 120)
    assert (placed.uidvalidity is not None) == plus
    assert [found.raw for found in poor.fetch("Box", range(1, 121))] == [item.raw for item in messages]
    assert poor.poll(["Box"])["Box"].modseq is None


def test_lesser_servers_move(poor: ImapConnection) -> None:
    """A move is told truthfully: by new UID, or by 0 where only the going can be seen."""
    poor.append("Box", [new(number) for number in (1, 2, 3)])
    poor.append("Target", [new(9)])
    moved = poor.move("Box", [1, 3, 50], "Target")
    assert set(moved.uids) == {1, 3}
    plus = "UIDPLUS" in poor.capabilities
    assert set(moved.uids.values()) == ({2, 3} if plus else {0})
    assert poor.status("Target").messages == 3
    left = poor.flags("Box", [1, 2, 3])
    assert left[2] == frozenset()
    assert all("\\Deleted" in left[uid] for uid in left.keys() - {2})


def test_lesser_servers_remove(poor: ImapConnection) -> None:
    """Without UIDPLUS a message is only marked: a plain expunge could take another one along."""
    poor.append("Box", [new(1), new(2)])
    poor.remove("Box", [1])
    flags = poor.flags("Box", [1, 2])
    expected = {2: frozenset()} if "UIDPLUS" in poor.capabilities else {1: {"\\Deleted"}, 2: frozenset()}
    assert flags == expected
