"""Searching: UIDs by number, by day, and by a header field, exactly.

Every search runs on a fresh view. Errors: TemporaryError; PermanentError for a value that no search may
carry, since a line end in it would be a command of its own.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from imapclient.exceptions import ProtocolError

from daemon.errors import PermanentError, TemporaryError
from daemon.ports.imap_reading import headers
from daemon.ports.imap_session import Session
from daemon.ports.imap_wire import expand_set, number, quoted, search_date

NEEDLE = 300
"""Longest value that is searched for: a sender may write an id that is longer than any command line."""
LISTS_OF_IDS = frozenset({"references", "in-reply-to"})
INDEXED = frozenset({"message-id", "in-reply-to", "subject"})
"""Fields that every server finds."""
NEWEST = 500
"""How many messages are read where a server cannot be asked."""

FEW = 4
"""How many values are searched for one by one; each search goes through the folder."""

_PRINTABLE_RUN = re.compile(r"[!-~]+")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f]")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")


def search(session: Session, folder: str, *criteria: str | bytes) -> tuple[int, ...]:
    """UIDs that match, ascending; asked for as ranges where the server can (ESEARCH, RFC 4731)."""
    if "ESEARCH" in session.capabilities:
        data = session.look(folder, "UID", "SEARCH", "RETURN (ALL)", *criteria, wants="ESEARCH", fresh=True)
        lines = _lines(data)
        if not lines:  # it is there even when nothing matches: silence is not "no message"
            raise ProtocolError("no ESEARCH response")
        match = re.search(rb"\bALL ([\d,:]+)", b" ".join(lines))
        return tuple(sorted(expand_set(match[1]))) if match else ()
    data = session.look(folder, "UID", "SEARCH", *criteria, wants="SEARCH", fresh=True)
    found = {number(word) for line in _lines(data) for word in line.split()}
    return tuple(sorted(uid for uid in found if uid))


def _lines(data: Sequence[object]) -> list[bytes]:
    return [line for line in data if isinstance(line, bytes)]


def uids(session: Session, folder: str, first: int) -> tuple[int, ...]:
    """All UIDs from `first` on. `n:*` names the last message even when it is below n, hence the filter."""
    return tuple(uid for uid in search(session, folder, "UID", f"{max(first, 1)}:*") if uid >= first)


def uids_since(session: Session, folder: str, day: date) -> tuple[int, ...]:
    """UIDs of what arrived on `day` or later, by the server's calendar."""
    return search(session, folder, "SINCE", search_date(day))


def search_header(session: Session, folder: str, field: str, value: str, first: int) -> tuple[int, ...]:
    """UIDs whose field is exactly `value`; see `ImapConnection.search_header`.

    SEARCH matches substrings (RFC 3501 6.4.4), so it only narrows down, by the longest printable part
    of the value; what counts is the field that is fetched afterwards. Where SEARCH is blind for a field, or
    refuses it, that of the newest messages is fetched.
    """
    needle = max(_PRINTABLE_RUN.findall(value), key=len, default="")[:NEEDLE]
    if not needle or _FORBIDDEN.search(value) or _FORBIDDEN.search(field):
        raise PermanentError(f"no value for a header search: {field!r} {value[:100]!r}")
    hits = _candidates(session, folder, field, needle, first)
    blocks = headers(session, folder, [uid for uid in hits if uid >= first], [field])
    return tuple(uid for uid, block in sorted(blocks.items()) if holds(block, field, value))


def present(session: Session, folder: str, field: str, values: Collection[str]) -> frozenset[str]:
    """Those of these values that a message has in a field; see `ImapConnection.present`."""
    if len(values) <= FEW:
        return frozenset(value for value in values if search_header(session, folder, field, value, 1))
    blocks = headers(session, folder, uids(session, folder, 1), [field])
    said = {value for block in blocks.values() for value in _said(block, field.lower())}
    if field.lower() in LISTS_OF_IDS:
        said |= {one for value in said for one in _ids(value)}
    return frozenset(value for value in values if value.strip() in said)


def _candidates(session: Session, folder: str, field: str, needle: str, first: int) -> tuple[int, ...]:
    """UIDs that may have the field; the newest where the server cannot say which."""
    bound = ("UID", f"{first}:*") if first > 1 else ()
    if session.profile.finds_every_field or field.lower() in INDEXED:
        try:
            return search(session, folder, *bound, "HEADER", quoted(field), quoted(needle))
        except (PermanentError, TemporaryError):
            pass  # Yahoo takes no search by References; a server that takes none at all says so again
    return search(session, folder, *(bound or ("ALL",)))[-NEWEST:]


def holds(block: bytes, field: str, value: str) -> bool:
    """Whether a header block has this field with exactly this value, or lists it as one whole id."""
    sought, name = value.strip(), field.lower()
    return any(
        said == sought or (name in LISTS_OF_IDS and sought in _ids(said)) for said in _said(block, name)
    )


def _said(block: bytes, name: str) -> Iterator[str]:
    """What a header block says in the fields of this name."""
    for line in _FOLD.sub(b"", block).splitlines():
        key, _, rest = line.partition(b":")
        if key.strip().decode("ascii", "replace").lower() == name:
            yield rest.decode("utf-8", "surrogateescape").strip()


def _ids(text: str) -> set[str]:
    return {*re.findall(r"<[^<>\s]+>", text), *text.split()}
