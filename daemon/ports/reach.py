"""Whether a server can be reached at all: its name, its port.

Errors: `ConfigurationError` for a name that does not exist, `TemporaryError` for the rest.
"""

import socket

from daemon.errors import ConfigurationError, TemporaryError

PATIENCE = 10.0
"""Seconds to wait for a connection."""


def addresses(host: str) -> tuple[str, ...]:
    """The addresses behind a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise TemporaryError(f"no name server answered for {host}") from error
        raise ConfigurationError(
            f"the name {host} does not exist", where="host", remedy="Correct the host's name"
        ) from error
    except UnicodeError as error:
        raise ConfigurationError(
            f"{host!r} is no name of a host", where="host", remedy="Correct the host's name"
        ) from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def knock(host: str, port: int, patience: float = PATIENCE) -> None:
    """Connect and go away."""
    try:
        socket.create_connection((host, port), patience).close()
    except OSError as error:
        said = "nobody answers within" if isinstance(error, TimeoutError) else str(error.strerror or error)
        more = f" {patience:g} s; a firewall may be in the way" if isinstance(error, TimeoutError) else ""
        raise TemporaryError(f"port {port} of {host}: {said}{more}") from error
