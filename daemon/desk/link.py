"""The identity of a draft: a token nobody can guess, and a link nobody outside can forge.

A draft carries `<fr.TOKEN.MAC@domain>` as Message-ID and second-to-last in References, and TOKEN
alone in X-Firstreply-Token (`design.md` section 4). TOKEN is 120 random bits in base32; MAC is the
first 80 bits of HMAC-SHA-256 over kind and token, keyed by a secret of this ledger. The kinds
`draft`, `delivery` and `note` have different MACs, so that a note can never pass for a draft.

Errors: none leave this module; a forged or torn link is simply no link.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

TOKEN_OCTETS = 15
MAC_OCTETS = 10
TOKEN_HEADER = "X-Firstreply-Token"  # noqa: S105  a header's name, not a secret
_LINK = re.compile(r"<(fr|frd|frn)\.([a-z2-7]{24})\.([a-z2-7]{16})@[a-z0-9.-]{1,253}>")


class LinkKind(StrEnum):
    """What a link of ours names; the value is the first part of the Message-ID."""

    DRAFT = "fr"
    DELIVERY = "frd"
    NOTE = "frn"


@dataclass(frozen=True, slots=True)
class Link:
    """A link whose MAC was right."""

    kind: LinkKind
    token: str


def token_from(octets: bytes) -> str:
    """The token of 15 random octets: 24 lower-case base32 characters."""
    if len(octets) != TOKEN_OCTETS:
        raise ValueError(f"a token is made of {TOKEN_OCTETS} octets, not {len(octets)}")
    return base64.b32encode(octets).decode("ascii").lower()


def _mac(key: bytes, kind: LinkKind, token: str) -> str:
    digest = hmac.new(key, f"{kind.value}:{token}".encode("ascii"), hashlib.sha256).digest()
    return base64.b32encode(digest[:MAC_OCTETS]).decode("ascii").lower()


def message_id(key: bytes, kind: LinkKind, token: str, domain: str) -> str:
    """The Message-ID that carries this link, with its angle brackets (RFC 5322, section 3.6.4)."""
    return f"<{kind.value}.{token}.{_mac(key, kind, token)}@{domain.lower()}>"


def links_in(key: bytes, ids: Iterable[str]) -> tuple[Link, ...]:
    """The links of ours among these message ids, in their order, each once; forged ones are absent."""
    found: dict[Link, None] = {}
    for text in ids:
        for match in _LINK.finditer(text.lower()):
            kind = LinkKind(match[1])
            if hmac.compare_digest(match[3], _mac(key, kind, match[2])):
                found[Link(kind, match[2])] = None
    return tuple(found)
