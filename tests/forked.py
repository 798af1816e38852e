"""Daemons forked from one warmed process, which start in milliseconds instead of seconds.

`Zygote` is the other end of `tests/zygote.py`; one serves a whole test run. What it starts is the program's
own `main`, in a process of its own, that can be killed and signalled like any other.
"""

import itertools
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.daemon_kit import House

PATIENCE = 60.0


@dataclass
class Forked:
    """A process that the zygote started, with the part of `subprocess.Popen` that tests use."""

    zygote: "Zygote"
    pid: int
    returncode: int | None = None
    _end: int = field(default=-1)

    def __post_init__(self) -> None:
        self._end = os.pidfd_open(self.pid)

    def poll(self) -> int | None:
        """The exit status, once it has ended."""
        if self.returncode is None and select.select([self._end], [], [], 0)[0]:
            self._collect()
        return self.returncode

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for its end; the exit status, negative for a signal."""
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"pid {self.pid}", timeout)
            self._collect()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill -9."""
        self.send_signal(signal.SIGKILL)

    def _collect(self) -> None:
        os.close(self._end)
        self.returncode = self.zygote.ask({"wait": self.pid})


class Zygote:
    """The process that forks daemons."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.zygote"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._orders = itertools.count(1)

    def ask(self, order: dict[str, Any]) -> int:
        """One order, one answer; that of an order whose test ran out of time is passed over."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        number = next(self._orders)
        self._process.stdin.write(json.dumps({"number": number, **order}) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            answered, answer = map(int, line.split())
            if answered == number:
                return answer
        raise AssertionError("the zygote has ended")

    def start(
        self,
        *arguments: str,
        stdout: Path,
        stderr: Path,
        kill: tuple[str, str] | None = None,
        changed: Mapping[str, object] | None = None,
    ) -> Forked:
        """The program, in the background; `kill` names a step and `before` or `after`.

        `changed` are constants of its modules, by their whole names, that have other values there.
        """
        told = {"step": kill[0], "when": kill[1]} if kill else None
        order: dict[str, object] = {"arguments": arguments, "stdout": str(stdout), "stderr": str(stderr)}
        order |= {"kill": told, "set": changed or {}}
        return Forked(self, self.ask({"fork": order}))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The program with these arguments, to its end, with what it said."""
        with tempfile.TemporaryDirectory(prefix="fr-run-") as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            status = self.start(*arguments, stdout=out, stderr=err).wait()
            return subprocess.CompletedProcess(arguments, status, out.read_text(), err.read_text())

    def once(
        self,
        house: "House",
        step: str | None = None,
        when: str = "before",
        changed: Mapping[str, object] | None = None,
    ) -> int:
        """One full cycle; with a step the daemon dies there if it gets there. Returns the exit status."""
        log = house.root / "log"
        kill = (step, when) if step else None
        words = house.words("run", "--once")
        return self.start(*words, stdout=log, stderr=log, kill=kill, changed=changed).wait()

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=20)
