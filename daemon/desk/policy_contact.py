"""PG01 and PG02: e-mail addresses and phone numbers, masked ones included.

Promises: linear time. Before digits count as a phone number, everything that merely looks like one is taken
out: order, tracking, serial, article, invoice and VAT numbers, dates, times, prices, post codes.

Errors: none leave this module.
"""

import re
from collections.abc import Iterator
from typing import Final

from daemon.desk.policy_model import Hit, Outgoing
from daemon.desk.policy_text import Reading

_AT: Final = re.compile(
    r"(?<=[\w.+-])\s?@\s?(?=[\w-]{1,63}(?:\.[a-z0-9-]{2}|\s?\.\s?(?:com|net|org|info|de|fr|it|es|eu|jp"
    r"|cn|uk|co|shop)\b))"
)
_AT_WORD = r"(?:\(|\[|\{|<)\s?(?:at|ät|a|arroba|arobase|chiocciola|@|アット|艾特)\s?(?:\)|\]|\}|>)"
_DOT_WORD = (
    r"(?:(?:\(|\[|\{|<)\s?(?:dot|punkt|point|punto|\.)\s?(?:\)|\]|\}|>)|\s(?:dot|punkt|point|punto)\s|\.)"
)
_MASKED = re.compile(
    rf"[\w.+-]{{1,64}}\s?{_AT_WORD}\s?[\w-]{{1,63}}\s?{_DOT_WORD}\s?[a-z]{{2}}"
    r"|[\w.+-]{1,64}\s(?:at|arroba|arobase|chiocciola)\s[\w-]{2,63}\s{1,3}(?:dot|punkt|point|punto)\s{1,3}"
    r"(?:com|net|org|info|de|fr|it|es|co|eu|at|ch|shop)\b"
    r"|[\w.+-]{1,64}\s(?:at|arroba|arobase|chiocciola)\s"
    r"(?:gmail|gmx|yahoo|hotmail|outlook|icloud|web|proton|qq|163|126|live|aol|libero|orange)\s?\."
)
_MASKED_AT = re.compile(
    r"[(\[{<]\s?(?:at|ät|a|arroba|arobase|chiocciola|@|アット|艾特)\s?[)\]}>]"
    r"|\s(?:at|arroba|arobase|chiocciola)\s"
)
_MASK_HINT = re.compile(
    r"[(\[{<]\s?(?:a|ä|@|ア|艾)|arroba|arobase|chiocciola|\sat\s[^.\n]{2,63}\sdot\s|\sat\s(?:gmail|gmx"
    r"|yahoo|hotmail|outlook|icloud|web|proton|qq|163|126|live|aol)\s?\."
)

