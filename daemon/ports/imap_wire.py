"""IMAP as text: UID sets, quoted names, dates, response codes, and the reading of FETCH and LIST.

Pure functions over bytes. They read only what our own commands can be answered with; `ProtocolError`
(imapclient's) leaves them when a server says something else.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, TypeAlias

from imapclient.exceptions import ProtocolError
from imapclient.imap_utf7 import decode as from_utf7
from imapclient.imap_utf7 import encode as to_utf7

SET_OCTETS = 900
"""Longest UID set of one command: every server takes lines of 1000 octets (RFC 2683 section 3.2.1.5)."""
SET_NUMBERS = 10_000_000
"""Longest range that is believed; a longer one would cost more memory than any folder is worth."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Piece: TypeAlias = bytes | tuple[bytes, bytes]
"""imaplib's form of a response: text, or text that ends in `{n}` with its literal."""
Value: TypeAlias = bytes | list[Any]

_TOKEN = re.compile(
    rb'(?P<paren>[()])|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<literal>\{\d+\})$'
    rb'|(?P<atom>(?:[^\s()"\[]+|\[[^\]]*\]?)+)'
)
_CODE = re.compile(r"\[([A-Z][A-Z0-9.-]*)(?: ([^\]]*))?\]")
_INTERNALDATE = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")


def uid_sets(uids: Iterable[int], octets: int = SET_OCTETS) -> Iterator[str]:
    """Write UIDs as sets such as `1,3:5`, cut where a command would grow too long."""
    parts: list[str] = []
    length = 0
    for low, high in _runs(uids):
        part = str(low) if low == high else f"{low}:{high}"
        if parts and length + len(part) > octets:
            yield ",".join(parts)
            parts, length = [], 0
        parts.append(part)
        length += len(part) + 1
    if parts:
        yield ",".join(parts)


def _runs(uids: Iterable[int]) -> Iterator[tuple[int, int]]:
    low = high = 0
    for uid in sorted(set(uids)):
        if uid < 1:
            raise ValueError(f"{uid} is no UID")
        if uid == high + 1 and low:
            high = uid
            continue
        if low:
            yield low, high
        low = high = uid
    if low:
        yield low, high


def expand_set(text: bytes) -> list[int]:
    """Read `1,3:5` as [1, 3, 4, 5], in the order of the set as COPYUID needs it (RFC 4315)."""
    numbers: list[int] = []
    for part in text.split(b","):
        first, _, last = part.partition(b":")
        try:
            low, high = int(first), int(last or first)
        except ValueError as error:
            raise ProtocolError(f"no UID set: {text[:80]!r}") from error
        if abs(high - low) > SET_NUMBERS:
            raise ProtocolError(f"an unlikely UID set: {text[:80]!r}")
        numbers.extend(range(low, high + 1) if low <= high else range(low, high - 1, -1))
    return numbers


def quoted(text: str) -> bytes:
    """Write an ASCII string as IMAP quotes it. Raises ValueError for what quotes cannot hold."""
    if not text.isascii() or any(sign in text for sign in "\r\n\0"):
        raise ValueError(f"cannot be quoted: {text!r}")
    return _in_quotes(text.encode("ascii"))


def _in_quotes(octets: bytes) -> bytes:
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def folder_argument(folder: str) -> bytes:
    """Write a folder's name in modified UTF-7 (RFC 3501 section 5.1.3), quoted."""
    return quoted(to_utf7(folder).decode("ascii"))


def own_spelling(heard: Value) -> bytes | None:
    """How a server's own spelling of a folder's name is said back to it, quoted; None where ours will do.

    None as well for a name with a line end inside: said back, it would begin a command of its own.
    """
    if not isinstance(heard, bytes) or set(heard) & set(b"\r\n\0"):
        return None
    name, spelled = folder_name(heard), _in_quotes(heard)
    return None if name == "INBOX" or spelled == folder_argument(name) else spelled


