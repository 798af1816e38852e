"""What mail servers say when they have no room, and how long to leave one alone after that.

Promises: the words decide only where no code does; an explicit wish for a wait is read wherever it stands.

Errors: none.
"""

import random
import re
import time

from daemon.desk.retry import crowded

_WORDS = re.compile(
    r"throttl|rate[ -]?limit|back-?off|frequen(?:cy|t)|try (?:again )?later"
    r"|server (?:is )?(?:too )?(?:busy|unavailable)"
    r"|too many (?:\S+ ){0,3}(?:connections|sessions|requests|commands|logins|attempts|messages)"
    r"|(?:number of|simultaneous|concurrent) (?:\S+ )?connections|connection limit"
    r"|authenticated but not connected",  # Exchange, while it is overloaded
    re.IGNORECASE,
)
_SENDING_LIMIT = re.compile(
    r"(?:daily|hourly|per (?:day|hour|minute)|sending|outgoing|rate) (?:\S+ ){0,4}(?:limit|quota)",
    re.IGNORECASE,
)
_SUGGESTED = re.compile(r"back-?off time:? (\d+)(?:\.\d+)? ?(ms|millisec|s)", re.IGNORECASE)


def speaks_of_crowding(text: str) -> bool:
    """Whether a server's words say that there is too much of something just now."""
    return _WORDS.search(text) is not None


def speaks_of_a_sending_limit(text: str) -> bool:
    """Whether a server's words say that we sent too much for now, or for today."""
    return _SENDING_LIMIT.search(text) is not None and "size" not in text.lower()


def suggested_wait(text: str) -> float:
    """The seconds that a server asks to be left alone, such as Exchange does; 0 where it names none."""
    match = _SUGGESTED.search(text)
    if match is None:
        return 0.0
    return float(match[1]) / (1000 if match[2].lower().startswith("m") else 1)


def seconds_apart(failures: int, asked: float) -> float:
    """How long to leave a server alone after so many failures before this one."""
    return random.uniform(*crowded(failures, asked))  # noqa: S311  a spread, no secret


class Rest:
    """The time for which one server is left alone; longer after each refusal that follows another."""

    def __init__(self) -> None:
        self._refusals = 0
        self._until = 0.0
        self.said: str | None = None
        """The server's words, until it lets us in again."""

    @property
    def left(self) -> float:
        """Seconds to wait still."""
        return max(0.0, self._until - time.monotonic())

    def refused(self, text: str) -> None:
        """The server had no room."""
        self._until = time.monotonic() + seconds_apart(self._refusals, suggested_wait(text))
        self._refusals += 1
        self.said = text

    def ended(self) -> None:
        """The server let us in."""
        self._refusals, self.said = 0, None
