"""What the desk must know about one mailbox: its names, its folders, its times.

Promises: frozen values with the defaults of `config/firstreply.toml`; the settings build them, every
stage gets its slice as an argument.

Errors: `ValueError` with a sentence and a remedy from a constructor that is given nonsense; the
settings turn it into a configuration error that names file and key.
"""

import re
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import ClassVar, Literal

from daemon.desk.gesture_model import Patience
from daemon.desk.profile import Profile

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
"""An addr-spec as RFC 5321 section 4.1.2 writes it without quoting; the only form we send to or from."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Folder names as the owner writes them: "/" separates levels, whatever the server's delimiter is.

    None means: found by special use (RFC 6154), else by its usual name.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid", "strict": True}

    inbox: str = "INBOX"
    approval: str = "Approval"
    approved: str = "Approved"
    rejected: str = "Rejected"
    reclassify: str = "Reclassify"
    no_reply_needed: str = "No reply needed"
    sent: str | None = None
    drafts: str | None = None
    trash: str | None = None
    archive: str | None = None

    def __post_init__(self) -> None:
        taken: dict[str, str] = {}
        for key, name in ((each.name, getattr(self, each.name)) for each in fields(self)):
            if name is None:
                continue
            if not name.isprintable() or not all(level.strip() for level in name.split("/")):
                raise ValueError(f"{key} = {name!r} is no folder name; write one such as Support/Approval")
            # a queue that is also the folder of approvals would send every draft unseen
            other = taken.setdefault(name.casefold(), key)
            if other != key:
                raise ValueError(f"{other} and {key} are the same folder {name!r}; give each its own")


@dataclass(frozen=True, slots=True)
class ApprovalTimes:
    """How long the daemon waits for people; seconds."""

    __pydantic_config__: ClassVar = {"extra": "forbid", "strict": True}

    cool_down_seconds: int = 30
    settle_seconds: int = 8
    vanish_hours: int = 24
    flood_per_minute: int = 20
    flag_approves: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.cool_down_seconds <= 86_400:  # noqa: PLR2004  a day is already absurd
            raise ValueError("cool_down_seconds must lie between 0 and 86400")
        if not 0 <= self.settle_seconds <= 3_600:  # noqa: PLR2004  so is an hour
            raise ValueError("settle_seconds must lie between 0 and 3600")

        if not 1 <= self.vanish_hours <= 720:  # noqa: PLR2004  a month
            raise ValueError("vanish_hours must lie between 1 and 720")
        if not 0 <= self.flood_per_minute <= 10_000:  # noqa: PLR2004  beyond that it guards nothing
            raise ValueError("flood_per_minute must lie between 0 (no limit) and 10000")

    @property
    def patience(self) -> Patience:
        """How long a sight must last before it counts.

        A client deletes the draft before its copy in Sent exists (Thunderbird by milliseconds, Roundcube by
        seconds): five times the settle time, 40 s, lie between what was measured and a person's patience.
        """
        settle = timedelta(seconds=self.settle_seconds)
        return Patience(settle, 5 * settle, timedelta(hours=self.vanish_hours), self.flag_approves)

    @property
    def cool_down(self) -> timedelta:
        """The undo time between the move into `Approved` and SMTP."""
        return timedelta(seconds=self.cool_down_seconds)


SELF_FILING = (
    *("gmail.com", "googlemail.com", "outlook.com", "office365.com", "mail.me.com", "icloud.com"),
    *("zoho.com", "zoho.eu", "zoho.in", "zohocloud.ca", "mail.yahoo.com", "mail.yahoo.co.jp", "aol.com"),
)
"""Hosts, with all below them, whose mail service keeps a copy in Sent of what it sends."""


@dataclass(frozen=True, slots=True)
class SendingRules:
    """How answers leave this mailbox.

    `per_minute` is how many may leave within a minute, 0 for any number; `sent_copy` says who puts a copy
    into Sent; `receipt_alert` is how long a receipt may take, zero for ever.
    """

    per_minute: int = 30
    sent_copy: Literal["auto", "daemon", "server"] = "auto"
    receipt_alert: timedelta = timedelta(hours=24)

    def waits_for_server(self, host: str, profile: Profile) -> bool:
        """Whether the server is likely to put a copy into Sent by itself."""
        if self.sent_copy != "auto":
            return self.sent_copy == "server"
        known = any(host.lower() == each or host.lower().endswith(f".{each}") for each in SELF_FILING)
        return known or profile.files_sent


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One IMAP account with its folders; one seller account."""

    name: str
    address: str
    brand: str = ""
    signature: str = ""
    layout: Literal["folders", "drafts"] = "folders"
    folders: Folders = field(default_factory=Folders)
    approval: ApprovalTimes = field(default_factory=ApprovalTimes)
    sending: SendingRules = field(default_factory=SendingRules)

    @property
    def domain(self) -> str:
        """The right-hand side of the Message-IDs we make."""
        return self.address.rpartition("@")[2].lower()
