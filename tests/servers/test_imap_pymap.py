"""The port on a second server: no CONDSTORE, no SPECIAL-USE, no NAMESPACE, no keywords (pymap)."""

from collections.abc import Iterator

import pytest

from daemon.demo.imap_server import HOST, EmbeddedImap
from daemon.errors import ConfigurationError
from daemon.ports.imap import ImapConnection, ImapServer, NewMessage, Security

PASSWORD = "geheim-ß"
RAW = b"Message-ID: <a@shop.example>\r\nReferences: <x@y>\r\n <z@y>\r\nSubject: x\r\n\r\nbody\r\n"


@pytest.fixture
def embedded() -> Iterator[EmbeddedImap]:
    """A fresh server in this process."""
    with EmbeddedImap(0, {"bot": PASSWORD, "agent": "plain"}) as server:
        yield server


@pytest.fixture
def connection(embedded: EmbeddedImap) -> Iterator[ImapConnection]:
    """A connection of the daemon, with a password beyond ASCII."""
    opened = ImapConnection.connect(
        ImapServer(HOST, embedded.port, Security.NONE, "bot", lambda: PASSWORD, None, 5, 10)
    )
    yield opened
    opened.close()


def test_folders(connection: ImapConnection) -> None:
    """Folders are made and found without NAMESPACE and SPECIAL-USE."""
    wanted = {"inbox": "INBOX", "approval": "Approval", "approved": "Approved", "rejected": "Zu prüfen"}
    names = connection.resolve({**wanted, "reclassify": "Reclassify", "no_reply_needed": "None needed"})
    assert (names.rejected, names.sent) == ("Zu prüfen", "Sent")
    child = connection.child(names.reclassify, "Delivery")
    assert connection.ensure([names.approval, names.rejected, child]) == ("Approval", "Zu prüfen", child)
    found = connection.poll([names.inbox, names.approval, names.rejected, "Nowhere"])
    assert set(found) == {"INBOX", "Approval", "Zu prüfen"}
    assert found["INBOX"].modseq is None


def test_reading(connection: ImapConnection, embedded: EmbeddedImap) -> None:
    """What is delivered is seen at once and read as it is."""
    assert connection.uids("INBOX") == ()
    embedded.deliver("bot", RAW, flags=("\\Flagged",))
    [uid] = connection.uids("INBOX")
    [found] = connection.fetch("INBOX", [uid, uid + 1])
    assert (found.raw, found.size, found.truncated) == (RAW, len(RAW), False)
    assert found.flags == {"\\Flagged"}
    assert connection.fetch("INBOX", [uid], limit=10)[0].truncated
    assert connection.headers("INBOX", [uid], ["Subject"]) == {uid: b"Subject: x\r\n\r\n"}
    assert connection.search_header("INBOX", "References", "<z@y>") == (uid,)
    assert connection.search_header("INBOX", "Message-ID", "<a@shop") == ()


def test_changing(connection: ImapConnection) -> None:
    """Messages are placed, moved and removed; a keyword that is not kept is told of."""
    connection.ensure(["Approved"])
    placed = connection.append("Approval", [NewMessage(RAW, ("\\Draft",)), NewMessage(RAW)])
    assert placed.uidvalidity == connection.status("Approval").uidvalidity
    first, second = [uid for uid in placed.uids if uid]
    assert connection.add_flags("Approval", [first], ["\\Answered", "$Hold"]) is False
    assert connection.flags("Approval", [first])[first] >= {"\\Answered", "\\Draft"}
    moved = connection.move("Approval", [first, 9999], "Approved")
    assert set(moved.uids) == {first}
    assert connection.uids("Approved") == (moved.uids[first],)
    connection.remove("Approval", [second])
    assert connection.uids("Approval") == ()


def test_wrong_password(embedded: EmbeddedImap) -> None:
    """A refused login is told apart from a broken connection."""
    server = ImapServer(HOST, embedded.port, Security.NONE, "agent", lambda: "wrong", None, 5, 10)
    with pytest.raises(ConfigurationError, match="refused"):
        ImapConnection.connect(server)


def test_taken_port(embedded: EmbeddedImap) -> None:
    """A port in use is told to the one who starts the server."""
    with pytest.raises(OSError, match="in use"):
        EmbeddedImap(embedded.port, {}).start()
