"""Look at a mail's bytes before any parser does: is it cheap to parse, and who wrote it if not?

Promises: linear time, no errors. `refusal` names the first limit that a mail breaks; every shape that
costs the parser seconds or hundreds of megabytes is stopped here. A refused mail is not lost: `scan_fields`
reads a few header fields out of the bytes, so that a row and a line in the worklist can be made.
"""

import re

from daemon.mail.clean import clean_header, decode_header_value

RAW_LIMIT = 25_000_000
HEADER_LIMIT = 131_072
HEADER_LINES = 1_500
FIELD_LIMIT = 16_384
ENCODED_WORDS = 200
BOUNDARY_LINES = 1_000
CONTENT_FIELDS = 3_000
CONTENT_FIELD_LIMIT = 4_096
# the parser tries each open boundary on each line, so lines x boundaries is what its time grows with
LINE_WORK = 3_500_000
REPORT_BLOCKS = 2_000
SCANNED = (b"from", b"reply-to", b"subject", b"message-id", b"in-reply-to", b"references")

_FOLD = re.compile(rb"\n[ \t]+")


def normalise_line_ends(raw: bytes) -> bytes:
    r"""Line ends as `\n`: the parser takes a bare CR for one too, so limits must count what it will see."""
    if b"\r" not in raw:
        return raw
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def header_block(mail: bytes) -> bytes:
    """The bytes before the first empty line, of a mail with normalised line ends."""
    end = mail.find(b"\n\n")
    return mail if end < 0 else mail[: end + 1]


def refusal(mail: bytes) -> str | None:
    """Why this mail (normalised line ends) must not reach a parser, as a slug; None when it may."""
    if len(mail) > RAW_LIMIT:
        return "too_big"
    header = header_block(mail)
    if len(header) > HEADER_LIMIT:
        return "header_too_big"
    if header.count(b"\n") > HEADER_LINES:
        return "too_many_header_lines"
    if len(header) > FIELD_LIMIT and max(map(len, _FOLD.sub(b" ", header).split(b"\n"))) > FIELD_LIMIT:
        return "field_too_long"
    if header.count(b"=?") > ENCODED_WORDS:
        return "too_many_encoded_words"
    return _parts_refusal(mail)


def _parts_refusal(mail: bytes) -> str | None:
    if mail.count(b"\n--") > BOUNDARY_LINES:
        return "too_many_parts"
    lower = mail.lower()
    if mail.count(b"\n") * (1 + lower.count(b"boundary")) > LINE_WORK:
        return "too_much_nesting"
    if b"delivery-status" in lower and mail.count(b"\n\n") > REPORT_BLOCKS:
        return "too_many_parts"  # each block of a delivery report becomes a mail of its own
    return _content_fields_refusal(lower)


def _content_fields_refusal(lower: bytes) -> str | None:
    """Parameters of a part's fields are split in quadratic time, and no other limit sees them."""
    position, seen = lower.find(b"\ncontent-"), 0
    while position >= 0:
        seen += 1
        if seen > CONTENT_FIELDS:
            return "too_many_parts"
        end = _field_end(lower, position + 1)
        if end - position > CONTENT_FIELD_LIMIT:
            return "field_too_long"
        position = lower.find(b"\ncontent-", end)
    return None


def _field_end(mail: bytes, start: int) -> int:
    """Index of the line end that closes the field at `start`, folded lines included."""
    end = mail.find(b"\n", start)
    while end >= 0 and mail[end + 1 : end + 2] in {b" ", b"\t"} and end - start <= CONTENT_FIELD_LIMIT:
        end = mail.find(b"\n", end + 1)
    return len(mail) if end < 0 else end


def scan_fields(mail: bytes) -> dict[str, tuple[str, ...]]:
    """The first fields of `SCANNED` names, cleaned, cut to 1,000 bytes: for people, never an address."""
    found: dict[str, tuple[str, ...]] = {}
    for line in header_block(mail[:HEADER_LIMIT]).split(b"\n", HEADER_LINES)[:HEADER_LINES]:
        name, colon, value = line.partition(b":")
        key = name.strip().lower()
        if colon and key in SCANNED and key.decode() not in found:
            text = decode_header_value(value[:1000].decode("ascii", "surrogateescape"))
            found[key.decode()] = (clean_header(text),)
    return found