def internal_date(moment: datetime) -> bytes:
    """Write an INTERNALDATE, in the zone the moment carries (a naive one counts as UTC)."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    month = MONTHS[aware.month - 1]
    return f'"{aware.day:02d}-{month}-{aware.year:04d} {aware:%H:%M:%S %z}"'.encode("ascii")


def search_date(day: date) -> str:
    """Write a day as SEARCH wants it, whatever the locale."""
    return f"{day.day}-{MONTHS[day.month - 1]}-{day.year:04d}"


def read_internal_date(text: bytes) -> datetime | None:
    """Read an INTERNALDATE as an aware moment in UTC; None when it is none."""
    match = _INTERNALDATE.fullmatch(text)
    if not match:
        return None
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    try:
        zone = timezone(-offset if sign == b"-" else offset)
        number = MONTHS.index(month.decode("ascii").title()) + 1
        moment = datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the 31st of February, year 0, a zone of 99 hours
        return None


def code_of(text: str) -> tuple[str, str]:
    """The response code of a reply and its argument: `[APPENDUID 1 2] done` is ("APPENDUID", "1 2")."""
    match = _CODE.search(text)
    return (match[1], match[2] or "") if match else ("", "")


def responses(data: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Cut imaplib's flat list into responses: each ends with the first piece that is not a tuple."""
    group: list[Piece] = []
    for piece in data:
        group.append(piece)
        if not isinstance(piece, tuple):
            yield group
            group = []


def values(response: Sequence[Piece]) -> list[Value]:
    """Read one response as nested lists of bytes; literals and quoted strings are bytes alike."""
    stack: list[list[Value]] = [[]]
    for piece in response:
        text, literal = piece if isinstance(piece, tuple) else (piece, b"")
        for token in _TOKEN.finditer(text):
            kind, found = token.lastgroup, token[0]
            if kind == "paren":
                _nest(stack, opens=found == b"(")
            elif kind == "quoted":
                stack[-1].append(re.sub(rb"\\(.)", rb"\1", token["quoted"]))
            elif kind == "literal" and isinstance(piece, tuple):
                stack[-1].append(literal)
            else:
                stack[-1].append(found)
    if len(stack) != 1:
        raise ProtocolError("a response with an open parenthesis")
    return stack[0]


def _nest(stack: list[list[Value]], *, opens: bool) -> None:
    if opens:
        inner: list[Value] = []
        stack[-1].append(inner)
        stack.append(inner)
    elif len(stack) > 1:
        stack.pop()
    else:
        raise ProtocolError("a response with a parenthesis too many")


def pairs(items: Sequence[Value]) -> dict[bytes, Value]:
    """Read `KEY value KEY value` as a dict with upper-case keys."""
    result: dict[bytes, Value] = {}
    for key, value in zip(items[0::2], items[1::2], strict=False):
        if isinstance(key, bytes):
            result[key.upper()] = value
    return result


def fetched(data: Iterable[Piece]) -> Iterator[tuple[int, dict[bytes, Value]]]:
    """Each FETCH response with its UID.

    A response without a UID was not asked for and says nothing reliable: its number is a position,
    which another session may have moved meanwhile. It is dropped.
    """
    for response in responses(data):
        match values(response):
            case [_, list() as items]:
                found = pairs(items)
                uid = number(found.get(b"UID"))
                if uid:
                    yield uid, found
            case _:
                raise ProtocolError(f"no FETCH response: {response[0][:80]!r}")


def content(found: dict[bytes, Value]) -> bytes | None:
    """The one BODY[...] of a FETCH response; None when the message is gone (NIL, or nothing at all)."""
    for key, value in found.items():
        if key.startswith(b"BODY[") and isinstance(value, bytes):
            return None if value == b"NIL" else value
    return None


def number(value: Value | None) -> int | None:
    """A number of at most 64 bits (RFC 9051); None for anything else."""
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) <= 20 else None  # noqa: PLR2004  digits of 2**64


def names(value: Value | None) -> frozenset[str]:
    """Flags as text."""
    if not isinstance(value, list):
        return frozenset()
    return frozenset(item.decode("utf-8", "replace") for item in value if isinstance(item, bytes))


def folder_name(value: Value) -> str:
    """A folder's name out of a LIST response; INBOX in any case is `INBOX` (RFC 3501 section 5.1).

    Names that are no modified UTF-7 are read as UTF-8: some servers write it unasked, some clients did.
    """
    if not isinstance(value, bytes):
        raise ProtocolError("a folder without a name")
    try:
        name = str(from_utf7(value)) if value.isascii() else value.decode("utf-8", "replace")
    except ValueError:
        name = value.decode("ascii")
    return "INBOX" if name.upper() == "INBOX" else name
