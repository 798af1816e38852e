"""`firstreply status`: a look into the ledger, which never disturbs the daemon.

Errors: `ConfigurationError`, and the ledger's `TemporaryError`.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

from daemon.desk.health import working
from daemon.errors import ConfigurationError
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.health import versions
from daemon.ports.ledger.mailboxes import MailboxStatus
from daemon.ports.ledger.store import open_engine
from daemon.reporting.words import spoken
from daemon.settings import Settings, find, load
from daemon.shipped import version


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
    if not ledger_exists(settings):
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
    """One JSON object on stdout, times in RFC 3339."""
    print(json.dumps(value, ensure_ascii=False, default=_plain))  # noqa: T201  the command's answer


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return str(value)


def status(config: str | None, *, as_json: bool) -> int:
    """How every mailbox stands; 1 when one of them does not work."""
    settings, now = load(find(config)), datetime.now(UTC)
    names = [box.mailbox.name for box in settings.mailboxes]
    with opened_ledger(settings) as ledger:
        known = {row.name: row for row in ledger.mailboxes.status(names)}
    # a mailbox that no daemon has worked yet has no row, and must not look well by that
    rows = [known.get(name) or MailboxStatus.unknown(name) for name in names]
    allowed = settings.metrics.unhealthy_after
    healthy = [row.connected and working(row.last_cycle_at, now, allowed) for row in rows]
    if as_json:
        mailboxes = [{**asdict(row), "healthy": well} for row, well in zip(rows, healthy, strict=True)]
        print_json({"version": version(), "mailboxes": mailboxes})
    else:
        table = Table("mailbox", "state", "last full cycle", "open clocks", "nearest", "queue", "last error")
        for row, well in zip(rows, healthy, strict=True):
            ago = spoken((now - row.last_cycle_at).total_seconds()) + " ago" if row.last_cycle_at else "never"
            nearest = _distance(row.nearest_at, now) if row.nearest_at else "–"
            queue = ", ".join(f"{number} {state}" for state, number in sorted(row.drafts.items())) or "–"
            state = "at work" if well else "not working"
            table.add_row(row.name, state, ago, str(row.open_clocks), nearest, queue, row.last_error or "–")
        Console().print(table, f"firstreply {version()}", sep="\n")
    return 0 if all(healthy) else 1


def _distance(moment: datetime, now: datetime) -> str:
    seconds = (moment - now).total_seconds()
    return f"in {spoken(seconds)}" if seconds >= 0 else f"{spoken(-seconds)} ago"
