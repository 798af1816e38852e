"""A throw-away Dovecot 2.3: the real IMAP server of the tests, as root or unprivileged.

Any account exists from its first use on, with one password for all; wrong ones are not slowed down.
Folders live in a short path under the temporary folder: Dovecot's socket paths end at 107 characters.
"""

import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import trustme

HOST = "127.0.0.1"
PASSWORD = "secret"
INSTALL = "Dovecot is needed for these tests: apt-get install dovecot-imapd dovecot-lmtpd"

CONFIGURATION = r"""
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
instance_name = firstreply-{port}
listen = 127.0.0.1 127.0.0.2
protocols = imap lmtp
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_max_userip_connections = 500
mail_fsync = optimized
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
{mailboxes}
}}
service imap-login {{
  {chroot}
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service imap {{
  service_count = 500
}}
service lmtp {{
  {lmtp_user}
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{more}
"""


def find_program(name: str) -> str | None:
    """The path of a program; the sbin beside each bin of PATH is searched as well."""
    bins = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join([*bins, *(folder[:-3] + "sbin" for folder in bins if folder.endswith("bin"))])
    return shutil.which(name, path=path)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on right now."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports: list[int] = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


class Dovecot:
    """One server; `with Dovecot() as server:` starts and stops it.

    Args:
        capabilities: what it claims to be able to do after login; None for all it can.
        separator: the hierarchy delimiter.
        prefix: the prefix of personal folders, such as `INBOX.`.
        special: special-use folders that every account has from the start, name to attribute.
        more: further lines of configuration.
    """

    def __init__(
        self,
        *,
        capabilities: str | None = None,
        separator: str = "/",
        prefix: str = "",
        special: dict[str, str] | None = None,
        more: str = "",
    ) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="fr-dovecot-"))
        self.port, self.tls_port, self.lmtp_port = free_ports(3)
        self.separator, self.prefix = separator, prefix
        self.special = special if special is not None else {"Drafts": r"\Drafts", "Sent": r"\Sent"}
        self.more = more + (f"imap_capability = {capabilities}\n" if capabilities else "")
        self.ca_file = self.base / "ca.pem"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start the server and wait for its greeting."""
        program = find_program("dovecot")
        if program is None:
            raise FileNotFoundError(INSTALL)
        self._prepare()
        log = (self.base / "start.log").open("wb")
        self.process = subprocess.Popen(
            [program, "-F", "-c", str(self.base / "dovecot.conf")], stdout=log, stderr=log, cwd=self.base
        )
        log.close()
        deadline = time.monotonic() + 20
        while not self._greets():
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = (self.base / "start.log").read_text() + self.log()
                raise RuntimeError(f"dovecot did not start: {said}")
            time.sleep(0.01)  # the server has no other way to say that it is ready
        return self

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.base, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def deliver(self, user: str, *raws: bytes) -> None:
        """Hand messages over by LMTP, as a mail server in front would."""
        with smtplib.LMTP(HOST, self.lmtp_port) as lmtp:
            for raw in raws:
                lmtp.sendmail("sender@example.com", [user], raw)

    def kick(self, user: str) -> None:
        """End all connections of an account with BYE."""
        doveadm = find_program("doveadm")
        subprocess.run([str(doveadm), "-c", str(self.base / "dovecot.conf"), "kick", user], check=True)

    def log(self) -> str:
        """What the server wrote."""
        path = self.base / "dovecot.log"
        return path.read_text() if path.exists() else ""

    def _greets(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), 1) as probe:
                return probe.recv(100).startswith(b"* OK")
        except OSError:
            return False

    def _prepare(self) -> None:
        self.base.chmod(0o755)  # the mail user must get through
        for name in ("run", "state", "mail"):
            (self.base / name).mkdir()
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_file))
        certificate = authority.issue_cert("localhost", HOST)
        certificate.private_key_pem.write_to_path(str(self.base / "key.pem"))
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(str(self.base / "cert.pem"), append=True)
        (self.base / "dovecot.conf").write_text(self._configuration())
        if os.getuid() == 0:
            shutil.chown(self.base / "mail", "mail", "mail")

    def _configuration(self) -> str:
        root = os.getuid() == 0
        user = "mail" if root else pwd.getpwuid(os.getuid()).pw_name  # mail processes never run as root
        group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
        mailboxes = "".join(
            f"  mailbox {name} {{\n    special_use = {use}\n    auto = subscribe\n  }}\n"
            for name, use in self.special.items()
        )
        own = (
            f"default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n"
        )
        return CONFIGURATION.format(
            base=self.base,
            port=self.port,
            tls_port=self.tls_port,
            lmtp_port=self.lmtp_port,
            password=PASSWORD,
            uid=user,
            gid=group,
            separator=self.separator,
            prefix=self.prefix,
            mailboxes=mailboxes,
            chroot="" if root else "chroot =",
            lmtp_user="" if root else f"user = {user}",
            more=self.more + ("" if root else own),
        )
