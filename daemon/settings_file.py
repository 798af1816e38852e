"""The shape of `firstreply.toml`: every key, its type, its default, its rules.

Promises: unknown keys, wrong types and clear-text secrets are refused by pydantic in strict mode; what
a key means stands in `config/`, and a test compares keys and defaults there with the ones here.

Errors: `ValueError` inside validators, which pydantic collects; `settings.py` turns the collection
into one `ConfigurationError` that names file, key and remedy.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from daemon.desk.mailbox import ApprovalTimes, Folders
from daemon.settings_servers import ImapTable, OauthTable, SmtpTable
from daemon.settings_types import (
    Address,
    Duration,
    Folder,
    LedgerAddress,
    LoopbackHost,
    Share,
    Strict,
    TeamAddress,
    Zone,
)


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
    oauth: OauthTable = OauthTable()
    folders: Folders = Folders()
    approval: ApprovalTimes = ApprovalTimes()

    @model_validator(mode="after")
    def _client(self) -> "MailboxTable":
        if "xoauth2" in {self.imap.auth, self.smtp.auth} and not (
            self.oauth.provider and self.oauth.client_id
        ):
            raise ValueError('auth = "xoauth2" needs provider and client_id in [mailbox.oauth]')
        return self


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

    listen: LoopbackHost = "127.0.0.1"
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

    state_dir: Folder = "/var/lib/firstreply"
    ledger: LedgerAddress = "sqlite:////var/lib/firstreply/ledger.db"
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
