"""How long people wait: delivery to draft, approval to SMTP, start to READY; memory; imports of the commands.

The daemon runs as in production, with IDLE and the usual poll of 10 s, so that only IDLE can be quick; first
without a cool-down, then with one, of which only what comes after it counts. Dovecot tells IDLE clients in
steps of 500 ms: the same notice, seen by a watcher of the benchmark's own, is the share of the delay that is
the server's.
"""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.kit import Figures, Options, World, memory_mb, share, show, world
from daemon.ports.idle import IdleWatcher
from tests.account import Account
from tests.dovecot import HOST
from tests.mails import BROKEN, buyer_mail

MAILS = 30
POLL_SECONDS = 10
PATIENCE = 30.0
STEP = 0.001
HEAVY = (
    "alembic",
    "inscriptis",
    "lingua",
    "lxml",
    "matplotlib",
    "numpy",
    "pandas",
    "scipy",
    "skops",
    "sklearn",
)
FORBIDDEN = ("matplotlib", "numpy", "pandas", "scipy", "skops", "sklearn")
COMMANDS = ("--help", "status", "report")
MOST_BEYOND_MS, MOST_START, MOST_MB = 15.0, 1.5, 120.0
COOL_DOWN = 3
AFTER_COOL_DOWN_MS = 2_000.0
COOLED = 5
"""Mails that wait for the cool-down's end, one after the other."""
WAKE = """\
import sys
from daemon.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
"""Runs a command and says which packages it has imported."""


def run(options: Options) -> Figures:  # noqa: ARG001  the same for all sizes
    """Run all of it; print the table and return milliseconds, seconds and MB."""
    with world() as here:
        _usual_poll(here)
        here.house.first_run()
        with _running(here) as (start, pid):
            drafted, beyond = _drafting_delays(here)
            sent = _sending_delays(here, MAILS - COOLED)
            memory, peak = memory_mb(pid), memory_mb(pid, "VmHWM")
        here.house.configure(cool_down=COOL_DOWN)
        _usual_poll(here)
        with _running(here):
            cooled = [delay - COOL_DOWN * 1000 for delay in _sending_delays(here, COOLED)]
        imports = {command: _imports(here, command) for command in COMMANDS}
    rows: list[tuple[str, float, float, str]] = [
        ("delivery to draft", share(drafted, 0.5), share(drafted, 0.95), "ms"),
        ("the server's notice to draft", share(beyond, 0.5), share(beyond, 0.95), "ms"),
        ("approval to SMTP's acceptance", share(sent, 0.5), share(sent, 0.95), "ms"),
        (f"the same after a cool-down of {COOL_DOWN} s", share(cooled, 0.5), share(cooled, 0.95), "ms"),
    ]
    show(f"Latency of {MAILS} mails", ("what", "p50", "p95", "unit"), rows)
    once = [("start to READY", start, "s"), ("memory with the model", memory, "MB"), ("its peak", peak, "MB")]
    show("The daemon", ("what", "figure", "unit"), once)
    heavy = [(command, " ".join(sorted(names & set(HEAVY))) or "none") for command, names in imports.items()]
    show("Heavy packages imported", ("command", "packages"), heavy)
    figures: Figures = {"start_s": start, "memory_mb": memory, "memory_peak_mb": peak}
    for name, p50, p95, _ in rows:
        key = name.replace("'", "").replace(f" of {COOL_DOWN} s", "").replace(" ", "_").lower()
        figures |= {f"{key}_p50_ms": p50, f"{key}_p95_ms": p95}
    return figures | {"missed": _missed(share(beyond, 0.5), max(cooled), start, memory, imports)}


def _missed(
    beyond: float, cooled: float, start: float, memory: float, imports: dict[str, set[str]]
) -> list[str]:
    limits = (
        ("cool-down's end to SMTP's acceptance, ms", cooled, AFTER_COOL_DOWN_MS),
        ("notice to draft, ms", beyond, MOST_BEYOND_MS),
        ("start to READY, s", start, MOST_START),
        ("memory, MB", memory, MOST_MB),
    )
    missed = [
        f"latency: {name}: {value:.1f}, allowed {most:g}" for name, value, most in limits if value > most
    ]
    missed += [
        f"latency: `{command}` imports {name}"
        for command, names in imports.items()
        for name in sorted(names & set(FORBIDDEN))
    ]
    return missed


def _usual_poll(here: World) -> None:
    """The tests' house polls ten times a second; a delay found by that would be the poll's.

    Approvals follow one another faster here than a person's, so that no flood is seen in them.
    """
    text = here.house.config.read_text()
    text = text.replace("poll_seconds = 0.1", f"poll_seconds = {POLL_SECONDS}")
    here.house.config.write_text(
        text.replace("settle_seconds = 0", "settle_seconds = 0\n  flood_per_minute = 0")
    )


@contextmanager
def _running(here: World) -> Iterator[tuple[float, int]]:
    """The daemon at work: seconds from its start to READY, and its process id."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        path = str(here.root / f"notify-{time.monotonic_ns()}")
        notify.bind(path)
        notify.settimeout(PATIENCE)
        began = time.perf_counter()
        with (here.root / "bench.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  our own program
                here.daemon(), stdout=log, stderr=log, env={**os.environ, "NOTIFY_SOCKET": path}
            )
        try:
            while b"READY=1" not in notify.recv(4_096):
                pass
            yield time.perf_counter() - began, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


