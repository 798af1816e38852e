"""Looking into the ledger, which never disturbs the daemon; what all commands that do it share.

Errors: `ConfigurationError`, and the ledger's `TemporaryError`.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url

from daemon.errors import ConfigurationError
from daemon.plain import as_json
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.health import versions
from daemon.ports.ledger.store import open_engine
from daemon.settings import Settings


@contextlib.contextmanager
def opened_ledger(settings: Settings) -> Iterator[Ledger]:
    """The ledger of these settings, for a look."""
    need_ledger(settings)
    ledger = Ledger.on(open_engine(settings.ledger))
    try:
        _need_version(settings, ledger)
        yield ledger
    finally:
        ledger.close()


def ledger_exists(settings: Settings) -> bool:
    """Whether the ledger's file is there; a database server is asked when it is opened."""
    url = make_url(settings.ledger)
    return url.get_backend_name() != "sqlite" or not url.database or Path(url.database).exists()


def need_ledger(settings: Settings) -> None:
    """Say so where nothing has been written yet that a command could look at."""
    try:
        exists = ledger_exists(settings)
    except PermissionError as error:
        raise ConfigurationError(
            "you may not look at it",
            where=f"{settings.path}: ledger",
            remedy="Run the command as the service's user: runuser -u firstreply -- firstreply …",
        ) from error
    if not exists:
        raise ConfigurationError(
            "there is no ledger yet", where=f"{settings.path}: ledger", remedy="Start `firstreply run` first"
        )


def _need_version(settings: Settings, ledger: Ledger) -> None:
    """A look changes nothing, so that bringing old tables to this version is left to the daemon."""
    noted, wanted = versions(ledger.engine)
    if noted != wanted:
        raise ConfigurationError(
            f"the ledger has version {noted or 'none'}, and this program wants {wanted}",
            where=f"{settings.path}: ledger",
            remedy="Restart the daemon, which brings the ledger to its own version",
        )


def print_json(value: object) -> None:
    """One JSON object on stdout."""
    print(as_json(value))  # noqa: T201  the command's answer
