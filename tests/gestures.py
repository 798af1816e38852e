"""How mail clients change a draft when an agent edits it: what they keep, what they lose, as measured.

Roundcube and Thunderbird drop all X- fields; Thunderbird gives a new Message-ID at every save, Roundcube only
outside the drafts folder; mutt keeps everything; SOGo keeps the Message-ID and loses the references. A save
has a Date of its own each time.
"""

import email
import itertools
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum

_NUMBERS = itertools.count(1)


class Client(StrEnum):
    """A mail client's way of saving."""

    MUTT = "mutt"
    ROUNDCUBE = "roundcube"
    THUNDERBIRD = "thunderbird"
    SOGO = "sogo"


def parsed(raw: bytes) -> EmailMessage:
    """A mail as the standard library reads it."""
    mail = email.message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def words_of(raw: bytes) -> str:
    """The plain text of a mail, however it is wrapped."""
    part = parsed(raw).get_body(("plain",))
    return " ".join(str(part.get_content()).split()) if part is not None else ""


def edited(raw: bytes, words: str, client: Client, *, to: str = "", as_new: bool = False) -> bytes:
    """The copy that a client saves after an agent wrote `words` on top; `to` redirects it."""
    mail = parsed(raw)
    mail.set_content(f"{words}\n\n{mail.get_content()}")
    del mail["Date"]
    mail["Date"] = format_datetime(datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=next(_NUMBERS)))
    if to:
        mail.replace_header("To", to)
    if client is not Client.MUTT:
        for name in [name for name in mail.keys() if name.lower().startswith("x-")]:  # noqa: SIM118  a field may come twice
            del mail[name]
    if client is Client.THUNDERBIRD or (as_new and client is not Client.SOGO):
        mail.replace_header("Message-ID", f"<{client}-{next(_NUMBERS)}@shop.example>")
    if client is Client.SOGO:
        del mail["In-Reply-To"], mail["References"]
    return mail.as_bytes()


def own_reply(original: bytes, words: str) -> bytes:
    """An answer that an agent wrote without our draft."""
    asked = parsed(original)
    mail = EmailMessage(policy.SMTP)
    mail["From"] = "support@shop.example"
    mail["To"] = str(asked["Reply-To"])
    mail["Subject"] = f"Re: {asked['Subject']}"
    mail["Message-ID"] = f"<own-{next(_NUMBERS)}@shop.example>"
    mail["In-Reply-To"] = mail["References"] = str(asked["Message-ID"])
    mail.set_content(words)
    return mail.as_bytes()
