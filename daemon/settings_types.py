"""The values that settings are made of: durations, secrets, addresses, time zones, and the strict table.

Promises: each is read from TOML without a silent conversion; what is refused says how to write it.

Errors: `ValueError` inside validators, which pydantic collects; `settings.py` turns the collection
into one `ConfigurationError`.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from daemon.desk.alert import reaches_buyers
from daemon.desk.mailbox import ADDRESS
from daemon.ports.credentials import Secret
from daemon.ports.security import LOOPBACK_HOSTS, Security

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
            '{ credential = "NAME" }, { env = "NAME" }, { file = "/path" }, '
            '{ command = "..." } or { keyring = "NAME" }'
        )
    return value


def _security(value: object) -> object:
    return Security(value) if isinstance(value, str) and value in set(Security) else value


def _address(value: object) -> object:
    if isinstance(value, str) and not ADDRESS.fullmatch(value):
        raise ValueError("this is no plain e-mail address, such as support@shop.example")
    return value


def _loopback(host: str) -> str:
    if host not in LOOPBACK_HOSTS:
        raise ValueError(
            f"metrics are told on a loopback address only, not on {host}; write 127.0.0.1 or ::1, and let a "
            "proxy that asks for a password answer others"
        )
    return host


def _team(address: str) -> str:
    if reaches_buyers(address):
        raise ValueError("this is an address of Amazon's, and no alert may ever reach a buyer")
    return address


def _absolute(folder: str) -> str:
    if not Path(folder).is_absolute():
        raise ValueError("write an absolute path; a relative one would be another folder from each place")
    return folder


def _one_place(url: str) -> str:
    if url.startswith("sqlite") and "////" not in url:
        raise ValueError(
            "write four slashes and an absolute path, such as sqlite:////var/lib/firstreply/ledger.db; a "
            "relative one would be another ledger from each folder, and each would answer every buyer"
        )
    return url


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("this is no time zone; write one such as Europe/Berlin or UTC") from error
    return name


Duration = Annotated[timedelta, BeforeValidator(duration)]
SecretValue = Annotated[Secret, BeforeValidator(_secret)]
SecurityValue = Annotated[Security, BeforeValidator(_security)]
Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, BeforeValidator(_address)]
TeamAddress = Annotated[str, BeforeValidator(_address), AfterValidator(_team)]
LoopbackHost = Annotated[str, AfterValidator(_loopback)]
Port = Annotated[int, Field(ge=1, le=65535)]
Folder = Annotated[str, AfterValidator(_absolute)]
LedgerAddress = Annotated[str, AfterValidator(_one_place)]
Share = Annotated[float, Field(gt=0, lt=1, strict=False)]


class Strict(BaseModel):
    """A table of the file: no unknown keys, no silent conversions, never changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
