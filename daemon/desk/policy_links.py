"""PG03 to PG05: links and bare host names, judged by the suffix of the host, never by a substring.

Promises: linear time; a host is read as a browser reads it (user information and backslashes included).

Errors: none leave this module.
"""

import re
from collections.abc import Iterator
from typing import Final

from daemon.desk.policy_model import Hit, Outgoing
from daemon.desk.policy_text import Reading
from daemon.mail.amazon import is_amazon

_URL = re.compile(r"\b(?:h(?:tt|xx)ps?|ftp)\s?:\s?//([^\s<>\"']{1,2000})")
_LABEL = r"[\w-]{1,63}"
_TLD = (
    "com|net|org|info|biz|shop|store|online|site|website|io|co|me|ly|de|fr|it|es|uk|ch|at|nl|be|pl|eu"
    "|us|ca|jp|cn|in"
    "|br|mx|au|app|dev|xyz|top|club|tv|cc|link|page|live|tech|pro|name|mobi|asia|gg|gl|to|se|dk|no|fi"
    "|ie|pt|cz|hk|tw|sg"
    "|kr|ru|tr|ae|sa|eg|nz|li|lu|am|fm|gd|is|ai|so|sh|la|blog|space|fun|vip|wang|ltd|group|art|design"
    "|support|help|guru"
    "|today|world|life|center|email|example|test|ink|bio|so|cloud|digital|agency|media|news|wiki|jetzt"
    "|berlin|tokyo|work"
)
_HOST = re.compile(
    rf"(?<![\w@.-])(?<!://)((?:{_LABEL}\.){{1,6}}(?:{_TLD}))(?![\w-])(?:/([^\s<>\"']{{0,2000}}))?", re.ASCII
)
_WWW = re.compile(rf"(?<![\w@.-])(www\.{_LABEL}(?:\.{_LABEL}){{0,5}})(?:/([^\s<>\"']{{0,2000}}))?")
_SPELT = re.compile(
    rf"(?<![\w-])({_LABEL})\s?(?:\(|\[|\{{)\s?(?:dot|punkt|point|punto|\.)\s?(?:\)|\]|\}})\s?(?:{_TLD})\b"
    rf"|(?<![\w-])({_LABEL})\s(?:dot\s(?:com|net|org|de|fr|es|info|shop|co|io)|punkt\s(?:com|net|org"
    rf"|de|at|ch)"
    r"|point\s(?:com|net|org|fr|be)|punto\s(?:com|net|org|it|es))\b"
    rf"|(?<![\w-])({_LABEL})\s?\.\s(?:com|net|org)\b"
)
_SHORTEST_HOST = 6
_DOTTED = re.compile(r"[^\s.]\.[^\s.\d]|:\s?/\s?/")
_SPELT_HINT = re.compile(r"[(\[{]\s?(?:dot|p[uo]|\.)|\s(?:dot|punkt|point|punto)\s|\.\s(?:com|net|org)")
_MISSING_SPACE = re.compile(r"(?:[a-z]|^)\.[A-Z][a-z]*$")
_PRODUCT = re.compile(r"(?:^|/)(?:dp|gp/product|gp/aw/d|stores|shops|exec/obidos/asin)(?:/|$)|^s(?:[/?]|$)")
_NO_LABELS = frozenset(
    ["e.g", "i.e", "z.b", "d.h", "u.a", "o.g", "s.o", "p.s", "a.m", "p.m", "n.b", "p.ej", "i.d"]
)

