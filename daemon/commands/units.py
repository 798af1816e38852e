"""`firstreply units`: the service and its nightly timers for one user's systemd, as after `pipx install`.

Promises: the paths of this program and of a configuration that loads stand in them; a file of the same name
is replaced, since changes belong into drop-ins.

Errors: `ConfigurationError` for the configuration, and where a file cannot be written.
"""

import os
import re
import sys
from pathlib import Path

from daemon.commands.look import print_json
from daemon.errors import ConfigurationError
from daemon.settings import ENVIRONMENT, find, load
from daemon.shipped import shipped

NEXT = """\
Written: {folder}/firstreply*
Next: systemctl --user daemon-reload
      systemctl --user enable --now firstreply firstreply-backup.timer firstreply-train.timer
      loginctl enable-linger    (so that they also work while you are logged out)"""


def units(config: str | None, to: Path | None, *, as_json: bool) -> int:
    """Write them, and say what comes next."""
    path = find(config).absolute()
    load(path)
    values = {
        "@PROGRAM@": _word(str(Path(sys.prefix) / "bin" / "firstreply")).replace("$", "$$"),
        "@CONFIG@": _word(f"{ENVIRONMENT}={path}"),
    }
    folder = to or Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    files = [*(shipped("systemd") / "user").iterdir(), *shipped("systemd").glob("*.timer")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            text = re.sub(r"@[A-Z]+@", lambda match: values[match[0]], file.read_text(encoding="utf-8"))
            (folder / file.name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"the units cannot be written ({error.strerror})",
            where=str(error.filename),
            remedy="Name a folder of yours with --to",
        ) from error
    if as_json:
        print_json({"written": sorted(str(folder / file.name) for file in files)})
    else:
        print(NEXT.format(folder=folder))  # noqa: T201  the command's answer
    return 0


def _word(text: str) -> str:
    """One word as systemd reads it: `%` begins a specifier, blanks end a word."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