@dataclass(slots=True)
class _Hints:
    """When the server told an IDLE client of something."""

    at: list[float] = field(default_factory=list)

    def __call__(self) -> None:
        self.at.append(time.perf_counter())

    def first_after(self, moment: float) -> float | None:
        return next((at for at in self.at if at >= moment), None)


def _grown(count: Callable[[], int], before: int = 0) -> float:
    """The moment at which there was more than before, to a millisecond."""
    end = time.perf_counter() + PATIENCE
    while count() <= before:
        if time.perf_counter() > end:
            raise TimeoutError("the daemon has not done it")
        time.sleep(STEP)
    return time.perf_counter()


def _drafting_delays(here: World) -> tuple[list[float], list[float]]:
    """Milliseconds from delivery to draft, and from the server's notice to it."""
    hints = _Hints()
    watcher = IdleWatcher(here.account.server(), "INBOX", hints)
    watcher.start()
    _grown(lambda: len(hints.at))
    whole: list[float] = []
    beyond: list[float] = []
    with smtplib.LMTP(HOST, here.dovecot.lmtp_port) as lmtp:
        for number in range(MAILS):
            before = _drafts(here)
            raw = buyer_mail(BROKEN, number=number)
            began = time.perf_counter()
            lmtp.sendmail("sender@example.com", [here.account.name], raw)
            drafted = _grown(lambda: _drafts(here), before)
            whole.append((drafted - began) * 1000)
            noticed = hints.first_after(began)
            beyond.append((drafted - noticed) * 1000 if noticed is not None else 0.0)
    watcher.stop()
    return whole, beyond


def _drafts(here: World) -> int:
    """How many mails lie in the queue, as the disk has it: looking there disturbs nobody."""
    folder = here.maildir("Approval")
    return sum(1 for name in ("new", "cur") for _ in os.scandir(folder / name))


def _sending_delays(here: World, count: int) -> list[float]:
    """Milliseconds from an agent's move into `Approved` to the SMTP server's acceptance."""
    agent = Account(here.dovecot, name=here.account.name).agent()
    agent.select_folder("Approval")
    delays = []
    for uid in agent.search("ALL")[:count]:
        before = len(here.sink.accepted)
        began = time.perf_counter()
        agent.move([uid], "Approved")
        delays.append((_grown(lambda: len(here.sink.accepted), before) - began) * 1000)
    agent.logout()
    return delays


def _imports(here: World, command: str) -> set[str]:
    """The packages that a command has imported when it ends."""
    words = [command] if command.startswith("-") else [command, "--config", str(here.house.config)]
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", WAKE, *words], capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines()[-1].split())
