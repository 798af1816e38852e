"""A throw-away Roundcube: Debian's webmail on PHP's own server, for one IMAP and one SMTP server.

Debian's files are used where they lie; configuration, database and logs are the run's own, and Debian's
configuration is neither read nor changed.
"""

import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Self

from tests.dovecot import HOST, free_ports

ROOT = Path("/var/lib/roundcube/public_html")
DEBIAN = Path("/etc/roundcube")
INSTALL = "Roundcube is needed for this test: bash tools/packages.sh webmail"
CONFIGURATION = """\
<?php
$config['db_dsnw'] = 'sqlite:///{base}/roundcube.db?mode=0600';
$config['imap_host'] = '{host}:{imap}';
$config['smtp_host'] = '{host}:{smtp}';
$config['smtp_user'] = '%u';
$config['smtp_pass'] = '%p';
$config['mail_domain'] = 'shop.example';
$config['des_key'] = 'invented-key-of-24-chars';
$config['log_dir'] = '{base}/logs/';
$config['temp_dir'] = '{base}/temp/';
$config['drafts_mbox'] = 'Drafts';
$config['sent_mbox'] = 'Sent';
$config['trash_mbox'] = 'Trash';
$config['junk_mbox'] = 'Junk';
$config['create_default_folders'] = true;
$config['language'] = 'en_US';
$config['plugins'] = [];
$config['skin'] = 'elastic';
$config['session_lifetime'] = 60;
$config['refresh_interval'] = 60;
$config['draft_autosave'] = 0;
$config['htmleditor'] = 0;
"""


class Roundcube:
    """One webmail; `with Roundcube(imap_port, smtp_port) as webmail:` and open `webmail.url`."""

    def __init__(self, imap_port: int, smtp_port: int) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="fr-roundcube-"))
        (port,) = free_ports(1)
        self.url = f"http://{HOST}:{port}/"
        self._listen = f"{HOST}:{port}"
        for folder in ("config", "logs", "temp", "sessions"):
            (self.base / folder).mkdir()
        for name in ("defaults.inc.php", "mimetypes.php"):
            shutil.copy(DEBIAN / name, self.base / "config")
        words = CONFIGURATION.format(base=self.base, host=HOST, imap=imap_port, smtp=smtp_port)
        (self.base / "config" / "config.inc.php").write_text(words)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        environment = {
            **os.environ,
            "ROUNDCUBE_CONFIG_DIR": str(self.base / "config"),
            "PHP_CLI_SERVER_WORKERS": "4",
        }
        with (self.base / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["php", "-d", f"session.save_path={self.base}/sessions", "-S", self._listen, "-t", str(ROOT)],
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)  # the server has no other way to say that it is ready
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, 15)  # its workers as well
            self._process.wait()
        shutil.rmtree(self.base)

    def log(self) -> str:
        """What server and webmail complain of."""
        logs = [self.base / "server.log", *(self.base / "logs").iterdir()]
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in logs)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=20) as page:  # noqa: S310  our own server
                return b"rcmloginuser" in page.read()
        except OSError:
            return False


def is_there() -> bool:
    """Whether Debian's packages are installed."""
    return ROOT.is_dir() and shutil.which("php") is not None
