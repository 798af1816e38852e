"""What the benchmarks share: options, a world of real servers, measured processes, one kind of table.

Every benchmark is a module `bench_<name>` with `run(options)`, which prints its own table and returns its
figures by name, and under `missed` the targets that this run did not reach.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.table import Table

from classifier.installed import ensure_model
from daemon.commands.teach import OWN_STATE
from tests.account import Account
from tests.daemon_kit import House
from tests.dovecot import Dovecot
from tests.smtp_sink import Sink

MEMORY = Path("/dev/shm")  # noqa: S108  where RAM is a folder; the names below it are random
Figures: TypeAlias = dict[str, float | list[str]]


@dataclass(frozen=True, slots=True)
class Options:
    """How much to do: messages of the backlog, the large sizes, CPU seconds for each of the small ones."""

    messages: int = 2_000
    full: bool = False
    seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took: wall seconds, CPU seconds, peak memory in MB, and its exit status."""

    seconds: float
    cpu: float
    peak_mb: float
    status: int


def run_measured(command: Sequence[str | Path], log: Path) -> Spent:
    """Run a program to its end; its output goes to `log`."""
    began = time.perf_counter()
    with log.open("ab") as out:
        process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=out)  # noqa: S603  our own
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Spent(time.perf_counter() - began, _cpu(used), used.ru_maxrss / 1000, process.returncode)


def _cpu(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def memory_mb(pid: int, field: str = "VmRSS") -> float:
    """A process's memory now (`VmRSS`) or at its highest (`VmHWM`), in MB."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) / 1000
    raise ProcessLookupError(pid)


@dataclass(frozen=True, slots=True)
class World:
    """A Dovecot, an account on it, an SMTP server, and the daemon's house for that account."""

    root: Path
    dovecot: Dovecot
    account: Account
    sink: Sink
    house: House

    def daemon(self) -> list[str]:
        """The daemon's command, to which options may be added."""
        return [sys.executable, "-m", "daemon", "run", "--config", str(self.house.config)]

    def maildir(self, folder: str = "") -> Path:
        """Where the account's mail lies on disk; `folder` other than the inbox."""
        return self.dovecot.base / "mail" / self.account.name / "Maildir" / (f".{folder}" if folder else "")


def use_memory() -> None:
    """Keep mails and ledgers in RAM from now on, where the system has a place for that.

    A shared disk's flushes vary more from minute to minute than all that is measured here.
    """
    if os.access(MEMORY, os.W_OK):
        tempfile.tempdir = str(MEMORY)


@contextmanager
def world() -> Iterator[World]:
    """Everything the daemon needs, in folders that are removed afterwards."""
    root = Path(tempfile.mkdtemp(prefix="fr-bench-"))
    try:
        with Dovecot() as dovecot:
            account = Account(dovecot)
            with Sink(login=(account.name, account.password)) as sink:
                house = House(
                    root,
                    imap_port=dovecot.port,
                    user=account.name,
                    password=account.password,
                    sink=sink,
                    model=ensure_model(OWN_STATE / "model").parent,
                )
                (root / "state" / "ledger.db").unlink()  # the first start makes it, as in an installation
                try:
                    yield World(root, dovecot, account, sink, house)
                finally:
                    house.close()
                    account.close()
    finally:
        shutil.rmtree(root)


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print one table; all columns but the first hold figures."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*(_written(cell) for cell in row))
    Console(file=sys.stdout, highlight=False).print(table)


def _written(cell: object) -> str:
    if not isinstance(cell, float):
        return str(cell)
    digits = 0 if abs(cell) >= 100 else 1 if abs(cell) >= 10 else 2  # noqa: PLR2004  three figures are enough
    return f"{cell:,.{digits}f}"


def share(values: Sequence[float], part: float) -> float:
    """The value below which this part of all values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]
