"""Where a secret comes from, and reading it: systemd credential, environment, file, command or keyring.

Promises: the secret itself is never part of a value's repr, of an error's text, of an argument list
or of a child's environment, and is never kept by this module. Errors: `Secret` raises ValueError when
not exactly one source is named; `read_secret` raises ConfigurationError, which names the place in the
configuration and a remedy, for whatever is missing, empty, unreadable or open to other users.
"""

import os
import shlex
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from daemon.errors import ConfigurationError
from daemon.ports.keyring_access import SERVICE, from_keyring

COMMAND_TIMEOUT = 10.0
_SIZE_LIMIT = 65_536
_UNIT_PREFIX = "firstreply_"
# what pass, secret-tool or gpg need; nothing else, since other secrets may stand in our environment
_COMMAND_ENVIRONMENT = (
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TERM", "SSH_AUTH_SOCK"),
    *("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS"),
    *("GNUPGHOME", "PASSWORD_STORE_DIR"),
)


@dataclass(frozen=True, slots=True)
class Secret:
    """The one place a secret is read from; exactly one field is set.

    Attributes:
        credential: name of a systemd credential (`LoadCredential=` in the unit).
        env: name of an environment variable.
        file: path of a file that only its owner may read.
        command: command line whose first line of output is the secret; no shell is involved.
        keyring: name under which the user's keyring keeps it for the service "firstreply".
    """

    credential: str | None = None
    env: str | None = None
    file: str | None = None
    command: str | None = field(default=None, repr=False)  # people do put tokens into command lines
    keyring: str | None = None

    def __post_init__(self) -> None:
        named = [f.name for f in fields(self) if getattr(self, f.name) is not None]
        if len(named) != 1:
            raise ValueError(
                f"names {' and '.join(named) or 'no source'} for a secret; "
                'write exactly one of { credential = "NAME" }, { env = "NAME" }, '
                '{ file = "/path" }, { command = "…" } or { keyring = "NAME" }'
            )
        if not getattr(self, named[0]).strip():
            raise ValueError(f"{named[0]} is empty; write the name, path or command of the secret")


def read_secret(
    secret: Secret, *, environ: Mapping[str, str], where: str, timeout: float = COMMAND_TIMEOUT
) -> str:
    """Return the secret as text, without its final line break.

    Args:
        secret: the source.
        environ: the environment to look into ($CREDENTIALS_DIRECTORY, `env`, the command's $PATH).
        where: file and key of the configuration, for the error message.
        timeout: seconds that a command may take.

    Raises:
        ConfigurationError: there is no secret there, or it is empty, of several lines, or readable by others.
    """

    def problem(text: str, remedy: str) -> ConfigurationError:
        return ConfigurationError(text, where=where, remedy=remedy)

    if secret.credential is not None:
        raw, source = _credential(secret.credential, environ, problem), f"credential {secret.credential}"
    elif secret.env is not None:
        raw, source = _variable(secret.env, environ, problem), f"variable {secret.env}"
    elif secret.file is not None:
        raw, source = _file(Path(secret.file), problem), f"file {secret.file}"
    elif secret.keyring is not None:
        raw, source = _keyring(secret.keyring, where, problem), f"keyring's {secret.keyring}"
    else:
        raw, source = _command(secret.command or "", environ, timeout, problem), "command's output"
    return _text(raw, source, problem)


_Problem = Callable[[str, str], ConfigurationError]


def _credential(name: str, environ: Mapping[str, str], problem: _Problem) -> bytes:
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if name in {".", ".."} or "/" in name or "\0" in name:
        raise problem(f"{name!r} is no name of a credential", "Write the bare name, without a path.")
    if not folder:
        raise problem(
            f"credential {name} is asked for, but $CREDENTIALS_DIRECTORY is not set",
            "Start firstreply by its systemd unit, or name the secret by env, file or command.",
        )
    # the shipped unit loads a whole folder, and systemd then prefixes each name
    for candidate in (name, _UNIT_PREFIX + name):
        try:
            return (Path(folder) / candidate).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise problem(
                f"credential {name} cannot be read ({error.strerror})", "Check the unit's User=."
            ) from error
    raise problem(
        f"there is no credential {name}",
        f"Put the secret into /etc/firstreply/credentials/{name} (mode 0600) and restart the service, "
        f"or add LoadCredential={name}:/path to the unit.",
    )


def _variable(name: str, environ: Mapping[str, str], problem: _Problem) -> bytes:
    if name not in environ:
        raise problem(f"environment variable {name} is not set", f"Set {name}, or name another source.")
    return os.fsencode(environ[name])


def _file(path: Path, problem: _Problem) -> bytes:
    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NONBLOCK)  # a named pipe must not hang the start

    try:
        with open(path, "rb", opener=opener) as opened:
            mode = os.fstat(opened.fileno()).st_mode  # of what is open: the name may lead elsewhere by now
            if not stat.S_ISREG(mode):
                raise problem(f"{path} is no regular file", "Name a file that holds nothing but the secret.")
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise problem(
                    f"file {path} is open to other users (mode {stat.S_IMODE(mode):04o})",
                    f"Run: chmod 600 {shlex.quote(str(path))}",
                )
            return opened.read(_SIZE_LIMIT + 1)
    except OSError as error:
        remedy = "Correct the path, or make the file readable for the user that runs firstreply."
        raise problem(f"file {path} cannot be read ({error.strerror})", remedy) from error


def _keyring(name: str, where: str, problem: _Problem) -> bytes:
    found = from_keyring(name, where=where)
    if found is None:
        raise problem(f"the keyring has no {name}", f"Run: keyring set {SERVICE} {shlex.quote(name)}.")
    return found.encode()


def _command(command: str, environ: Mapping[str, str], timeout: float, problem: _Problem) -> bytes:
    by_hand = "Run it by hand as the user that runs firstreply, and correct it until it prints the secret."
    try:
        done = subprocess.run(  # noqa: S603  the command is the configuration's own, and no shell reads it
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            env={name: environ[name] for name in _COMMAND_ENVIRONMENT if name in environ},
            check=False,
        )
    except subprocess.TimeoutExpired:
        # not `from` it: that error carries the output, hence maybe the secret
        raise problem(f"the command did not end within {timeout:g} s", by_hand) from None
    except (OSError, ValueError) as error:  # ValueError: unbalanced quotes, a NUL
        raise problem(f"the command cannot be started ({error})", by_hand) from error
    if done.returncode != 0:
        raise problem(f"the command ended with status {done.returncode}", by_hand)
    return done.stdout


def _text(raw: bytes, source: str, problem: _Problem) -> str:
    """Decode and check; no error carries a byte of the secret, not even as its cause."""
    if len(raw) > _SIZE_LIMIT:
        raise problem(f"the {source} holds more than {_SIZE_LIMIT} bytes", "Name the right source.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise problem(f"the {source} is not UTF-8", "Write the secret in UTF-8.") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise problem(f"the {source} is empty", "Put the secret there.")
    if any(character < " " or character == "\x7f" for character in text):
        # a line break inside would end the IMAP or SMTP command it is sent in
        raise problem(
            f"the {source} holds several lines or control characters", "Leave only the secret, on one line."
        )
    return text
