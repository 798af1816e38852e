"""Carriers and tracking numbers in text. A number counts by its own shape, or beside a word for tracking."""

import re

_KEPT = 10
# shapes that hardly anything else has: UPS, Amazon, DHL, USPS, UPU S10
_SHAPES = re.compile(
    r"\b(1Z[0-9A-Z]{16}|TB[ACM]\d{12}|JJD\d{16,20}|JD\d{18}|00340434\d{12}|9[2-5]\d{20}|[A-Z]{2}\d{9}[A-Z]{2})\b"
)
_WORDS = (
    r"tracking(?:[ -]?(?:number|nummer|no|id|nr))?|sendungsnummer|sendungs-?nr|paketnummer|sendungsverfolgung"
    r"|numéro de suivi|n° de suivi|suivi|numero di tracciamento|tracciatura|tracking|numero di spedizione"
    r"|número de seguimiento|seguimiento|código de rastreio|rastreio|rastreamento"
    r"|numer przesyłki|numer śledzenia"
    r"|traceringsnummer|spårningsnummer|kollinummer|追跡番号|お問い合わせ番号|伝票番号|运单号"
    r"|快递单号|takip numarası"
)
_BESIDE = re.compile(
    rf"(?:{_WORDS})\W{{0,4}}(?:[^\W\d]{{1,5}}\W{{1,2}}){{0,2}}([A-Z0-9](?:[ -]?[A-Z0-9]){{6,34}})",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\d{3}-\d{7}-\d{7}")
_CARRIERS = re.compile(
    r"\b(ups|usps|fedex|dhl|dpd|gls|hermes|evri|royal mail|parcelforce|colissimo|chronopost|la poste"
    r"|mondial relay"
    r"|poste italiane|brt|bartolini|sda|correos|seur|mrw|nacex|ctt|inpost|poczta polska|postnord|postnl|bpost"
    r"|canada post|australia post|correios|jadlog|yamato|sagawa|japan post|aramex|yurtiçi"
    r"|amazon logistics|tnt)\b"
    r"|(ヤマト|佐川|日本郵便|顺丰|圆通)",
    re.IGNORECASE,
)
_LEAST_DIGITS = 6


def tracking_numbers(text: str) -> tuple[str, ...]:
    """Tracking numbers, without spaces and dashes, at most ten; order ids are none."""
    bare = _ORDER.sub(" ", text)
    found = dict.fromkeys(_SHAPES.findall(bare))
    for match in _BESIDE.finditer(bare):
        number = _joined(match[1])
        if sum(letter.isdigit() for letter in number) >= _LEAST_DIGITS:
            found.setdefault(number)
    return tuple(found)[:_KEPT]


def _joined(written: str) -> str:
    """The groups of a number put together, up to the first group that is a plain word."""
    groups: list[str] = []
    for group in re.split(r"[ -]+", written):
        if groups and not any(letter.isdigit() for letter in group):
            break
        groups.append(group)
    return "".join(groups).upper()


def carriers(text: str) -> tuple[str, ...]:
    """Names of known carriers as written in small letters, in order."""
    found = ((latin or other).lower() for latin, other in _CARRIERS.findall(text))
    return tuple(dict.fromkeys(found))[:_KEPT]
