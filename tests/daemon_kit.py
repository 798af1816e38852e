"""The daemon as its users run it: a process with a configuration file, a log, and signals.

`House` is one test's world: a mailbox on Dovecot, an SMTP sink, a configuration, a ledger. It waits for
conditions, never for time. With a zygote its daemons are forked in milliseconds; without one they are what a
shell would start, which takes a second each.
"""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.store import open_engine
from tests.forked import Forked, Zygote
from tests.fresh_ledger import put_ledger
from tests.mailroom import Mailroom
from tests.mails import buyer_mail
from tests.settings_kit import CONFIG as MAILBOX
from tests.smtp_sink import Sink

PATIENCE = 30.0
PROGRAM = (sys.executable, "-m", "daemon")
_BETWEEN_LOOKS = threading.Event()  # never set: a pause between two looks at somebody else's state
SHOP = "support@shop.example"
CONFIG = (
    MAILBOX
    + """\
  [mailbox.folders]
  inbox = "{inbox}"
  [mailbox.approval]
  cool_down_seconds = {cool_down}
  settle_seconds = 0

[worklist]
mail = {worklist}

[cycle]
poll_seconds = 0.1
idle = {idle}
"""
)


def until(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:  # noqa: ANN401  whatever the condition gives
    """Wait for a condition and return its answer; fail with what was waited for."""
    end = time.monotonic() + patience
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < end, f"not within {patience:.0f} s: {what}"
        _BETWEEN_LOOKS.wait(0.03)


class House(Mailroom):
    """One mailbox, one SMTP sink, one ledger, and the daemon that works on them."""

    def __init__(
        self,
        root: Path,
        *,
        imap_port: int,
        user: str,
        password: str,
        sink: Sink,
        model: Path,
        cool_down: int = 0,
        zygote: Zygote | None = None,
    ) -> None:
        super().__init__(imap_port, user, password)
        self.root, self.sink = root, sink
        self.zygote = zygote
        (root / "state").mkdir()
        (root / "state" / "model").symlink_to(model)
        put_ledger(root / "state" / "ledger.db")
        secret = root / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        self.config = root / "firstreply.toml"
        self.configure(cool_down=cool_down)
        self.process: subprocess.Popen[bytes] | Forked | None = None
        self._count = 0

    def configure(
        self,
        *,
        cool_down: int = 0,
        imap_port: int | None = None,
        idle: bool = True,
        inbox: str = "INBOX",
        worklist: bool = False,
    ) -> None:
        """Write the configuration."""
        self.config.write_text(
            CONFIG.format(
                root=self.root,
                imap=imap_port or self.imap_port,
                smtp=self.sink.port,
                user=self.user,
                cool_down=cool_down,
                idle=str(idle).lower(),
                inbox=inbox,
                worklist=str(worklist).lower(),
            )
        )

    def settings(self, text: str) -> None:
        """Add a table to the configuration."""
        self.config.write_text(f"{self.config.read_text()}\n{text}\n")

    # ---- the daemon --------------------------------------------------------------------------

    def words(self, command: str, *arguments: str) -> list[str]:
        """A command of the program and its arguments, with this house's configuration."""
        return [command, "--config", str(self.config), *arguments]

    def start(self, *arguments: str, changed: Mapping[str, object] | None = None) -> None:
        """Start the daemon in the background; `changed` constants of its modules need the zygote."""
        words, path = self.words("run", *arguments), self.root / "log"
        if self.zygote is not None:
            self.process = self.zygote.start(*words, stdout=path, stderr=path, changed=changed)
            return
        with path.open("ab") as log:
            self.process = subprocess.Popen([*PROGRAM, *words], stdout=log, stderr=log)

    def once(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One full cycle in the foreground."""
        return self.command("run", "--once", *arguments)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Any command of the program."""
        words = self.words(*arguments)
        if self.zygote is not None:
            return self.zygote.run(*words)
        return subprocess.run([*PROGRAM, *words], capture_output=True, text=True, timeout=60, check=False)

    def first_run(self) -> None:
        """Let the daemon look once, so that the mark of the first run lies behind us."""
        done = self.once()
        assert done.returncode == 0, done.stderr

    def stop(self) -> int:
        """Ask the daemon to end; returns its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """Kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)

    def close(self) -> None:
        """Leave nothing running."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.leave()

    def log(self) -> str:
        """What the daemon has written so far."""
        path = self.root / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    # ---- the world ---------------------------------------------------------------------------

    def receive(self, text: str, *, alias: str = "", order_id: str | None = None) -> bytes:
        """A buyer's mail arrives in the inbox; returns its bytes."""
        self._count += 1
        raw = buyer_mail(text, number=self._count, alias=alias, order_id=order_id)
        self.put("INBOX", raw)
        return raw

    def ledger(self) -> Ledger:
        """The ledger, opened for a look."""
        return Ledger.on(open_engine(f"sqlite:///{self.root}/state/ledger.db"))

    def states(self) -> dict[str, int]:
        """The drafts by state."""
        ledger = self.ledger()
        try:
            return next((row.drafts for row in ledger.mailboxes.status()), {})
        finally:
            ledger.close()
