"""Amazon's addresses: the sites, buyers' relay addresses, and the senders of notices.

The relay domain is a subdomain of Amazon's own, so it is tested first, and only whole domains count:
`marketplace.amazon.co.uk.evil.example` is nobody's relay. Facts: reference sections 1.1 to 1.3.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from daemon.mail.kinds import Notice, Relay

# site → the languages its buyers mostly write, most likely first
SITES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "com": ("en", "es"),
        "ca": ("en", "fr"),
        "com.mx": ("es",),
        "com.br": ("pt",),
        "co.uk": ("en",),
        "ie": ("en",),
        "de": ("de", "en"),
        "fr": ("fr",),
        "it": ("it",),
        "es": ("es",),
        "nl": ("nl", "en"),
        "com.be": ("fr", "nl", "en"),
        "se": ("sv", "en"),
        "pl": ("pl",),
        "com.tr": ("tr",),
        "ae": ("en", "ar"),
        "sa": ("ar", "en"),
        "eg": ("ar", "en"),
        "in": ("en",),
        "sg": ("en",),
        "com.au": ("en",),
        "co.jp": ("ja", "en"),
        "co.za": ("en",),  # since 2024, unverified
    }
)

# X-Marketplace-ID → site; the last five are unverified
MARKETPLACE_IDS: Mapping[str, str] = MappingProxyType(
    {
        "A1PA6795UKMFR9": "de",
        "APJ6JRA9NG5V4": "it",
        "A2Q3Y263D00KWC": "com.br",
        "ATVPDKIKX0DER": "com",
        "A2EUQ1WTGCTBG2": "ca",
        "A1VC38T7YXB528": "co.jp",
        "A1F83G8C2ARO7P": "co.uk",
        "A13V1IB3VIYZZH": "fr",
        "A1RKKUPIHCS9HS": "es",
        "A1805IZSGTT6HS": "nl",
        "A1AM78C64UM0Y8": "com.mx",
    }
)

BUYER_TYPE = "BBC_MESSAGE_SENT_TO_MERCHANT"
NOTICE_TYPES: Mapping[str, Notice] = MappingProxyType(
    {
        "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT": Notice.REPLY_COPY,
        "BUYER_OPTED_OUT_BSM_MESSAGES": Notice.OPT_OUT,
        "RETURN_REQUEST": Notice.RETURN_REQUEST,
        "REFUND_ISSUED": Notice.REFUND,
        "A_Z_CLAIM_RESPONDENT_NOTIFY": Notice.A_TO_Z_CLAIM,
        "A_Z_CLAIM_RESPONDENT_CLOSE": Notice.A_TO_Z_DECISION,
        "BRC_SELLER_NOTIFICATION": Notice.CANCELLATION_REQUEST,
    }
)

# local part at any Amazon site → what such mail can be about; one entry decides, more need subject or body
SENDER_NOTICES: Mapping[str, tuple[Notice, ...]] = MappingProxyType(
    {
        "atoz-guarantee-no-reply": (Notice.A_TO_Z_CLAIM, Notice.A_TO_Z_DECISION),
        "seller-guarantee": (Notice.A_TO_Z_CLAIM, Notice.A_TO_Z_DECISION),
        "auto-communication": (Notice.OPT_OUT, Notice.UNDELIVERED, Notice.REPLY_COPY),
        "cb-seller-notification": (Notice.CHARGEBACK,),
        "cb-seller-query": (Notice.CHARGEBACK,),
        "seller-notification": (Notice.UNKNOWN,),
        "payments-messages": (Notice.UNKNOWN,),
        "seller-performance": (Notice.UNKNOWN,),
        "account-update": (Notice.UNKNOWN,),
        "community-help": (Notice.UNKNOWN,),
    }
)

_NO_ALIAS = frozenset({"donotreply", "no-reply"})
_LOCAL = r"(?P<alias>[a-z0-9]{10,32})(?:\+(?P<case>[0-9a-f][0-9a-f-]{5,39}))?"
_AMAZON = re.compile(r"(?:[a-z0-9-]{1,40}\.){0,3}amazon\.(?P<site>[a-z.]{2,6})")


@lru_cache(maxsize=64)
def _relay_pattern(sites: tuple[str, ...], *, whole: bool) -> re.Pattern[str]:
    # a dash counts as a neighbour, too: the pattern must never match the tail of a longer name
    any_site = "|".join(re.escape(site) for site in sorted(sites or tuple(SITES), key=len, reverse=True))
    core = rf"{_LOCAL}@marketplace\.amazon\.(?P<site>{any_site})"
    return re.compile(core if whole else rf"(?<![\w.+-]){core}(?![\w-]|\.\w)", re.IGNORECASE | re.ASCII)


def relay_of(address: str, sites: tuple[str, ...] = ()) -> Relay | None:
    """The relay address that `address` is, exactly; None for anything else."""
    match = _relay_pattern(sites, whole=True).fullmatch(address)
    return None if match is None else _relay(match)


def relay_in(text: str, sites: tuple[str, ...] = ()) -> Relay | None:
    """The first relay address inside a text, such as the `mailto:` link of an opt-out notice."""
    match = _relay_pattern(sites, whole=False).search(text)
    return None if match is None else _relay(match)


def _relay(match: re.Match[str]) -> Relay | None:
    alias = match["alias"].lower()
    if alias in _NO_ALIAS:
        return None
    address = match[0].lower()
    return Relay(address, alias, match["case"].lower() if match["case"] else None, match["site"].lower())


def is_amazon(address: str, sites: tuple[str, ...] = ()) -> bool:
    """Whether the whole domain of `address` is that of a known or configured Amazon site, or under it."""
    match = _AMAZON.fullmatch(address.rpartition("@")[2].lower())
    return match is not None and (match["site"] in SITES or match["site"] in sites)
