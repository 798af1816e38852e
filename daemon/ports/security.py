"""How a connection to a mail server is protected: one word shared by the IMAP and the SMTP port.

Nothing here touches the network and no error leaves it, except from `tls_context`, which raises
ConfigurationError when a configured authority file cannot be read.
"""

import ssl
from enum import StrEnum

from daemon.errors import ConfigurationError

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Security(StrEnum):
    """The protection of one connection; the values are those of `firstreply.toml`."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


def tls_context(ca_file: str | None, *, where: str) -> ssl.SSLContext:
    """Return a client context that checks names and certificates and speaks TLS 1.2 or newer.

    Args:
        ca_file: PEM file whose authorities are trusted in place of the system's; None for the system's.
        where: what the error names, for instance `smtp.example.com:465`.

    Raises:
        ConfigurationError: the file is missing, unreadable or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one too
        raise ConfigurationError(
            f"the certificate file {ca_file} cannot be used ({error})",
            where=where,
            remedy="Set ca_file to a readable PEM file, or leave it out to trust the system's own.",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def require_loopback(security: Security, host: str, *, where: str) -> None:
    """Refuse clear text to any other machine.

    Raises:
        ConfigurationError: `security` is `none` and `host` is not a loopback name.
    """
    if security is Security.NONE and host not in LOOPBACK_HOSTS:
        raise ConfigurationError(
            "clear text would show the password to the network",
            where=where,
            remedy='Set security to "tls" or "starttls"; "none" is for localhost only.',
        )
