"""PG16, PG17, PG26 to PG29: how the text looks, whatever it says.

Promises: linear time; PG17 looks at the text as it was written, before any folding.

Errors: none leave this module.
"""

import re
from collections.abc import Iterator
from typing import Final

from daemon.desk.policy_model import Hit, Outgoing
from daemon.desk.policy_text import Reading, fold, plain_of

_ACTIVE_HTML = re.compile(
    r"<\s{0,9}/?(?:img|svg|picture|script|iframe|frame|form|input|button|video|audio|source|object"
    r"|embed|link|meta|base|applet|canvas|map|area)\b"
    r"|\bcid:|\bbackground(?:-image)?\s{0,9}="
    r"|\bbackground(?:-image)?\s{0,9}:[^;\"'<>]{0,80}url\s{0,3}\(|\burl\s{0,3}\(|@import"
    r"|\b(?:href|src|srcset|action|formaction|poster|onload|onclick|onerror|onmouseover)\s{0,9}=",
    re.IGNORECASE,
)
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U000e0020-\U000e007f\ufe0f\u20e3\u231a\u231b\u23e9-\u23fa\u2600-\u2604\u2607-\u260f\u2613-\u263f"
    "\u2641\u2643-\u2668\u2670-\u26ff\u2700-\u2712\u2714\u2716\u2719-\u275a\u275f-\u2767\u2795-\u2797\u27a1\u27b0\u27bf"
    "\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299]"
)
_BRACKETED: Final = (
    "your|customer|buyer|insert|name|first name|last name|order|kunde|kundenname|kunden|nom|nome"
    "|nombre|tracking|carrier|date|product|item|"
    "amount|number|ihr|ihre|bestell|datum|vorname|nachname|sendungsnummer|prenom|client|numero|fecha"
    "|data|cliente|votre|su|il suo|"
    "お客様|氏名|名前|注文番号|追跡番号|日付|商品名|客户|姓名|订单号|您的|买家|運單|运单号|客戶"
)
_PLACEHOLDERS = (
    (re.compile(r"\[\[[^\]]{0,200}\]?\]?|\{\{|\}\}|\{%|%\}"), False),
    (re.compile(r"[$#]?\{\s{0,3}[a-z_][\w .-]{0,40}\}|\{\d{0,2}\}"), False),
    (
        re.compile(
            r"<<\s{0,3}[^<>\n]{1,60}>>|<\s?(?:name|customer|buyer|insert|order|kunde|nom|nome|nombre"
            r"|your)\b[^<>@\n]{0,40}>"
        ),
        False,
    ),
    (re.compile(r"(?<![\d%])%[a-z_][a-z0-9_]{1,30}%"), False),
    (re.compile(rf"[\[【]\s?(?:{_BRACKETED})(?![a-z]*\s?\d)[^\]】\n]{{0,60}}[\]】]"), False),
    (re.compile(r"\blorem ipsum\b|\((?:insert|enter|add) [a-z ]{2,30}\)"), False),
    (
        re.compile(
            r"(?<![\w-])X{2,}(?!-?(?:L|S|[Ll]arge|[Ss]mall)\b)(?![\w])|\b(?:TBD|FIXME|TBC)\b"
            r"|(?<!(?:[Ee][Nn]|[Dd][Ee]|SE) )\bTODO\b(?! (?:EL|LO|LA|EST|BIEN|Y|OK|el|lo|la|est|bien"
            r"|y)\b)"
        ),
        True,
    ),
    (re.compile(r"[〇○◯△]{2,}|某某"), True),
)
_GAP_HINT = re.compile(r"[\[{<%【〇○◯△某]|XX|T(?:ODO|BD|BC)|FIXME|[Ll](?:OREM|orem)|\((?:insert|enter|add) ")
_GREETING = re.compile(
    r"(?:hello|hi|hey|dear|good (?:morning|day|afternoon|evening)|guten (?:tag|morgen|abend)|hallo"
    r"|liebe[r]?|sehr geehrte[r]?|bonjour|bonsoir|cher|chere"
    r"|madame|monsieur|hola|buenos dias|buenas tardes|buenas|estimad[oa]|querid[oa]|buongiorno"
    r"|buonasera|salve|ciao|gentile|egregio|spettabile)\b(?: [^\s]{1,30}){0,4}"
    r"|[^\s]{1,30} ?(?:様|さん)|(?:いつも)?お世話になっ?(?:ております|ます)|こんにちは|拝啓|您好|你好"
    r"|尊敬的[^\s,]{1,20}|亲爱的[^\s,]{1,20}|亲"
)
_SIGN_OFF = re.compile(
    r"(?:(?:kind|best|warm|many|kindest|with (?:kind|best))? ?regards|best wishes|sincerely(?: yours)?"
    r"|yours (?:sincerely|faithfully|truly)|cheers|best|have a (?:nice|great|good|lovely) day"
    r"|we are (?:always )?here to help(?: you)?|(?:mit )?(?:freundlichen|besten|herzlichen|lieben) "
    r"grüßen|(?:viele|beste|liebe|herzliche|freundliche) grüße|einen schönen tag(?: noch)?|mfg"
    r"|(?:bien )?cordialement|bien a vous|sinceres salutations|(?:nos|mes) (?:sinceres "
    r")?salutations(?: distinguees)?|bonne journee|(?:un )?cordial(?:es)? saludos?|(?:un )?saludos?(?: "
    r"cordial(?:es)?)?|atentamente|que tenga un buen dia"
    r"|(?:cordiali|distinti|cari) saluti|saluti|buona giornata|cordialmente"
    r"|(?:今後とも)?(?:どうぞ)?よろしくお願い(?:いた|致)?します|敬具|失礼いたします|祝您?(?:生活愉快|愉快|购物愉快|一切顺利)|此致|敬礼|顺颂商祺)"
    r"(?: [^\s]{1,30}){0,3}"
)
_THANKS = re.compile(
    r"(?:(?:(?:many|sincere|warm|a big) )?thank(?:s| you)\b|(?:(?:vielen|herzlichen|besten|lieben) "
    r")?dank(?:e|eschön)?\b|(?:wir|ich) (?:bedanken|danken|bedanke|danke)\b|(?:un grand )?merci\b|nous "
    r"vous remercions\b"
    r"|(?:muchas |mil )?gracias\b|le agradecemos\b|(?:molte |tante )?grazie\b|la ringraziamo\b)(?: "
    r"(?!(?:and|but|we|und|aber|wir|et|mais|nous|y|pero|e|ma)\b)[^\s]{1,30}){0,10}"
    r"|[^\s。,]{0,30}(?:ありがとうございま(?:す|した)|感謝(?:申し上げます|いたします|しております)|御礼申し上げます)|(?:非常|十分|衷心)?(?:感谢|谢谢|多谢"
    r"|感謝|謝謝)[^\s。,]{0,20}"
)
_PARTS = re.compile(r"[.!?。！？,;、\n]+")
_THANKS_LIMIT: Final = 400
_NAME_WORDS: Final = 4
_SHOUTED: Final = 4
_SHOUT = re.compile(r"(?<![\w])[^\W\d_]{4,40}(?![\w])")
_ACRONYMS: Final = frozenset(
    "ASIN FNSKU USPS FEDEX IBAN SEPA HTML HDMI IMEI UPSS SKUS AMZL YODEL SEUR CORREOS FBAS NIMH WLAN "
    "EPROM RJ45 ADAC MWST GPSR WEEE RoHS ISBN".upper().split()
)
_CAPITALS = re.compile("[A-ZÀ-ÖØ-Þ]{4}")
_SIGNS = re.compile(r"[!?]{3,}")
_BLANK_LINES = re.compile(r"\n(?:[ \t]{0,80}\n){3}")


