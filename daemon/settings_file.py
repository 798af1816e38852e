"""The shape of `firstreply.toml`: every key, its type, its default, its rules.

Promises: unknown keys, wrong types and clear-text secrets are refused by pydantic in strict mode; what
a key means stands in `config/`, and a test compares keys and defaults there with the ones here.

Errors: `ValueError` inside validators, which pydantic collects; `settings.py` turns the collection
into one `ConfigurationError` that names file, key and remedy.
"""

import re
from datetime import timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from daemon.desk.alert import reaches_buyers
from daemon.desk.mailbox import ADDRESS, ApprovalTimes, Folders
from daemon.ports.credentials import Secret
from daemon.ports.security import Security

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_DURATION = re.compile(r"([0-9]{1,6})\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: object) -> timedelta:
    """A duration as people write it: a whole number and one of s, m, h, d, such as "2h" or "7d"."""
    if isinstance(text, timedelta):
        return text
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError('write a whole number and a unit (s, m, h, d), such as "2h"')
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _secret(value: object) -> object:
    if isinstance(value, str):
        raise ValueError(  # noqa: TRY004  pydantic collects only ValueError
            "a secret in clear text is not allowed here; write "
            '{ credential = "NAME" }, { env = "NAME" }, { file = "/path" } or { command = "..." }'
        )
    return value


def _security(value: object) -> object:
    return Security(value) if isinstance(value, str) and value in set(Security) else value


def _address(value: object) -> object:
    if isinstance(value, str) and not ADDRESS.fullmatch(value):
        raise ValueError("this is no plain e-mail address, such as support@shop.example")
    return value


def _loopback(host: str) -> str:
    if host not in LOOPBACK:
        raise ValueError(
            f"metrics are told on a loopback address only, not on {host}; write 127.0.0.1 or ::1, and let a "
            "proxy that asks for a password answer others"
        )
    return host


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("this is no time zone; write one such as Europe/Berlin or UTC") from error
    return name


def _team(address: str) -> str:
    if reaches_buyers(address):
        raise ValueError("this is an address of Amazon's, and no alert may ever reach a buyer")
    return address


Duration = Annotated[timedelta, BeforeValidator(duration)]
SecretValue = Annotated[Secret, BeforeValidator(_secret)]
SecurityValue = Annotated[Security, BeforeValidator(_security)]
Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, BeforeValidator(_address)]
TeamAddress = Annotated[str, BeforeValidator(_address), AfterValidator(_team)]
Port = Annotated[int, Field(ge=1, le=65535)]
Share = Annotated[float, Field(gt=0, lt=1, strict=False)]


class Strict(BaseModel):
    """A table of the file: no unknown keys, no silent conversions, never changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Server(Strict):
    """What the IMAP and the SMTP server have in common."""

    host: str
    port: Port
    security: SecurityValue = Security.TLS
    username: str
    password: SecretValue
    ca_file: str | None = None

    @model_validator(mode="after")
    def _encrypted(self) -> "Server":
        if self.security is Security.NONE and self.host not in LOOPBACK:
            raise ValueError(
                f'security "none" is allowed only for a loopback host, not for {self.host}; '
                'write "tls" or "starttls"'
            )
        return self


class ImapTable(Server):
    """`[mailbox.imap]`."""

    port: Port = 993
    auth: Literal["password", "xoauth2"] = "password"


class SmtpTable(Server):
    """`[mailbox.smtp]`."""

    port: Port = 465
    receipt_alert: Duration = timedelta(hours=24)


class MailboxTable(Strict):
    """`[[mailbox]]`."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    address: Address
    brand: str = ""
    signature: str = ""
    layout: Literal["folders", "drafts"] = "folders"
    authserv_id: str | None = None
    authserv_topmost: bool = False
    marketplaces: list[str] = Field(default_factory=list)
    allowed_senders: list[Address] = Field(default_factory=list)
    imap: ImapTable
    smtp: SmtpTable
    folders: Folders = Folders()
    approval: ApprovalTimes = ApprovalTimes()


