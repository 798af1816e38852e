"""What an agent does in a mailbox with a mail client, on any server, as the clients do it there.

Folders are named as in the configuration; `prefix` is what the server wants before all but the inbox.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from imapclient import IMAPClient

INBOX = "INBOX"


class Mailroom:
    """One account as its agents see it; a ghost marked as deleted counts as gone, as clients show it."""

    def __init__(self, imap_port: int, user: str, password: str, prefix: str = "") -> None:
        self.imap_port, self.user, self.prefix = imap_port, user, prefix
        self.names: dict[str, str] = {}
        """What the server calls a folder, where that is not prefix and name."""
        self._password = password
        self._clients: list[IMAPClient] = []

    def client(self) -> IMAPClient:
        """A mail client of the agent's, which `leave` ends."""
        client = IMAPClient("127.0.0.1", port=self.imap_port, ssl=False, timeout=20)
        client.login(self.user, self._password)
        client.capabilities()
        self._clients.append(client)
        return client

    def leave(self) -> None:
        """Close all clients that are still open."""
        for client in self._clients:
            client.shutdown()

    def named(self, folder: str) -> str:
        """The server's name of a folder."""
        return folder if folder == INBOX else self.names.get(folder, self.prefix + folder)

    @contextmanager
    def visit(self, folder: str = "", *, readonly: bool = False) -> Iterator[IMAPClient]:
        """A client for one thing to do, with the folder selected."""
        client = self.client()
        if folder:
            client.select_folder(self.named(folder), readonly=readonly)
        try:
            yield client
        finally:
            client.logout()
            self._clients.remove(client)

    # ---- seeing ------------------------------------------------------------------------------

    def mails(self, folder: str) -> dict[int, bytes]:
        """What lies in a folder, by UID."""
        with self.visit() as client:
            if not client.folder_exists(self.named(folder)):
                return {}
            client.select_folder(self.named(folder), readonly=True)
            found = client.fetch(client.search("UNDELETED"), ["BODY.PEEK[]"])
            return {uid: data[b"BODY[]"] for uid, data in sorted(found.items())}

    def drafts(self) -> dict[int, bytes]:
        """The drafts, without the notes, that wait in the queue."""
        return {uid: raw for uid, raw in self.mails("Approval").items() if not is_note(raw)}

    def notes(self) -> list[bytes]:
        """The notes that lie in the queue."""
        return [raw for raw in self.mails("Approval").values() if is_note(raw)]

    def flags(self, folder: str = INBOX) -> dict[int, tuple[bytes, ...]]:
        """The flags of a folder's mails."""
        with self.visit(folder, readonly=True) as client:
            found = client.fetch(client.search("ALL"), ["FLAGS"])
            return {uid: data[b"FLAGS"] for uid, data in found.items()}

    # ---- acting ------------------------------------------------------------------------------

    def put(self, folder: str, raw: bytes, flags: Sequence[bytes] = ()) -> None:
        """Any mail arrives in a folder, or is saved there; a missing folder is made."""
        with self.visit() as client:
            if not client.folder_exists(self.named(folder)):
                client.create_folder(self.named(folder))
            client.append(self.named(folder), raw, flags)

    def fill(self, folder: str, raws: list[bytes]) -> None:
        """Many mails arrive at once."""
        with self.visit() as client:
            if not client.folder_exists(self.named(folder)):
                client.create_folder(self.named(folder))
            for start in range(0, len(raws), 100):
                client.multiappend(self.named(folder), raws[start : start + 100])

    def remake(self, folder: str, raws: list[bytes]) -> None:
        """The provider restores a folder: the same mails under a new UIDVALIDITY."""
        name = self.named(folder)
        with self.visit() as client:
            validity = client.folder_status(name, ["UIDVALIDITY"])[b"UIDVALIDITY"]
            client.delete_folder(name)
            client.create_folder(name)
            assert client.folder_status(name, ["UIDVALIDITY"])[b"UIDVALIDITY"] != validity
        self.fill(folder, raws)

    def move(self, uid: int, folder: str, source: str = "Approval") -> None:
        """The agent drags a mail into another folder."""
        with self.visit(source) as client:
            if client.has_capability("MOVE"):
                client.move([uid], self.named(folder))
            else:
                client.copy([uid], self.named(folder))
                _erase(client, uid)

    def copy(self, uid: int, folder: str, source: str = "Approval") -> None:
        """The agent copies a mail: from now on there are two."""
        with self.visit(source) as client:
            client.copy([uid], self.named(folder))

    def delete(self, uid: int, source: str = "Approval", *, expunge: bool = True) -> None:
        """The agent deletes a mail for good; without `expunge` it is only struck through."""
        with self.visit(source) as client:
            if expunge:
                _erase(client, uid)
            else:
                client.delete_messages([uid], silent=True)

    def save(self, uid: int, raw: bytes, source: str = "Approval", flags: Sequence[bytes] = ()) -> None:
        """The agent saves an edit where the mail lies: the new copy first, then the old one goes."""
        with self.visit(source) as client:
            client.append(self.named(source), raw, flags)
            _erase(client, uid)

    def mark(self, folder: str, flag: bytes) -> None:
        """The agent's client sets a flag on all mails of a folder."""
        with self.visit(folder) as client:
            client.add_flags(client.search("ALL"), [flag], silent=True)


def is_note(raw: bytes) -> bool:
    """Whether a mail of the queue is a note of the daemon's."""
    return b"\r\nAuto-Submitted:" in raw


def _erase(client: IMAPClient, uid: int) -> None:
    """Expunge one mail where the server can do that; elsewhere it stays as a ghost."""
    client.delete_messages([uid], silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge([uid])