def check(reading: Reading, outgoing: Outgoing) -> Iterator[Hit]:
    """All findings of PG16, PG17 and PG26 to PG29."""
    yield from _html(outgoing)
    yield from _emoji(reading)
    yield from _placeholders(reading)
    yield from _layout(reading)
    if _only_thanks(outgoing):
        yield Hit("pg27_thanks_only", reading.excerpt(0, 1))
    if len(outgoing.text) > outgoing.text_limit:
        yield Hit("pg29_length", f"{len(outgoing.text)} > {outgoing.text_limit}")


def _html(outgoing: Outgoing) -> Iterator[Hit]:
    match = _ACTIVE_HTML.search(outgoing.html) if outgoing.html else None
    if match is not None:
        yield Hit("pg16_html", " ".join(match[0].split()))


def _emoji(reading: Reading) -> Iterator[Hit]:
    match = None if reading.raw.isascii() else _EMOJI.search(reading.raw)
    if match is not None:
        yield Hit("pg17_emoji", " ".join(reading.raw[max(0, match.start() - 20) : match.end() + 20].split()))


def _placeholders(reading: Reading) -> Iterator[Hit]:
    if _GAP_HINT.search(reading.plain) is None:
        return
    for pattern, as_written in _PLACEHOLDERS:
        match = pattern.search(reading.plain if as_written else reading.folded)
        if match is not None:
            yield Hit("pg26_placeholder", reading.excerpt(*match.span()))


def _layout(reading: Reading) -> Iterator[Hit]:
    shouted = words = 0
    capitals = _CAPITALS.search(reading.plain)
    for match in _SHOUT.finditer(reading.plain) if capitals else ():
        word = match[0]
        words += 1
        shouted += word.isupper() and word not in _ACRONYMS
    if shouted >= _SHOUTED and shouted * 10 >= words * 3:
        yield Hit("pg28_shouting", reading.excerpt(0, 1))
    for pattern in (_SIGNS, _BLANK_LINES):
        place = pattern.search(reading.plain)
        if place is not None:
            yield Hit("pg28_shouting", reading.excerpt(*place.span()))


def _only_thanks(outgoing: Outgoing) -> bool:
    """Whether each piece of a short text is a greeting, thanks, a sign-off or, at the end, a name."""
    if not 0 < len(outgoing.text.strip()) <= _THANKS_LIMIT:
        return False
    thanks = closed = False
    for part in _PARTS.split(fold(plain_of(outgoing.text))):
        piece = part.strip(" -\t\r¡¿")
        if not piece:
            continue
        if _THANKS.fullmatch(piece):
            thanks = True
        elif _SIGN_OFF.fullmatch(piece):
            closed = True
        elif not (_GREETING.fullmatch(piece) or (closed and len(piece.split()) <= _NAME_WORDS)):
            return False
    return thanks
