r"""A throw-away Courier IMAP 5: the second make of server, with folders below `INBOX.` and without MOVE.

Debian installs one IMAP server at a time, so that `tools/packages.sh` unpacks this one into `build/courier`.
Its own way in (a TCP daemon, a login program, an authentication daemon) needs the system's folders; a
small front door takes the login instead and hands the connection on to the real imapd, as they would.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import uuid
from pathlib import Path
from typing import Any, Self

from tests.dovecot import HOST, PASSWORD

ROOT = Path(__file__).resolve().parent.parent / "build" / "courier"
INSTALL = "Courier is needed for this test: bash tools/packages.sh"
OFFERS = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
OWNER = "mail"
"""Who owns the mail when the tests run as root: the imapd refuses to run for root."""


class Courier:
    """One server; `with Courier() as server:` starts and stops it. Accounts come into being by login."""

    prefix = "INBOX."

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="fr-courier-"))
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._watching = f"fr{uuid.uuid4().hex[:8]}"
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.base.chmod(0o755)  # the mail's owner must get through
        # the file monitor: imapd asks it for changes, and waits a second where there is none
        self._run("usr/libexec/gam_server", "--notimeout", self._watching)
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for process in self._processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.base)

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._let_in, args=(connection,), daemon=True).start()

    def _let_in(self, connection: socket.socket) -> None:
        """Answer until the login is there, then let the imapd go on with the connection."""
        with connection, connection.makefile("rwb") as talk:
            talk.write(f"* OK [CAPABILITY {OFFERS}] Courier behind a front door\r\n".encode())
            talk.flush()
            while line := talk.readline():
                tag, verb, *words = line.decode("ascii").split()
                if verb.upper() == "CAPABILITY":
                    talk.write(f"* CAPABILITY {OFFERS}\r\n{tag} OK done\r\n".encode())
                elif verb.upper() == "LOGIN" and words[1].strip('"') == PASSWORD:
                    self._imapd(connection, tag, words[0].strip('"'))
                    return
                else:
                    talk.write(f"{tag} NO not before the login\r\n".encode())
                talk.flush()

    def _imapd(self, connection: socket.socket, tag: str, user: str) -> None:
        home = self.base / user
        for name in ("cur", "new", "tmp"):
            (home / "Maildir" / name).mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            for path in (home, home / "Maildir", *(home / "Maildir").iterdir()):
                shutil.chown(path, OWNER, OWNER)
        self._run("usr/bin/imapd", "Maildir", talk=connection.fileno(), tag=tag, user=user, home=home)

    def _run(
        self,
        program: str,
        *arguments: str,
        talk: int | None = None,
        tag: str = "",
        user: str = "",
        home: Path | None = None,
    ) -> None:
        """Start a program of Courier's; `talk` is the connection that it goes on with."""
        environment = {
            "LD_LIBRARY_PATH": ":".join(str(ROOT / part) for part in ("usr/lib", *_machine_folders())),
            "GAM_CLIENT_ID": self._watching,
            "IMAPLOGINTAG": tag,
            "AUTHENTICATED": user,
            "HOME": str(home or self.base),
            "TCPREMOTEIP": HOST,
            "TCPREMOTEPORT": "1",
            "IMAP_CAPABILITY": OFFERS,
            "IMAP_KEYWORDS": "1",
            "IMAP_USELOCKS": "1",
            "IMAP_ENHANCEDIDLE": "1",
        }
        owner: dict[str, Any] = {}
        if os.getuid() == 0:
            owner = {"user": OWNER, "group": OWNER, "extra_groups": []}
        with (self.base / "log").open("ab") as log:
            process = subprocess.Popen(
                [ROOT / program, *arguments],
                stdin=subprocess.DEVNULL if talk is None else talk,
                stdout=log if talk is None else talk,
                stderr=log,
                env=environment,
                cwd=home or self.base,
                **owner,
            )
        self._processes.append(process)


def _machine_folders() -> list[str]:
    """Where Debian keeps libraries of this machine's kind."""
    return [str(path.relative_to(ROOT)) for path in ROOT.glob("usr/lib/*-linux-gnu*")]


def is_there() -> bool:
    """Whether it has been unpacked."""
    return (ROOT / "usr/bin/imapd").exists()
