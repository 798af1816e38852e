"""OAuth 2.0 with mail providers through their own libraries: Google by loopback, Microsoft by device code.

Promises: the libraries are loaded when they are needed and are an extra of the installation. Endpoints
may be others than the providers' own: Google's library speaks with any server that takes a loopback
redirect, Microsoft's with any that offers OpenID discovery and device codes.

Errors: `RevokedError` when a grant is dead; `ConfigurationError` when the client, its secret or the
installation is wrong; `TemporaryError` for everything else.
"""

from collections.abc import Callable

from daemon.ports.oauth_client import OAuthClient
from daemon.ports.tokens import Fresh


def renew(client: OAuthClient, refresh_token: str) -> Fresh:
    """A fresh access token for a grant."""
    if client.provider == "google":
        from daemon.ports import oauth_google  # noqa: PLC0415  half a second that few need

        return oauth_google.renew(client, refresh_token)
    from daemon.ports import oauth_microsoft  # noqa: PLC0415  the same

    return oauth_microsoft.renew(client, refresh_token)


def log_in(client: OAuthClient, say: Callable[[str], None], *, username: str, port: int) -> Fresh:
    """Let a person grant us access; `say` tells what to do. `port` is where a loopback redirect comes."""
    if client.provider == "google":
        from daemon.ports import oauth_google  # noqa: PLC0415  the same

        fresh = oauth_google.log_in(client, say, username, port)
    else:
        from daemon.ports import oauth_microsoft  # noqa: PLC0415  the same

        fresh = oauth_microsoft.log_in(client, say)
    if not fresh.refresh_token:
        raise client.wrong("the provider gave no refresh token", "Allow offline access for this client")
    return fresh
