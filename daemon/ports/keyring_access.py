"""Secrets in the keyring of the user that runs firstreply, through the `keyring` library (an extra).

Promises: everything of ours stands there under the service name "firstreply". No secret is ever part of
an error.

Errors: `ConfigurationError` when the library is not installed or the keyring cannot be opened.
"""

from daemon.errors import ConfigurationError

SERVICE = "firstreply"
_NOT_INSTALLED = "Install it: pip install 'firstreply[keyring]'"
_NO_KEYRING = (
    "Unlock it, or name another place; a system service usually has none: use a credential or a file."
)


def from_keyring(name: str, *, where: str) -> str | None:
    """What is kept under a name; None when nothing is."""
    try:
        import keyring  # noqa: PLC0415  an extra of the installation
        from keyring.errors import KeyringError  # noqa: PLC0415  the same
    except ImportError as error:
        raise _missing(where) from error
    try:
        return keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise _closed(error, where) from error


def to_keyring(name: str, secret: str, *, where: str) -> None:
    """Keep a secret under a name, in place of an older one."""
    try:
        import keyring  # noqa: PLC0415  an extra of the installation
        from keyring.errors import KeyringError  # noqa: PLC0415  the same
    except ImportError as error:
        raise _missing(where) from error
    try:
        keyring.set_password(SERVICE, name, secret)
    except KeyringError as error:
        raise _closed(error, where) from error


def _missing(where: str) -> ConfigurationError:
    return ConfigurationError("the library keyring is not installed", where=where, remedy=_NOT_INSTALLED)


def _closed(error: Exception, where: str) -> ConfigurationError:
    return ConfigurationError(
        f"the keyring cannot be used ({type(error).__name__})", where=where, remedy=_NO_KEYRING
    )
