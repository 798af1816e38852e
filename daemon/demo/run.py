"""`firstreply demo`: the main job, on embedded servers, with the real daemon and the real model.

Promises: needs nothing but Python; everything it starts it stops, everything it writes it removes. It
ends with 0 only if all of it happened: every buyer's mail answered, drafted or listed, every approval sent
exactly once to the right address, nothing sent that was not approved.

Errors: `TemporaryError` when something did not happen in time; it says what.
"""

import contextlib
import itertools
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from rich.console import Console

from daemon.commands.report import gathered
from daemon.demo.agent import Agent, QueuedDraft, fill_gaps
from daemon.demo.imap_server import EmbeddedImap
from daemon.demo.mails import BUYERS, SHOP, buyer_mail, old_mail, other_mails
from daemon.demo.smtp_server import EmbeddedSmtp
from daemon.demo.summary import Outcome, summarise
from daemon.errors import ConfigurationError, TemporaryError
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.store import open_engine
from daemon.reporting.period import period

USER, PASSWORD = "agent", "demo"
PATIENCE = 60.0
SERVE_PAUSE = 45.0
CONFIG = """\
state_dir = "{root}/state"
ledger = "sqlite:///{root}/state/ledger.db"

[[mailbox]]
name = "demo"
address = "{shop}"
brand = "Lamp Shop"
signature = "Anna"
  [mailbox.imap]
  host = "127.0.0.1"
  port = {imap}
  security = "none"
  username = "{user}"
  password = {{ file = "{root}/password" }}
  [mailbox.smtp]
  host = "127.0.0.1"
  port = {smtp}
  security = "none"
  username = "{user}"
  password = {{ file = "{root}/password" }}
  [mailbox.approval]
  cool_down_seconds = {cool_down}
  settle_seconds = 1

[cycle]
poll_seconds = 0.2
"""


@dataclass(slots=True)
class Stage:
    """Where the demonstration plays."""

    root: Path
    console: Console
    imap: EmbeddedImap
    smtp: EmbeddedSmtp
    ledger: Ledger
    daemon: "subprocess.Popen[bytes]"

    def deliver(self, raw: bytes) -> None:
        """A mail arrives."""
        self.imap.deliver(USER, raw)

    def drafts(self) -> dict[str, int]:
        """The ledger's drafts by state."""
        return next(iter(self.ledger.mailboxes.status()), None).drafts  # type: ignore[union-attr]  # one mailbox is there

    def wait(self, what: str, condition: Callable[[], bool]) -> None:
        """Wait until something has happened, or say what did not."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if self.daemon.poll() is not None:
                raise TemporaryError(f"the daemon ended while we waited for: {what}. {self.log_tail()}")
            if time.monotonic() > end:
                raise TemporaryError(f"not within {PATIENCE:.0f} s: {what}. {self.log_tail()}")
            time.sleep(0.05)

    def log_tail(self) -> str:
        """The end of the daemon's log."""
        return (self.root / "log").read_text(encoding="utf-8", errors="replace")[-2000:]


def demo(*, serve: bool) -> int:
    """Play the whole piece; with `serve` keep the servers for a person with a mail client."""
    console = Console()
    # whatever ends us ends us as Ctrl-C does: a closed terminal must leave no daemon behind
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        with _stage(console, cool_down=10 if serve else 1) as stage:
            console.rule("firstreply: the main job, on embedded servers")
            _first_run(stage)
            _deliver_all(stage)
            if serve:
                _serve(stage)
            outcome = _agent_at_work(stage)
    except KeyboardInterrupt:
        console.print("Ended; everything is removed.")
        return 0 if serve else 1
    return summarise(console, outcome)


@contextlib.contextmanager
def _stage(console: Console, cool_down: int) -> Iterator[Stage]:
    from classifier.installed import ensure_model  # noqa: PLC0415  only the demonstration trains by itself

    root = Path(tempfile.mkdtemp(prefix="firstreply-demo-"))
    imap = EmbeddedImap(_free_port(), {USER: PASSWORD})
    smtp = EmbeddedSmtp(_free_port(), {USER: PASSWORD})
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        kept = Path(sys.prefix) / "share" / "firstreply" / "model"
        model = ensure_model(kept, progress=console.print)
        (root / "state").mkdir()
        (root / "state" / "model").symlink_to(model.parent)
        _write_configuration(root, imap.port, smtp.port, cool_down)
        imap.start()
        stack.callback(imap.stop)
        smtp.start()
        stack.callback(smtp.stop)
        agent = Agent("127.0.0.1", imap.port, USER, PASSWORD)
        agent.prepare()
        agent.close()
        imap.deliver(USER, old_mail(datetime.now(UTC)))
        log = stack.enter_context((root / "log").open("wb"))
        command = [sys.executable, "-m", "daemon", "run", "--config", str(root / "firstreply.toml")]
        daemon = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603  our own program
        stack.callback(_end, daemon)
        url = f"sqlite:///{root}/state/ledger.db"
        yield Stage(root, console, imap, smtp, Ledger.on(open_engine(url)), daemon)


