"""Read address fields so that an address two parsers would read differently is nobody's.

A field of the plain shapes `a@b.c` and `Name <a@b.c>` reads the same everywhere. Anything else is asked of
two readers, the standard library and mail-parser, and counts only when both name the same single mailbox
(`docs/why.md`: real odd messages made parsers disagree on the sender). Nothing here raises.
"""

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.utils import getaddresses

import mailparser
from mailparser.exceptions import MailParserError

from daemon.mail.clean import clean_header, decode_header_value

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,15}"
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})){1,15}"
ADDRESS = re.compile(rf"{_ATOM}@{_DOMAIN}")
_PLAIN = re.compile(
    rf'\s*(?:(?:"(?P<quoted>[^"\\<>\x00-\x1f]{{0,300}})"|(?P<name>[^"\\<>(),:;@\[\]\x00-\x1f]{{0,300}}))\s*'
    rf"<(?P<angle>{_ATOM}@{_DOMAIN})>|(?P<bare>{_ATOM}@{_DOMAIN}))\s*"
)
_RECIPIENTS = 100


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox of an address field: `name` for people only, `address` in lower case, '' when in doubt."""

    name: str = ""
    address: str = ""


def single_mailbox(fields: tuple[str, ...]) -> tuple[Mailbox, str | None]:
    """The one mailbox of a From or Reply-To given as raw values, and a defect slug when there is none.

    Slugs: `repeated` (the field occurs twice), `ambiguous` (two mailboxes, or readers disagree).
    """
    if not fields:
        return Mailbox(), None
    if len(fields) > 1:
        return Mailbox(name=clean_header(decode_header_value(fields[0]))), "repeated"
    plain = _plain(fields[0])
    if plain is not None:
        return plain, None
    return _agreed(fields[0])


def many_addresses(fields: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses of To or Delivered-To in order, without repeats, at most 100; odd ones are left out."""
    found: dict[str, None] = {}
    for field in fields[:_RECIPIENTS]:
        plain = _plain(field)
        for address in (plain.address,) if plain else _standard(field):
            if address:
                found.setdefault(address)
    return tuple(found)[:_RECIPIENTS]


def _plain(field: str) -> Mailbox | None:
    match = _PLAIN.fullmatch(field.replace("\r", "").replace("\n", ""))
    if match is None:
        return None
    name = match["quoted"] or match["name"] or ""
    return Mailbox(clean_header(decode_header_value(name)), (match["angle"] or match["bare"]).lower())


def _agreed(field: str) -> tuple[Mailbox, str | None]:
    ours, theirs = _standard(field), _mail_parser(field)
    if len(ours) != 1 or ours != theirs or not ours[0]:
        return Mailbox(name=clean_header(decode_header_value(field))), "ambiguous"
    name = field.rpartition("<")[0].strip().strip('"')
    return Mailbox(clean_header(decode_header_value(name)), ours[0]), None


def _standard(field: str) -> tuple[str, ...]:
    try:
        pairs = getaddresses([" ".join(field.split())])
    except (RecursionError, ValueError, IndexError, TypeError, AttributeError):
        return ()  # each was seen for brackets or dots that no honest sender writes
    return _valid(address for _, address in pairs)


def _mail_parser(field: str) -> tuple[str, ...]:
    line = "From: " + " ".join(field.split()) + "\r\n\r\n"
    try:
        parsed = mailparser.parse_from_bytes(line.encode("utf-8", "surrogateescape"))
        return _valid(address for _, address in parsed.from_)
    except (MailParserError, MessageError, ValueError, AttributeError, TypeError, LookupError):
        return ()  # MessageError by a bad encoded word, AttributeError on real mails (an epilogue scan)


def _valid(addresses: object) -> tuple[str, ...]:
    return tuple(
        address.lower() if ADDRESS.fullmatch(address) else ""
        for address in addresses  # type: ignore[attr-defined]  # a generator of both readers
    )
