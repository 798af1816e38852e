"""Moving and removing messages, and setting flags: what happened is read from the server, never assumed.

MOVE of a message that is gone answers OK, so that only COPYUID tells what moved (RFC 4315, RFC 6851).
Nothing is ever expunged but by UID, and only what we marked ourselves in the same breath.

Errors: InDoubtError when the reply to a changing command was lost; TemporaryError or PermanentError
when nothing was changed.
"""

import re
from collections.abc import Iterable, Sequence

from daemon.errors import FirstreplyError, InDoubtError, PermanentError, TemporaryError
from daemon.ports.imap_folders import create_for_use, listing
from daemon.ports.imap_search import search
from daemon.ports.imap_session import Session, accept
from daemon.ports.imap_values import Moved
from daemon.ports.imap_wire import Piece, code_of, expand_set, uid_sets

DELETED = r"(\Deleted)"

_COPYUID = re.compile(rb"(\d+) ([\d,:]+) ([\d,:]+)")
_FLAG = re.compile(r"\\?[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")


def move(session: Session, folder: str, wanted: Sequence[int], target: str) -> Moved:
    """Move messages; see `ImapConnection.move`.

    What did not move is tried once more on a fresh view: it may have come after the last look.
    """
    validity: int | None = None
    moved: dict[int, int] = {}
    for fresh in (False, True):
        for uid_set in uid_sets(set(wanted) - moved.keys()):
            try:
                number, pairs = _move_set(session, folder, uid_set, target, fresh=fresh)
            except (TemporaryError, PermanentError):
                if moved:  # what is absent did not move, and that is the whole truth
                    return Moved(validity, moved)
                raise
            validity = number or validity
            moved.update(pairs)
    return Moved(validity, moved)


def _move_set(
    session: Session, folder: str, uid_set: str, target: str, *, fresh: bool
) -> tuple[int | None, dict[int, int]]:
    plus, atomic = "UIDPLUS" in session.capabilities, "MOVE" in session.capabilities
    before = () if plus else search(session, folder, "UID", uid_set)
    if not plus and not before:
        return None, {}
    command = ("UID", "MOVE" if atomic else "COPY", uid_set, session.argument(target))
    session.refresh(folder, fresh=fresh, writable=True)
    answer = session.exchange(command, wants="COPYUID", changing=True)
    if code_of(answer.replies[0].text)[0] == "TRYCREATE":
        create_for_use(session, target)
        answer = session.exchange(command, wants="COPYUID", changing=True)
    accept(command, answer.replies[0])
    validity, pairs = _copied(answer.data)
    if not atomic:
        try:
            _expunge(session, folder, pairs if plus else before)
        except FirstreplyError as error:
            raise InDoubtError(f"copied to {target}, but still in {folder}: {error}") from error
    if not plus:
        after = frozenset(search(session, folder, "UID", uid_set)) if atomic else frozenset()
        pairs = {uid: pairs.get(uid, 0) for uid in before if uid not in after}
    return validity, pairs


def _copied(data: Sequence[Piece]) -> tuple[int | None, dict[int, int]]:
    """What COPYUID says, wherever the server put it; some say it in several pieces."""
    validity: int | None = None
    pairs: dict[int, int] = {}
    for line in data:
        match = _COPYUID.match(line) if isinstance(line, bytes) else None
        if match:
            validity = int(match[1])
            pairs.update(zip(expand_set(match[2]), expand_set(match[3]), strict=False))
    return validity, pairs


def remove(session: Session, folder: str, wanted: Sequence[int]) -> None:
    """Mark and expunge exactly these; see `ImapConnection.remove`."""
    trash = _trash(session) if session.profile.labels else None
    if trash is not None and trash != folder:
        folder, wanted = trash, list(move(session, folder, wanted, trash).uids.values())
    _expunge(session, folder, wanted)


def _trash(session: Session) -> str | None:
    """The folder in which a mail loses all its labels."""
    return next((each.name for each in listing(session) if "\\trash" in each.attributes), None)


def _expunge(session: Session, folder: str, wanted: Iterable[int]) -> None:
    for uid_set in uid_sets(wanted):
        session.act(folder, "UID", "STORE", uid_set, "+FLAGS.SILENT", DELETED, fresh=True)
        if "UIDPLUS" in session.capabilities:
            session.ask("UID", "EXPUNGE", uid_set, changing=True)


def change_flags(
    session: Session, folder: str, wanted: Sequence[int], flags: Sequence[str], change: str
) -> bool:
    """Set flags or take them away; see `ImapConnection.add_flags`."""
    for flag in flags:
        if not _FLAG.fullmatch(flag):
            raise PermanentError(f"no IMAP flag: {flag!r}")
    session.select(folder, writable=True)
    keeps = session.selected.keeps if session.selected else None
    kept = [flag for flag in flags if _is_kept(flag, keeps)]
    if kept:
        for uid_set in uid_sets(wanted):
            session.act(folder, "UID", "STORE", uid_set, change, f"({' '.join(kept)})", fresh=True)
    return len(kept) == len(flags)


def _is_kept(flag: str, keeps: frozenset[str] | None) -> bool:
    r"""Whether PERMANENTFLAGS has the flag, or `\*` for any keyword (RFC 3501 section 7.1)."""
    if keeps is None or flag.lower() in keeps:
        return True
    return not flag.startswith("\\") and "\\*" in keeps
