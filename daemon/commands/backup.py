"""`firstreply backup`: a checked copy of the ledger, and the oldest backups gone.

Promises: the daemon may work meanwhile. Nothing is removed before the new one stands.

Errors: those of `ports/ledger/backup.py`; `ConfigurationError` where there is no ledger.
"""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from daemon.commands.look import need_ledger, print_json
from daemon.errors import ConfigurationError
from daemon.ports.ledger.backup import back_up, drop_old
from daemon.settings import find, load


def backup(config: str | None, *, to: Path | None, keep: int, as_json: bool) -> int:
    """Back the ledger up into `to`, by default `state_dir/backups`."""
    if keep < 1:
        raise ConfigurationError(
            f"{keep} backups are none", where="--keep", remedy="Write --keep 14, or another number above 0"
        )
    settings = load(find(config))
    need_ledger(settings)
    folder = to or settings.state_dir / "backups"
    made = back_up(settings.ledger, folder, datetime.now(UTC))
    removed = drop_old(folder, keep)
    if as_json:
        print_json({"backup": made, "bytes": made.stat().st_size, "removed": removed})
    else:
        Console(soft_wrap=True).print(
            f"{made}: {made.stat().st_size} bytes, sound; {len(removed)} older ones removed"
        )
    return 0
