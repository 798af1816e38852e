"""Recognise what machines wrote, so that we never answer one: loops between robots have no end.

Rules of RFC 3834, RFC 5230 and reference/reliability.md 6.1. Relay mail is judged by less, since Amazon's own
headers look robotic: only marks of an automatic *reply* count there.
"""

import re
from collections.abc import Iterable

from daemon.mail.kinds import ReadingContext
from daemon.mail.message import Message
from daemon.mail.subjects import fold, strip_prefixes

_ROBOT = re.compile(
    r"(?:mailer-daemon|postmaster|no-?_?reply|do-?not-?reply|noreply.*|nobody|bounces?|root|daemon|majordomo"
    r"|listserv)(?:[+=._-].*)?",
)
_BULK = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
_SUPPRESS = frozenset({"all", "oof", "autoreply"})
_VACATION_SUBJECT = re.compile(
    r"^(?:auto(?:matic|mated|matische|matique|matica|-)? ?(?:reply|response|antwort)"
    r"|automatische (?:antwort|reactie)|automatisches? antwort|abwesenheit(?:snotiz|sbenachrichtigung)?\b"
    r"|out of (?:the )?office|reponse automatique|absence du bureau|message d'absence"
    r"|risposta automatica|fuori (?:sede|ufficio)|respuesta automatica|fuera de (?:la )?oficina"
    r"|resposta automatica|fora do escritorio|afwezig(?:heidsbericht)?\b|autosvar|franvaro\b|automatiskt svar"
    r"|odpowiedz automatyczna|autoodpowiedz|otomatik yanit|自動(?:返信|応答)"
    r"|自动(?:回复|答复)|不在(?:通知|のお知らせ))"
)
_AWAY = re.compile(
    r"out of (?:the )?office|on (?:annual )?(?:leave|vacation)|nicht im (?:buro|haus)|im urlaub|abwesend"
    r"|absente? du bureau|en conges|fuori (?:ufficio|sede)|in ferie|fuera de la oficina|de vacaciones"
    r"|fora do escritorio|de ferias|niet aanwezig|op vakantie|pa semester|inte pa kontoret"
    r"|poza biurem|na urlopie"
    r"|不在にして|休暇中|不在办公室|休假"
)
_MACHINE_SAYS = re.compile(
    r"automat(?:ic|ed|ische|ically|iquement|ica|ico|iskt|yczna|icamente|isch)[^.\n]{0,20}"
    r"(?:reply|response|antwort|nachricht|reponse|message|risposta|messaggio|respuesta|mensaje|resposta|mensagem"
    r"|svar|odpowiedz|antwoord|generated|erstellt|genere)"
    r"|(?:reponse|risposta|respuesta|resposta) automati"
    r"|(?:reply|respond|answer|get back to you)[^.\n]{0,40}(?:when i return|upon my return|after my return)"
    r"|nach meiner ruckkehr|a mon retour|al mio (?:ritorno|rientro)|a mi regreso|no meu retorno"
    r"|nie mehr gelesen|自動(?:返信|応答)|自动回复"
)
_STATUS = re.compile(r"^Status:\s*([245])\.\d{1,3}\.\d{1,3}", re.MULTILINE | re.IGNORECASE)


def automatic_reply(message: Message) -> str | None:
    """Marks of a machine's *answer*, which count for relay mail, too: a reason slug or None."""
    if _auto_submitted(message).startswith("auto-replied"):
        return "auto_submitted"
    if message.header("x-autoreply") or message.header("x-autorespond"):
        return "autoreply_header"
    subject = fold(strip_prefixes(message.subject)[0])
    return "vacation_note" if _VACATION_SUBJECT.match(subject) else None


def vacation_words(words: str) -> bool:
    """Whether a buyer's words are an absence note: they say so *and* that a machine wrote; no question."""
    if "?" in words:
        return False
    folded = fold(words[:2000])
    return _AWAY.search(folded) is not None and _MACHINE_SAYS.search(folded) is not None


def delivery_report(message: Message) -> str | None:
    """`bounce_permanent`, `bounce_temporary` or `delivery_report` for RFC 3464 mail, else None."""
    kind = message.header("content-type").lower()
    if not (kind.startswith("multipart/report") or _STATUS.search(message.report)):
        return None
    classes = set(_STATUS.findall(message.report))
    if "5" in classes:  # only a status 5.x is permanent
        return "bounce_permanent"
    return "bounce_temporary" if "4" in classes else "delivery_report"


def machine(message: Message, reader: ReadingContext) -> str | None:
    """Why nobody should be answered here, for mail that is neither a relay's nor Amazon's: a slug or None."""
    reason = delivery_report(message) or automatic_reply(message)
    if reason or message.from_address in reader.allowed_senders:
        return reason
    return next((slug for holds, slug in _marks(message) if holds), None)


def _marks(message: Message) -> Iterable[tuple[bool, str]]:
    suppress = set(re.split(r"[,\s]+", message.header("x-auto-response-suppress").lower()))
    submitted = _auto_submitted(message)
    yield bool(submitted) and submitted != "no", "auto_submitted"
    yield any(name.startswith("list-") for name in message.headers), "list_mail"
    yield message.header("precedence").lower() in _BULK, "bulk_precedence"
    yield "x-loop" in message.headers, "loop_header"
    yield bool(suppress & _SUPPRESS), "responses_suppressed"
    yield message.header("return-path").replace(" ", "") == "<>", "null_return_path"
    yield any(_is_robot(address) for address in _senders(message)), "robot_sender"


def _auto_submitted(message: Message) -> str:
    return message.header("auto-submitted").partition(";")[0].strip().lower()


def _senders(message: Message) -> tuple[str, ...]:
    return message.from_address, message.header("return-path").strip("<> ").lower()


def _is_robot(address: str) -> bool:
    return _ROBOT.fullmatch(address.partition("@")[0]) is not None
