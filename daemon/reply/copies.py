"""Reading a copy of a draft back: what a person saved, moved or edited in their mail client.

Promises: everything that approval binds to (recipients, subject, text, attachments) is read from the
bytes as the server has them, in one form that does not depend on how a client wrapped or encoded them;
the digest is taken over exactly that. Such copies come from our own folders, yet they are read as
carefully as inbound mail: no standard-library policy that can raise on odd headers touches them.

Errors: `UnreadableCopyError` when a copy cannot be read with certainty; it is then held, never guessed.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Part
from email.utils import getaddresses

from daemon.desk.link import TOKEN_HEADER
from daemon.errors import PermanentError
from daemon.mail.guard import RAW_LIMIT, normalise_line_ends, refusal
from daemon.reply.attachments import Attachment
from daemon.reply.flowed import own_words, unflow, unquoted

LARGEST = RAW_LIMIT
LONGEST_TEXT = 200_000
"""Octets of text: far more than any answer with its quotes has, far less than what slows a rule down."""
_IDS = re.compile(r"<[!-;=?-~]{1,250}>")


class UnreadableCopyError(PermanentError):
    """A copy in our folders cannot be read with certainty."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a draft as a person left it; addresses are lower-case addr-specs."""

    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    has_html: bool
    attachments: tuple[Attachment, ...]
    message_id: str
    references: tuple[str, ...]
    token: str

    @property
    def own_words(self) -> str:
        """The text without the quoted buyer's words."""
        return own_words(self.text)

    @property
    def unquoted(self) -> str:
        """The text without quoted lines, the introduction of the quote included."""
        return unquoted(self.text)

    @property
    def digest(self) -> str:
        """SHA-256 over what an approval binds to."""
        files = [item.identity for item in self.attachments]
        return digest_of(self.recipients, self.subject, self.text, has_html=self.has_html, files=files)


def digest_of(
    recipients: Iterable[str], subject: str, text: str, *, has_html: bool = False, files: Iterable[str] = ()
) -> str:
    """The digest of a copy that reads like this."""
    parts = [*recipients, subject, text, str(has_html), *files]
    # the lengths keep "a" + "bc" and "ab" + "c" apart
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def read_copy(raw: bytes) -> Copy:
    """Read the copy of a draft from the bytes that FETCH returned."""
    refused = refusal(normalise_line_ends(raw))
    if refused is not None:
        raise UnreadableCopyError(f"no parser may read the copy ({refused})")
    try:
        copy = _read(message_from_bytes(raw))
        _ = copy.digest  # what cannot be digested (halves of characters) cannot be approved
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError, HeaderParseError) as error:
        raise UnreadableCopyError(f"the copy cannot be read: {type(error).__name__}") from error
    return copy


def untouched(raw: bytes, digest: str) -> bool:
    """Whether a copy says what this digest was taken of; what cannot be read may be a person's work."""
    try:
        return read_copy(raw).digest == digest
    except UnreadableCopyError:
        return False


def _read(mail: Part) -> Copy:
    text, has_html, attachments = _content(mail)
    senders = _addresses(mail, "From")
    return Copy(
        sender=senders[0] if len(senders) == 1 else "",
        recipients=tuple(address for field in ("To", "Cc", "Bcc") for address in _addresses(mail, field)),
        subject=_one(mail, "Subject"),
        text=text,
        has_html=has_html,
        attachments=attachments,
        message_id=_one(mail, "Message-ID"),
        references=tuple(_IDS.findall(_one(mail, "References"))),
        token=_one(mail, TOKEN_HEADER).lower(),
    )


def _one(mail: Part, field: str) -> str:
    """A field's decoded value on one line; the fields of one name are joined."""
    values = [str(make_header(decode_header(str(value)))) for value in mail.get_all(field, [])]
    return " ".join(" ".join(values).split())


def _addresses(mail: Part, field: str) -> list[str]:
    return [address.lower() for _, address in getaddresses([str(v) for v in mail.get_all(field, [])])]


def _content(mail: Part) -> tuple[str, bool, tuple[Attachment, ...]]:
    texts: list[str] = []
    attachments: list[Attachment] = []
    has_html = False
    for part in _leaves(mail):
        name = _name(part)
        kind = part.get_content_type()
        content = _octets(part)
        if name or part.get_content_disposition() == "attachment":
            attachments.append(Attachment(name, kind, content))
        elif kind == "text/plain":
            texts.append(_plain(part, content))
        elif kind == "text/html":
            has_html = True
        else:
            attachments.append(Attachment("", kind, content))
    return "\n".join(texts).strip(), has_html, tuple(attachments)


def _leaves(part: Part) -> Iterator[Part]:
    """The parts that hold content; a mail within the mail is one of them, since its words are not ours."""
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        for each in part.get_payload():
            if isinstance(each, Part):
                yield from _leaves(each)
    else:
        yield part


def _name(part: Part) -> str:
    """A part's file name; many clients encode it as RFC 2047 does words, though RFC 2231 says otherwise."""
    name = part.get_filename() or ""
    return str(make_header(decode_header(name))) if "=?" in name else name


def _octets(part: Part) -> bytes:
    if part.is_multipart():
        return part.as_bytes()
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _plain(part: Part, content: bytes) -> str:
    if len(content) > LONGEST_TEXT:
        raise UnreadableCopyError(f"the text has {len(content)} octets, {LONGEST_TEXT} are allowed")
    charset = part.get_content_charset() or "utf-8"
    text = content.decode(charset, "replace").replace("\r\n", "\n").replace("\r", "\n")
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    return unflow(text) if flowed else "\n".join(line.rstrip() for line in text.split("\n"))
