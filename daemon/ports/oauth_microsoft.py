"""Microsoft's way: a code that a person types into a page, on whatever machine; msal renews.

Errors: those of `daemon.ports.oauth`.
"""

import time
from collections.abc import Callable
from typing import Any

from daemon.ports.oauth_client import LOGIN_SECONDS, OAuthClient
from daemon.ports.tokens import Fresh

AUTHORITY = "https://login.microsoftonline.com/common"


def renew(client: OAuthClient, refresh_token: str) -> Fresh:
    """A fresh access token."""
    return _ask(
        client, lambda app: app.acquire_token_by_refresh_token(refresh_token, scopes=list(client.wanted))
    )


def log_in(client: OAuthClient, say: Callable[[str], None]) -> Fresh:
    """Wait until somebody has typed the code and consented."""

    def by_code(app: Any) -> dict[str, Any]:  # noqa: ANN401  msal ships no types
        flow: dict[str, Any] = app.initiate_device_flow(scopes=list(client.wanted))
        if "user_code" not in flow:
            return flow
        flow["expires_at"] = min(flow.get("expires_at", float("inf")), time.time() + LOGIN_SECONDS)
        say(f"Open {flow['verification_uri']} in any browser and enter the code {flow['user_code']}")
        answer: dict[str, Any] = app.acquire_token_by_device_flow(flow)
        return answer

    return _ask(client, by_code)


def _ask(client: OAuthClient, question: Callable[[Any], dict[str, Any]]) -> Fresh:
    try:
        import msal  # noqa: PLC0415  an extra of the installation
        import requests  # noqa: PLC0415  the same

        from daemon.ports.oauth_http import ProviderSession  # noqa: PLC0415  the same
    except ImportError as error:
        raise client.missing("msal") from error
    own = {"oidc_authority": client.authority} if client.authority else {"authority": AUTHORITY}
    try:
        app = msal.PublicClientApplication(
            client.client_id, http_client=ProviderSession(client.ca_file), **own
        )
        answer = question(app)
    except (requests.RequestException, msal.exceptions.MsalError, ValueError) as error:
        raise client.unreachable(error) from error
    if "access_token" not in answer:
        raise client.refused(str(answer.get("error", "nothing clear")), str(answer.get("error_description")))
    return Fresh(answer["access_token"], float(answer.get("expires_in", 0)), answer.get("refresh_token"))
