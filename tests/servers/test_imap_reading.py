"""Reading from a real server: the answers hold what was asked for, as it is now."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from daemon.errors import PermanentError, TemporaryError
from daemon.ports.imap import ImapConnection, ImapServer, NewMessage
from daemon.ports.imap_search import FEW
from tests.account import Account
from tests.commanded import CommandProxy


def mail(number: int, *lines: str, body: str = "text") -> bytes:
    """A small mail with a Message-ID and further header lines."""
    head = [f"Message-ID: <m{number}@shop.example>", f"Subject: number {number}", *lines]
    return "\r\n".join([*head, "", body, ""]).encode()


@pytest.fixture
def connection(imap_server: ImapServer) -> Iterator[ImapConnection]:
    """A connection of the daemon."""
    opened = ImapConnection.connect(imap_server)
    yield opened
    opened.close()


def test_poll(connection: ImapConnection, account: Account) -> None:
    """One round trip tells the state of all folders; a missing one is no error."""
    connection.ensure(["Approval"])
    account.deliver(mail(1))
    found = connection.poll(["INBOX", "Approval", "Nowhere"])
    assert set(found) == {"INBOX", "Approval"}
    assert found["INBOX"].messages == 1
    assert found["INBOX"].uidnext == 2
    assert found["Approval"].messages == 0
    assert found["INBOX"].modseq is not None


def test_poll_of_names_beyond_ascii(connection: ImapConnection) -> None:
    """Names with other signs, quotes and brackets are polled like any other."""
    names = ["Zu prüfen & mehr", "已批准", 'a "b" (c)', "[Gmail] x"]
    connection.ensure(names)
    assert set(connection.poll(names)) == set(names)


def test_status_of_a_missing_folder(connection: ImapConnection) -> None:
    """A folder that must be there and is not may be there later."""
    with pytest.raises(TemporaryError, match="missing"):
        connection.status("Nowhere")
    assert connection.uids("INBOX") == ()


def test_examine(connection: ImapConnection, account: Account) -> None:
    """Without `fresh` the answer is as old as the selection, with it it is new."""
    before = connection.examine("INBOX")
    account.deliver(mail(1))
    assert connection.examine("INBOX") == before
    now = connection.examine("INBOX", fresh=True)
    assert (now.uidvalidity, now.messages, now.uidnext) == (before.uidvalidity, 1, 2)


def test_uids_are_fresh_and_filtered(connection: ImapConnection, account: Account) -> None:
    """A mail that came after the folder was selected is seen; `n:*` never brings an older one."""
    assert connection.uids("INBOX") == ()
    account.deliver(mail(1), mail(2), mail(3))
    assert connection.uids("INBOX") == (1, 2, 3)
    assert connection.uids("INBOX", 3) == (3,)
    assert connection.uids("INBOX", 4) == ()


def test_every_new_mail_is_seen_at_once(connection: ImapConnection, account: Account) -> None:
    """Dovecot looks at a folder after it answered: no answer of ours may be that old."""
    agent = account.agent()
    for number in range(1, 21):
        agent.append("INBOX", mail(number))
        assert connection.uids("INBOX", number) == (number,)


def test_fetch_finds_what_came_after_the_last_look(connection: ImapConnection, account: Account) -> None:
    """A UID told by a poll is fetched although the selected view does not have it yet."""
    connection.examine("INBOX")
    account.deliver(mail(1))
    assert [found.uid for found in connection.fetch("INBOX", [1])] == [1]


def test_uids_since(connection: ImapConnection) -> None:
    """Days are the server's own: a message of last month is outside, one of now inside."""
    now = datetime.now(UTC)
    old = NewMessage(mail(1), at=now - timedelta(days=30))
    connection.append("INBOX", [old, NewMessage(mail(2), at=now)])
    assert connection.uids_since("INBOX", date.today() - timedelta(days=2)) == (2,)  # noqa: DTZ011  its calendar
    assert connection.uids_since("INBOX", date(2000, 1, 1)) == (1, 2)


