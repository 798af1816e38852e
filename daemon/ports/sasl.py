"""What a mail server is told to log in by an OAuth 2.0 token; the same words for IMAP and SMTP, pure.

Promises: the standard mechanism where it is offered (OAUTHBEARER, RFC 7628), else XOAUTH2, which
Microsoft knows alone. A server that refuses answers with a challenge first: `answer` ends it.

Errors: ValueError for a user name or token that would not stay within its field.
"""

from collections.abc import Collection
from typing import Literal

Mechanism = Literal["OAUTHBEARER", "XOAUTH2"]

_SEPARATOR = "\x01"
_ENDS: dict[Mechanism, bytes] = {"OAUTHBEARER": b"\x01", "XOAUTH2": b""}


def mechanism(offered: Collection[str]) -> Mechanism | None:
    """The one to use of those that a server offers, in any case; None when it takes no token."""
    names = {name.upper() for name in offered}
    found: tuple[Mechanism, ...] = ("OAUTHBEARER", "XOAUTH2")
    return next((name for name in found if name in names), None)


def words(name: Mechanism, username: str, token: str, host: str, port: int) -> bytes:
    """The client's first message, before base64."""
    for text in (username, token):
        if any(character < " " or character == "\x7f" for character in text):
            raise ValueError("user name and token must not hold control characters")
    bearer = f"auth=Bearer {token}{_SEPARATOR}"
    if name == "XOAUTH2":
        return f"user={username}{_SEPARATOR}{bearer}{_SEPARATOR}".encode()
    quoted = username.replace("=", "=3D").replace(",", "=2C")
    return (
        f"n,a={quoted},{_SEPARATOR}host={host}{_SEPARATOR}port={port}{_SEPARATOR}{bearer}{_SEPARATOR}"
    ).encode()


def answer(name: Mechanism) -> bytes:
    """What ends the challenge that tells why a token was refused."""
    return _ENDS[name]
