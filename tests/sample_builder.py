# ruff: noqa: E501 -- a table: one row, one mail
"""Build the invented mails under tests/data/mail from compact descriptions, byte for byte the same each time.

Shapes follow the reference on Amazon's mail; names, order ids and relay addresses are invented.
"""

import base64
import quopri
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

ORDER = "302-1234567-7654321"
ALIAS = "abc123def456ghi"
UUID = "11111111-2222-4333-8444-555555555555"
SHOP = "support@shop.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(90))
DASHES = "-" * 13
BUYER = "BBC_MESSAGE_SENT_TO_MERCHANT"


@dataclass(frozen=True, slots=True)
class Wrapper:
    """One language's marks around a buyer's words: greeting, begin, end, two lines of footer."""

    greeting: str
    begin: str
    end: str
    helpful: str
    solve: str


EN = Wrapper(
    "You have received a message.", "Begin message", "End message", "Was this email helpful?", "Solve case"
)
WRAPPERS: Mapping[str, Wrapper] = {
    "en": EN,
    "en_now": Wrapper(
        "You have received a message.", "Message:", "End message", "Was this email helpful?", "Resolve case"
    ),
    "de": Wrapper(
        "Sie haben eine Nachricht erhalten.",
        "Anfang der Nachricht",
        "Ende der Nachricht",
        "War diese E-Mail hilfreich?",
        "Fall lösen",
    ),
    "fr": Wrapper(
        "Vous avez reçu un message.",
        "Début du message",
        "Fin du message",
        "Cet e-mail vous a-t-il été utile ?",
        "Résoudre le cas",
    ),
    "fr_ca": Wrapper(
        "", "Begin message / Début du message", "End message / Fin du message", "", "Solve case"
    ),
    "it": Wrapper(
        "Hai ricevuto un messaggio.",
        "Messaggio:",
        "Fine messaggio",
        "Questa e-mail è stata utile?",
        "Risolvi caso",
    ),
    "it_old": Wrapper("", "Inizio messaggio", "Fine messaggio", "", "Risolvi caso"),
    "es": Wrapper("Has recibido un mensaje.", "Message:", "Finalizar mensaje", "", "Resolver caso"),
    "es_old": Wrapper("", "Iniciar mensaje", "Finalizar mensaje", "", "Resolver caso"),
    "pt": Wrapper(
        "Você recebeu uma mensagem.",
        "Mensagem:",
        "Encerrar mensagem",
        "Este e-mail foi útil?",
        "Solucionar o caso",
    ),
    "ja": Wrapper("", "メッセージはここから", "メッセージはここまで", "", ""),
    "de_maybe": Wrapper("", "Nachricht:", "Ende der Nachricht", "", ""),
    "es_maybe": Wrapper("", "Mensaje:", "Finalizar mensaje", "", ""),
    "it_maybe": Wrapper("", "Inizio del messaggio", "Fine del messaggio", "", ""),
    "pt_maybe": Wrapper("", "Início da mensagem", "Fim da mensagem", "", ""),
    "pt_end": Wrapper("", "Mensagem:", "Encerrar a mensagem", "", ""),
    "unknown_end": Wrapper("", "Message:", "Koniec wiadomosci", "", ""),
}


def link(site: str = "it") -> str:
    """A "no response needed" link of today's shape."""
    return f"https://sellercentral.amazon.{site}/messaging/no-response-needed?t=T1&m=M1&mp=P1&c=C1&h={'ab' * 20}&s=1"


def wrapped(words: str, language: str = "en", *, site: str = "com", order: str | None = ORDER) -> str:
    """A text/plain body of today's shape around `words`."""
    marks = WRAPPERS[language]
    lines = [marks.greeting] if marks.greeting else []
    if order:
        lines += [f"# {order}:", "1 / Desk lamp LED, blue [ASIN: B0ABCDEFGH]"]
    lines += [f"{DASHES} {marks.begin} {DASHES}", "", words, "", f"{DASHES} {marks.end} {DASHES}"]
    lines += [
        f"{marks.helpful}  https://sellercentral.amazon.{site}/gp/satisfaction/survey-form.html?x={BUYER}"
    ]
    lines += [
        f"{marks.solve}  {link(site)}",
        "-" * 26,
        "Copyright 2026 Amazon, Inc.",
        "SPC-EUAmazon-100200300",
    ]
    return "\n".join(lines)


