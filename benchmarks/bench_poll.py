"""What one poll costs with a small and with a large inbox.

`ImapConnection.poll` of five folders, and the worker's whole look without news: poll and the ledger's
question for due deliveries, whose ledger knows every message of the inbox. The mails are written into the
maildir before the first login, so that 100,000 of them take seconds.
"""

import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.kit import Figures, Options, World, share, show, world
from daemon.ports.imap import ImapConnection
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.intake_rows import Arrival
from daemon.ports.ledger.mailboxes import FolderMark
from daemon.ports.ledger.store import Claim

FEW, MANY, MOST = 100, 20_000, 100_000
FOLDERS = ("INBOX", "Approval", "Approved", "Rejected", "Sent")
LOOKS = 200
ALLOWED = 3.0
"""How many times the small inbox's cost the large one's may be."""
COOL_DOWN = timedelta(seconds=30)


def run(options: Options) -> Figures:
    """Measure both sizes; print the table and return milliseconds and ratios."""
    many = MOST if options.full else MANY
    few_poll, few_look = _costs(FEW)
    many_poll, many_look = _costs(many)
    rows = [
        ("poll of five folders", few_poll, many_poll, many_poll / few_poll),
        ("whole look without news", few_look, many_look, many_look / few_look),
    ]
    show("Poll, median of 200, in ms", ("what", f"{FEW} messages", f"{many:,} messages", "ratio"), rows)
    missed = [
        f"poll: {name} costs {ratio:.1f} times as much with {many:,} messages"
        for name, _, _, ratio in rows
        if ratio > ALLOWED
    ]
    return {
        "messages": many,
        "poll_ms_small": few_poll,
        "poll_ms_large": many_poll,
        "look_ms_small": few_look,
        "look_ms_large": many_look,
        "poll_ratio": many_poll / few_poll,
        "look_ratio": many_look / few_look,
        "missed": missed,
    }


def fill_maildir(here: World, count: int) -> None:
    """Put mails into the inbox behind the server's back, before it has looked there for the first time."""
    inbox = here.maildir()
    for name in ("cur", "new", "tmp"):
        (inbox / name).mkdir(parents=True)
    began = int(time.time()) - count
    for number in range(count):
        raw = (
            f"From: a@example.com\r\nSubject: {number}\r\nMessage-ID: <{number}@x>\r\n\r\nHello.\r\n".encode()
        )
        (inbox / "cur" / f"{began + number}.M{number}.bench,S={len(raw)}:2,S").write_bytes(raw)
    if os.getuid() == 0:
        _give_to_mail(here.maildir().parent)


def _give_to_mail(root: Path) -> None:
    """The server's mail processes do not run as root."""
    for folder, _, names in os.walk(root):
        for path in (Path(folder), *(Path(folder) / name for name in names)):
            shutil.chown(path, "mail", "mail")


def _costs(count: int) -> tuple[float, float]:
    """Milliseconds of one poll and of one whole look."""
    with world() as here:
        fill_maildir(here, count)
        connection = ImapConnection.connect(here.account.server())
        connection.ensure(FOLDERS[1:])
        ledger = Ledger.open(f"sqlite:///{here.root}/state/ledger.db")
        claim = _known(ledger, connection, count)
        poll = _median(lambda: connection.poll(FOLDERS))

        def look() -> None:
            connection.poll(FOLDERS)
            ledger.deliveries.due(claim, datetime.now(UTC), COOL_DOWN)

        whole = _median(look)
        ledger.close()
        connection.close()
    return poll, whole


def _known(ledger: Ledger, connection: ImapConnection, count: int) -> Claim:
    """A ledger with a row for each message, and the inbox selected as after the daemon's first look."""
    now = datetime.now(UTC)
    status = connection.examine("INBOX")
    if status.messages != count:
        raise RuntimeError(f"{count} messages were put into the inbox, {status.messages} are there")
    claim = ledger.mailboxes.claim("shop", "support@shop.example", now)
    first = FolderMark(0, "INBOX", status.uidvalidity, 0, status.uidnext, None)
    mark = ledger.mailboxes.set_mark(claim, first, now)
    arrivals = [Arrival(uid, f"{uid:064d}", 100, now) for uid in range(1, count + 1)]
    for start in range(0, count, 1_000):
        ledger.intake.record(claim, mark.folder_id, mark.uidvalidity, arrivals[start : start + 1_000], now)
    return claim


def _median(act: Callable[[], object]) -> float:
    spent = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        act()
        spent.append((time.perf_counter() - began) * 1000)
    return share(spent, 0.5)
