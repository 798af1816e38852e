"""A buyer's name as a greeting may use it: no name is better than a wrong one.

Promises: pure; the name as its owner would write it, or an empty text. Anything that could be a company, a
role, an address, a user name or an abbreviation is dropped.

Errors: none.
"""

import re
import unicodedata

LONGEST = 40
_MOST_WORDS = 4
_ACRONYM = 4
"""All capitals up to this length are taken for an abbreviation."""
_SUFFIX = re.compile(r"\s*[-–—|]\s*(?:amazon|marketplace).*$", re.IGNORECASE)
_WORD_ENDS = re.compile(r"[\s.·・'’-]+")

_COMPANY_WORDS = """
    ab ag aps as asbl bv co corp corporation ek ev gbr gmbh inc kft kg kgaa limited llc llp lp ltd
    mbh nv ohg oy plc sa sarl sas sasu sccl sl slu snc spa spzoo srl srls ug
"""
_COMPANY = frozenset(_COMPANY_WORDS.split())
_ROLE_WORDS = """
    account acheteur admin administrator amazon anonymous anonyme anonym buchhaltung buyer client
    cliente company compras compratore comptabilité comprador customer einkauf empresa firma guest
    info käufer kauf kunde kundin kundenservice logistik mama manager marketplace me mom mum n/a na
    name nobody none null office order papa prime purchasing sales seller service shop store support
    team test tester unbekannt undefined unknown user utente usuario versand verkauf warehouse
"""
_ROLES = frozenset(_ROLE_WORDS.split())
_FOREIGN_COMPANY = (
    "株式会社",
    "有限会社",
    "合同会社",
    "公司",
    "商店",
    "お客様",
    "購入者",
    "买家",
    "顾客",
    "匿名",
)


def usable_name(name: str) -> str:
    """The name to greet with, or nothing."""
    text = " ".join(_SUFFIX.sub("", unicodedata.normalize("NFC", name)).split())
    if not text or len(text) > LONGEST or not all(map(_belongs, text)):
        return ""
    if any(word in text for word in _FOREIGN_COMPANY):
        return ""
    words = text.split(" ")
    parts = [part.lower() for part in _WORD_ENDS.split(text) if part]
    joined = re.sub(r"[.\s]", "", text).lower()
    if len(words) > _MOST_WORDS or _ROLES.intersection(parts) or _is_company(words, joined):
        return ""
    # initials alone, or a single Latin letter, name nobody
    if not any(len(part) > 1 or not part.isascii() for part in parts):
        return ""
    return _cased(text, words)


def _belongs(char: str) -> bool:
    return char in " .'’-·・" or unicodedata.category(char)[0] in "LM"


def _is_company(words: list[str], joined: str) -> bool:
    endings = {word.replace(".", "").lower() for word in words[1:]}
    return bool(_COMPANY & endings) or joined in {"gmbh", "ltd", "llc", "inc"}


def _cased(text: str, words: list[str]) -> str:
    """Capitals as in a letter; words whose right capitals cannot be known are no name."""
    letters = [char for char in text if char.isalpha()]
    if all(char.islower() for char in letters):
        return text.capitalize() if len(words) == 1 and "-" not in text else ""
    if not all(char.isupper() for char in letters):
        return text
    short = any(len(word.replace(".", "")) <= _ACRONYM for word in words)
    scottish = any(word.startswith(("MC", "MAC", "O'", "O’")) for word in words)
    return "" if short or scottish else text.title()