CARRIERS: Final = frozenset(
    [
        "ups.com",
        "fedex.com",
        "usps.com",
        "dhl.com",
        "dhl.de",
        "dhl.fr",
        "dhl.it",
        "dhl.es",
        "dhl.co.uk",
        "dhl.at",
        "dhl.nl",
        "dhl.be",
        "dhl.pl",
        "dhlparcel.nl",
        "dhlparcel.co.uk",
        "dhlexpress.com",
        "deutschepost.de",
        "dpd.com",
        "dpd.de",
        "dpd.fr",
        "dpd.co.uk",
        "dpd.nl",
        "dpd.be",
        "dpd.at",
        "dpd.pl",
        "dpdgroup.com",
        "dpdlocal.co.uk",
        "gls-group.eu",
        "gls-group.com",
        "gls-pakete.de",
        "gls-italy.com",
        "gls-spain.es",
        "gls-france.com",
        "gls-us.com",
        "gls.de",
        "royalmail.com",
        "evri.com",
        "myhermes.co.uk",
        "myhermes.de",
        "hermesworld.com",
        "hermes-germany.de",
        "laposte.fr",
        "colissimo.fr",
        "chronopost.fr",
        "poste.it",
        "brt.it",
        "sda.it",
        "correos.es",
        "correosexpress.com",
        "seur.com",
        "inpost.pl",
        "inpost.it",
        "inpost.fr",
        "inpost.es",
        "inpost.co.uk",
        "inpost.eu",
        "tnt.com",
        "tnt.it",
        "tnt.fr",
        "parcelforce.com",
        "kuronekoyamato.co.jp",
        "yamato-transport.co.jp",
        "sagawa-exp.co.jp",
        "japanpost.jp",
        "17track.net",
        "aftership.com",
        "mondialrelay.fr",
        "mondialrelay.com",
        "canadapost-postescanada.ca",
        "canadapost.ca",
        "auspost.com.au",
        "postnl.nl",
        "bpost.be",
        "post.at",
        "post.ch",
        "anpost.com",
        "postnord.se",
        "mrw.es",
        "nacex.es",
        "yunexpress.com",
        "sf-express.com",
        "yanwen.com.cn",
        "ems.com.cn",
        "cainiao.com",
        "4px.com",
        "ontrac.com",
        "purolator.com",
    ]
)


def check(reading: Reading, _outgoing: Outgoing) -> Iterator[Hit]:
    """All findings of PG03, PG04 and PG05."""
    if _DOTTED.search(reading.folded):
        for host, path, place in _hosts(reading):
            slug = _judge(host, path)
            if slug is not None:
                yield Hit(slug, reading.excerpt(*place))
    if _SPELT_HINT.search(reading.folded):
        for match in _SPELT.finditer(reading.folded):
            yield Hit("pg03_outside_link", reading.excerpt(*match.span()))


def _hosts(reading: Reading) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Host, path and place of every URL, of every name that begins with www, of every other host name."""
    seen = 0
    for match in _URL.finditer(reading.folded):
        seen = match.end()
        yield *_parts(match[1]), match.span()
    for match in _WWW.finditer(reading.folded):
        yield match[1], match[2] or "", match.span()
    for match in _HOST.finditer(reading.folded):
        start, end = match.span(1)
        inside_url = (
            seen
            and "://" in reading.folded[max(0, start - 2_100) : start].rpartition(" ")[2].rpartition("\n")[2]
        )
        if not inside_url and not _is_prose(reading.plain[start:end], match[2]):
            yield match[1], match[2] or "", match.span()


def _parts(rest: str) -> tuple[str, str]:
    """Host and path of what follows `://`; a backslash ends the authority as it does in browsers."""
    authority = re.split(r"[/\\?#]", rest, maxsplit=1)[0]
    path = rest[len(authority) :].lstrip("/\\")
    return authority.rpartition("@")[2].partition(":")[0].rstrip(".,;)"), path


def _is_prose(written: str, path: str | None) -> bool:
    """A missing blank after a full stop ("works.It"), an abbreviation, a file named like a host."""
    if path:
        return False
    if _MISSING_SPACE.search(written):
        return True
    lower = written.lower()
    return lower in _NO_LABELS or (
        all(len(label) == 1 for label in lower.split(".")[:-1]) and len(lower) < _SHORTEST_HOST
    )


def _judge(host: str, path: str) -> str | None:
    name = host.rstrip(".")
    if is_amazon(name):
        return "pg05_product_link" if _PRODUCT.search(path) else None
    labels = name.split(".")
    suffixes = {".".join(labels[index:]) for index in range(len(labels))}
    return "pg04_tracking_link" if suffixes & CARRIERS else "pg03_outside_link"
