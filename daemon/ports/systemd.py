"""Telling systemd how the service is: one datagram a message, as sd_notify(3) describes.

Promises: without $NOTIFY_SOCKET every call does nothing; no call blocks or raises, because a service
that cannot report must go on working. Each call returns whether the datagram was handed over.
Newer needs (`Type=notify-reload` of systemd 253) are met too: `reloading` carries its time stamp.
"""

import os
import socket
import time
from collections.abc import Mapping

_STATUS_LIMIT = 500


class Systemd:
    """The service manager that started us, if one did; `environ` is read once."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        path = environ.get("NOTIFY_SOCKET", "")
        # "@name" is systemd's way to write an abstract address, which really begins with a NUL
        self._address = "\0" + path[1:] if path.startswith("@") else path
        self._watchdog = _watchdog_seconds(environ)

    @property
    def present(self) -> bool:
        """Whether anybody listens."""
        return bool(self._address)

    def ready(self, status: str = "") -> bool:
        """Started, or done with reloading; `status` is shown by `systemctl status`."""
        return self._notify("READY=1", *([_status(status)] if status else []))

    def status(self, text: str) -> bool:
        """Show one line of text in `systemctl status`."""
        return self._notify(_status(text))

    def watchdog(self) -> bool:
        """Say that there was progress; without it for WatchdogSec= the service is restarted."""
        return self._notify("WATCHDOG=1")

    def reloading(self) -> bool:
        """Configuration is being read again; `ready` ends that state."""
        return self._notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self, status: str = "") -> bool:
        """The service has begun to end."""
        return self._notify("STOPPING=1", *([_status(status)] if status else []))

    def extend(self, seconds: float) -> bool:
        """Ask for `seconds` more from now on for a long start or stop."""
        return self._notify(f"EXTEND_TIMEOUT_USEC={max(1, round(seconds * 1_000_000))}")

    def watchdog_interval(self) -> float | None:
        """Seconds between two `watchdog` calls, half of WatchdogSec= as sd_watchdog_enabled(3) advises.

        None when this process is not watched.
        """
        return self._watchdog / 2 if self._watchdog else None

    def _notify(self, *lines: str) -> bool:
        if not self._address:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
                notify.setblocking(False)
                notify.connect(self._address)
                notify.send("\n".join(lines).encode())
        except OSError:  # nobody there, or its queue is full
            return False
        return True


def _status(text: str) -> str:
    # one line: a line break would begin a new assignment; whole characters only
    return "STATUS=" + " ".join(text.split())[:_STATUS_LIMIT].encode(errors="replace").decode()


def _watchdog_seconds(environ: Mapping[str, str]) -> float | None:
    """WatchdogSec= in seconds, or None: unset, nonsense, or meant for another process."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    owner = environ.get("WATCHDOG_PID", "")
    if owner and owner != str(os.getpid()):
        return None
    if not microseconds.isascii() or not microseconds.isdigit() or int(microseconds) == 0:
        return None
    return int(microseconds) / 1_000_000
