"""Access tokens of one mailbox: renewed before they end, one renewal at a time, never a storm.

Promises: a token is renewed at four fifths of its life by the monotonic clock, or once when a server
refuses it. A rotated refresh token is stored before the access token that came with it is used. A grant
that the provider called dead is not tried again: the next call fails without a word on the network,
until `firstreply login` has stored another one.

Errors: `RevokedError` for a dead grant; `ConfigurationError` when nobody has logged in, or the client is
wrong; `TemporaryError` when the provider cannot be reached and no token is left to use.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from daemon.errors import ConfigurationError, RevokedError, TemporaryError
from daemon.ports.token_store import Grant, TokenStore

RENEW_AT = 0.8
"""The share of its life after which a token is renewed."""

LEAST_LIFE = 300.0
"""The life of a token that comes without one, in seconds."""

PATIENCE = 60.0
"""Seconds between two tries while the provider does not answer and the old token still lives."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a provider gave: an access token, its life in seconds, and maybe another refresh token."""

    access_token: str = field(repr=False)
    life: float
    refresh_token: str | None = field(default=None, repr=False)


class TokenSource:
    """The tokens of one mailbox, for all its connections and threads."""

    def __init__(
        self,
        store: TokenStore,
        renew: Callable[[str], Fresh],
        *,
        mailbox: str,
        where: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._fetch = renew
        self._where = where
        self._remedy = f"Run `firstreply login {mailbox}`"
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._access: str | None = None
        self._due = self._ends = -math.inf
        self._dead: Grant | None = None

    @property
    def revoked(self) -> str | None:
        """When the grant was given that the provider calls dead; None while all is well."""
        return None if self._dead is None else self._dead.granted_at

    def prove(self) -> None:
        """Whether somebody has logged in; asks nobody."""
        self._grant()

    def token(self) -> str:
        """An access token that lives for a while yet."""
        with self._lock:
            now = self._monotonic()
            if self._access is not None and now < self._due:
                return self._access
            try:
                return self._renew()
            except TemporaryError:
                if self._access is None or now >= self._ends:
                    raise
                self._due = min(self._ends, now + PATIENCE)
                return self._access

    def renew(self, refused: str) -> str:
        """Another token than the one that a server refused."""
        with self._lock:
            if self._access is not None and self._access != refused:
                return self._access  # another connection has done it
            return self._renew()

    def _grant(self) -> Grant:
        grant = self._store.load()
        if grant is None:
            raise ConfigurationError("nobody has logged in yet", where=self._where, remedy=self._remedy)
        return grant

    def _renew(self) -> str:
        with self._store.exclusive():
            grant = self._grant()
            if grant == self._dead:
                raise self._revoked()
            asked_at = self._monotonic()
            try:
                fresh = self._fetch(grant.refresh_token)
            except RevokedError as error:
                self._dead, self._access = grant, None
                raise self._revoked() from error
            if fresh.refresh_token and fresh.refresh_token != grant.refresh_token:
                self._store.save(replace(grant, refresh_token=fresh.refresh_token))
        self._dead, self._access = None, fresh.access_token
        life = fresh.life or LEAST_LIFE
        self._due, self._ends = asked_at + RENEW_AT * life, asked_at + life
        return fresh.access_token

    def _revoked(self) -> RevokedError:
        return RevokedError(
            "the provider takes our token no more (revoked, expired, or the password was changed)",
            where=self._where,
            remedy=self._remedy,
        )
