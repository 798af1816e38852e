"""Google's way: a browser comes back to a port of this very machine; google-auth renews.

Errors: those of `daemon.ports.oauth`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from daemon.ports.oauth_client import LOGIN_SECONDS, OAuthClient
from daemon.ports.tokens import Fresh

AUTHORIZE_URL = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105  an address, no password


def renew(client: OAuthClient, refresh_token: str) -> Fresh:
    """A fresh access token."""
    try:
        from google.auth.exceptions import GoogleAuthError, RefreshError  # noqa: PLC0415  an extra of the installation
        from google.auth.transport.requests import Request  # noqa: PLC0415  the same
        from google.oauth2.credentials import Credentials  # noqa: PLC0415  the same

        from daemon.ports.oauth_http import ProviderSession  # noqa: PLC0415  the same
    except ImportError as error:
        raise client.missing("google-auth") from error
    credentials: Any = Credentials(  # type: ignore[no-untyped-call]  # it says "typed", and is not
        token=None,
        refresh_token=refresh_token,
        token_uri=client.token_url or TOKEN_URL,
        client_id=client.client_id,
        client_secret=client.secret() or "",
    )
    with ProviderSession(client.ca_file) as session:
        try:
            credentials.refresh(Request(session))
        except RefreshError as error:
            said = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
            raise client.refused(
                str(said.get("error", "nothing clear")), str(said.get("error_description") or "")
            ) from None  # not `from` it: the library's error may carry the whole answer
        except GoogleAuthError as error:
            raise client.unreachable(error) from None
    return _fresh(credentials)


def log_in(client: OAuthClient, say: Callable[[str], None], username: str, port: int) -> Fresh:
    """Wait for a browser to come back with the person's consent."""
    try:
        import requests  # noqa: PLC0415  an extra of the installation
        from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError  # noqa: PLC0415  the same
        from oauthlib.oauth2 import OAuth2Error  # noqa: PLC0415  the same

        from daemon.ports.oauth_http import TIMEOUT, trust  # noqa: PLC0415  the same
    except ImportError as error:
        raise client.missing("google-auth-oauthlib") from error
    installed = {
        "client_id": client.client_id,
        "client_secret": client.secret() or "",
        "auth_uri": client.authorize_url or AUTHORIZE_URL,
        "token_uri": client.token_url or TOKEN_URL,
    }

    class Flow(InstalledAppFlow):  # type: ignore[misc]  # the library ships no types
        def fetch_token(self, **options: Any) -> Any:  # noqa: ANN401  as the library's
            return super().fetch_token(timeout=TIMEOUT, **trust(client.ca_file), **options)

        def authorization_url(self, **options: Any) -> Any:  # noqa: ANN401  the same
            url, state = super().authorization_url(**options)
            say(url)  # the library would write it to stdout, where the answer goes
            return url, state

    flow: Any = Flow.from_client_config({"installed": installed}, list(client.wanted))
    say("Open this address in a browser on this machine (or forward the port to yours by ssh -L):")
    try:
        credentials = flow.run_local_server(
            port=port,
            open_browser=False,
            authorization_prompt_message="",
            success_message="firstreply has its access; this window may be closed.",
            timeout_seconds=LOGIN_SECONDS,
            login_hint=username,
            prompt="consent",
        )
    except OAuth2Error as error:
        raise client.refused(str(error.error), str(error.description or "")) from None
    except (OSError, requests.RequestException, WSGITimeoutError) as error:
        raise client.unreachable(error) from error
    return _fresh(credentials)


def _fresh(credentials: Any) -> Fresh:  # noqa: ANN401  the library says "typed", and is not
    # `expiry` is in UTC and does not say so
    ends = None if credentials.expiry is None else credentials.expiry.replace(tzinfo=UTC)
    life = 0.0 if ends is None else max(0.0, (ends - datetime.now(UTC)).total_seconds())
    return Fresh(str(credentials.token), life, credentials.refresh_token)
