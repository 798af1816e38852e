"""Writing to the journal with fields: one datagram a line, in the native protocol of systemd-journald.

Promises: `journal` gives one only where stderr already leads to the journal, so that nothing is logged to
two places; values are lines without a break, as `daemon.logs` makes them, and bounded, far below what a
datagram can hold. A line that the journal does not take is told to the caller, who has stderr.

Errors: none.
"""

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

SOCKET = Path("/run/systemd/journal/socket")
PRIORITIES = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}
"""syslog's levels, by structlog's."""


class Journal:
    """The journal of this machine."""

    def __init__(self, path: Path = SOCKET) -> None:
        self._path = str(path)

    def write(self, line: str, level: str, fields: Mapping[str, object]) -> bool:
        """Hand over one line with what can be asked for; False where nobody took it."""
        entry = {
            "MESSAGE": line,
            "PRIORITY": PRIORITIES.get(level, 6),
            "SYSLOG_IDENTIFIER": "firstreply",
            **{f"FIRSTREPLY_{name.upper()}": value for name, value in fields.items() if value is not None},
        }
        datagram = "".join(f"{name}={value}\n" for name, value in entry.items())
        try:
            # by its path each time: a journald that was restarted has another socket there
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
                to.sendto(datagram.encode(errors="replace"), self._path)
        except OSError:
            return False
        return True


def journal(environ: Mapping[str, str] = os.environ, path: Path = SOCKET) -> Journal | None:
    """The journal, where stderr is its stream: $JOURNAL_STREAM names device and inode (systemd.exec(5))."""
    stream = environ.get("JOURNAL_STREAM", "")
    try:
        stderr = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return None  # no real file
    return Journal(path) if stream == f"{stderr.st_dev}:{stderr.st_ino}" else None
