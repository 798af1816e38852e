"""Words around a reply that depend on its language: dates, and the line that introduces the quote.

Promises: pure. `is_attribution` knows every line that `attribution` writes and those of the usual mail
clients; it asks for a date or an address and for the language's verb, so that a sentence of the reply
is not taken for one. Linear time: a line longer than 250 characters is none.

Errors: none; an unknown language is treated as English.
"""

import re
from datetime import UTC, date, datetime

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
_NAMES = {language: tuple(months.split()) for language, months in _MONTHS.items()}
_DATES = {
    "en": "{day} {month} {year}",
    "de": "{day}. {month} {year}",
    "fr": "{day} {month} {year}",
    "es": "{day} de {month} de {year}",
    "it": "{day} {month} {year}",
}
_FIRST = {"fr": "1er", "it": "1º"}
"""The first of the month is an ordinal in these languages."""

_ATTRIBUTIONS = {
    "en": ("{name} wrote on {date} at {time} UTC:", "You wrote on {date} at {time} UTC:"),
    "de": ("{name} schrieb am {date} um {time} UTC:", "Sie schrieben am {date} um {time} UTC:"),
    "fr": ("Le {date} à {time} UTC, {name} a écrit :", "Le {date} à {time} UTC, vous avez écrit :"),
    "es": ("El {date} a las {time} UTC, {name} escribió:", "El {date} a las {time} UTC, usted escribió:"),
    "it": ("Il {date} alle {time} UTC, {name} ha scritto:", "Il {date} alle {time} UTC, lei ha scritto:"),
    "ja": ("{date} {time} (UTC) {name} 様のメッセージ:", "{date} {time} (UTC) お客様のメッセージ:"),
    "zh": ("{name} 于 {date} {time} (UTC) 写道:", "您于 {date} {time} (UTC) 写道:"),
}

_STATUSES = {
    "delivered": ("delivered", "zugestellt", "livré", "entregado", "consegnato", "配達完了", "已送达"),
    "exception": ("delayed", "verzögert", "retardé", "con retraso", "in ritardo", "遅延", "延误"),
    "in_transit": (
        "on its way",
        "unterwegs",
        "en cours d'acheminement",
        "en camino",
        "in viaggio",
        "輸送中",
        "运输中",
    ),
    "label_created": (
        "announced to the carrier",
        "beim Versanddienst angekündigt",
        "annoncé au transporteur",
        "anunciado al transportista",
        "annunciato al corriere",
        "出荷情報登録済み",
        "已通知承运商",
    ),
    "out_for_delivery": (
        "out for delivery",
        "in Zustellung",
        "en cours de livraison",
        "en reparto",
        "in consegna",
        "配達中",
        "派送中",
    ),
    "returned": (
        "on its way back to us",
        "auf dem Rückweg zu uns",
        "en retour vers nous",
        "de vuelta a nosotros",
        "di ritorno a noi",
        "当店へ返送中",
        "正在退回我方",
    ),
}
LANGUAGES = ("en", "de", "fr", "es", "it", "ja", "zh")
"""Those that templates are written in."""

_LONGEST = 250
_VERB = re.compile(
    r"\b(?:wrote|schrieb(?:en)?|a écrit|avez écrit|escribió|ha scritto|escreveu|schreef|skrev)\b"
    r"|写道|寫道|のメッセージ|のメール|書きました",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\b\d{4}\b")
_ADDRESS = re.compile(r"<[^<>\s@]{1,80}@[^<>\s@]{1,200}>")
_CJK_HEAD = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日.{0,120}<[^<>\s@]{1,80}@[^<>\s@]{1,200}>\s*[:：]?")
_RULED = re.compile(
    r"-{3,8}\s*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original"
    r"|messaggio originale|元のメッセージ|原始邮件|原始郵件)\s*-{3,8}",
    re.IGNORECASE,
)


def format_date(language: str, day: date) -> str:
    """A date as people write it: `12 May 2026`, `12. Mai 2026`, `2026年5月12日`."""
    if language in {"ja", "zh"}:
        return f"{day.year}年{day.month}月{day.day}日"
    spoken = language if language in _DATES else "en"
    number = _FIRST.get(spoken, "1") if day.day == 1 else str(day.day)
    return _DATES[spoken].format(day=number, month=_NAMES[spoken][day.month - 1], year=day.year)


def status_words(language: str, status: str) -> str:
    """The carrier's status in the reply's language where we know it, else as the carrier wrote it."""
    known = _STATUSES.get(status.strip().lower().replace(" ", "_").replace("-", "_"))
    if known is None:
        return status
    return known[LANGUAGES.index(language) if language in LANGUAGES else 0]


def attribution(language: str, name: str, when: datetime) -> str:
    """The line above the quote: who wrote it, and when in UTC; without a name it says "you"."""
    named, unnamed = _ATTRIBUTIONS.get(language, _ATTRIBUTIONS["en"])
    moment = when.astimezone(UTC)
    return (named if name else unnamed).format(
        name=name, date=format_date(language, moment.date()), time=f"{moment:%H:%M}"
    )


def is_attribution(line: str) -> bool:
    """Does this line introduce a quote: one of ours, or one of a usual mail client?"""
    text = line.strip()
    if len(text) > _LONGEST:
        return False
    if _RULED.fullmatch(text) or _CJK_HEAD.fullmatch(text):
        return True
    if not _VERB.search(text):
        return False
    dated = bool(_DATE.search(text) or _ADDRESS.search(text))
    # clients put the name last in German: "Am 12.05.26 um 14:05 schrieb Anna:"
    return dated and text.endswith((":", "："))
