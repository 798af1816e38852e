"""The values that cross the IMAP port: what a server is, what it told us, what we hand to it.

Plain frozen data: nothing here touches the network and no error leaves it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from daemon.ports.security import Security


@dataclass(frozen=True, slots=True)
class ImapServer:
    """One account on one server; times in seconds."""

    host: str
    port: int
    security: Security
    username: str
    password: Callable[[], str] = field(repr=False)
    """Asked at each connect, so that a changed credential is found; its errors pass through. With
    `renew` it gives an OAuth access token."""
    ca_file: str | None = None
    connect_timeout: float = 20
    read_timeout: float = 60
    renew: Callable[[str], str] | None = field(default=None, repr=False)
    """Gives another token than the one that the server refused; None: log in by password."""


@dataclass(frozen=True, slots=True)
class FolderNames:
    """The folders of a mailbox as the server calls them: prefix and delimiter are applied."""

    inbox: str
    approval: str
    approved: str
    rejected: str
    reclassify: str
    no_reply_needed: str
    drafts: str | None = None
    sent: str | None = None
    trash: str | None = None
    archive: str | None = None


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """What STATUS or SELECT say about a folder; `modseq` is None without CONDSTORE (RFC 7162)."""

    uidvalidity: int
    uidnext: int
    messages: int
    modseq: int | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """What can be known of a message without its content; `size` in bytes, `internal_at` in UTC."""

    size: int
    internal_at: datetime
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as the server holds it.

    `size` is what the server says; `raw` is shorter when `truncated`: the first 64 KiB of a message
    above the caller's limit. `internal_at` is aware and in UTC.
    """

    uid: int
    raw: bytes = field(repr=False)
    internal_at: datetime
    flags: frozenset[str]
    size: int
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class NewMessage:
    r"""A message to append; `flags` such as `\Draft`, `at` its INTERNALDATE (None: now)."""

    raw: bytes = field(repr=False)
    flags: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where appended messages are, in their order; None where the server has no UIDPLUS (RFC 4315)."""

    uidvalidity: int | None
    uids: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved: old UID to new UID in the target; an absent one did not move.

    The new UID is 0 where the server does not tell it (no UIDPLUS); 0 is never a real one.
    `uidvalidity` is the target's.
    """

    uidvalidity: int | None
    uids: Mapping[int, int]
