"""A backlog: N waiting messages become N drafts, beside the bare cost of moving the same bytes.

The daemon runs as its users run it (`firstreply run --once --since 2d`, start, model and migration included).
In the same run, on the same server: FETCH of the same messages and MULTIAPPEND of the same drafts through the
daemon's own IMAP port, with nothing between them, and `mbsync` copying the same folder from account to
account, which is the same I/O as the daemon's: read each, write one.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.kit import Figures, Options, Spent, World, run_measured, show, world
from benchmarks.mails import buyer_mails
from daemon.ports.imap import ImapConnection, NewMessage
from tests.account import Account
from tests.dovecot import HOST, find_program

BATCH = 100
SHARE_OF_MBSYNC = 0.5
ENOUGH = 400.0
"""Messages a second that are enough whatever `mbsync` does."""
MOST_MB = 150.0

MBSYNC = """\
IMAPStore here
Host {host}
Port {port}
SSLType None
AuthMechs LOGIN
User {here}
Pass {password}

IMAPStore there
Host {host}
Port {port}
SSLType None
AuthMechs LOGIN
User {there}
Pass {password}

Channel copy
Far :here:INBOX
Near :there:INBOX
Sync PullNew
SyncState {state}/
"""


def run(options: Options) -> Figures:
    """Run all of it on fresh accounts; print the table and return its figures."""
    with world() as here:
        here.house.fill("INBOX", list(buyer_mails(options.messages)))
        daemon = _daemon(here)
        connection = ImapConnection.connect(here.account.server())
        drafts = connection.fetch("Approval", connection.uids("Approval"))
        fetching = _seconds(lambda: _fetch(connection))
        appending = _seconds(lambda: _append(connection, [NewMessage(mail.raw) for mail in drafts]))
        connection.close()
        mbsync = _mbsync(here)
        cycle = _cycle_seconds(here.root / "bench.log")
    return _report(options.messages, len(drafts), daemon, cycle, fetching, appending, mbsync)


def _daemon(here: World) -> Spent:
    """The whole program, from its first instruction to its last."""
    spent = run_measured([*here.daemon(), "--once", "--since", "2d"], here.root / "bench.log")
    if spent.status:
        raise RuntimeError((here.root / "bench.log").read_text()[-2_000:])
    return spent


def _cycle_seconds(log: Path) -> float:
    """What the daemon says of its one cycle: without start, migration and connect."""
    return float(re.findall(r"event=cycle .*seconds=([\d.]+)", log.read_text())[-1])


def _seconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _fetch(connection: ImapConnection) -> None:
    uids = connection.uids("INBOX")
    for start in range(0, len(uids), BATCH):
        connection.fetch("INBOX", uids[start : start + BATCH])


def _append(connection: ImapConnection, mails: list[NewMessage]) -> None:
    connection.ensure(["Copies"])
    for start in range(0, len(mails), BATCH):
        connection.append("Copies", mails[start : start + BATCH])


def _mbsync(here: World) -> Spent | None:
    """Copy the inbox into another account's; None where the program is missing."""
    program = find_program("mbsync")
    if program is None:
        return None
    state, configuration = here.root / "mbsync", here.root / "mbsyncrc"
    state.mkdir()
    there = Account(here.dovecot)
    values = {"here": here.account.name, "there": there.name, "password": there.password, "state": state}
    configuration.write_text(MBSYNC.format(host=HOST, port=here.dovecot.port, **values))
    log = here.root / "mbsync.log"
    spent = run_measured([program, "-c", configuration, "-q", "copy"], log)
    if spent.status:
        raise RuntimeError(log.read_text()[-2_000:])
    return spent


def _report(
    messages: int,
    drafts: int,
    daemon: Spent,
    cycle: float,
    fetching: float,
    appending: float,
    mbsync: Spent | None,
) -> Figures:
    rate = messages / daemon.seconds
    rows: list[tuple[str, float, object, object]] = [
        ("firstreply, start to end", rate, 1.0, daemon.peak_mb),
        ("firstreply, its one cycle", messages / cycle, messages / cycle / rate, ""),
        ("FETCH of the same messages", messages / fetching, messages / fetching / rate, ""),
        ("MULTIAPPEND of the same drafts", drafts / appending, drafts / appending / rate, ""),
    ]
    figures: Figures = {
        "messages": messages,
        "drafts": drafts,
        "messages_per_second": rate,
        "cycle_messages_per_second": messages / cycle,
        "peak_mb": daemon.peak_mb,
        "cpu_seconds": daemon.cpu,
        "fetch_per_second": messages / fetching,
        "append_per_second": drafts / appending,
    }
    if mbsync is not None:
        peer = messages / mbsync.seconds
        rows.append(("mbsync, IMAP to IMAP", peer, peer / rate, mbsync.peak_mb))
        figures |= {"mbsync_per_second": peer, "share_of_mbsync": rate / peer}
    title = f"Backlog: {messages} messages, {drafts} drafts"
    show(title, ("what", "messages/s", "x of firstreply", "peak MB"), rows)
    return figures | {"missed": _missed(figures)}


def _missed(figures: Figures) -> list[str]:
    missed = []
    rate, part, peak = (
        figures.get(name, 0.0) for name in ("messages_per_second", "share_of_mbsync", "peak_mb")
    )
    if isinstance(rate, float) and isinstance(part, float) and rate < ENOUGH and part < SHARE_OF_MBSYNC:
        missed.append(f"backlog: {rate:.0f} messages/s, below {ENOUGH:.0f} and below half of mbsync")
    if isinstance(peak, float) and peak > MOST_MB:
        missed.append(f"backlog: {peak:.0f} MB at the peak, {MOST_MB:.0f} are allowed")
    return missed
