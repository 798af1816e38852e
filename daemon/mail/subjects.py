"""Amazon's subject lines and set phrases in all languages of the reference, section 1.5.

Patterns are written for folded text (`fold`): small letters without accents, straight apostrophes. Rows
marked "unverified" were never seen on real mail; they may show a mail to a person, never close anything.
"""

import re
import unicodedata
from collections.abc import Iterable

from daemon.mail.kinds import Notice

_PREFIX = re.compile(r"\s*(?:re|res|aw|wg|tr|r|sv|rv|fw|fwd)\s?(?:\[\d{1,3}\])?\s?[:：]\s*", re.IGNORECASE)
_COMBINING = re.compile("[\u0300-\u036f]+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


def fold(text: str) -> str:
    """`text` for comparing: case, accents, width and the shape of quotes taken out."""
    lower = text.translate(_QUOTES).casefold()
    if lower.isascii():
        return lower
    bare = _COMBINING.sub("", unicodedata.normalize("NFKD", lower))
    return unicodedata.normalize("NFC", bare)


def strip_prefixes(subject: str) -> tuple[str, bool]:
    """The subject without `Re:` and its cousins, and whether it had any (then it is no first message)."""
    rest, replied = subject, False
    while match := _PREFIX.match(rest):
        rest, replied = rest[match.end() :], True
    return rest, replied


def _compile(rows: Iterable[tuple[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), value) for pattern, value in rows)


_NOTICE_SUBJECTS = _compile(
    (
        (r"return authori[sz]ation (?:request|notification)", Notice.RETURN_REQUEST),
        (r"notification d'autorisation de retour", Notice.RETURN_REQUEST),
        (r"notifica di autorizzazione del reso", Notice.RETURN_REQUEST),
        (r"notificacion de autorizacion de devolucion", Notice.RETURN_REQUEST),
        (
            r"rucksendegenehmigung|notificacao de autorizacao de devolucao",
            Notice.RETURN_REQUEST,
        ),  # unverified
        (r"refund initiated for order", Notice.REFUND),
        (r"remboursement initie pour la commande", Notice.REFUND),
        (r"rimborso .{0,40}avviato", Notice.REFUND),
        (r"erstattung (?:veranlasst|eingeleitet)|reembolso iniciado", Notice.REFUND),  # unverified
        (r"claim decision on order", Notice.A_TO_Z_DECISION),
        (r"decision concernant la reclamation", Notice.A_TO_Z_DECISION),
        (r"su reclamacion bajo la garantia de la a (?:a )?(?:la )?z", Notice.A_TO_Z_DECISION),
        (r"claim received on order|a-to-z guarantee claim", Notice.A_TO_Z_CLAIM),
        (r"richiesta di rimborso ricevuta per l'ordine", Notice.A_TO_Z_CLAIM),
        (r"charge dispute inquiry|chargeback", Notice.CHARGEBACK),
        (r"richiesta di annullamento per l'ordine", Notice.CANCELLATION_REQUEST),
        (r"solicitud de cancelacion del pedido para el numero", Notice.CANCELLATION_REQUEST),
        (r"^(?:your|seu) e-?mail (?:to|para) \S", Notice.REPLY_COPY),
        (r"nous n'avons pas pu remettre le message", Notice.UNDELIVERED),
        (r"il tuo messaggio all'acquirente non e stato consegnato", Notice.UNDELIVERED),
    )
)

_NOTICE_BODIES = _compile(
    (
        (r"buyer has chosen to opt out|acquirente ha scelto di non ricevere", Notice.OPT_OUT),
        (
            r"acheteur a choisi de ne plus recevoir|kaufer hat sich (?:dafur )?abgemeldet",
            Notice.OPT_OUT,
        ),  # unverified
        (r"here is a copy of the e-?mail that you sent to", Notice.REPLY_COPY),
        (r"we (?:could not|were unable to) deliver your message|impossibile consegnare", Notice.UNDELIVERED),
        (r"chargeback amount|charge ?dispute", Notice.CHARGEBACK),
        (r"^.{0,80}hello,.{0,400}cancellation request", Notice.CANCELLATION_REQUEST),
        (r"claim amount:|a-to-z guarantee claim|garanzia dalla a alla z|garantie a a z", Notice.A_TO_Z_CLAIM),
    )
)

# contact topic of Amazon's form → scenario it proves; with "first" in front: only without an order id
_TOPICS = _compile(
    (
        (r"^(?:order delivery|ship faster|shipping) inquiry", "delivery_issue"),
        (r"^paket nicht angekommen|^le colis n'est pas arrive", "delivery_issue"),
        (r"^article endommage", "product_issue"),
        (r"^(?:return policy inquiry|exchange request)", "return_request"),
        (r"^order cancellation request from amazon customer", "order_change"),
        (r"^demande d'annulation de commande", "order_change"),
        (r"^solicitud de cancelacion de pedido del cliente de amazon", "order_change"),
        (r"^product details inquiry|^detalhes do produto amazon", "first:presale_question"),
        (r"^product customization request", "first:presale_question"),
    )
)

_NAME_IN_SUBJECT = re.compile(
    r"(?:from amazon customer|von amazon-kunde(?:n|in)?|du client amazon"
    r"|(?:del )?cliente(?: de)? amazon"
    r"|(?:your|seu) e-?mail (?:to|para)|detalhes do produto amazon)\s+(?P<name>.{1,80}?)\s*"
    r"(?:[(:]|pergunta do cliente|$)",
    re.IGNORECASE,
)
_NO_NAMES = re.compile(r"^(?:relativa|relativo|sobre|regarding|about|per|ad)\b", re.IGNORECASE)
_NAME_TAIL = re.compile(r"\s*[-–—|]\s*(?:amazon.*|marketplace.*)$", re.IGNORECASE)


def notice_by_subject(subject: str) -> Notice | None:
    """What a subject says its mail is about; None when no known phrase is in it."""
    return _first(_NOTICE_SUBJECTS, fold(strip_prefixes(subject)[0]))


def notice_by_body(text: str) -> Notice | None:
    """What the first 4,000 characters of a body say it is about."""
    return _first(_NOTICE_BODIES, " ".join(fold(text[:4000]).split()))


def _first(rows: tuple[tuple[re.Pattern[str], str], ...], text: str) -> Notice | None:
    return next((Notice(value) for pattern, value in rows if pattern.search(text)), None)


def topic_of(subject: str, *, has_order: bool) -> str | None:
    """The scenario label that the contact topic proves; None for replies and for topics that prove nothing.

    A reply keeps the subject of the first message, and by then the buyer may only say thanks.
    """
    rest, replied = strip_prefixes(subject)
    if replied:
        return None
    folded = fold(rest)
    value = next((value for pattern, value in _TOPICS if pattern.search(folded)), None)
    if value is None:
        return None
    if value.startswith("first:"):
        return None if has_order else value.removeprefix("first:")
    return None if value == "delivery_issue" and folded.startswith("shipping") and not has_order else value


def buyer_name(display_name: str, subject: str) -> str | None:
    """The buyer's name from the display name, else from the subject; any script, Amazon's additions off."""
    name = _NAME_TAIL.sub("", display_name).strip(" \"'")
    if name and "@" not in name and fold(name) not in {"amazon", "amazon marketplace"}:
        return name
    match = _NAME_IN_SUBJECT.search(subject)
    if match is None or _NO_NAMES.match(match["name"]):
        return None
    return match["name"].strip(" \"'") or None