def part(kind: str, content: str | bytes, *, extra: Sequence[str] = (), charset: str = "utf-8") -> bytes:
    """One MIME part: text quoted-printable, bytes base64."""
    if isinstance(content, bytes):
        lines = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *extra]
        body = base64.encodebytes(content)
    else:
        lines = [
            f"Content-Type: {kind}; charset={charset}",
            "Content-Transfer-Encoding: quoted-printable",
            *extra,
        ]
        body = quopri.encodestring(content.encode(charset))
    return "\n".join(lines).encode() + b"\n\n" + body


def file(name: str, kind: str, content: bytes = PNG) -> bytes:
    """An attachment."""
    return part(kind, content, extra=[f'Content-Disposition: attachment; filename="{name}"'])


def multipart(*parts: bytes, kind: str = "multipart/mixed") -> bytes:
    """Parts under one boundary, with its own header."""
    body = b"".join(b"--=_part\n" + each.rstrip(b"\n") + b"\n\n" for each in parts)
    return f'Content-Type: {kind}; boundary="=_part"\n\n'.encode() + body + b"--=_part--\n"


def mail(name: str, headers: Mapping[str, str | None], content: bytes) -> bytes:
    """A whole mail: defaults, then `headers` (None takes a default away), then a part or multipart."""
    fields: dict[str, str | None] = {
        "Date": "Mon, 23 Nov 2026 09:59:58 +0000",
        "From": f'"Anna" <{ALIAS}@marketplace.amazon.com>',
        "To": SHOP,
        "Message-ID": f"<{sha256(name.encode()).hexdigest()[:24]}@eu-west-1.amazonses.com>",
        "Subject": "Hello",
        "MIME-Version": "1.0",
    }
    fields |= headers
    lines = [f"{key}: {_encoded(value)}" for key, value in fields.items() if value is not None]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape") + content


def _encoded(value: str) -> str:
    """An encoded word for text beyond ASCII; raw bytes (surrogates) stay raw."""
    if value.isascii() or any("\udc80" <= letter <= "\udcff" for letter in value):
        return value
    name, bracket, address = value.rpartition(" <")
    plain = name if bracket and address.isascii() else value
    word = f"=?utf-8?B?{base64.b64encode(plain.strip(chr(34)).encode()).decode()}?="
    return f"{word} <{address}" if plain is name else word


def relay(site: str = "com", name: str = "Anna", *, alias: str = ALIAS, case: str | None = None) -> str:
    """A From or Reply-To value of a buyer."""
    plus = f"+{case}" if case else ""
    return f'"{name}" <{alias}{plus}@marketplace.amazon.{site}>'


def buyer(  # noqa: PLR0913 -- each is one thing a mail can vary in
    name: str,
    words: str,
    *,
    language: str = "en",
    site: str = "com",
    subject: str = "Inquiry from Amazon customer Anna",
    order: str | None = ORDER,
    text: str | None = None,
    who: str | None = None,
    headers: Mapping[str, str | None] | None = None,
    files: Sequence[bytes] = (),
) -> bytes:
    """A buyer message as Amazon relays it; `text` replaces the wrapped body, {ORDER} in a subject is the order."""
    sender = who or relay(site)
    body = text if text is not None else wrapped(words, language, site=site, order=order)
    fields: dict[str, str | None] = {
        "From": sender,
        "Reply-To": sender,
        "Subject": subject.replace("{ORDER}", order or ""),
        "X-Space-Notification-Type": BUYER,
        "X-Marketplace-ID": "ATVPDKIKX0DER",
    }
    content = part("text/plain", body)
    return mail(name, fields | dict(headers or {}), multipart(content, *files) if files else content)


def notice(
    name: str,
    kind: str | None,
    subject: str,
    text: str,
    *,
    sender: str = "donotreply@amazon.com",
    html: str = "",
    headers: Mapping[str, str | None] | None = None,
) -> bytes:
    """A notice of Amazon's systems, with or without its header."""
    fields: dict[str, str | None] = {
        "From": f'"Seller Central (do not reply)" <{sender}>',
        "Subject": subject,
        "X-Space-Notification-Type": kind,
    }
    plain = part("text/plain", text)
    content = multipart(plain, part("text/html", html), kind="multipart/alternative") if html else plain
    return mail(name, fields | dict(headers or {}), content)