def test_fetch(connection: ImapConnection, account: Account) -> None:
    """Bytes, time, flags and size come as they are; a missing UID is absent; nothing becomes read."""
    raw = mail(1, body="Grüße 你好\r\n.\r\n" + "x" * 100_000)
    at = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    connection.append("INBOX", [NewMessage(raw, ("\\Flagged",), at), NewMessage(mail(2))])
    first, second = connection.fetch("INBOX", [2, 77, 1])
    assert (first.uid, first.raw, first.internal_at) == (1, raw, at)
    assert first.flags == {"\\Flagged"}
    assert (first.size, first.truncated) == (len(raw), False)
    assert second.raw == mail(2)
    assert account.agent().select_folder("INBOX", readonly=True)[b"EXISTS"] == 2
    assert connection.flags("INBOX", [1, 2]) == {1: {"\\Flagged"}, 2: frozenset()}


def test_fetch_of_a_large_message(connection: ImapConnection) -> None:
    """Of a message above the limit only the beginning comes, with its true size."""
    large = mail(1, body="y" * 200_000)
    connection.append("INBOX", [NewMessage(large), NewMessage(mail(2))])
    first, second = connection.fetch("INBOX", [1, 2], limit=100_000)
    assert (first.truncated, first.size, len(first.raw)) == (True, len(large), 65_536)
    assert large.startswith(first.raw)
    assert (second.truncated, second.raw) == (False, mail(2))


def test_fetch_with_known_sizes(connection: ImapConnection) -> None:
    """What `sizes` told is believed; a message that went meanwhile is absent."""
    connection.append("INBOX", [NewMessage(mail(number)) for number in (1, 2, 3)])
    known = connection.sizes("INBOX", [1, 2, 3])
    assert {uid: size.size for uid, size in known.items()} == {n: len(mail(n)) for n in (1, 2, 3)}
    connection.remove("INBOX", [2])
    assert [found.uid for found in connection.fetch("INBOX", [1, 2, 3], known=known)] == [1, 3]


def test_many_scattered_uids(connection: ImapConnection) -> None:
    """More UIDs than one command can name are asked for in several."""
    connection.append("INBOX", [NewMessage(mail(number)) for number in range(1, 41)])
    wanted = range(1, 20_000, 2)
    assert sorted(connection.flags("INBOX", wanted)) == list(range(1, 41, 2))


def test_flags_are_never_another_messages(connection: ImapConnection, account: Account) -> None:
    """News about a position is not taken for news about the UID of that number."""
    connection.append("INBOX", [NewMessage(mail(number)) for number in range(1, 11)])
    connection.remove("INBOX", [1])  # from now on UID n is number n-1
    agent = account.agent()
    agent.select_folder("INBOX")
    agent.add_flags([4], [b"\\Flagged"], silent=True)  # UID 4 is number 3
    assert connection.flags("INBOX", [3]) == {3: frozenset()}
    assert connection.flags("INBOX", [4]) == {4: {"\\Flagged"}}


def test_headers(connection: ImapConnection) -> None:
    """Only the fields that were asked for come, as they stand in the message."""
    connection.append("INBOX", [NewMessage(mail(1, "X-Token: abc", "References: <a@b>\r\n <c@d>"))])
    found = connection.headers("INBOX", [1, 5], ["X-Token", "References"])
    assert found == {1: b"X-Token: abc\r\nReferences: <a@b>\r\n <c@d>\r\n\r\n"}


@pytest.mark.parametrize("field", ["X Token", "X)", "X\r\nY", "", "X:"])
def test_header_field_must_be_one(connection: ImapConnection, field: str) -> None:
    """Nothing but a field name reaches the command."""
    with pytest.raises(PermanentError):
        connection.headers("INBOX", [1], [field])


def test_search_header_is_exact(connection: ImapConnection) -> None:
    """SEARCH finds substrings; only the very value counts, folded or not."""
    connection.append(
        "INBOX",
        [
            NewMessage(b"X-Token: k2\r\n\r\nx\r\n"),
            NewMessage(b"X-Token: k20\r\n\r\nx\r\n"),
            NewMessage(b"x-token:\r\n k2\r\n\r\nx\r\n"),
            NewMessage(b"Subject: k2\r\n\r\nX-Token: k2\r\n"),
        ],
    )
    assert connection.search_header("INBOX", "X-Token", "k2") == (1, 3)
    assert connection.search_header("INBOX", "X-Token", "k2", first=2) == (3,)
    assert connection.search_header("INBOX", "X-Token", "k") == ()


