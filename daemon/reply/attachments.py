"""Attachments: files that go with a reply, from a folder into a draft, and from a copy into a mail.

Promises: what is sent is named by the type that its extension says, whatever a client claimed; names reach
no header unencoded; no boundary can occur inside a part, since every part is base64 or quoted-printable.
Which extensions and sizes may leave is the policy guard's affair (PG18, PG19).

Errors: `ValueError` for a name that cannot be sent; `complaint` asks first. A file of the seller's that
cannot be read does not go along.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import encode_rfc2231
from functools import cached_property, lru_cache
from pathlib import Path

BOUNDARY = "=_firstreply"
"""`=_` stands in no quoted-printable and in no base64 text (RFC 2045, section 6.7)."""
LONGEST_NAME = 80
LARGEST_OWN = 2_000_000
"""Octets of a file that goes along by itself: the ledger and the mailbox keep it with every such draft."""
TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
"""What Amazon lets through, by extension; a test compares it with the guard's own list."""
_UNSENDABLE = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"\\/]|=\?')


@dataclass(frozen=True)
class Attachment:
    """One file; `type` is what the mail it was found in says."""

    name: str
    type: str
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Octets of the file itself."""
        return len(self.content)

    @cached_property
    def identity(self) -> str:
        """What an approval binds to: name, type and the digest of the content."""
        return f"{self.name}/{self.type}/{hashlib.sha256(self.content).hexdigest()}"

    @cached_property
    def part(self) -> bytes:
        """The file as a part of a mail, header fields and all."""
        if complaint(self):
            raise ValueError(complaint(self))
        encoded = base64.encodebytes(self.content).replace(b"\n", b"\r\n")
        return _fields(self.name, type_of(self.name)) + b"\r\n" + encoded


def type_of(name: str) -> str:
    """The content type of a file of this name; empty when Amazon takes none like it."""
    stem, dot, extension = name.rpartition(".")
    return TYPES.get(extension.lower(), "") if stem and dot else ""


def complaint(file: Attachment) -> str:
    """Why a file cannot be put into a mail; empty when it can."""
    if not file.name:
        return "a part without a file name (a picture inside the text, for instance)"
    shown = "".join(char if char.isprintable() else "?" for char in file.name)[:LONGEST_NAME]
    odd_spaces = file.name != " ".join(file.name.split())  # mail programs read those as they like
    if odd_spaces or _UNSENDABLE.search(file.name) or len(file.name) > LONGEST_NAME:
        return f"{shown}: its name is too long, or holds a character that no file name needs"
    return "" if type_of(file.name) else f"{shown}: no file type that Amazon takes"


def unusable(folder: Path | None, name: str) -> str:
    """Why a file of this folder cannot go with a reply; without a folder only its name is judged."""
    said = complaint(Attachment(name, "", b"")) or (f"{name}: it is hidden" if name.startswith(".") else "")
    if said or folder is None:
        return said
    try:
        size = (folder / name).stat().st_size
    except OSError:
        return f"{name} does not lie in {folder}"
    return "" if size <= LARGEST_OWN else f"{name} is larger than {LARGEST_OWN // 1_000_000} MB"


def read_attachment(folder: Path | None, name: str) -> Attachment | None:
    """A file of the seller's folder; None when it cannot go along."""
    if folder is None or unusable(folder, name):
        return None
    try:
        return _read(folder / name, (folder / name).stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Attachment:
    """A file as it is; a backlog wants the same manual again and again, in its encoded form."""
    return Attachment(path.name, type_of(path.name), path.read_bytes())


def mixed(text_part: bytes, files: Iterable[Attachment]) -> bytes:
    """The body of a mail: the text, and each file below it (RFC 2046, section 5.1.3)."""
    line = f"--{BOUNDARY}".encode()
    parts = b"".join(b"%b\r\n%b" % (line, part) for part in (text_part, *(file.part for file in files)))
    return f'Content-Type: multipart/mixed; boundary="{BOUNDARY}"\r\n\r\n'.encode() + parts + line + b"--\r\n"


def _fields(name: str, type_: str) -> bytes:
    """The header fields of a part; the name twice, since old programs read the one in Content-Type."""
    plain = f'"{name}"' if name.isascii() else None
    given = [
        f"{key}={plain}" if plain else f"{key}*={encode_rfc2231(name, 'utf-8')}"
        for key in ("name", "filename")
    ]
    return (
        f"Content-Type: {type_};\r\n {given[0]}\r\n"
        f"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n {given[1]}\r\n"
    ).encode("ascii")
