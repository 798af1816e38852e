"""The tables of a mailbox's servers in `firstreply.toml`: IMAP, SMTP, and OAuth 2.0.

Errors: `ValueError` inside validators, which pydantic collects.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from daemon.ports.credentials import Secret
from daemon.ports.security import LOOPBACK_HOSTS, Security
from daemon.settings_types import Duration, Port, SecretValue, SecurityValue, Strict


def _https(value: object) -> object:
    if isinstance(value, str) and not value.startswith("https://"):
        raise ValueError("write an address that begins with https://, since tokens travel there")
    return value


Https = Annotated[str, BeforeValidator(_https)]


class Server(Strict):
    """What the IMAP and the SMTP server have in common."""

    host: str
    port: Port
    security: SecurityValue = Security.TLS
    username: str
    auth: Literal["password", "xoauth2"] = "password"
    password: Annotated[SecretValue | None, Field(validate_default=True)] = None
    ca_file: str | None = None

    @field_validator("password")
    @classmethod
    def _needed(cls, value: Secret | None, info: ValidationInfo) -> Secret | None:
        if value is None and info.data.get("auth") == "password":
            raise PydanticCustomError("missing", "Field required")
        return value

    @model_validator(mode="after")
    def _encrypted(self) -> "Server":
        if self.security is Security.NONE and self.host not in LOOPBACK_HOSTS:
            raise ValueError(
                f'security "none" is allowed only for a loopback host, not for {self.host}; '
                'write "tls" or "starttls"'
            )
        return self


class ImapTable(Server):
    """`[mailbox.imap]`."""

    port: Port = 993


class SmtpTable(Server):
    """`[mailbox.smtp]`."""

    port: Port = 465
    per_minute: Annotated[int, Field(ge=0, le=10_000)] = 30
    sent_copy: Literal["auto", "daemon", "server"] = "auto"
    receipt_alert: Duration = timedelta(hours=24)


class OauthTable(Strict):
    """`[mailbox.oauth]`: who firstreply is to a mail provider that wants tokens."""

    provider: Literal["google", "microsoft"] | None = None
    client_id: str | None = None
    client_secret: SecretValue | None = None
    store: Literal["file", "keyring"] = "file"
    scopes: list[str] = Field(default_factory=list)
    authority: Https | None = None
    authorize_url: Https | None = None
    token_url: Https | None = None
    ca_file: str | None = None
