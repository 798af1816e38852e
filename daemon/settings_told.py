"""What the settings say of telling: metrics, health, and the digest.

Errors: none; the tables have been checked.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from daemon.desk.digest import Digest
from daemon.settings_file import MetricsTable, ReportTable


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """Where metrics are told, and when a mailbox is no longer healthy; nothing is told without a place."""

    listen: str
    port: int | None
    textfile: Path | None
    unhealthy_after: timedelta


def metrics_of(table: MetricsTable) -> MetricsSettings:
    """`[metrics]` as the service uses it."""
    textfile = Path(table.textfile) if table.textfile else None
    return MetricsSettings(table.listen, table.port, textfile, table.unhealthy_after)


def digest_of(table: ReportTable) -> Digest:
    """`[report]` as the digest uses it."""
    zone = ZoneInfo(table.timezone)
    return Digest(table.digest, tuple(table.digest_to), time.fromisoformat(table.time), zone)
