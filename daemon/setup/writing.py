"""The file that `firstreply init` writes: the shipped one, with its comments, and the answers put in.

Promises: a value is put into the line that shows its key, so that the file explains itself; no secret is in
it. A file is written as a whole, readable by its owner alone, and never over another one unless told so.

Errors: `ConfigurationError` when a file is there already or cannot be written.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from daemon.errors import ConfigurationError

Value = str | int | bool | list[str] | dict[str, str]


def filled(text: str, values: Mapping[str, Value]) -> str:
    """The shipped file with these values; keys such as `mailbox.imap.host` name table and key."""
    lines, table = text.splitlines(), ""
    left = dict(values)
    for number, line in enumerate(lines):
        header = re.fullmatch(r"\s*\[{1,2}([a-z_.]+)\]{1,2}", line)
        if header:
            table = header[1] + "."
            continue
        match = re.match(r"(\s*)#?([a-z_]+) = ", line)
        if match and table + match[2] in left:
            lines[number] = f"{match[1]}{match[2]} = {_toml(left.pop(table + match[2]))}"
    if left:
        raise AssertionError(f"the shipped file has no {', '.join(left)}")
    return "\n".join(lines) + "\n"


def without(text: str, key: str) -> str:
    """The file with one key commented out; `key` as above."""
    table, _, name = key.rpartition(".")
    head, mark, tail = text.partition(f"[{table}]\n")
    return head + mark + re.sub(rf"(?m)^(\s*)({name} = )", r"\1#\2", tail, count=1)


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in escaped) + '"'


def write(path: Path, text: str, *, force: bool) -> None:
    """Write a file of mode 0600 as a whole."""
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as opened:
            os.fchmod(number, 0o600)
            opened.write(text)
            opened.flush()
            os.fsync(number)
        if force:
            new.replace(path)
        else:
            os.link(new, path)  # unlike a rename it fails when somebody was faster
            new.unlink()
    except FileExistsError as error:
        new.unlink()
        raise taken(path) from error
    except OSError as error:
        raise ConfigurationError(
            f"cannot be written ({error.strerror})",
            where=str(path),
            remedy="Run it as root, or name another place with --config",
        ) from error


def taken(path: Path) -> ConfigurationError:
    """The error of a file that must not be lost."""
    return ConfigurationError(
        "is there already",
        where=str(path),
        remedy="Name another with --config, or write --force to replace it",
    )
