"""Walk the parts of a parsed mail: which text a person would read, and which files came with it.

The standard library's compat32 parser never failed where others did and costs 0.2 ms for a typical mail;
`email.policy.default` never touches inbound mail. Attachments are named and measured, never decoded.
"""

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message as Part
from itertools import islice
from pathlib import PurePosixPath

from daemon.mail.clean import TEXT_LIMIT, clean_header, decode_bytes, decode_header_value

_PART_LIMIT = 400_000
_REPORT_LIMIT = 8_000
_ATTACHMENTS = 200
_FIELDS = 200
# what compat32 was seen to raise while a part's fields are read (unknown charsets, odd parameters)
FIELD_ERRORS = (
    MessageError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    binascii.Error,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is no text of the mail; its content is never opened, decoded or executed here."""

    name: str
    """File name, cleaned, without any folder; '' when the mail gives none."""
    type: str
    """Media type in lower case, such as `image/png`."""
    size: int
    """Bytes after transfer decoding."""


@dataclass(slots=True)
class Parts:
    """What the walk found; `report` holds delivery status and returned header of a bounce (RFC 3464)."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    report: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def read_parts(mail: Part) -> Parts:
    """Read all parts of `mail`, without recursion, so that depth costs no stack."""
    parts, stack = Parts(), [mail]
    while stack:
        part = stack.pop()
        parts.defects.extend(_slug(type(defect).__name__) for defect in part.defects)
        kind = part.get_content_type()
        if kind in {"message/rfc822", "message/delivery-status", "text/rfc822-headers", "message/global"}:
            _read_enclosed(part, kind, parts)
        elif part.is_multipart():
            stack.extend(reversed(_children(part)))
        else:
            _read_leaf(part, kind, parts)
    return parts


def _children(part: Part) -> list[Part]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Part)] if isinstance(payload, list) else []


def _read_leaf(part: Part, kind: str, parts: Parts) -> None:
    name, attached = _file_name(part), _is_attached(part)
    texts = {"text/plain": parts.plain, "text/html": parts.html}.get(kind)
    if texts is not None and not attached and not (name and texts):
        text, exact = _text(part)
        texts.append(text)
        if not exact:
            parts.defects.append("charset_guessed")
    elif len(parts.attachments) < _ATTACHMENTS:
        parts.attachments.append(Attachment(name, kind, _size(part)))


def _read_enclosed(part: Part, kind: str, parts: Parts) -> None:
    """A mail within the mail is a file to us; of a bounce its status and returned header are kept."""
    for child in _children(part)[:20]:
        fields = islice(child.raw_items(), _FIELDS)
        parts.report.append("\n".join(f"{name}: {value}" for name, value in fields)[:_REPORT_LIMIT])
    if kind == "text/rfc822-headers":
        parts.report.append(_text(part)[0][:_REPORT_LIMIT])
    elif kind in {"message/rfc822", "message/global"} and len(parts.attachments) < _ATTACHMENTS:
        size = sum(len(str(leaf.get_payload())) for leaf in _leaves(part))
        parts.attachments.append(Attachment(_file_name(part), kind, size))


def _leaves(part: Part) -> Iterator[Part]:
    stack = [part]
    while stack:
        current = stack.pop()
        children = _children(current)
        stack.extend(children)
        if not children:
            yield current


def _text(part: Part) -> tuple[str, bool]:
    payload = _decoded(part)[:_PART_LIMIT]
    text, exact = decode_bytes(payload, _parameter(part, "charset"))
    return text[: TEXT_LIMIT * 16], exact


def _decoded(part: Part) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except FIELD_ERRORS:
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _size(part: Part) -> int:
    """Bytes of the decoded content; for base64 counted, not decoded, since attachments may be large."""
    payload = part.get_payload()
    if not isinstance(payload, str):
        return 0
    if _token(part, "content-transfer-encoding") != "base64":
        return len(_decoded(part))
    tail = payload[-8:].rstrip()
    characters = len(payload) - payload.count("\n") - payload.count(" ")
    return max(0, characters * 3 // 4 - (len(tail) - len(tail.rstrip("="))))


def _file_name(part: Part) -> str:
    """The last path component of the name a sender chose, so that no folder of his is ever followed."""
    try:
        raw = part.get_filename() or ""
    except FIELD_ERRORS:
        return ""
    name = clean_header(decode_header_value(str(raw))).replace("\\", "/")
    name = PurePosixPath(name).name.strip()
    return "" if name in {".", ".."} else name


def _is_attached(part: Part) -> bool:
    return _token(part, "content-disposition") == "attachment"


def _token(part: Part, name: str) -> str:
    value = str(part.get(name, ""))
    return value[:100].partition(";")[0].strip().lower()


def _parameter(part: Part, name: str) -> str | None:
    try:
        value = part.get_param(name)
    except FIELD_ERRORS:
        return None
    if isinstance(value, tuple):
        value = value[2]
    return value if isinstance(value, str) else None


def _slug(name: str) -> str:
    """`MissingHeaderBodySeparatorDefect` as `missing_header_body_separator`."""
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.strip("_").removesuffix("_defect")