def _write_configuration(root: Path, imap: int, smtp: int, cool_down: int) -> None:
    secret = root / "password"
    secret.touch(mode=0o600)
    secret.write_text(PASSWORD, encoding="utf-8")
    text = CONFIG.format(root=root, shop=SHOP, imap=imap, smtp=smtp, user=USER, cool_down=cool_down)
    (root / "firstreply.toml").write_text(text, encoding="utf-8")


def _end(daemon: "subprocess.Popen[bytes]") -> None:
    daemon.terminate()
    try:
        daemon.wait(20)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _first_run(stage: Stage) -> None:
    """The first look leaves a mark: mail from before it stays what it is."""
    stage.wait("the first look at the mailbox", lambda: "event=cycle" in stage.log_tail())
    stage.console.print("The daemon looked once: 1 old mail in the inbox, left alone.")


def _deliver_all(stage: Stage) -> None:
    now = datetime.now(UTC)
    for raw in [*(buyer_mail(mail, now) for mail in BUYERS), *other_mails(now)]:
        stage.deliver(raw)
    expected = len(BUYERS)
    stage.wait("a clock for every buyer", lambda: len(stage.ledger.clocks.running(None)) == expected)
    stage.wait("every draft in the queue", lambda: _all_queued(stage))
    stage.console.print(
        f"{len(BUYERS)} buyers wrote, and Amazon and a robot as well; "
        f"{stage.drafts()['queued']} drafts wait in Approval."
    )


def _all_queued(stage: Stage) -> bool:
    drafts = stage.drafts()
    return bool(drafts.get("queued")) and not drafts.get("planned") and not stage.ledger.drafts.still_owed()


def _agent_at_work(stage: Stage) -> Outcome:
    agent = Agent("127.0.0.1", stage.imap.port, USER, PASSWORD)
    try:
        queue = [draft for draft in agent.queue() if not draft.note]
        whole = [draft for draft in queue if "[[" not in draft.text]
        gappy = [draft for draft in queue if "[[" in draft.text]
        if len(whole) < 3 or len(gappy) < 2:  # noqa: PLR2004  what the script needs
            raise TemporaryError(
                f"{len(whole)} whole drafts and {len(gappy)} with gaps: the script needs 3 and 2"
            )
        *approve, reject = whole
        forgotten, *edit = gappy
        for draft in approve:
            agent.move(draft, "Approved")
        agent.move(reject, "Rejected")
        agent.move(forgotten, "Approved")
        for draft in edit:
            agent.edit_and_approve(draft, fill_gaps(draft.text))
        stage.console.print(
            f"The agent approved {len(approve)} drafts as they were, edited and approved {len(edit)}, "
            "rejected 1, and forgot to fill the gap in 1."
        )
        wanted = len(approve) + len(edit)
        stage.wait("every approved draft sent", lambda: len(stage.smtp.accepted) >= wanted)
        stage.wait("the sent mails filed", lambda: agent.count("Sent") >= wanted)
        stage.wait("the forgotten gap held", lambda: stage.drafts().get("held") == 1)
        stage.wait("the rejected draft noted", lambda: stage.drafts().get("rejected") == 1)
        stage.wait(
            "the note about the gap", lambda: any("Not sent" in draft.subject for draft in agent.queue())
        )
        stage.wait("the marks on the answered mails", lambda: agent.answered() == wanted)
        return _outcome(stage, agent.queue(), approve, edit)
    finally:
        agent.close()


def _outcome(
    stage: Stage, left: list[QueuedDraft], approved: list[QueuedDraft], edited: list[QueuedDraft]
) -> Outcome:
    return Outcome(
        rows=stage.ledger.identity.overview(),
        accepted=[(mail.recipients, mail.raw) for mail in stage.smtp.accepted],
        approved=[draft.to for draft in approved],
        edited=[draft.to for draft in edited],
        notes=[draft.subject for draft in left if draft.note and "Not sent" in draft.subject],
        report=gathered(stage.ledger, period(None, None, datetime.now(UTC), ZoneInfo("UTC"))),
    )


def _serve(stage: Stage) -> NoReturn:
    """Keep everything for a person: deliver a mail now and then until Ctrl-C."""
    stage.console.print(
        f"\nLog in with a mail client (no encryption, password as clear text):\n"
        f"  IMAP 127.0.0.1 port {stage.imap.port}, user {USER}, password {PASSWORD}\n"
        f"  SMTP 127.0.0.1 port {stage.smtp.port}, same user and password\n"
        f"Move drafts from Approval to Approved; they are sent after 10 seconds. Log: {stage.root}/log\n"
        "A new mail arrives every 45 seconds. Ctrl-C ends it and removes everything."
    )
    numbers = itertools.count()
    while True:
        time.sleep(SERVE_PAUSE)
        if stage.daemon.poll() is not None:
            raise ConfigurationError("the daemon ended", where="demo", remedy=stage.log_tail())
        number = next(numbers)
        mail = BUYERS[number % len(BUYERS)]
        again = buyer_mail(mail, datetime.now(UTC)).replace(b"<demo-", f"<demo-{number}-".encode())
        stage.deliver(again)
        stage.console.print(
            f"{mail.name} wrote again ({mail.slug}); {len(stage.smtp.accepted)} mails sent so far."
        )