_ORDER = re.compile(r"(?<!\d)\d{3}-\d{7}-\d{7}(?!\d)")
_DATE = re.compile(
    r"(?<![\d.])(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}"
    r"|\d{2})?(?!\.?\d)|\d{1,2}[.:]\d{2}(?:[.:]\d{2})?"
    r"(?:\s?(?:-|to|bis|a|à|al|~)\s?\d{1,2}[.:]\d{2})?(?![\d.]))"
)
_AMOUNT = re.compile(
    r"(?<![\d+])\d{1,9}[.,]\d{1,3}(?:\s?-\s?\d{1,9}[.,]\d{1,3})?(?!\d)(?=\s?(?:eur|usd|gbp|€|\$|£|kg|g"
    r"|mm|cm|m|v|w|a|mah|円|元|%|jpy|cny)\b|\s?[€$£%円元])"
)
_LABEL = re.compile(
    r"(?:order|track\w{0,3}|serial|article|item|model\w?|invoice|vat|sku|ean|gtin|upc|isbn|part|lot"
    r"|batch|case|reference|ref|parcel"
    r"|shipment|customer|return|rma|sendung\w{0,12}|paket\w{0,12}|bestell\w{0,12}|serien\w{0,10}"
    r"|artikel\w{0,10}|modell\w{0,10}"
    r"|rechnung\w{0,10}|ust\w{0,3}(?:-id\w{0,3})?|kunden\w{0,8}|referenz|charge|suivi|commande|serie"
    r"|facture|colis|tva|seguimiento"
    r"|pedido|factura|envio|iva|nif|cif|spedizione|tracciamento|ordine|fattura|seriale|articolo|追跡|注文"
    r"|伝票|問い?合わせ|シリアル|型番"
    r"|請求|请求|运单|快递|订单|序列|型号|发票|货号|物流|單號|单号)"
    r"(?:[\s.:#-]{0,3}(?:number|numbers|no|nr|num\w{0,4}|code|id\w{0,3}|nummer|numero|番号|号码?|編號|は|です|是"
    r"|is|lautet|est|es|e|in"
    r"|de|du|di|cliente|ordine|and|und|et|y)?){0,4}\s?[a-z]{0,3}\s?$"
)
_DECIMAL = re.compile(r"(?<![\d.])\d{1,3}[.,]\d(?![\d.])")
_LONG = re.compile(r"\b1z[\s0-9a-z]{14,24}|(?<!\d)\d{16,}(?!\d)")
_NUMBER = re.compile(r"(?<![+(.,0-9a-z_])(?<![a-z0-9]-)(?:\+|\(\+?)?\d[\d\s().\-/]{5,24}\d(?![0-9a-z])")
_NORTH_AMERICAN = re.compile(r"(?:\+?1[\s.-])?\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}")
_ZIP_PLUS_4 = re.compile(r"\d{5}-\d{4}")
_PHONE_WORD = re.compile(
    r"(?:call|phone|hotline|mobile|cell|whatsapp|telefon\w{0,8}|tel|handy|rufnummer|mobil\w{0,8}"
    r"|anruf\w{0,4}|ring|text|sms|reach|telephone|portable"
    r"|appel\w{0,4}|telefono|movil|llam\w{0,6}|cellulare|chiam\w{0,5}|numero verde|電話|携帯|电话|手机|热线"
    r"|致电|拨打|联系|聯繫|手機|熱線|撥打)"
    r"[^\d\n]{0,24}$"
)
_RUN = re.compile(r"\d[\d\s().\-/]{5,24}\d")
_BACK = 45
_DIGITS = range(8, 16)
_LONGEST_BARE = 12


def check(reading: Reading, _outgoing: Outgoing) -> Iterator[Hit]:
    """All findings of PG01 and PG02."""
    for start, end in _addresses(reading.folded):
        yield Hit("pg01_email_address", reading.excerpt(start, end))
    for start, end in _phones(reading.folded):
        yield Hit("pg02_phone_number", reading.excerpt(start, end))


def _addresses(folded: str) -> Iterator[tuple[int, int]]:
    if "@" in folded:
        for match in _AT.finditer(folded):
            yield max(0, match.start() - 30), min(len(folded), match.end() + 30)
    if _MASK_HINT.search(folded):
        for at in _MASKED_AT.finditer(folded):
            masked = _MASKED.search(folded, _word_start(folded, at.start()), at.end() + 90)
            if masked is not None and masked.end() > at.end():
                yield masked.span()


def _word_start(folded: str, position: int) -> int:
    """Where the word before `position` begins, at most 65 characters back."""
    start = max(0, position - 65)
    blank = max(folded.rfind(sign, start, max(start, position - 1)) for sign in " \n")
    return start if blank < 0 else blank + 1


def _phones(folded: str) -> Iterator[tuple[int, int]]:
    bare = _ORDER.sub(_blanked, folded)
    if _RUN.search(bare) is None:
        return
    for pattern in (_DATE, _AMOUNT, _DECIMAL, _LONG):
        bare = pattern.sub(_blanked, bare)
    for match in _NUMBER.finditer(bare):
        if _is_phone(match[0], bare[max(0, match.start() - _BACK) : match.start()]):
            yield match.span()


def _blanked(match: re.Match[str]) -> str:
    return "x" * len(match[0])


def _is_phone(number: str, before: str) -> bool:
    digits = "".join(filter(str.isdigit, number))
    if len(digits) not in _DIGITS:
        return False
    if _PHONE_WORD.search(before):
        return True
    if _LABEL.search(before) or _ZIP_PLUS_4.fullmatch(number):
        return False
    if _NORTH_AMERICAN.fullmatch(number):
        return True
    if number[0] == "0" != number[1] and len(digits) > _LONGEST_BARE and digits == number:
        return False
    return number.startswith(("+", "0", "(0", "(+"))