@pytest.mark.parametrize("others", [0, FEW])
@pytest.mark.parametrize("field", ["Message-ID", "References"])
def test_values_that_are_present(connection: ImapConnection, field: str, others: int) -> None:
    """Few are searched for and many are read, with the same answer: whole values, folded or not."""
    mails = [f"{field}: <a@b>\r\n\r\nx\r\n", f"{field}:\r\n <c@d>\r\n\r\nx\r\n", "X: <e@f>\r\n\r\n<e@f>\r\n"]
    connection.append("INBOX", [NewMessage(text.encode()) for text in mails])
    wanted = ["<a@b>", "<c@d>", "<e@f>", "<a@", *(f"<{number}@x>" for number in range(others))]
    assert connection.present("INBOX", field, wanted) == {"<a@b>", "<c@d>"}


class Refusing(CommandProxy):
    """Takes no search by a header field, in words that elsewhere mean throttling (Yahoo, by References)."""

    def hear(self, command: bytes, selected: str) -> tuple[bytes, bytes]:  # noqa: ARG002  as the base has it
        """Refuse it, and only that."""
        if b"HEADER " not in command:
            return command, b""
        tag = command.split()[0]
        return b"", tag + b" NO UID SEARCH Server error - Please try again later\r\n"


def test_a_search_that_is_refused_is_done_by_reading(account: Account) -> None:
    """The field of the newest mails is read; a server that takes no search at all is an error as ever."""
    account.deliver(mail(1, "References: <a@b.example> <c@d.example>"), mail(2))
    with Refusing(account.dovecot.port) as proxy:
        connection = ImapConnection.connect(account.server(port=proxy.port))
        assert connection.search_header("INBOX", "References", "<c@d.example>") == (1,)
        assert connection.search_header("INBOX", "References", "<c@d.example>", first=2) == ()
        connection.close()
        with pytest.raises(TemporaryError):
            connection.search_header("INBOX", "References", "<c@d.example>")


def test_search_header_in_lists_of_ids(connection: ImapConnection) -> None:
    """In References an id counts as a whole among several, and in no other field."""
    refs = "<a@b.example>\r\n <c@d.example>"
    connection.append(
        "INBOX",
        [
            NewMessage(f"References: {refs}\r\n\r\nx\r\n".encode()),
            NewMessage(b"In-Reply-To: <c@d.example> (of yesterday)\r\n\r\nx\r\n"),
            NewMessage(b"References: <ac@d.example>\r\n\r\nx\r\n"),
            NewMessage(f"X-Other: {refs}\r\n\r\nx\r\n".encode()),
        ],
    )
    assert connection.search_header("INBOX", "References", "<c@d.example>") == (1,)
    assert connection.search_header("INBOX", "in-reply-to", "<c@d.example>") == (2,)
    assert connection.search_header("INBOX", "X-Other", "<c@d.example>") == ()


@pytest.mark.parametrize("value", ["<a@b>\r\nx LOGOUT", "a\nb", "a\0b", "a\tb", "", "你好"])
def test_search_header_refuses_commands(connection: ImapConnection, value: str) -> None:
    """A value out of a hostile mail never becomes a command; the connection goes on."""
    with pytest.raises(PermanentError):
        connection.search_header("INBOX", "Message-ID", value)
    connection.noop()


@pytest.mark.parametrize("value", ['<a"b\\c@d>', "<ümlaut@shop.example>", "<a b@d>", "{5}"])
def test_search_header_with_odd_signs(connection: ImapConnection, value: str) -> None:
    """Quotes, backslashes, spaces and raw UTF-8 in an id are found all the same."""
    connection.append("INBOX", [NewMessage(f"Message-ID: {value}\r\n\r\nx\r\n".encode())])
    assert connection.search_header("INBOX", "Message-ID", value) == (1,)
