"""A parsed RFC 5322 mail as one value that is never changed: what every later stage reads.

`parse` promises to return for any bytes: it never raises and never trusts. A mail that the guard
refuses, or that no parser can read, comes back with `unreadable` set to a reason slug and with what a
scan of the bytes could find, so that a row and a line in the worklist can be made of it.
"""

import email
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message as Part
from email.utils import parsedate_to_datetime
from types import MappingProxyType

from daemon.mail.addresses import many_addresses, single_mailbox
from daemon.mail.clean import clean_header, clean_text, decode_header_value
from daemon.mail.guard import normalise_line_ends, refusal, scan_fields
from daemon.mail.markup import to_text, tree
from daemon.mail.mime import FIELD_ERRORS, Attachment, Parts, read_parts

__all__ = ["Attachment", "Message", "parse"]

_HTML_KEPT = 150_000
_VALUE_KEPT = 4_000
_VALUES_KEPT = 20
_DEFECTS_KEPT = 20
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Message:
    """One mail. Strings are cleaned (no control characters in header values); addresses are lower-case."""

    message_id: str = ""
    """With its angle brackets, '' when absent or malformed."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    from_name: str = ""
    from_address: str = ""
    """'' when From is absent, repeated, or read differently by two parsers."""
    reply_to_address: str = ""
    to_addresses: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    """In UTC; None when absent or unreadable."""
    text: str = ""
    """Plain text, or HTML converted, at most 20,000 characters."""
    html: str = ""
    """The HTML part as it came, cut; '' when there is none."""
    report: str = ""
    """Delivery status and returned header of a bounce (RFC 3464)."""
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    """Lower-case name to all values in order, decoded and cleaned."""
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = ()
    size: int = 0
    """Bytes of the mail as given."""
    content_hash: str = ""
    """SHA-256 in hex of the bytes with line ends normalised to `\\n`."""
    text_is_html: bool = False
    """The mail had no plain text, so that `text` was made of its HTML."""
    unreadable: str | None = None
    """Why no parser read this mail: a slug of the guard, or `parser_failed`."""

    def header(self, name: str) -> str:
        """The first value of a header by its lower-case name, '' when absent."""
        values = self.headers.get(name)
        return values[0] if values else ""


def parse(raw: bytes) -> Message:
    """Read `raw` (a whole mail as the server gave it); never raises."""
    mail = normalise_line_ends(raw)
    digest = hashlib.sha256(mail).hexdigest()
    refused = refusal(mail)
    if refused is not None:
        return _scanned(mail, len(raw), digest, refused)
    try:
        parsed = email.message_from_bytes(mail)
        return _message(parsed, read_parts(parsed), len(raw), digest)
    except FIELD_ERRORS:
        return _scanned(mail, len(raw), digest, "parser_failed")


def _message(parsed: Part, parts: Parts, size: int, digest: str) -> Message:
    raw, headers = _header_values(parsed)
    sender, sender_defect = single_mailbox(raw.get("from", ()))
    reply_to, reply_defect = single_mailbox(raw.get("reply-to", ()))
    date = _date(headers.get("date", ("",))[0])
    text, markup, from_html = _texts(parts)
    noted = (
        sender_defect and f"from_{sender_defect}",
        reply_defect and f"reply_to_{reply_defect}",
        "date_unreadable" if date is None and "date" in headers else None,
        "from_missing" if "from" not in headers else None,
    )
    return Message(
        message_id=_first_id(headers.get("message-id", ())),
        in_reply_to=_first_id(headers.get("in-reply-to", ())),
        references=_ids(headers.get("references", ())),
        from_name=sender.name,
        from_address=sender.address,
        reply_to_address=reply_to.address,
        to_addresses=many_addresses(raw.get("to", ()) + raw.get("delivered-to", ())),
        subject=clean_header(headers.get("subject", ("",))[0]),
        date=date,
        text=text,
        html=markup,
        report="\n\n".join(parts.report),
        headers=MappingProxyType(headers),
        attachments=tuple(parts.attachments),
        defects=_defects([slug for slug in noted if slug] + parts.defects),
        size=size,
        content_hash=digest,
        text_is_html=from_html,
    )


def _header_values(parsed: Part) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """All fields twice: as the parser holds them, and decoded and cleaned."""
    raw: dict[str, tuple[str, ...]] = {}
    for name, value in parsed.raw_items():
        key = name.lower()
        raw[key] = (*raw.get(key, ())[:_VALUES_KEPT], str(value))
    clean = {
        key: tuple(clean_header(decode_header_value(value), _VALUE_KEPT) for value in values)
        for key, values in raw.items()
    }
    return raw, clean


def _texts(parts: Parts) -> tuple[str, str, bool]:
    """The readable text, the HTML, and whether the first was made of the second."""
    markup = "\n".join(parts.html)[:_HTML_KEPT]
    text = clean_text("\n".join(parts.plain))
    if text or not markup:
        return text, markup, False
    root = tree(markup)
    return (clean_text(to_text(root)) if root is not None else ""), markup, True


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None


def _ids(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(" ".join(values))))


def _first_id(values: tuple[str, ...]) -> str:
    found = _ids(values)
    return found[0] if found else ""


def _defects(slugs: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slugs))[:_DEFECTS_KEPT]


def _scanned(mail: bytes, size: int, digest: str, reason: str) -> Message:
    """What a person needs to find a mail that no parser may read; no address is trusted here."""
    fields = scan_fields(mail)
    return Message(
        message_id=_first_id(fields.get("message-id", ())),
        in_reply_to=_first_id(fields.get("in-reply-to", ())),
        references=_ids(fields.get("references", ())),
        from_name=fields.get("from", ("",))[0],
        subject=fields.get("subject", ("",))[0],
        headers=MappingProxyType(fields),
        defects=(reason,),
        size=size,
        content_hash=digest,
        unreadable=reason,
    )
