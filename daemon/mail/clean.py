"""Turn what a mail holds into text that is safe to compare, store and show.

Header values become one visible line, bodies lose what hides or turns text, bytes are decoded by an
allow-list of charsets. Nothing here raises for any input.
"""

import binascii
import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header

HEADER_LIMIT = 200
TEXT_LIMIT = 20_000

# what could end a line, hide text or turn its direction: C0, C1, separators, bidirectional marks, surrogates
_ODD_IN_HEADER = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_ODD_IN_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_ODD_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_TRAILING = re.compile(r"(?<! ) ++(?=\n|\Z)")
_BLANK_LINES = re.compile(r"\n{3,}")
_CHARSET = re.compile(
    r"utf-?8|us-ascii|ascii|latin-?1|iso-?8859-?(?:1[0-6]?|[2-9])|iso-?2022-?(?:jp(?:-[123])?|kr)|windows-125[0-8]"
    r"|cp(?:125[0-8]|932|936|949|950|437|850|852|866)|koi8-?[rut]|gb2312|gbk|gb18030|big5(?:-?hkscs)?"
    r"|shift-?jis|sjis|windows-31j|ms932|euc-?(?:jp|kr)|tis-?620|mac-?roman|utf-?16(?:le|be)?"
)
_WEB_NAMES = {  # names for which senders use the larger Windows set, as the web does too (WHATWG Encoding)
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}


def clean_header(value: str, limit: int = HEADER_LIMIT) -> str:
    """One line of visible text, whitespace squeezed, at most `limit` characters."""
    if value.isascii():
        line = " ".join(value[: limit * 8].split())
        if line.isprintable():
            return line[:limit]
    odd_free = _ODD_IN_HEADER.sub(" ", unicodedata.normalize("NFC", value[: limit * 8]))
    return " ".join(odd_free.split())[:limit]


def clean_text(value: str, limit: int = TEXT_LIMIT) -> str:
    r"""Body text in NFC with `\n` line ends, plain spaces, no invisible or turning characters."""
    text = _LINE_END.sub("\n", value[: limit * 2])
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = _ODD_IN_TEXT.sub("", _ODD_SPACE.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()[:limit]


def codec_for(charset: str | None) -> str | None:
    """The Python codec for a charset a mail names; None for none, unknown or dangerous ones."""
    name = (charset or "").strip().strip("\"'").lower().replace("_", "-")
    if not _CHARSET.fullmatch(name):
        return None
    return _WEB_NAMES.get(name, name)


def decode_bytes(payload: bytes, charset: str | None) -> tuple[str, bool]:
    """Decode by the named charset; else as UTF-8, else as Windows-1252. The flag: nothing was guessed."""
    codec = codec_for(charset)
    if codec is not None:
        try:
            return payload.decode(codec), True
        except (UnicodeError, LookupError):
            pass
    try:
        return payload.decode("utf-8"), not charset
    except UnicodeDecodeError:
        fallback = "cp1252" if codec in {None, "ascii", "us-ascii"} else "utf-8"
        return payload.decode(fallback, "replace"), False


def decode_header_value(raw: str) -> str:
    """Decode a header as the parser holds it (raw bytes as surrogates) with its encoded words (RFC 2047)."""
    if not raw.isascii():
        raw = decode_bytes(raw.encode("ascii", "surrogateescape"), None)[0] if _is_escaped(raw) else raw
    if "=?" not in raw:
        return raw
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, binascii.Error, ValueError):
        return raw
    return "".join(
        piece
        if isinstance(piece, str)
        else decode_bytes(piece, None if charset == "unknown-8bit" else charset)[0]
        for piece, charset in pieces
    )


def _is_escaped(raw: str) -> bool:
    try:
        raw.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True
