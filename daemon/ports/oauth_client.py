"""Who firstreply is to a mail provider, and what the provider's errors mean; pure.

Promises: no token and no secret is ever part of an error or of a repr.

Errors: none; it builds those that `daemon.ports.oauth` raises.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from daemon.errors import ConfigurationError, FirstreplyError, RevokedError, TemporaryError

Provider = Literal["google", "microsoft"]

SCOPES: dict[Provider, tuple[str, ...]] = {
    "google": ("https://mail.google.com/",),
    "microsoft": (
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
    ),
}
LOGIN_SECONDS = 900
"""How long `firstreply login` waits for the person at the browser."""

_DEAD = frozenset({"invalid_grant", "interaction_required", "login_required", "consent_required"})
_WRONG = frozenset({"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"})


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Who we are to a provider, and where it answers; None stands for the provider's own address."""

    provider: Provider
    client_id: str
    where: str
    client_secret: Callable[[], str] | None = field(default=None, repr=False)
    authority: str | None = None
    authorize_url: str | None = None
    token_url: str | None = None
    scopes: tuple[str, ...] = ()
    ca_file: str | None = None

    @property
    def wanted(self) -> tuple[str, ...]:
        """The scopes to ask for."""
        return self.scopes or SCOPES[self.provider]

    def secret(self) -> str | None:
        """The client's secret, where it has one."""
        return None if self.client_secret is None else self.client_secret()

    def wrong(self, problem: str, remedy: str) -> ConfigurationError:
        """An error that a person must set right."""
        return ConfigurationError(problem, where=self.where, remedy=remedy)

    def missing(self, library: str) -> ConfigurationError:
        """The error of an installation without the extra."""
        return self.wrong(
            f"the library {library} is not installed", "Install it: pip install 'firstreply[oauth]'"
        )

    def refused(self, code: str, description: str) -> FirstreplyError:
        """Judge an error of the provider (RFC 6749 section 5.2); unknown counts as temporary."""
        said = f"the provider answered {code}: {' '.join(description.split())[:200]}"
        if code in _DEAD:
            return RevokedError(said, where=self.where, remedy="Log in again")
        if code in _WRONG:
            return self.wrong(said, "Correct client_id, client_secret or scopes in [mailbox.oauth]")
        return TemporaryError(f"{self.where}: {said}")

    def unreachable(self, error: Exception) -> TemporaryError:
        """The error of a provider that did not answer as it should."""
        return TemporaryError(f"{self.where}: the provider does not answer ({type(error).__name__})")
