"""Facts a mail states: order ids, products, money, parcels, periods, tokens of ours, Amazon's own links.

Each function takes text that was cut to a bounded length and returns values in the order of their
appearance, without repeats. Patterns are linear. Links are recognised, never followed.
"""

import re
from decimal import Decimal, InvalidOperation

from daemon.mail.amazon import SITES
from daemon.mail.kinds import Amount

_KEPT = 20
_ORDER = re.compile(r"(?<![\d-])(\d{3})[-‐‑–](\d{7})[-‐‑–](\d{7})(?![\d])", re.ASCII)
_PRODUCT_LINE = re.compile(
    r"(?:^\s*|: )(?:#\s*ID:\s*)?(?P<quantity>\d{1,4})\s*(?:/|of(?:/sur)?)\s*(?P<title>\S[^\n\[]{0,400}?)\s*"
    r"\[ASIN:\s*(?P<asin>[A-Z0-9]{10})\]",
    re.MULTILINE,
)
_ASIN_MARK = re.compile(r"\bASIN\s*:?\s*([A-Z0-9]{10})\b")
_ASIN_LINK = re.compile(
    r"amazon\.[a-z.]{2,6}/(?:[^\s<>\"'/]{1,200}/)?(?:dp|gp/product)/([A-Z0-9]{10})(?![A-Z0-9])"
)
_ASIN_BARE = re.compile(r"\bB0[A-Z0-9]{8}\b")
_TOKEN = re.compile(r"<frd?\.[A-Za-z0-9_-]{6,80}\.[A-Za-z0-9_-]{6,80}@[A-Za-z0-9.-]{1,200}>")
_COMM_TOKEN = re.compile(r"\[commMgrTok:\s*([A-Z0-9]{6,40})\s*\]")
_SITE = "|".join(re.escape(site) for site in sorted(SITES, key=len, reverse=True))
_NO_RESPONSE = re.compile(
    rf"https://(?:sellercentral[a-z0-9-]{{0,30}}\.amazon\.(?:{_SITE})/messaging/no-response-needed\?"
    rf"|(?:sellercentral[a-z0-9-]{{0,30}}|www)\.amazon\.(?:{_SITE})"
    r"/gp/communication-manager/no-response-needed\.html\?)[^\s<>\"')]{1,1500}",
    re.ASCII,
)

_CURRENCIES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "us$": "USD", "usd": "USD", "$": "USD",
    "£": "GBP", "gbp": "GBP", "¥": "JPY", "￥": "JPY", "円": "JPY", "jpy": "JPY", "zł": "PLN", "pln": "PLN",
    "kr": "SEK", "sek": "SEK", "r$": "BRL", "brl": "BRL", "ca$": "CAD", "cad": "CAD", "mx$": "MXN",
    "mxn": "MXN", "aud": "AUD", "au$": "AUD", "tl": "TRY", "try": "TRY", "₺": "TRY", "inr": "INR",
    "₹": "INR", "aed": "AED", "sar": "SAR", "sgd": "SGD", "chf": "CHF",
}  # fmt: skip
_SIGNS = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:[.,' ]\d{3}){1,3}(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
_AMOUNT = re.compile(
    rf"(?<![\w.,$])(?:(?P<before>{_SIGNS}) ?(?P<first>{_NUMBER})"
    rf"|(?P<second>{_NUMBER}) ?(?P<after>{_SIGNS})(?!\w))",
    re.IGNORECASE,
)

_NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "due": 2, "tre": 3, "quattro": 4,
    "cinque": 5, "sette": 7, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sieben": 7, "deux": 2, "trois": 3,
    "quatre": 4, "cinq": 5, "sept": 7, "dos": 2, "tres": 3, "três": 3, "cuatro": 4, "cinco": 5, "siete": 7,
}  # fmt: skip
_PERIOD = re.compile(
    r"(?:within|innerhalb(?: von)?|binnen|sous|dans (?:un délai de|les)|entro(?: e non oltre)?|en un plazo de"
    r"|dentro de|em até|no prazo de|binnen|w ciągu|inom)\s+(?:the next\s+|\w{1,3}\s+)?(?:\w{2,8} \()?"
    rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBER_WORDS)})\)?\s*(?:[-a-z]{{2,10}}\s+)?"
    r"(?P<unit>(?:calendar|business|working)?\s*days?|hours?|stunden|(?:kalender|werk)?tagen?|jours?|heures?|giorni"
    r"|giorno|ore|días|dias|horas|dni|dagen|uur|dagar|timmar)\b"
    r"|(?P<count_ja>\d{1,3})\s?(?P<unit_ja>日|時間)以内",
    re.IGNORECASE,
)
_HOURS = ("hour", "stunden", "heure", "ore", "horas", "uur", "timmar", "時間")
_DAYS_AT_MOST = 30