class ClassifierTable(Strict):
    """`[classifier]`."""

    threshold: Share = 0.7
    confirmation_weight: Annotated[float, Field(ge=0, le=1, strict=False)] = 0.3


class DeadlinesTable(Strict):
    """`[deadlines]`."""

    warn_at: Annotated[list[Share], Field(min_length=1)] = Field(default_factory=lambda: [0.5, 0.75, 0.9])
    alert_to: list[TeamAddress] = Field(default_factory=list)
    alert_every: Duration = timedelta(minutes=10)
    calendar: str = ""
    mark: Literal["keyword", "flagged", "none"] = "keyword"

    @model_validator(mode="after")
    def _ascending(self) -> "DeadlinesTable":
        if sorted(self.warn_at) != self.warn_at:
            raise ValueError("warn_at must be in ascending order")
        return self


class WorklistTable(Strict):
    """`[worklist]`."""

    mail: bool = True
    every: Duration = timedelta(seconds=30)


class LogTable(Strict):
    """`[log]`."""

    format: Literal["key_value", "json"] = "key_value"
    level: Literal["debug", "info", "warning", "error"] = "info"


class ReportTable(Strict):
    """`[report]`."""

    timezone: Zone = "UTC"
    digest: Literal["daily", "weekly", "off"] = "off"
    digest_to: list[TeamAddress] = Field(default_factory=list)
    time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "07:00"

    @model_validator(mode="after")
    def _somebody(self) -> "ReportTable":
        if self.digest != "off" and not self.digest_to:
            raise ValueError(f'digest = "{self.digest}" needs digest_to: whom it is mailed to')
        return self


class MetricsTable(Strict):
    """`[metrics]`."""

    listen: Annotated[str, AfterValidator(_loopback)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    textfile: str | None = None
    unhealthy_after: Annotated[Duration, Field(ge=timedelta(minutes=1))] = timedelta(minutes=30)


class PrivacyTable(Strict):
    """`[privacy]`."""

    keep_texts: Annotated[Duration, Field(ge=timedelta(days=1))] = timedelta(days=180)


class CycleTable(Strict):
    """`[cycle]`."""

    poll_seconds: Annotated[float, Field(ge=0.05, le=600, strict=False)] = 2.0
    full_look: Duration = timedelta(minutes=15)
    batch: Annotated[int, Field(ge=1, le=1000)] = 100
    idle: bool = True


class FirstreplyFile(Strict):
    """`firstreply.toml`."""

    state_dir: str = "/var/lib/firstreply"
    ledger: str = "sqlite:////var/lib/firstreply/ledger.db"
    templates: str | None = None
    playbook: str | None = None
    catalogue: str | None = None
    manuals: str | None = None
    knowledge: str | None = None
    mailbox: Annotated[list[MailboxTable], Field(min_length=1)]
    classifier: ClassifierTable = ClassifierTable()
    deadlines: DeadlinesTable = DeadlinesTable()
    worklist: WorklistTable = WorklistTable()
    report: ReportTable = ReportTable()
    metrics: MetricsTable = MetricsTable()
    privacy: PrivacyTable = PrivacyTable()
    cycle: CycleTable = CycleTable()
    log: LogTable = LogTable()

    @model_validator(mode="after")
    def _distinct(self) -> "FirstreplyFile":
        names = [box.name for box in self.mailbox]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"the mailbox name {min(twice)!r} is used twice; give each its own")
        accounts = [(box.imap.host, box.imap.port, box.imap.username) for box in self.mailbox]
        for box, account in zip(self.mailbox, accounts, strict=True):
            if accounts.count(account) > 1:
                raise ValueError(
                    f"the mailbox {box.name!r} is the IMAP account of another one; two daemons' hands in one "
                    "account would answer every buyer twice: give each seller account a mailbox of its own"
                )
        return self
