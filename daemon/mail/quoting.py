"""Cut quoted history and signatures off a person's words.

mail-parser-reply finds the history. Its patterns need minutes for some hostile texts, so it is asked only
when a sign of history is there, and then about short lines of a short text; the few client languages and
shapes it misses are added here. Linear otherwise; nothing raises.
"""

import re

from mailparser_reply import EmailReplyParser

_LINE = 160
_TEXT = 6_000
_LANGUAGES = ["en", "de", "fr", "it", "es", "nl", "pl", "sv", "ja", "zh"]
_SIGN = re.compile(
    r"^ ?>|^[ *]*(?:from|von|de|da|van|från|od|差出人|发件人)\*? ?[:：]"
    r"|wrote:|schrieb|écrit|scritto|escribió|escreveu|schreef|skrev|napisał|yazdı|[>＞] ?[:：]$|写道"
    r"|^[-_=─–—]{3,}",
    re.MULTILINE | re.IGNORECASE,
)
# "On 3 May 2026 at 10:00, Anna <a@b.c> wrote:" and its cousins, on one line or broken into two
_WROTE = re.compile(
    r"^(?:On|Am|Le|Il|El|Em|Op|Den|Dnia|W dniu) [^\n]{3,200}\n?[^\n]{0,160}?"
    r"(?:wrote|schrieb[^\n:]{0,120}|a écrit|ha scritto|escribió|escreveu|schreef[^\n:]{0,120}"
    r"|skrev[^\n:]{0,120}"
    r"|napisał(?:\(a\)|a)?) ?[:：]\s*$"
    r"|^[^\n]{0,60}\d{4}[/年.-] ?\d{1,2}[/月.-] ?\d{1,2}[^\n]{0,120}(?:[>＞]|さん|写道|yazdı) ?[:：]\s*$"
    r"|^-{3,}+ ?(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Messaggio originale"
    r"|Mensaje original"
    r"|Mensagem original|Oorspronkelijk bericht|元のメッセージ|原始邮件) ?-{3,}+\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_PROOF = re.compile(r"[\d@<>]|-{3}")
_SENT_FROM = re.compile(
    r"\n?^(?:Sent from my|Sent from (?:Outlook|Yahoo|Mail)|Get Outlook for"
    r"|Von meinem \S+(?: \S+){0,3} gesendet"
    r"|Gesendet (?:von|mit) (?:meinem|der|Outlook|Mail|GMX|WEB)"
    r"|Envoyé (?:de|depuis) (?:mon|l'app|Outlook|mail)"
    r"|Inviato da(?:l mio| iPhone| Outlook| Libero)|Enviado desde mi|Enviado do meu|Verzonden vanaf mijn"
    r"|Wysłane z (?:mojego|iPhone)|Skickat från min|iPhoneから送信|发自我的)[^\n]{0,60}$",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNATURE_LINES = 8


def own_words(text: str) -> str:
    """`text` without quoted history, signature block and "sent from my phone" lines."""
    if _SIGN.search(text):
        text = _without_history(text)
    return _without_signature(text).strip()


def _without_history(text: str) -> str:
    match = next((match for match in _WROTE.finditer(text) if _PROOF.search(match[0])), None)
    if match is not None:
        text = text[: match.start()]
    shadow = "\n".join(line[:_LINE] for line in text.split("\n"))
    if len(shadow) <= _TEXT and _SIGN.search(shadow):
        text = _by_library(text, shadow)
    return _without_trailing_quotes(text)


def _by_library(text: str, shadow: str) -> str:
    """Cut where the library sees the first reply end; a mail that is all history is left as it is."""
    replies = EmailReplyParser(languages=_LANGUAGES).read(shadow).replies
    first = replies[0].content.strip() if replies else ""
    if not first:
        return text
    lines, kept = text.split("\n"), first.count("\n") + 1
    rest = "\n".join(lines[kept:])
    return "\n".join(lines[:kept]) if _PROOF.search(rest) else text


def _without_trailing_quotes(text: str) -> str:
    """Quoted lines at the end go; between the buyer's lines they stay out, too, but their answers remain."""
    kept = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
    words = "\n".join(kept)
    return words if words.strip() else text


def _without_signature(text: str) -> str:
    text = _SENT_FROM.sub("", text)
    head, mark, tail = text.rpartition("\n--\n")
    return head if mark and head.strip() and tail.count("\n") < _SIGNATURE_LINES else text
