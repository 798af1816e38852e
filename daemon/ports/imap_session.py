"""One logged-in connection as a sequence of commands: sending, pairing replies, keeping the selection.

Commands can be sent together and their replies read one after the other: over a distance round trips
are what costs. Each command is judged alone. After any error that leaves the stream in doubt the
connection is closed, and every later call raises TemporaryError.

This module leans on private parts of imaplib (`_command`, `_new_tag`, `_get_response`,
`_get_tagged_response`); `tests/servers/test_imap_session.py` pins them.
"""

import imaplib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from daemon.desk.profile import profile_of
from daemon.errors import FirstreplyError, TemporaryError
from daemon.ports.imap_dial import dial, hang_up
from daemon.ports.imap_errors import LOST, refusal, verdict
from daemon.ports.imap_transport import Client, Transport
from daemon.ports.imap_values import FolderStatus, ImapServer
from daemon.ports.imap_wire import Piece, Value, folder_argument, folder_name, own_spelling

FRESH_SECONDS = 1.0

Command: TypeAlias = tuple[str | bytes, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """How one command ended: OK, NO or BAD, and the words after it."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """The replies to commands that were sent together, and the untagged data they brought between them.

    Servers may finish such commands in another order (Dovecot does), so that the data belongs to all.
    """

    replies: tuple[Reply, ...]
    data: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Selected:
    """The selected folder."""

    folder: str
    writable: bool
    status: FolderStatus
    keeps: frozenset[str] | None
    r"""PERMANENTFLAGS, with `\*` when any keyword is kept; None when the server did not say: all."""


class Session:
    """One connection; `close` is the only call that never raises."""

    def __init__(self, server: ImapServer) -> None:
        dialled = dial(server)
        self._client: Client | None = dialled.client
        self.host = server.host
        self.capabilities = dialled.capabilities
        self.profile = profile_of(dialled.capabilities, dialled.greeting)
        self.selected: Selected | None = None
        self._selected_at: float | None = None
        self._spelled: dict[str, bytes] = {}

    def heard_name(self, value: Value) -> str:
        """A folder's name out of LIST; a spelling that is not ours is kept, to be spoken as it was heard."""
        name, spelled = folder_name(value), own_spelling(value)
        if spelled is not None:
            self._spelled[name] = spelled
        return name

    def argument(self, folder: str) -> bytes:
        """A folder's name in a command."""
        return self._spelled.get(folder) or folder_argument(folder)

    @property
    def client(self) -> Client:
        """The library's client, for calls inside `guarded`."""
        if self._client is None:
            raise TemporaryError("the IMAP connection is closed; a new one is needed")
        return self._client

    @property
    def transport(self) -> Transport:
        """The protocol object."""
        return self.client.transport

    def close(self) -> None:
        """Log out and close; never raises."""
        client, self._client, self.selected = self._client, None, None
        if client is not None:
            hang_up(client)

    def drop(self) -> None:
        """Close without a word: the connection is not worth one."""
        client, self._client, self.selected = self._client, None, None
        if client is not None:
            client.transport.shutdown()

    @contextmanager
    def guarded(self, what: str, *, changing: bool = False) -> Iterator[Client]:
        """Translate what goes wrong inside; drop the connection unless it is proven to be in step."""
        client = self.client
        in_step = False
        try:
            yield client
            in_step = True
        except FirstreplyError:
            in_step = True  # judged already, by a complete reply
            raise
        except (*LOST, imaplib.IMAP4.error) as error:
            judged = verdict(error, what, changing=changing)
            in_step = judged.usable
            raise judged.error from error
        finally:
            if not in_step:
                self.drop()

    def exchange(self, *commands: Command, wants: str = "", changing: bool = False) -> Exchange:
        """Send all commands, then read all replies; `wants` names the untagged data to keep."""
        with self.guarded(_name(commands[-1]), changing=changing):
            transport = self.transport
            transport.untagged_responses.clear()  # news nobody read would pile up
            self._selected_at = None
            tags = [transport._command(*command) for command in commands]  # noqa: SLF001  see above
            replies = tuple(self.reply(tag) for tag in tags)
            return Exchange(replies, transport.untagged_responses.pop(wants, []))

    def reply(self, tag: bytes) -> Reply:
        """Read the reply to one sent command; only inside `guarded`."""
        transport = self.transport
        kind, data = transport._get_tagged_response(tag)  # noqa: SLF001  see above
        goodbye = transport.untagged_responses.get("BYE")
        if goodbye:
            raise transport.abort(f"the server said goodbye: {goodbye[-1]!r}")
        return Reply(kind, bytes(data[-1] or b"").decode("utf-8", "replace"))

    def ask(self, *command: str | bytes, wants: str = "", changing: bool = False) -> Sequence[Piece]:
        """Send one command and return its data; raise unless the server says OK."""
        answer = self.exchange(command, wants=wants, changing=changing)
        accept(command, answer.replies[0])
        return answer.data

    def look(self, folder: str, *command: str | bytes, wants: str, fresh: bool) -> Sequence[Piece]:
        """Run a reading command in a folder; see `refresh` for what `fresh` costs."""
        self.refresh(folder, fresh=fresh, writable=False)
        return self.ask(*command, wants=wants)

    def act(self, folder: str, *command: str | bytes, wants: str = "", fresh: bool) -> Sequence[Piece]:
        """Run a changing command in a folder."""
        self.refresh(folder, fresh=fresh, writable=True)
        return self.ask(*command, wants=wants, changing=True)

    def refresh(self, folder: str, *, fresh: bool, writable: bool) -> None:
        """Select a folder unless it is; with `fresh` see it as it is now, at a round trip's price.

        Without it a session may not know what another one appended before the question was asked. The
        NOOP must be answered before the question is sent: Dovecot runs the two in one go, and then
        looks at the folder last.
        """
        if self.select(folder, writable=writable) and fresh and not self._just_selected():
            self.ask("NOOP")

    def _just_selected(self) -> bool:
        """Whether SELECT was the last command, and not long ago."""
        return self._selected_at is not None and time.monotonic() - self._selected_at < FRESH_SECONDS

    def select(self, folder: str, *, writable: bool = False, fresh: bool = False) -> bool:
        """Select a folder unless it is; True when it was selected before, so that its view may be old."""
        now = self.selected
        if now is not None and now.folder == folder and not fresh and (now.writable or not writable):
            return True
        if now is not None and now.folder == folder:
            writable = writable or now.writable
        self.selected = None
        with self.guarded(f"SELECT {folder}") as client:
            kind, data = client.transport.select(self.argument(folder), not writable)  # type: ignore[arg-type]  # bytes pass
            if kind != "OK":
                raise refusal(f"SELECT {folder}", kind, bytes(data[-1] or b"").decode("utf-8", "replace"))
            self.selected = _selection(client, folder, writable=writable)
            self._selected_at = time.monotonic()
        return False

    def new_tag(self) -> bytes:
        """A tag for a command that is written by hand; only inside `guarded`."""
        transport = self.transport
        transport.untagged_responses.clear()
        return bytes(transport._new_tag())  # noqa: SLF001  see above

    def may_continue(self, tag: bytes) -> bool:
        """Wait for the server's consent to a literal; False when it refused the command `tag`."""
        transport = self.transport
        while transport._get_response() is not None:  # noqa: SLF001  None is the continuation request
            if transport.tagged_commands[tag] is not None:
                return False
        return True


def accept(command: Command, reply: Reply) -> Reply:
    """The reply itself when it is OK, else the error it stands for."""
    if reply.kind != "OK":
        raise refusal(_name(command), reply.kind, reply.text)
    return reply


def _name(command: Command) -> str:
    """What to call a command in an error: its words, without arguments that may be long or private."""
    words = [word if isinstance(word, str) else word.decode("ascii", "replace") for word in command]
    return " ".join(words[:2] if words[0] == "UID" else words[:1])


def _selection(client: Client, folder: str, *, writable: bool) -> Selected:
    untagged = client.transport.untagged_responses
    status = FolderStatus(
        uidvalidity=_number(untagged, "UIDVALIDITY"),
        uidnext=_number(untagged, "UIDNEXT"),
        messages=_number(untagged, "EXISTS"),
        modseq=_number(untagged, "HIGHESTMODSEQ") or None,
    )
    match = re.search(rb"\(([^)]*)\)", _last(untagged, "PERMANENTFLAGS"))
    untagged.clear()
    keeps = frozenset(match[1].decode("utf-8", "replace").lower().split()) if match else None
    return Selected(folder, writable, status, keeps)


def _last(untagged: Mapping[str, list[Piece]], key: str) -> bytes:
    """The last text the server gave under a name; empty when it gave none."""
    piece = untagged.get(key, [b""])[-1]
    return piece if isinstance(piece, bytes) else b""


def _number(untagged: Mapping[str, list[Piece]], key: str) -> int:
    match = re.match(rb"\d+", _last(untagged, key))
    return int(match[0]) if match else 0
