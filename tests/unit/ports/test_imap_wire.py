"""IMAP as text: what we write, and what we read of what servers write."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.exceptions import ProtocolError

from daemon.ports.imap_wire import (
    SET_OCTETS,
    Piece,
    Value,
    code_of,
    content,
    expand_set,
    fetched,
    folder_argument,
    folder_name,
    internal_date,
    names,
    number,
    own_spelling,
    quoted,
    read_internal_date,
    search_date,
    uid_sets,
    values,
)


@given(st.lists(st.integers(1, 2**32 - 1), max_size=300))
def test_sets_name_exactly_the_uids(uids: list[int]) -> None:
    """What is written as sets is read back as the same UIDs, each once."""
    written = [uid for part in uid_sets(uids) for uid in expand_set(part.encode())]
    assert written == sorted(set(uids))


def test_sets_are_ranges() -> None:
    """Neighbours become a range, duplicates vanish, order does not matter."""
    assert list(uid_sets([5, 3, 1, 4, 9, 3])) == ["1,3:5,9"]
    assert list(uid_sets([])) == []


def test_sets_are_cut() -> None:
    """No set grows beyond what every server takes in one line."""
    odd = range(1, 60_001, 2)
    parts = list(uid_sets(odd))
    assert max(map(len, parts)) <= SET_OCTETS
    assert len(parts) > 10
    assert [uid for part in parts for uid in expand_set(part.encode())] == list(odd)


def test_zero_is_no_uid() -> None:
    """`0:*` or a negative number would mean something else to a server."""
    with pytest.raises(ValueError, match="no UID"):
        list(uid_sets([0, 1]))


def test_set_order_is_kept() -> None:
    """COPYUID pairs by position, also when a server counts downwards."""
    assert expand_set(b"7,5:3,9") == [7, 5, 4, 3, 9]


@pytest.mark.parametrize("text", [b"", b"x", b"1:*", b"1,,2"])
def test_broken_set_is_a_protocol_error(text: bytes) -> None:
    """Nothing else than numbers and ranges is guessed at."""
    with pytest.raises(ProtocolError):
        expand_set(text)


def test_quoting() -> None:
    """Quotes and backslashes are escaped, as RFC 3501 wants it."""
    assert quoted('a "b" \\c') == b'"a \\"b\\" \\\\c"'


@pytest.mark.parametrize("text", ["a\r\nb", "a\nb", "a\0b", "ä"])
def test_unquotable_text_is_refused(text: str) -> None:
    """A line end inside a string would begin a command of its own."""
    with pytest.raises(ValueError, match="cannot be quoted"):
        quoted(text)


@pytest.mark.parametrize("name", ["Zu prüfen & mehr", "已批准", 'a"b', "INBOX"])
def test_folder_names_survive(name: str) -> None:
    """A name written in modified UTF-7 is read back as it was."""
    [written] = values([folder_argument(name)])
    assert folder_name(written) == name


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        (b"Zu pr&APw-fen &- mehr", "Zu prüfen & mehr"),
        (b"&XfJieVHG-", "已批准"),
        (b"&2D3cbA-", "👬"),
        ("Zu prüfen & mehr".encode(), "Zu prüfen & mehr"),
        ("R&D–已批准".encode(), "R&D–已批准"),
        (b"R&D", "R&D"),
        (b"caf\xe9", "caf\ufffd"),
    ],
)
def test_folder_names_are_read_as_servers_write_them(heard: bytes, name: str) -> None:
    """In modified UTF-7 (RFC 3501 5.1.3), in UTF-8 though nobody enabled it (RFC 6855), or as it came."""
    assert folder_name(heard) == name


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("Zu prüfen".encode(), '"Zu prüfen"'.encode()),
        (b'caf\xe9 "x\\y"', b'"caf\xe9 \\"x\\\\y\\""'),
        (b"Zu pr&APw-fen", None),
        (b"inbox", None),
        ("Prüfen\r\nA1 DELETE x".encode(), None),
        (b"caf\xe9\0", None),
        ([], None),
    ],
)
def test_a_servers_own_spelling_is_said_back(heard: Value, said: bytes | None) -> None:
    """Where it is not ours, and never with what would end the command."""
    assert own_spelling(heard) == said


def test_inbox_has_one_spelling() -> None:
    """INBOX is case-insensitive, so it gets one form to be compared by."""
    assert folder_name(b"inbox") == "INBOX"
    assert folder_name(b"Inbox.Sent") == "Inbox.Sent"


def test_internal_date_is_written_in_english() -> None:
    """The month's name does not depend on the locale, the zone is the moment's own."""
    zone = timezone(timedelta(hours=-7))
    assert internal_date(datetime(2026, 3, 5, 4, 5, 6, tzinfo=zone)) == b'"05-Mar-2026 04:05:06 -0700"'


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001  made aware below
def test_internal_date_round_trip(moment: datetime) -> None:
    """A moment comes back in UTC, to the second."""
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    read = read_internal_date(internal_date(aware).strip(b'"'))
    assert read == aware
    assert read is not None
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text", [b"", b"yesterday", b"31-Feb-2026 00:00:00 +0000", b"01-Foo-2026 00:00:00 +0000", b"NIL"]
)
def test_broken_internal_date_is_none(text: bytes) -> None:
    """A date no calendar has is no reason to lose the message."""
    assert read_internal_date(text) is None


def test_search_date() -> None:
    """SEARCH takes days without leading zeros."""
    assert search_date(date(2026, 5, 1)) == "1-May-2026"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[APPENDUID 38505 3955:3957] done", ("APPENDUID", "38505 3955:3957")),
        ("[TRYCREATE] No such [folder]", ("TRYCREATE", "")),
        ("Completed", ("", "")),
    ],
)
def test_code_of(text: str, code: tuple[str, str]) -> None:
    """The first bracket of a reply is its code."""
    assert code_of(text) == code


def test_fetch_reads_all_forms() -> None:
    """Literals, quoted strings, flags with odd signs and NIL are all understood."""
    data: list[Piece] = [
        (b"12 (UID 5 FLAGS (\\Seen $a[b] c]) BODY[] {3}", b"a)b"),
        b")",
        b'7 (UID 9 BODY[HEADER.FIELDS (X-A B)] "x\\"y" RFC822.SIZE 44)',
        b"8 (UID 10 BODY[] NIL)",
    ]
    found = dict(fetched(data))
    assert content(found[5]) == b"a)b"
    assert names(found[5][b"FLAGS"]) == {"\\Seen", "$a[b]", "c]"}
    assert content(found[9]) == b'x"y'
    assert found[9][b"RFC822.SIZE"] == b"44"
    assert content(found[10]) is None


def test_unsolicited_fetch_is_dropped() -> None:
    """A response without a UID tells of a position, which may be another message by now."""
    assert list(fetched([b"3 (FLAGS (\\Flagged))"])) == []


def test_a_body_cannot_pose_as_an_answer() -> None:
    """What stands in a message is never read as protocol."""
    evil = b"Subject: x\r\n\r\n)\r\n* 9 FETCH (UID 77 FLAGS (\\Deleted) BODY[] {5}\r\n"
    data: list[Piece] = [(b"1 (UID 5 BODY[] {%d}" % len(evil), evil), b")"]
    assert [(uid, content(found)) for uid, found in fetched(data)] == [(5, evil)]


@pytest.mark.parametrize("line", [b"1 (UID 5", b"1 UID 5)", b"nonsense", b"1 (UID 5))"])
def test_broken_fetch_is_a_protocol_error(line: bytes) -> None:
    """A response that does not nest is not guessed at."""
    with pytest.raises(ProtocolError):
        list(fetched([line]))


@given(st.binary(max_size=200))
def test_any_line_is_read_or_refused(line: bytes) -> None:
    """Whatever a server says, reading ends, and with nothing but ProtocolError."""
    try:
        read = list(fetched([line]))
    except ProtocolError:
        return
    assert all(str(uid).encode() in line for uid, _ in read)


@pytest.mark.parametrize("text", [b"1:4294967295", b"9" * 5000])
def test_unlikely_numbers_are_refused(text: bytes) -> None:
    """A server cannot make us count to four billion."""
    with pytest.raises(ProtocolError):
        expand_set(text)
    assert number(b"9" * 5000) is None


def test_list_line_with_brackets() -> None:
    """Gmail's folder names begin with a bracket, quoted or not."""
    assert values([b'(\\Noselect) "/" [Gmail]/Sent']) == [[b"\\Noselect"], b"/", b"[Gmail]/Sent"]
