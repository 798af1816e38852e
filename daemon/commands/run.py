"""`firstreply run`: the daemon, or one full cycle of it.

Errors: those of `daemon.service`.
"""

import asyncio
import os
from datetime import timedelta

from daemon.commands.teach import train_if_missing
from daemon.errors import ConfigurationError, FirstreplyError
from daemon.logs import configure, guard_crashes
from daemon.ports.ledger.store import writable
from daemon.service import Service
from daemon.settings import find, load, prove_secrets
from daemon.settings_types import duration

PRIVATE = 0o077
"""What the daemon makes is for its user alone, also where no unit says so: ledger and model hold words."""


def run(config: str | None, *, once: bool, since: str | None) -> int:
    """Work until stopped; with `once` one full cycle for every mailbox."""
    backlog = _since(since)
    settings = load(find(config))
    configure(settings.log_format, settings.log_level)
    guard_crashes()
    os.umask(PRIVATE)
    prove_secrets(settings)  # before the first training, which takes half a minute
    writable(settings.state_dir)
    train_if_missing(settings)
    errors: list[FirstreplyError] = []
    try:
        asyncio.run(Service(settings, since=backlog).run(once=once))
    except* FirstreplyError as group:
        errors = _leaves(group)
    if errors:  # not raised above: what leaves an `except*` is a group again, which nobody catches
        # several mailboxes may fail at once; a setting at fault is the one to be told of
        raise next((e for e in errors if isinstance(e, ConfigurationError)), errors[0])
    return 0


def _since(text: str | None) -> timedelta | None:
    if text is None:
        return None
    try:
        return duration(text)
    except ValueError as error:
        raise ConfigurationError(f"{text!r}: {error}", where="--since", remedy="Write --since 7d") from error


def _leaves(group: BaseExceptionGroup[FirstreplyError]) -> list[FirstreplyError]:
    found: list[FirstreplyError] = []
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            found += _leaves(error)
        else:
            found.append(error)
    return found
