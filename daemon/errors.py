"""The one exception tree of firstreply; every port translates what it catches into it.

    FirstreplyError
    ├── ConfigurationError    exit 78: a person must change a file; names file, key and remedy
    │   └── RevokedError     the provider takes our token no more; mail waits until somebody logs in again
    ├── TemporaryError        exit 75: the same act may succeed later; unknown failures count as this
    │   ├── LockedError       another process holds the ledger or the mailbox
    │   ├── CrowdedError      the server has no room now: too many connections or commands; says how long
    │   └── FullError         the account's quota is used up
    ├── PermanentError        proven: repeating the act cannot succeed (a 5xx, a BAD, a damaged file)
    └── InDoubtError          the act may or may not have happened; look before acting again

The tree has no knowledge of IMAP, SMTP or SQL, so each floor may import it.
`docs/why.md` tells why "unknown" is temporary and why doubt is a class of its own.
"""


class FirstreplyError(Exception):
    """Root of every error that firstreply raises on purpose."""


class ConfigurationError(FirstreplyError):
    """A setting is wrong or missing.

    `where` names the file and key (or the server) at fault, `remedy` what to do about it.
    """

    def __init__(self, problem: str, *, where: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}. {remedy}")
        self.problem = problem
        self.where = where
        self.remedy = remedy


class RevokedError(ConfigurationError):
    """What a person granted at a mail provider has ended: revoked, expired, or the password was changed."""


class TemporaryError(FirstreplyError):
    """The act failed in a way that time may heal: network, server busy, unknown."""


class LockedError(TemporaryError):
    """Another process works here; `holder` says who, as far as it is known."""

    def __init__(self, problem: str, *, holder: str = "") -> None:
        super().__init__(problem)
        self.holder = holder


class CrowdedError(TemporaryError):
    """The server has no room for us now; `wait` is for how many seconds it asked to be left alone."""

    def __init__(self, problem: str, *, wait: float = 0.0) -> None:
        super().__init__(problem)
        self.wait = wait


class FullError(TemporaryError):
    """The account takes no more mail until somebody makes room."""


class PermanentError(FirstreplyError):
    """The act was refused for good; `reply` holds the server's own words, when there are any."""

    def __init__(self, problem: str, *, reply: str = "") -> None:
        super().__init__(problem)
        self.reply = reply


class InDoubtError(FirstreplyError):
    """The reply to an act was lost: it may have been carried out."""
