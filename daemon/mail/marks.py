"""Where the buyer's words begin and end in Amazon's wrapper: marks, labels and footers of all languages.

Reference section 1.7. All patterns look into running text, since HTML conversion joins lines, and take
no longer than linear time: runs of dashes match possessively and only from their start.
"""

import re

_DASH = "\\-–—_=─"
_BEGIN = (
    "Begin message / Début du message",
    "Begin message",
    "Message",
    "Anfang der Nachricht",
    "Début du message",
    "Inizio del messaggio",
    "Inizio messaggio",
    "Messaggio",
    "Iniciar mensaje",
    "Iniciar mensagem",
    "Início da mensagem",
    "Mensagem",
    "メッセージはここから",
    "Nachricht",  # this and the next: unverified
    "Mensaje",
)
_END = (
    "End message / Fin du message",
    "End message",
    "Ende der Nachricht",
    "Fin du message",
    "Fine del messaggio",
    "Fine messaggio",
    "Finalizar mensaje",
    "Encerrar a mensagem",
    "Encerrar mensagem",
    "Mensagem final",
    "Fim da mensagem",
    "メッセージはここまで",
)
_VIEW = (  # the button below the words in HTML; only the English one is verified
    "View Message",
    "Nachricht anzeigen",
    "Voir le message",
    "Visualizza messaggio",
    "Ver mensaje",
    "Ver mensagem",
    "メッセージを表示",
)
_FOOTERS_ANYWHERE = (
    r"Was this e-?mail helpful\?",
    r"Questa e-mail è stata utile\?",
    r"Este e-mail foi útil\?",
    r"War diese E-Mail hilfreich\?",  # this and the next two: unverified
    r"Cet e-mail vous a-t-il été utile",
    r"¿Te ha resultado útil este",
    r"这封电子邮件有帮助吗？",
    r"\[commMgrTok:",
    r"For Your Information: To help arbitrate",
    r"https?://sellercentral[a-z0-9-]*\.amazon\.[a-z.]{2,6}/gp/satisfaction/",
    r"SPC-(?:EU|US|FE|NA)Amazon-\d",
)
_FOOTERS_AT_LINE_START = (
    r"Solve case",
    r"Resolve case",
    r"Risolvi caso",
    r"Resolver caso",
    r"Solucionar o caso",
    r"Fall lösen",  # this and the next: unverified
    r"Résoudre le cas",
    r"Wichtiger Hinweis ?:",
    r"Important ?:",
    r"Nota informativa ?:",
    r"(?:Copyright|©) ?(?:©)? ?\d{4} ?(?:-\d{4})? ?Amazon",
)


def _mojibake(words: tuple[str, ...]) -> list[str]:
    """The words, and what UTF-8 read as Windows-1252 makes of those with accents."""
    wrong = [word.encode().decode("cp1252", "ignore") for word in words if not word.isascii()]
    return sorted([*words, *wrong], key=len, reverse=True)


def _alternatives(words: tuple[str, ...]) -> str:
    return "|".join(r"\s+".join(re.escape(part) for part in word.split()) for word in _mojibake(words))


_RUN = f"(?<![{_DASH}])[{_DASH}]{{5,}}+"
BEGIN = re.compile(rf"{_RUN}\s*+(?:{_alternatives(_BEGIN)})\s?:?\s*+[{_DASH}]{{5,}}+", re.IGNORECASE)
END = re.compile(rf"{_RUN}\s*+(?:{_alternatives(_END)})\s?:?\s*+[{_DASH}]{{5,}}+", re.IGNORECASE)
# a dashed line with words in an unknown language; the word "original" marks quoted history instead
ANY_MARK = re.compile(
    rf"{_RUN}[ ]*+(?P<words>[^\n\W\d_][^\n{_DASH}]{{0,59}})[{_DASH}]{{5,}}+",
)
LABEL = re.compile(r"^(?:Message|Messaggio|Nachricht|Mensaje|Mensagem|メッセージ) ?[:：][ \n]", re.MULTILINE)
VIEW_BUTTON = re.compile(rf"^(?:{_alternatives(_VIEW)})|^# +ASIN\b", re.MULTILINE)
FOOTER = re.compile(
    rf"{'|'.join(_FOOTERS_ANYWHERE)}|^(?:[-]{{20,}}+\n)?(?:{'|'.join(_FOOTERS_AT_LINE_START)})",
    re.IGNORECASE | re.MULTILINE,
)
SELLER_CENTRAL_LINK = re.compile(r"https?://sellercentral[a-z0-9-]*\.amazon\.[^\s<>\"')]+", re.IGNORECASE)
# lines above the words when no begin mark survived: greeting of the wrapper, order, product
HEAD_LINE = re.compile(
    r"\s*(?:"
    r"(?:You have received a message|Hai ricevuto un messaggio|Você recebeu uma mensagem"
    r"|Sie haben eine Nachricht erhalten"
    r"|Vous avez reçu un message|Has recibido un mensaje)\b.{0,3}"
    r"|(?:#|Order ID|Bestellnummer|Order)? ?:? ?\d{3}-\d{7}-\d{7} ?:?"
    r"|\d{1,4} ?(?:/|of(?:/sur)?) .{1,400}\[ASIN: ?[A-Z0-9]{10}\]"
    r"|[-–—_=─]{5,}"
    r")\s*",
    re.IGNORECASE,
)
