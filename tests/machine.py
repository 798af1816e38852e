"""A machine of its own: systemd booted in a container, on an overlay of this machine's root.

`Machine` has this machine's programs and network, and files, units, users and processes of its own; nothing
of it stays. `unable` says why this machine cannot have one: a reason to skip, even in CI, where many hosts
forbid it to be root or to mount. A missing package is no such reason: it can be installed.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.daemon_kit import until

WANTED = ("systemd-nspawn", "nsenter")
PATIENCE = 60.0


def missing() -> str:
    """Which program has to be installed."""
    lacking = [name for name in WANTED if shutil.which(name) is None]
    return f"install the package systemd-container: {', '.join(lacking)} is missing" if lacking else ""


def unable() -> str:
    """Why no container can be booted here, whatever is installed; empty where it can."""
    if os.geteuid() != 0:
        return "only root can boot a container"
    with tempfile.TemporaryDirectory(prefix="fr-machine-", dir="/var/tmp") as folder:
        try:
            with overlay(Path(folder)):
                return ""
        except subprocess.CalledProcessError as error:
            return f"no overlay of the root can be mounted here: {error.stderr.strip()}"


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """One machine at a time on this host: each one's systemd ends the processes of another's."""
    with Path("/var/tmp/fr-machine.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def overlay(folder: Path) -> Iterator[Path]:
    """The whole root, writable, whatever is written going to `folder`."""
    changed, scratch, root = (folder / name for name in ("changed", "scratch", "root"))
    for each in (changed, scratch, root):
        each.mkdir()
    options = f"lowerdir=/,upperdir={changed},workdir={scratch}"
    mount = ["mount", "-t", "overlay", "overlay", "-o", options, str(root)]
    subprocess.run(mount, check=True, capture_output=True, text=True)
    try:
        yield root
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=True)


class Machine:
    """One container; `root` is its root as seen from here."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._leader = 0

    def boot(self) -> None:
        """Start systemd and wait until it has started all that it should: nothing of this machine's own."""
        for wants in (self.root / "etc/systemd/system").glob("*.wants/*"):
            wants.unlink()
        options = ("--quiet", "--boot", "--register=no", "--keep-unit", "--link-journal=no", "--console=pipe")
        place = (f"--directory={self.root}", "--machine=firstreply-test", "--resolv-conf=off")
        with (self.root.parent / "console").open("wb") as console:
            self._nspawn = subprocess.Popen(
                ["systemd-nspawn", *options, *place], stdin=subprocess.DEVNULL, stdout=console, stderr=console
            )
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        until(lambda: children.read_text().split(), "the container's systemd", PATIENCE)
        self._leader = int(children.read_text().split()[0])
        until(self._is_up, f"the container's boot; it said: {self.console()[-2000:]}", PATIENCE)

    def _is_up(self) -> bool:
        assert self._nspawn is not None
        assert self._nspawn.poll() is None, self.console()
        return self.run("systemctl", "is-system-running", check=False).strip() in {"running", "degraded"}

    def console(self) -> str:
        """What the container said while it booted."""
        return (self.root.parent / "console").read_text(errors="replace")

    def run(self, *words: str, check: bool = True) -> str:
        """A command in the container, as its root; its output."""
        enter = ["nsenter", f"--target={self._leader}", "--mount", "--uts", "--ipc", "--pid", "--cgroup"]
        done = subprocess.run(
            [*enter, *words], capture_output=True, text=True, timeout=PATIENCE * 3, check=False
        )
        assert not check or done.returncode == 0, (
            f"{words}: {done.stdout}{done.stderr}{self.journal()[-3000:]}"
        )
        return done.stdout

    def show(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def journal(self, unit: str = "firstreply") -> str:
        """What a unit logged, and what systemd said about it."""
        return self.run("journalctl", "--quiet", "--no-pager", "--output=cat", f"--unit={unit}", check=False)

    def close(self) -> None:
        """End the container, with everything in it."""
        if self._nspawn is not None and self._nspawn.poll() is None:
            try:
                os.kill(self._leader or self._nspawn.pid, signal.SIGKILL)
            except ProcessLookupError:  # its systemd died at the boot
                self._nspawn.kill()
            self._nspawn.wait(PATIENCE)