def order_ids(*texts: str) -> tuple[str, ...]:
    """Amazon order ids (3-7-7 digits), those of the first text first; typographic dashes are read, too."""
    found: dict[str, None] = {}
    for text in texts:
        for match in _ORDER.finditer(text):
            found.setdefault("-".join(match.groups()))
    return tuple(found)[:_KEPT]


def products(text: str) -> tuple[tuple[int, str, str], ...]:
    """Quantity, title and ASIN of each product line (`1 / Lamp, blue [ASIN: B0ABCDEFGH]`)."""
    lines = (
        (int(match["quantity"]), match["title"].strip(), match["asin"])
        for match in _PRODUCT_LINE.finditer(text)
    )
    return tuple(dict.fromkeys(lines))[:_KEPT]


def asins(*texts: str) -> tuple[str, ...]:
    """ASINs by mark, by product link, then bare ones that begin with B0."""
    found: dict[str, None] = {}
    for pattern in (_ASIN_MARK, _ASIN_LINK, _ASIN_BARE):
        for text in texts:
            for asin in pattern.findall(text):
                found.setdefault(asin)
    return tuple(found)[:_KEPT]


def our_tokens(*texts: str) -> tuple[str, ...]:
    """Message-IDs of our making, of drafts (`<fr.…>`) and deliveries (`<frd.…>`); others check the MAC."""
    return tuple(dict.fromkeys(token for text in texts for token in _TOKEN.findall(text)))[:_KEPT]


def communication_token(text: str) -> str | None:
    """Amazon's own `[commMgrTok:…]`, which copies of our replies carry."""
    match = _COMM_TOKEN.search(text)
    return match[1] if match else None


def no_response_url(tail: str) -> str | None:
    """Amazon's "no response needed" link in the part below the end mark: to be shown, never to be fetched."""
    match = _NO_RESPONSE.search(tail)
    return match[0] if match else None


def amounts(text: str) -> tuple[Amount, ...]:
    """Sums of money, with the currency before or behind, in point or comma notation."""
    found: dict[Amount, None] = {}
    for match in _AMOUNT.finditer(text):
        value = _decimal(match["first"] or match["second"])
        if value is not None:
            found.setdefault(Amount(value, _CURRENCIES[(match["before"] or match["after"]).lower()]))
    return tuple(found)[:_KEPT]


def _decimal(written: str) -> Decimal | None:
    """`1.234,50`, `1,234.50` and `19,90` as numbers: a separator before the last two digits is the point."""
    tail = re.search(r"[.,]\d{1,2}$", written)
    whole = written[: tail.start()] if tail else written
    digits = re.sub(r"\D", "", whole)
    try:
        return Decimal(f"{digits}.{tail[0][1:]}" if tail else digits)
    except InvalidOperation:
        return None


def reply_within_days(text: str) -> int | None:
    """The shortest period of 1 to 30 days that a notice gives ("entro 3 giorni"); hours are rounded down.

    Never hard-coded, since Amazon's pages say 3 days, 72 and 48 hours in different places.
    """
    periods = [days for match in _PERIOD.finditer(text) if 1 <= (days := _days(match)) <= _DAYS_AT_MOST]
    return min(periods, default=None)


def _days(match: re.Match[str]) -> int:
    count = match["count"] or match["count_ja"]
    number = int(count) if count.isdecimal() else _NUMBER_WORDS[count.lower()]
    unit = (match["unit"] or match["unit_ja"]).lower()
    return max(1, number // 24) if unit.startswith(_HOURS) else number
