"""PG18 to PG21, PG25, PG30, PG31, PG33, PG34: attachments, envelope, conversation.

Promises: linear time; what is not given counts as being in order.

Errors: none leave this module.
"""

import re
from collections.abc import Iterator
from typing import Final

from daemon.desk.policy_model import Hit, Outgoing, Severity
from daemon.desk.policy_text import Reading, fold, plain_of
from daemon.mail.amazon import relay_of

ALLOWED: Final = frozenset({"pdf", "png", "txt", "doc", "docx", "tif", "tiff", "bmp", "jpg", "jpeg"})
MOST_BYTES: Final = 10_000_000
RISKY_BYTES: Final = 6_000_000
CRITICAL_PURPOSES: Final = frozenset(
    {"customization", "customisation", "delivery_scheduling", "address_problem"}
)
LAST_DAY: Final = 30
_ORDER_ID = re.compile(r"(?<!\d)\d{3}-\d{7}-\d{7}(?!\d)")
_IMPORTANT = re.compile(r"\[\s{0,3}(?:important|importante|wichtig|重要)\s{0,3}\]")
_PUNCTUATION = re.compile(r"[\W_]+")
_DIGIT_GAPS = re.compile(r"(?<=\d)[ ()./-]{1,3}(?=\d)")
_SHORTEST_DATUM: Final = 6
_FOREIGN_TYPES = (
    "video/",
    "audio/",
    "text/html",
    "image/svg",
    "image/gif",
    "application/x-ms",
    "application/zip",
    "message/",
    "multipart/",
)


def check(reading: Reading, outgoing: Outgoing) -> Iterator[Hit]:
    """All findings of PG18 to PG21, PG25, PG30, PG31, PG33 and PG34."""
    yield from _attachments(outgoing)
    yield from _order_id(reading, outgoing)
    yield from _important(outgoing)
    yield from _personal_data(reading, outgoing)
    yield from _addresses(outgoing)
    yield from _context(outgoing)


def _attachments(outgoing: Outgoing) -> Iterator[Hit]:
    total = sum(size for _, _, size in outgoing.attachments)
    risky = ""
    for name, kind, _ in outgoing.attachments:
        stem, dot, extension = name.strip().rstrip(".").rpartition(".")
        if not (dot and stem) or extension.lower() not in ALLOWED or kind.lower().startswith(_FOREIGN_TYPES):
            yield Hit("pg18_attachment", name)
        elif extension.lower() in {"jpg", "jpeg"}:
            risky = risky or name
    if total > MOST_BYTES:
        yield Hit("pg18_attachment", f"{total / 1_000_000:.1f} MB")
    elif total > RISKY_BYTES:
        yield Hit("pg19_attachment_risk", f"{total / 1_000_000:.1f} MB")
    if risky:
        yield Hit("pg19_attachment_risk", risky)


def _order_id(reading: Reading, outgoing: Outgoing) -> Iterator[Hit]:
    found = _ORDER_ID.findall(reading.folded)
    if outgoing.order_id is None:
        return
    foreign = [other for other in dict.fromkeys(found) if other != outgoing.order_id]
    for other in foreign:
        told = f"This is the id of a different order; the conversation is about {outgoing.order_id}."
        yield Hit("pg20_order_id", other, Severity.BLOCK, told)
    if not foreign and outgoing.order_id not in found:
        yield Hit("pg20_order_id", outgoing.order_id)


def _important(outgoing: Outgoing) -> Iterator[Hit]:
    match = _IMPORTANT.search(fold(plain_of(outgoing.subject)))
    if match is not None and (outgoing.is_reply or outgoing.purpose not in CRITICAL_PURPOSES):
        yield Hit("pg21_important", match[0])


def _personal_data(reading: Reading, outgoing: Outgoing) -> Iterator[Hit]:
    if not outgoing.known_personal_data:
        return
    letters = _PUNCTUATION.sub("", reading.folded)
    digits = _DIGIT_GAPS.sub("", reading.folded)
    for datum in outgoing.known_personal_data:
        if _named(datum, letters, digits):
            yield Hit("pg25_personal_data", datum[:80])


def _named(datum: str, letters: str, digits: str) -> bool:
    """Whether a datum, or a part of it that holds a number such as the street, stands in the text."""
    number = "".join(filter(str.isdigit, datum))
    if number and not any(map(str.isalpha, datum)):
        return len(number) >= _SHORTEST_DATUM and number.lstrip("0") in digits
    for part in (datum, *re.split(r"[,\n;]", datum)):
        bare = _PUNCTUATION.sub("", fold(plain_of(part)))
        if len(bare) < _SHORTEST_DATUM or (part != datum and not any(map(str.isdigit, bare))):
            continue
        position = letters.find(bare)
        if position >= 0 and not (bare[-1].isdigit() and letters[position + len(bare) :][:1].isdigit()):
            return True
    return False


def _addresses(outgoing: Outgoing) -> Iterator[Hit]:
    if outgoing.recipient is not None:
        relay = relay_of(outgoing.recipient)
        if relay is None or (outgoing.relay is not None and relay.address != outgoing.relay.lower()):
            yield Hit("pg30_recipient", outgoing.recipient[:120])
    approved = {address.lower() for address in outgoing.approved_senders}
    if outgoing.sender is not None and approved and outgoing.sender.lower() not in approved:
        yield Hit("pg31_sender", outgoing.sender[:120])


def _context(outgoing: Outgoing) -> Iterator[Hit]:
    ours, theirs = _language(outgoing.reply_language), _language(outgoing.buyer_language)
    if ours and theirs and ours != theirs:
        yield Hit("pg33_language", f"{ours} / {theirs}")
    days = outgoing.days_since_completion
    if not outgoing.is_reply and days is not None and days > LAST_DAY:
        yield Hit("pg34_late_message", f"{days} days")


def _language(tag: str | None) -> str:
    primary = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    return "" if primary in {"und", "unknown", "xx"} else primary
