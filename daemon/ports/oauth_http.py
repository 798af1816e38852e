"""The HTTP session with a provider: bounded waits, and the authorities that the configuration names.

Errors: those of requests.
"""

from typing import Any

import requests

TIMEOUT = 20.0
"""Seconds for one answer of a provider."""


class ProviderSession(requests.Session):
    """A session that trusts `ca_file` where one is given; $REQUESTS_CA_BUNDLE would beat `verify`."""

    def __init__(self, ca_file: str | None) -> None:
        super().__init__()
        self._ca_file = ca_file

    def request(self, *arguments: Any, **options: Any) -> requests.Response:  # noqa: ANN401  as requests'
        """One request."""
        return super().request(*arguments, **{**options, **trust(self._ca_file), "timeout": TIMEOUT})


def trust(ca_file: str | None) -> dict[str, Any]:
    """The option of a request that names whom to trust; none for the system's own."""
    return {} if ca_file is None else {"verify": ca_file}
