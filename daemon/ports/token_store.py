"""Where the grant of a mailbox lies between two runs: a file that only its owner may read, or the keyring.

Promises: a grant is either the old or the new one, never half a one: it is written beside its place,
flushed to the disk and renamed. `exclusive` keeps other processes out, since a provider that rotates
refresh tokens takes a race for theft.

Errors: ConfigurationError for a place that cannot be read or written, or that is open to others.
"""

import contextlib
import fcntl
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from daemon.errors import ConfigurationError
from daemon.ports.keyring_access import from_keyring, to_keyring

_PRIVATE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person gave us by logging in: the right to fetch access tokens until it is revoked."""

    refresh_token: str = field(repr=False)
    granted_at: str


class TokenStore(Protocol):
    """A place for one grant."""

    def load(self) -> Grant | None:
        """The grant, or None before the first login."""
        ...

    def save(self, grant: Grant) -> None:
        """Replace it; durable when this returns."""
        ...

    def exclusive(self) -> contextlib.AbstractContextManager[None]:
        """Keep other processes from renewing meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class FileStore:
    """A JSON file of mode 0600."""

    path: Path

    def load(self) -> Grant | None:
        """The grant, or None before the first login."""
        try:
            with self.path.open("rb") as opened:
                if os.fstat(opened.fileno()).st_mode & _OTHERS:
                    raise self._problem("is open to other users", f"Run: chmod 600 {self.path}")
                return _grant(opened.read(), str(self.path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._problem(f"cannot be read ({error.strerror})", _AS_SERVICE) from error

    def save(self, grant: Grant) -> None:
        """Replace it: beside its place, flushed, renamed, and the folder flushed too."""
        new = self.path.with_suffix(".new")
        try:
            _make_folder(self.path.parent)
            number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _PRIVATE)
            with os.fdopen(number, "wb") as opened:
                os.fchmod(number, _PRIVATE)  # an old file of that name may have other rights
                _hand_over(number, self.path.parent)
                opened.write(json.dumps(asdict(grant)).encode())
                opened.flush()
                os.fsync(number)
            new.replace(self.path)
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise self._problem(f"cannot be written ({error.strerror})", _AS_SERVICE) from error

    def exclusive(self) -> contextlib.AbstractContextManager[None]:
        """A lock on a file beside it."""
        return _locked(self.path)

    def _problem(self, text: str, remedy: str) -> ConfigurationError:
        return ConfigurationError(f"the token file {text}", where=str(self.path), remedy=remedy)


@dataclass(frozen=True, slots=True)
class KeyringStore:
    """The keyring of the user that runs firstreply; `path` is only the place of the lock."""

    name: str
    path: Path

    def load(self) -> Grant | None:
        """The grant, or None before the first login."""
        found = from_keyring(f"{self.name}-token", where=self._where)
        return None if found is None else _grant(found.encode(), self._where)

    def save(self, grant: Grant) -> None:
        """Replace it."""
        to_keyring(f"{self.name}-token", json.dumps(asdict(grant)), where=self._where)

    def exclusive(self) -> contextlib.AbstractContextManager[None]:
        """A lock on a file in the state folder."""
        return _locked(self.path)

    @property
    def _where(self) -> str:
        return f"mailbox {self.name!r}, oauth.store"


_AS_SERVICE = "Run the command as root, or as the user that runs the service"


def _make_folder(folder: Path) -> None:
    """Make the folder of the tokens; what root makes belongs to whom the state folder belongs."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            _hand_over(number, folder.parent)
        finally:
            os.close(number)


def _hand_over(number: int, like: Path) -> None:
    """Give what is open to the owner of a folder; never by its name, which the service could have bent."""
    if os.geteuid() == 0:
        owner = like.stat()
        os.fchown(number, owner.st_uid, owner.st_gid)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = path.with_suffix(".lock")
    try:
        _make_folder(lock.parent)
        number = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, _PRIVATE)
        opened = os.fdopen(number, "wb")
        _hand_over(number, lock.parent)
    except OSError as error:
        raise ConfigurationError(
            f"cannot be written ({error.strerror})", where=str(lock), remedy=_AS_SERVICE
        ) from error
    with opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield


def _grant(raw: bytes, where: str) -> Grant:
    try:
        return Grant(**json.loads(raw))
    except (ValueError, TypeError):
        # not `from` it: that error carries what was read
        raise ConfigurationError(
            "what is kept there is no token", where=where, remedy="Run `firstreply login` again"
        ) from None
