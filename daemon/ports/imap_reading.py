"""Reading messages: sizes, contents, headers, flags. Nothing here changes mail, not even the seen flag.

An answer holds only what was asked for; what is missing was looked for on a fresh view.
Errors: TemporaryError; PermanentError for a field name that is none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from daemon.errors import PermanentError
from daemon.ports.imap_session import Session
from daemon.ports.imap_values import Fetched, Size
from daemon.ports.imap_wire import Value, content, fetched, names, number, read_internal_date, uid_sets

CUT = 65_536
"""Bytes kept of a message that is too large."""
COMMAND_BYTES = 32_000_000
"""Most bytes asked for in one FETCH."""

_FIELD = re.compile(r"[!-9;-~]+")


def _ask(
    session: Session, folder: str, wanted: Sequence[int], items: str
) -> Iterator[tuple[int, dict[bytes, Value]]]:
    """UID FETCH, in as many commands as the sets need; only messages that were asked for.

    What is missing is asked for once more on a fresh view: it may have come after the last look.
    """
    missing = set(wanted)
    for fresh in (False, True):
        for uid_set in uid_sets(missing):
            data = session.look(folder, "UID", "FETCH", uid_set, items, wants="FETCH", fresh=fresh)
            for uid, found in fetched(data):
                if uid in missing:
                    missing.discard(uid)
                    yield uid, found


def sizes(session: Session, folder: str, wanted: Sequence[int]) -> dict[int, Size]:
    """Size, arrival and flags."""
    told: dict[int, Size] = {}
    for uid, found in _ask(session, folder, wanted, "(UID RFC822.SIZE INTERNALDATE FLAGS)"):
        size, arrival = number(found.get(b"RFC822.SIZE")), found.get(b"INTERNALDATE")
        if size is not None:
            moment = read_internal_date(arrival) if isinstance(arrival, bytes) else None
            # a server that forgot the time of arrival: then it is the time at which we learnt of it
            told[uid] = Size(size, moment or datetime.now(UTC), _flags(found))
    return told


def fetch(
    session: Session, folder: str, wanted: Sequence[int], limit: int, known: Mapping[int, Size] | None
) -> list[Fetched]:
    """Whole messages; see `ImapConnection.fetch`."""
    told = sizes(session, folder, wanted) if known is None else known
    whole = {uid: told[uid] for uid in wanted if uid in told and told[uid].size <= limit}
    large = [uid for uid in wanted if uid in told and told[uid].size > limit]
    commands = [(list(part), "(UID BODY.PEEK[])", False) for part in portions(whole)]
    commands.append((large, f"(UID BODY.PEEK[]<0.{CUT}>)", True))
    result: dict[int, Fetched] = {}
    for part, items, truncated in commands:
        for uid, found in _ask(session, folder, part, items):
            raw, size = content(found), told[uid]
            if raw is not None:
                result[uid] = Fetched(uid, raw, size.internal_at, size.flags, size.size, truncated)
    return [result[uid] for uid in sorted(result)]


def portions(told: Mapping[int, Size]) -> list[dict[int, Size]]:
    """Cut a batch so that no part of it holds more than COMMAND_BYTES."""
    parts: list[dict[int, Size]] = []
    total = COMMAND_BYTES
    for uid, each in told.items():
        total += each.size
        if total > COMMAND_BYTES:
            parts.append({})
            total = each.size
        parts[-1][uid] = each
    return parts


def headers(session: Session, folder: str, wanted: Sequence[int], fields: Sequence[str]) -> dict[int, bytes]:
    """Header blocks with these fields only, as they stand in the message."""
    for field in fields:
        if not _FIELD.fullmatch(field):
            raise PermanentError(f"no header field: {field!r}")
    items = f"(UID BODY.PEEK[HEADER.FIELDS ({' '.join(fields)})])"
    blocks = ((uid, content(found)) for uid, found in _ask(session, folder, wanted, items))
    return {uid: block for uid, block in blocks if block is not None}


def flags(session: Session, folder: str, wanted: Sequence[int]) -> dict[int, frozenset[str]]:
    """Flags by UID."""
    found = _ask(session, folder, wanted, "(UID FLAGS)")
    return {uid: _flags(items) for uid, items in found if b"FLAGS" in items}


def _flags(found: Mapping[bytes, Value]) -> frozenset[str]:
    r"""Flags of the message; `\Recent` is a word about the session and left out."""
    return names(found.get(b"FLAGS")) - {"\\Recent"}
