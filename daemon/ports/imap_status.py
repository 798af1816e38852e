"""The state of folders, by STATUS and by selecting: what a poll compares with the ledger.

Errors: TemporaryError; a folder that is missing is no error for `poll`.
"""

from collections.abc import Sequence

from daemon.errors import TemporaryError
from daemon.ports.imap_errors import refusal
from daemon.ports.imap_folders import listing
from daemon.ports.imap_session import Command, Reply, Session
from daemon.ports.imap_values import FolderStatus
from daemon.ports.imap_wire import Piece, folder_name, number, pairs, responses, values

ITEMS = (b"UIDVALIDITY", b"UIDNEXT", b"MESSAGES", b"HIGHESTMODSEQ")


def poll(session: Session, folders: Sequence[str]) -> dict[str, FolderStatus]:
    """STATUS of all folders, sent together; a missing one is absent (RFC 3501 6.3.10, RFC 7162 3.1.7).

    Also of the selected folder it tells what is there now.
    """
    items = b" ".join(ITEMS if "CONDSTORE" in session.capabilities else ITEMS[:-1])
    commands: list[Command] = [("STATUS", session.argument(folder), b"(%s)" % items) for folder in folders]
    if not commands:
        return {}
    if session.selected is not None:
        # of the selected folder STATUS tells what this session saw last; sent along, the NOOP comes too late
        session.ask("NOOP")
    answer = session.exchange(*commands, wants="STATUS")
    told = _read(answer.data)
    found: dict[str, FolderStatus] = {}
    for folder, reply in zip(folders, answer.replies, strict=True):
        if reply.kind != "OK":
            _excuse_missing(session, folder, reply)
        elif folder not in told:
            raise TemporaryError(f"STATUS {folder}: the server left something out")
        else:
            found[folder] = told[folder]
    return found


def _read(data: Sequence[Piece]) -> dict[str, FolderStatus]:
    told: dict[str, FolderStatus] = {}
    for response in responses(data):
        match values(response):
            case [name, list() as items]:
                found = pairs(items)
                validity, uidnext, messages, modseq = (number(found.get(item)) for item in ITEMS)
                if validity is not None and uidnext is not None and messages is not None:
                    told[folder_name(name)] = FolderStatus(validity, uidnext, messages, modseq or None)
    return told


def _excuse_missing(session: Session, folder: str, refused: Reply) -> None:
    """Return when a refused STATUS means that the folder is not there; raise for any other reason."""
    if "[NONEXISTENT]" in refused.text:
        return
    if any(listed.name == folder and listed.selectable for listed in listing(session, folder)):
        raise refusal(f"STATUS {folder}", refused.kind, refused.text)


def status(session: Session, folder: str) -> FolderStatus:
    """STATUS of a folder that must be there."""
    found = poll(session, [folder])
    if folder not in found:
        raise TemporaryError(f"the folder {folder} is missing")
    return found[folder]


def examine(session: Session, folder: str, *, fresh: bool) -> FolderStatus:
    """Select for reading; see `ImapConnection.examine`."""
    session.select(folder, fresh=fresh)
    selected = session.selected
    if selected is not None and selected.status.uidnext and selected.status.uidvalidity:
        return selected.status
    return status(session, folder)  # a server that tells UIDNEXT by STATUS only
