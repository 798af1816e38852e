"""`firstreply init`: writes a configuration by asking the few things that it must, and tests it at once.

Promises: nothing is written over another file without `--force`; no secret goes into the configuration: it
goes into a file of mode 0600, named by it, once the answers have passed. Everything that is asked can be
answered by an option.

Errors: `ConfigurationError` for answers that cannot be right, and for files.
"""

import os
import pwd
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from daemon.checking import servers
from daemon.checking.finding import Finding
from daemon.commands.look import print_json
from daemon.errors import ConfigurationError
from daemon.ports.discovery import Names
from daemon.settings import find, load
from daemon.setup.answers import Given, collect, folder
from daemon.setup.asking import Asker
from daemon.setup.writing import Value, filled, taken, without, write
from daemon.shipped import shipped

SERVICE_USER = "firstreply"
ETC = Path("/etc/firstreply")


def init(config: str | None, given: Given, ask: Asker, names: Names | None, *, as_json: bool = False) -> int:
    """Ask, test, write; 1 when a script's answers did not pass the test."""
    path = find(config)
    if path.exists() and not given.force and not _untouched(path):
        raise taken(path)
    while True:
        values, secrets = collect(path, given, ask, names)
        if not given.test or _passes(path, values, secrets, ask):
            break
        if ask.scripted:
            return 1
        if not ask.confirm("Ask once more?"):
            if not ask.confirm("Write it all the same?"):
                return 1
            break
        given = Given(
            secrets=given.secrets, force=given.force, state_dir=given.state_dir, ca_file=given.ca_file
        )
    _write(path, values, secrets, force=given.force)
    _tell(path, values, secrets, ask)
    if as_json:
        print_json({"configuration": path, "mailbox": values["mailbox.name"]})
    return 0


def _untouched(path: Path) -> bool:
    """Whether the file is the shipped one, which `make install` puts there."""
    return path.read_bytes() == shipped("config/firstreply.toml").read_bytes()


def _text(values: dict[str, Value]) -> str:
    text = filled(shipped("config/firstreply.toml").read_text(encoding="utf-8"), values)
    for key in ("mailbox.imap", "mailbox.smtp"):
        if f"{key}.password" not in values:
            text = without(text, f"{key}.password")
    return text


def _passes(path: Path, values: dict[str, Value], secrets: dict[str, str], ask: Asker) -> bool:
    """Test the answers, from a file that is gone afterwards; what is wrong is told."""
    ask.say("Testing …")
    with tempfile.TemporaryDirectory(prefix="firstreply-") as own_folder:
        trial = Path(own_folder) / path.name
        # the trial reads its secrets out of this very process: no file holds them before they are good
        own: dict[str, Value] = {
            key: {"env": next(iter(value.values())).rpartition("/")[2]} if isinstance(value, dict) else value
            for key, value in values.items()
        }
        write(trial, _text(own), force=True)
        found = list(_findings(trial, secrets, by_token="mailbox.oauth.provider" in values))
    for item in found:
        if item.level in {"problem", "note"}:
            ask.say(f"{item.level}: {item.message}" + (f" → {item.remedy}" if item.remedy else ""))
    return not any(item.level == "problem" for item in found)


def _findings(trial: Path, secrets: dict[str, str], *, by_token: bool) -> Iterator[Finding]:
    for box in load(trial, secrets).mailboxes:
        if by_token:  # nobody has logged in yet
            yield from servers.reach("IMAP", box.imap.host, box.imap.port)
            yield from servers.reach("SMTP", box.smtp.host, box.smtp.port)
        else:
            yield from servers.imap(box, lambda: datetime.now(UTC))
            yield from servers.smtp(box, lambda: datetime.now(UTC))


def _write(path: Path, values: dict[str, Value], secrets: dict[str, str], *, force: bool) -> None:
    stores = [value for value in values.values() if isinstance(value, dict)]
    store = "credential" if any("credential" in value for value in stores) else "file"
    for name, secret in secrets.items():
        file = folder(path, store) / name
        write(file, secret + "\n", force=force)
        if store == "file":
            _give(file.parent)
            _give(file)
    write(path, _text(values), force=force or path.exists())  # what is there is the shipped one
    _show(path)


def _service(path: Path) -> pwd.struct_passwd | None:
    """The service's user, where root writes what an installation reads."""
    if os.geteuid() != 0 or not path.is_relative_to(ETC):
        return None
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return None


def _give(path: Path) -> None:
    """A secret belongs to the service; only credentials stay root's, since systemd reads them."""
    user = _service(path)
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _show(path: Path) -> None:
    """The service reads the configuration and may not change it: it names commands that root may run."""
    user = _service(path)
    if user is not None:
        os.chown(path, 0, user.pw_gid, follow_symlinks=False)
        path.chmod(0o640)


def _tell(path: Path, values: dict[str, Value], secrets: dict[str, str], ask: Asker) -> None:
    ask.say(
        f"Written: {path}"
        + (f", and beside it, for their owner only, the secrets {', '.join(secrets)}." if secrets else ".")
    )
    option = f" --config {path}" if path != find(None) else ""
    if values.get("mailbox.oauth.provider"):
        ask.say(f"Next: firstreply login{option} {values['mailbox.name']}")
    ask.say(f"Next: firstreply check{option} --ask")
    ours = path.is_relative_to(ETC)
    service = f"systemctl enable --now {SERVICE_USER}" if ours else f"firstreply units{option}"
    ask.say(f"Then: {service}, or firstreply run{option}")
    if any(isinstance(value, dict) and "credential" in value for value in values.values()):
        for name in secrets:
            plain = folder(path, "credential") / name
            ask.say(
                f"To encrypt it: systemd-creds encrypt --name={name} {plain} {plain}.cred, and in a drop-in"
            )
            ask.say(f"of the unit: LoadCredentialEncrypted={name}:{plain}.cred (then delete {plain})")


def read_line(option: str) -> str:
    """A secret that a script hands over on stdin."""
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise ConfigurationError(
            "nothing came in", where=option, remedy="Write the secret to stdin, as one line"
        )
    return line
