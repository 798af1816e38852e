"""The IMAP port: one connection to one account, whose answers can be trusted.

All calls block, and a connection belongs to one thread. Folder names are those of the server (see
`resolve`); UIDs are of the folder's current UIDVALIDITY. A missing UID is absent from an answer.

Errors: `TemporaryError` when the network or the server fails, also for every call on a connection
that broke before (make a new one); `InDoubtError` when the reply to `append`, `move`, `remove` or
`add_flags` was lost or told of a part only; `PermanentError` when the server proved that it never
will; `ConfigurationError` from `connect`, `resolve` and `ensure` when a setting is wrong.
"""

import ssl
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from daemon.desk.profile import Profile
from daemon.ports import imap_append as appending
from daemon.ports import imap_folders as folders
from daemon.ports import imap_moving as moving
from daemon.ports import imap_probe as probing
from daemon.ports import imap_reading as reading
from daemon.ports import imap_search as searching
from daemon.ports import imap_status as status
from daemon.ports.imap_session import Session
from daemon.ports.imap_values import (
    Fetched,
    FolderNames,
    FolderStatus,
    ImapServer,
    Moved,
    NewMessage,
    Placed,
    Size,
)
from daemon.ports.security import Security

__all__ = [
    "Fetched",
    "FolderNames",
    "FolderStatus",
    "ImapConnection",
    "ImapServer",
    "Moved",
    "NewMessage",
    "Placed",
    "Security",
    "Size",
]


