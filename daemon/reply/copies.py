"""Reading a copy of a draft back: what a person saved, moved or edited in their mail client.

Promises: everything that approval binds to (recipients, subject, text, attachments) is read from the
bytes as the server has them, in one form that does not depend on how a client wrapped or encoded them, nor
on whether it saved text, HTML or both; the digest is taken over exactly that. Such copies come from our own
folders, yet they are read as carefully as inbound mail: no standard-library policy that can raise on odd
headers touches them.

Errors: `UnreadableCopyError` when a copy cannot be read with certainty; it is then held, never guessed.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Part
from email.utils import getaddresses

from daemon.desk.link import TOKEN_HEADER
from daemon.errors import PermanentError
from daemon.mail.guard import RAW_LIMIT, normalise_line_ends, refusal
from daemon.reply.attachments import Attachment
from daemon.reply.flowed import flow, own_words, unflow, unquoted
from daemon.reply.from_html import alike, text_of

LARGEST = RAW_LIMIT
LONGEST_TEXT = 200_000
"""Octets of text: far more than any answer with its quotes has, far less than what slows a rule down."""
_PRIORITY = re.compile(r"[1-5](?: \([A-Za-z]{3,10}\))?")
_IDS = re.compile(r"<[!-;=?-~]{1,250}>")
_FLOWED = re.compile(rb"format=\"?flowed", re.IGNORECASE)


class UnreadableCopyError(PermanentError):
    """A copy in our folders cannot be read with certainty."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a draft as a person left it; addresses are lower-case addr-specs.

    `other` is what the HTML part says where it differs from the text part and nobody can tell which is meant.
    """

    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    other: str
    attachments: tuple[Attachment, ...]
    message_id: str
    references: tuple[str, ...]
    token: str
    priority: str = ""

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
        return digest_of(self.recipients, self.subject, self.text, other=self.other, files=files)


def digest_of(
    recipients: Iterable[str], subject: str, text: str, *, other: str = "", files: Iterable[str] = ()
) -> str:
    """The digest of a copy that reads like this."""
    parts = [*recipients, subject, text, other, *files]
    # the lengths keep "a" + "bc" and "ab" + "c" apart
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def read_copy(raw: bytes, ours: Callable[[], bytes] | None = None) -> Copy:
    """Read the copy of a draft from the bytes that FETCH returned.

    `ours` gives the bytes of the draft as we wrote it. It is asked when text and HTML differ: the part that
    still says what we wrote is the one that nobody edited. And where nothing is flowed: our own lines are
    nobody's edit.
    """
    refused = refusal(normalise_line_ends(raw))
    if refused is not None:
        raise UnreadableCopyError(f"no parser may read the copy ({refused})")
    try:
        copy = _read(message_from_bytes(raw))
        if copy.other and ours is not None:
            copy = _edited_part(copy, read_copy(ours()).text)
        elif ours is not None and not _FLOWED.search(raw):
            copy = _unwrapped(copy, read_copy(ours()).text)
        _ = copy.digest  # what cannot be digested (halves of characters) cannot be approved
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError, HeaderParseError) as error:
        raise UnreadableCopyError(f"the copy cannot be read: {type(error).__name__}") from error
    return copy


def _edited_part(copy: Copy, ours: str) -> Copy:
    """The copy with the one part that was edited as its text; as it is where both were."""
    if alike(copy.other, ours):
        return replace(copy, other="")
    return replace(copy, text=copy.other, other="") if alike(copy.text, ours) else copy


def _unwrapped(copy: Copy, ours: str) -> Copy:
    """Our own text again, where a server kept its lines and lost the word that they are flowed (Exchange)."""
    wrapped = "\n".join(line.rstrip() for line in flow(ours).split("\n"))
    return replace(copy, text=ours) if copy.text == wrapped else copy


def untouched(raw: bytes, digest: str) -> bool:
    """Whether a copy says what this digest was taken of; what cannot be read may be a person's work."""
    try:
        return read_copy(raw).digest == digest
    except UnreadableCopyError:
        return False


def _read(mail: Part) -> Copy:
    attachments: list[Attachment] = []
    text, html = _views(mail, attachments)
    text, html = text.strip(), html.strip()
    senders = _addresses(mail, "From")
    return Copy(
        sender=senders[0] if len(senders) == 1 else "",
        recipients=tuple(address for field in ("To", "Cc", "Bcc") for address in _addresses(mail, field)),
        subject=_one(mail, "Subject"),
        text=text or html,
        other="" if not text or not html or alike(text, html) else html,
        attachments=tuple(attachments),
        message_id=_one(mail, "Message-ID"),
        references=tuple(_IDS.findall(_one(mail, "References"))),
        token=_one(mail, TOKEN_HEADER).lower(),
        priority=priority[0] if (priority := _PRIORITY.fullmatch(_one(mail, "X-Priority"))) else "",
    )


def _one(mail: Part, field: str) -> str:
    """A field's decoded value on one line; the fields of one name are joined."""
    values = [str(make_header(decode_header(str(value)))) for value in mail.get_all(field, [])]
    return " ".join(" ".join(values).split())


def _addresses(mail: Part, field: str) -> list[str]:
    return [address.lower() for _, address in getaddresses([str(v) for v in mail.get_all(field, [])])]


def _views(part: Part, attachments: list[Attachment]) -> tuple[str, str]:
    """A part as text and as what its HTML says; each stands for the other where it is missing."""
    if not part.is_multipart() or part.get_content_maintype() != "multipart":
        return _leaf(part, attachments)
    parts = [each for each in part.get_payload() if isinstance(each, Part)]
    views = [_views(each, attachments) for each in parts]
    if part.get_content_subtype() == "alternative":
        # the plainest first, the richest last (RFC 2046, section 5.1.4)
        texts = [text for text, _ in views if text.strip()]
        htmls = [html for _, html in views if html.strip()]
        return (texts[0] if texts else ""), (htmls[-1] if htmls else "")
    return "\n".join(text for text, _ in views if text), "\n".join(html for _, html in views if html)


def _leaf(part: Part, attachments: list[Attachment]) -> tuple[str, str]:
    """A part without parts; a mail within the mail is one of them, since its words are not ours."""
    name, kind, content = _name(part), part.get_content_type(), _octets(part)
    if name or part.get_content_disposition() == "attachment" or kind not in {"text/plain", "text/html"}:
        attachments.append(Attachment(name, kind, content))
        return "", ""
    text = _decoded(part, content)
    if kind == "text/html":
        said = text_of(text)
        attachments.extend(Attachment("", "image/*", source.encode()) for source in said.pictures)
        return said.text, said.text
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    text = unflow(text) if flowed else "\n".join(line.rstrip() for line in text.split("\n"))
    return text, text


def _name(part: Part) -> str:
    """A part's file name; many clients encode it as RFC 2047 does words, though RFC 2231 says otherwise.

    Blanks of other kinds (a Mac's screenshots have them) become plain ones.
    """
    name = part.get_filename() or ""
    decoded = str(make_header(decode_header(name))) if "=?" in name else name
    return " ".join(decoded.split())


def _octets(part: Part) -> bytes:
    if part.is_multipart():
        return part.as_bytes()
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(part: Part, content: bytes) -> str:
    if len(content) > LONGEST_TEXT:
        raise UnreadableCopyError(f"the text has {len(content)} octets, {LONGEST_TEXT} are allowed")
    charset = part.get_content_charset() or "utf-8"
    return content.decode(charset, "replace").replace("\r\n", "\n").replace("\r", "\n")
