"""Composition: the bytes of drafts, of notes and of what is sent.

Promises: ASCII on the wire, CRLF line ends, quoted-printable text/plain in UTF-8, format=flowed; so
servers and relays have nothing to rewrite; files that go with it are base64 parts below. A header value
with a control character is refused, never cleaned in silence. Threading as `design.md` section 4 lays
down: In-Reply-To and the last of References are the buyer's Message-ID; our own link stands second to
last.

High-level MIME building costs more than IMAP, model and ledger together (`docs/why.md`), so the header
lines are made here; the encodings are the standard library's.

Errors: `ValueError` for a header value that cannot be sent.
"""

import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

from daemon.desk.link import TOKEN_HEADER
from daemon.desk.mailbox import ADDRESS
from daemon.reply.attachments import Attachment, mixed
from daemon.reply.copies import digest_of
from daemon.reply.flowed import flow, quote, unflow

_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_PREFIX = re.compile(r"^\s*(?:(?:re|res|aw|wg|tr|r|sv|rv)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
REFERENCES_KEPT = 12


@dataclass(frozen=True, slots=True)
class Reply:
    """What a draft is made of; `quoted` is the buyer's own text, put below ours.

    `recipient_name` tells drafts apart in a list of mails; what is sent by us goes without it.
    """

    sender_name: str
    sender: str
    recipient: str
    subject: str
    text: str
    quoted: str
    attribution: str
    answers: str
    reference_ids: tuple[str, ...]
    attachments: tuple[Attachment, ...] = ()
    recipient_name: str = ""


def reply_subject(subject: str) -> str:
    """`Re:` once before the buyer's subject, whatever prefixes it has gathered."""
    return "Re: " + (_PREFIX.sub("", subject).strip() or "your message")


def header(name: str, value: str) -> bytes:
    """One header field, folded below 78 characters where it can be (RFC 5322, section 2.2.3)."""
    if _UNSENDABLE.search(value):
        raise ValueError(f"the {name} field holds a control character")
    if value.isascii() and len(name) + len(value) < 76 and not _looks_encoded(name, value):  # noqa: PLR2004  RFC 5322
        return f"{name}: {value}\r\n".encode("ascii")
    if _foldable(value) and not _looks_encoded(name, value):
        return _folded(name, value)
    encoded = Header(value, "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")
    return f"{name}: {encoded}\r\n".encode("ascii")


def _looks_encoded(name: str, value: str) -> bool:
    """Whether a subject would be read as an encoded word (RFC 2047) that nobody wrote."""
    return name == "Subject" and "=?" in value


def _foldable(value: str) -> bool:
    """Whether lines can be broken at its spaces: each word fits, and no line would hold spaces only."""
    words = value.split(" ")
    return value.isascii() and all(0 < len(word) < 900 for word in words)  # noqa: PLR2004  998 is the law


def _folded(name: str, value: str) -> bytes:
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > 76 and line.strip() != f"{name}:":  # noqa: PLR2004  as above
            lines.append(line)
            line = ""
        line += " " + word
    return ("\r\n".join([*lines, line]) + "\r\n").encode("ascii")


def address(display_name: str, addr_spec: str) -> str:
    """`Name <addr>`, quoted or encoded as the name needs it."""
    if not ADDRESS.fullmatch(addr_spec):
        raise ValueError("an address has a form that we do not send to")
    if not display_name:
        return addr_spec
    if _UNSENDABLE.search(display_name):
        raise ValueError("a display name holds a control character")
    display_name = " ".join(display_name.split())
    if display_name.isascii() and len(display_name) <= 60:  # noqa: PLR2004  a quoted string must not be folded
        escaped = display_name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{addr_spec}>'
    return f"{Header(display_name, 'utf-8', maxlinelen=75).encode(linesep='')} <{addr_spec}>"


def _ids(ids: Iterable[str]) -> str:
    """A References value out of what really are message ids; the newest are kept."""
    found = [match for text in ids for match in _MESSAGE_ID.findall(text)]
    # each where it stands last: a mail may well refer to itself
    newest = list(dict.fromkeys(reversed(found)))[:REFERENCES_KEPT]
    return " ".join(reversed(newest))


def _threading(answers: str, reference_ids: tuple[str, ...], link: str) -> bytes:
    """In-Reply-To, where the buyer's mail has an id to name, and References."""
    named = _ids([answers])
    return (header("In-Reply-To", named) if named else b"") + header(
        "References", _ids([*reference_ids, link, named])
    )


def _flowed(text: str) -> str:
    return flow(_LINE_END.sub("\n", text)).encode("utf-8", "replace").decode()


def body(text: str) -> bytes:
    """The content fields and the text."""
    return _body(_flowed(text))


def _body(flowed: str, attachments: tuple[Attachment, ...] = ()) -> bytes:
    content = re.sub(rb"(?<!\r)\n", b"\r\n", binascii.b2a_qp(flowed.encode(), istext=True))
    # RFC 5321 section 4.5.2 stuffs dots on the way; a mail that begins no line with "From " needs no more
    text = (
        b'Content-Type: text/plain; charset="utf-8"; format=flowed\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + content.rstrip(b"\r\n") + b"\r\n"
    )
    return b"MIME-Version: 1.0\r\n" + (mixed(text, attachments) if attachments else text)


@dataclass(frozen=True, slots=True)
class Written:
    """A draft's bytes, and the digest under which a copy of it is known while nobody edits it."""

    raw: bytes
    digest: str


def draft(reply: Reply, *, link: str, token: str, now: datetime) -> bytes:
    """The draft that goes into the queue."""
    return written(reply, link=link, token=token, now=now).raw


def written(reply: Reply, *, link: str, token: str, now: datetime) -> Written:
    """The draft and its digest: that of `read_copy` on these bytes, without reading them again."""
    text = reply.text.rstrip("\n")
    # a line end that `quote` did not see would make the buyer's words ours
    quoted = _LINE_END.sub("\n", reply.quoted).strip()
    if quoted:
        text += f"\n\n{reply.attribution}\n{quote(quoted)}"
    flowed, subject = _flowed(text), reply_subject(reply.subject)
    raw = b"".join(
        (
            header("From", address(reply.sender_name, reply.sender)),
            header("To", address(reply.recipient_name, reply.recipient)),
            header("Subject", subject),
            header("Date", format_datetime(now)),
            header("Message-ID", link),
            _threading(reply.answers, reply.reference_ids, link),
            header(TOKEN_HEADER, token),
            _body(flowed, reply.attachments),
        )
    )
    read, files = unflow(flowed).strip(), [file.identity for file in reply.attachments]
    return Written(raw, digest_of([reply.recipient.lower()], " ".join(subject.split()), read, files=files))


def delivery(  # noqa: PLR0913  each is one header field
    *,
    sender_name: str,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    message_id: str,
    link: str,
    answers: str,
    reference_ids: tuple[str, ...],
    now: datetime,
    attachments: tuple[Attachment, ...] = (),
    priority: str = "",
) -> bytes:
    """What leaves the house: headers from this list and no other, threading from the ledger."""
    return b"".join(
        (
            header("From", address(sender_name, sender)),
            header("To", address("", recipient)),
            header("Subject", subject),
            header("Date", format_datetime(now)),
            header("Message-ID", message_id),
            _threading(answers, reference_ids, link),
            header("X-Priority", priority) if priority else b"",
            _body(_flowed(text), attachments),
        )
    )


def note(
    *,
    mailbox_name: str,
    mailbox_address: str,
    subject: str,
    text: str,
    message_id: str,
    now: datetime,
    recipient: str = "",
) -> bytes:
    """A note to the agent, or to `recipient` of the team: marked as a machine's (RFC 3834, section 5)."""
    return b"".join(
        (
            header("From", address(f"firstreply ({mailbox_name})", mailbox_address)),
            header("To", address("", recipient or mailbox_address)),
            header("Subject", subject),
            header("Date", format_datetime(now)),
            header("Message-ID", message_id),
            header("Auto-Submitted", "auto-generated"),
            body(text),
        )
    )