class ImapConnection:
    """One logged-in connection; make it with `connect`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shape: folders.Hierarchy | None = None

    @classmethod
    def connect(cls, server: ImapServer) -> "ImapConnection":
        """Connect, secure, log in. Raises ConfigurationError or TemporaryError."""
        return cls(Session(server))

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server can do after login, in upper case."""
        return self._session.capabilities

    @property
    def host(self) -> str:
        """The name under which the server was dialled."""
        return self._session.host

    @property
    def profile(self) -> Profile:
        """What the server does otherwise than others."""
        return self._session.profile

    @property
    def certificate(self) -> Mapping[str, Any] | None:
        """The server's certificate, which was accepted; None on a connection in the clear."""
        sock = self._session.transport.sock
        return sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None

    def resolve(self, wanted: Mapping[str, str | None]) -> FolderNames:
        """Turn configured names into the server's.

        Keys are the fields of FolderNames, `/` in a name means hierarchy; the server's prefix and
        delimiter are applied unless the folder is there by exactly that name. Drafts, Sent, Trash and
        the archive are found by special use (RFC 6154), then by usual names, when none is given;
        where nothing looks like Sent, the answer names one that `ensure` creates. Without a name for
        `approval` the drafts folder is the queue.
        """
        shape = self._hierarchy()
        with self._session.guarded("LIST"):
            listed = folders.listing(self._session)
            return folders.resolve(wanted, shape, listed, self.profile)

    def child(self, parent: str, name: str) -> str:
        """The server's name of the folder `name` inside `parent`, such as one scenario's."""
        return self._hierarchy().child(parent, name)

    def place(self, name: str) -> str:
        """The server's name of a folder that is configured as `name`."""
        return self._hierarchy().place(name)

    def _hierarchy(self) -> folders.Hierarchy:
        if self._shape is None:
            with self._session.guarded("NAMESPACE"):
                self._shape = folders.hierarchy(self._session)
        return self._shape

    def ensure(self, folder_names: Iterable[str]) -> tuple[str, ...]:
        """Create what is missing, subscribe all; return what was created."""
        with self._session.guarded("CREATE"):
            return folders.ensure(self._session, folder_names)

    def delete_folder(self, folder: str, instead: str) -> None:
        """Delete a folder that we made ourselves; `instead` is selected from then on."""
        with self._session.guarded("DELETE", changing=True):
            probing.delete(self._session, folder, instead)

    def rights(self, folder: str) -> frozenset[str] | None:
        """The letters of our rights on a folder (RFC 4314); None where the server does not tell."""
        with self._session.guarded("MYRIGHTS"):
            return probing.rights(self._session, folder)

    def quotas(self, folder: str) -> tuple[probing.Quota, ...]:
        """The limits that hold for a folder; none where the server does not tell."""
        with self._session.guarded("GETQUOTAROOT"):
            return probing.quotas(self._session, folder)

    def select(self, folder: str) -> None:
        """Select for writing; a folder that can only be read is an error."""
        self._session.select(folder, writable=True, fresh=True)

    def keeps_keywords(self, folder: str) -> bool:
        """Whether keywords of our own can be set there."""
        self.select(folder)
        keeps = self._session.selected.keeps if self._session.selected else None
        return keeps is None or "\\*" in keeps

    def status(self, folder: str) -> FolderStatus:
        """STATUS of one folder; a missing one is a TemporaryError."""
        with self._session.guarded("STATUS"):
            return status.status(self._session, folder)

    def poll(self, folder_names: Sequence[str]) -> dict[str, FolderStatus]:
        """STATUS of all in one round trip; a missing folder is absent."""
        with self._session.guarded("STATUS"):
            return status.poll(self._session, folder_names)

    def examine(self, folder: str, *, fresh: bool = False) -> FolderStatus:
        """Select for reading.

        Without a round trip when it is selected already and not `fresh`; the answer is then as old as
        the selection. Reading calls select by themselves.
        """
        with self._session.guarded("EXAMINE"):
            return status.examine(self._session, folder, fresh=fresh)

    def uids(self, folder: str, first: int = 1) -> tuple[int, ...]:
        """All UIDs from `first` on, ascending."""
        with self._session.guarded("UID SEARCH"):
            return searching.uids(self._session, folder, first)

    def uids_since(self, folder: str, day: date) -> tuple[int, ...]:
        """UIDs of what arrived on `day` or later; days are the server's own, in its time zone."""
        with self._session.guarded("UID SEARCH"):
            return searching.uids_since(self._session, folder, day)

    def sizes(self, folder: str, uids: Sequence[int]) -> dict[int, Size]:
        """Size, arrival and flags by UID."""
        with self._session.guarded("UID FETCH"):
            return reading.sizes(self._session, folder, uids)

    def portions(self, folder: str, uids: Sequence[int]) -> list[dict[int, Size]]:
        """A batch in parts that memory bears, with what `fetch` wants as `known`."""
        return reading.portions(dict(sorted(self.sizes(folder, uids).items())))

    def fetch(
        self,
        folder: str,
        uids: Sequence[int],
        *,
        limit: int = 25_000_000,
        known: Mapping[int, Size] | None = None,
    ) -> list[Fetched]:
        """Whole messages, ascending by UID, without marking them as read.

        Of a message above `limit` bytes come the first 64 KiB, `truncated`. `known` may hold what
        `sizes` told before; that saves a round trip. Callers cut large batches (`portions`).
        """
        with self._session.guarded("UID FETCH"):
            return reading.fetch(self._session, folder, uids, limit, known)

    def headers(self, folder: str, uids: Sequence[int], fields: Sequence[str]) -> dict[int, bytes]:
        """Raw header blocks with only these fields, by UID."""
        with self._session.guarded("UID FETCH"):
            return reading.headers(self._session, folder, uids, fields)

    def flags(self, folder: str, uids: Sequence[int]) -> dict[int, frozenset[str]]:
        """Flags by UID."""
        with self._session.guarded("UID FETCH"):
            return reading.flags(self._session, folder, uids)

    def present(self, folder: str, field: str, values: Collection[str]) -> frozenset[str]:
        """Those of these values that some message has as its header `field`.

        A few are searched for; for many the field of all messages is fetched once, since each search goes
        through the folder.
        """
        with self._session.guarded("UID SEARCH"):
            return searching.present(self._session, folder, field, values)

    def search_header(self, folder: str, field: str, value: str, *, first: int = 1) -> tuple[int, ...]:
        """UIDs, from `first` on, whose header `field` is exactly `value`.

        In References and In-Reply-To the value may also be one whole id among several. Raises
        PermanentError for a value with control characters or without a printable ASCII one.
        """
        with self._session.guarded("UID SEARCH"):
            return searching.search_header(self._session, folder, field, value, first)

    def append(self, folder: str, messages: Sequence[NewMessage]) -> Placed:
        """Append all; a missing folder is created."""
        with self._session.guarded("APPEND", changing=True):
            return appending.append(self._session, folder, messages)

    def move(self, folder: str, uids: Sequence[int], target: str) -> Moved:
        """Move; only what the server confirmed is in the answer."""
        with self._session.guarded("UID MOVE", changing=True):
            return moving.move(self._session, folder, uids, target)

    def remove(self, folder: str, uids: Sequence[int]) -> None:
        r"""Mark `\Deleted` and expunge exactly these; without UIDPLUS only mark.

        Where folders are labels, that would only archive them: they go through Trash.
        """
        with self._session.guarded("UID EXPUNGE", changing=True):
            moving.remove(self._session, folder, uids)

    def add_flags(self, folder: str, uids: Sequence[int], flags: Sequence[str]) -> bool:
        """Set flags; False when the folder does not keep one of them (the others are set)."""
        with self._session.guarded("UID STORE", changing=True):
            return moving.change_flags(self._session, folder, uids, flags, "+FLAGS.SILENT")

    def remove_flags(self, folder: str, uids: Sequence[int], flags: Sequence[str]) -> None:
        """Take flags away."""
        with self._session.guarded("UID STORE", changing=True):
            moving.change_flags(self._session, folder, uids, flags, "-FLAGS.SILENT")

    def noop(self) -> None:
        """Keep the connection alive."""
        self._session.ask("NOOP")

    def close(self) -> None:
        """Log out and close; never raises."""
        self._session.close()
