"""The guard: each limit fires, honest mail passes, and nothing that passes is expensive."""

import resource
import time

import pytest

from daemon.mail import guard
from daemon.mail.message import parse
from daemon.mail.understanding import understand

BASE = b"From: Buyer <abc123def456ghi@marketplace.amazon.de>\nMIME-Version: 1.0\n"
MEGABYTE = 1_000_000


def typed(kind: bytes, body: bytes) -> bytes:
    """A mail of one part."""
    return BASE + b"Content-Type: " + kind + b"\n\n" + body


def nested(levels: int, body: bytes = b"x\n") -> bytes:
    """Multiparts in one another."""
    heads = (b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(levels))
    return BASE + b"".join(heads) + b"Content-Type: text/plain\n\n" + body


REFUSED = {
    "too_big": BASE + b"\n" + b"x" * guard.RAW_LIMIT,
    "header_too_big": BASE + b"X: " + b"a" * guard.HEADER_LIMIT + b"\n\nhi",
    "too_many_header_lines": BASE + b"X: y\n" * 1_501 + b"\nhi",
    "field_too_long": BASE + b"X:" + b" a\n" * 1_400 + b" " + b"b" * 14_000 + b"\n\nhi",
    "too_many_encoded_words": BASE + b"Subject: " + b"=?utf-8?q?a?= " * 201 + b"\n\nhi",
    "too_many_parts": typed(b"multipart/mixed; boundary=b", b"--b\n\nx\n" * 1_001),
    "too_much_nesting": nested(60, b"\n" * MEGABYTE),
}
SNEAKY = {
    "field_too_long": typed(
        b"message/rfc822", b"Content-Type: multipart/mixed" + b";a=b" * 50_000 + b"\n\nx"
    ),
    "too_many_parts": typed(b"message/rfc822", b"Content-Type: a/b\n" * 4_000),
    "too_much_nesting": nested(4, b"\n" * MEGABYTE),
}


@pytest.mark.parametrize("slug", REFUSED)
def test_limit_fires(slug: str) -> None:
    """Each limit is named by its slug, and the mail comes back unreadable with what a scan found."""
    message = parse(REFUSED[slug])
    assert message.unreadable == slug
    assert message.from_name.startswith("Buyer")
    assert message.from_address == ""


@pytest.mark.parametrize("slug", SNEAKY)
def test_limit_fires_inside_of_parts(slug: str) -> None:
    """What hides below the first header is seen, too."""
    assert parse(SNEAKY[slug]).unreadable == slug


def test_bare_carriage_returns_are_line_ends() -> None:
    """The parser takes a bare CR for a line end, so parts made of them are counted."""
    raw = BASE + b"Content-Type: multipart/mixed; boundary=b\r\r" + b"--b\r\rx\r" * 1_001
    assert parse(raw).unreadable == "too_many_parts"


def test_delivery_report_of_many_blocks_is_refused() -> None:
    """Each block of a report costs a whole mail object."""
    raw = BASE + b"Content-Type: message/delivery-status\n\n" + b"Status: 5.1.1\n\n" * 2_001
    assert parse(raw).unreadable == "too_many_parts"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        BASE,
        typed(b"text/plain", b"hello\n" * 1_000),
        nested(20),
        BASE + b"References: " + b" ".join(b"<%d@example.com>" % n for n in range(300)) + b"\n\nhi",
        BASE + b"Subject: " + b"=?utf-8?q?a?= " * 150 + b"\n\nhi",
    ],
)
def test_honest_mail_passes(raw: bytes) -> None:
    """Nothing of ordinary size is refused."""
    assert guard.refusal(raw) is None


def test_content_hash_ignores_line_ends() -> None:
    """The same mail with CRLF and LF is one mail."""
    raw = typed(b"text/plain", b"a\nb\n")
    assert parse(raw).content_hash == parse(raw.replace(b"\n", b"\r\n")).content_hash


def test_scan_decodes_for_people() -> None:
    """Fields of a refused mail are decoded, cleaned and short; unknown ones stay out."""
    raw = b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nX-Other: y\nFROM: " + b"a" * 900 + b"\n\n"
    found = guard.scan_fields(raw)
    assert found["subject"] == ("Grüße",)
    assert len(found["from"][0]) == 200
    assert "x-other" not in found


HEAVY = {
    "line ends": typed(b"text/plain", b"\n" * MEGABYTE),
    "dashes": typed(b"text/plain", b"-" * MEGABYTE),
    "marks": typed(b"text/plain", b"----- Message: ----- " * 45_000),
    "half marks": typed(b"text/plain", b"----- Message " * 70_000),
    "quotes": typed(b"text/plain", b"> \n" * 330_000),
    "attributions": typed(b"text/plain", b"On 1 " * 200_000),
    "attribution lines": typed(b"text/plain", (b"On 1 " * 32 + b"\nx" + b" y" * 75 + b"\n") * 3_000),
    "digits": typed(b"text/plain", b"1" * MEGABYTE),
    "half order ids": typed(b"text/plain", b"302-1234567-" * 80_000),
    "half products": typed(b"text/plain", b"1 / a [ASIN: " * 70_000),
    "links": typed(b"text/plain", b"https://sellercentral.amazon.de/messaging/no-response-needed?" * 16_000),
    "tracking": typed(b"text/plain", b"tracking a " * 90_000),
    "combining": typed(b"text/plain", ("a" + "\u0301" * 1_000).encode() * 500),
    "long ligature": typed(b"text/plain", "\ufdfa".encode() * 330_000),
    "angle brackets": typed(b"text/html", b"<" * MEGABYTE),
    "deep html": typed(b"text/html", b"<div>" * 200_000),
    "deep tables": typed(b"text/html", b"<table><tr><td>" * 65_000),
    "wide table": typed(b"text/html", b"<table><tr>" + b"<td>x" * 160_000),
    "paragraphs": typed(b"text/html", b"<p>x</p>" * 120_000),
    "comments": typed(b"text/html", b"<!--" * 250_000),
    "attached mails": BASE + b"Content-Type: message/rfc822\n\n" * 5_000 + b"hi",
    "attached fields": typed(b"message/rfc822", b"A: b\n" * 200_000),
    "brackets": b"From: " + b"(" * 16_000 + b" a@b.example\n\nhi",
    "recipients": BASE + (b"To: " + b"a@b.example, " * 1_000 + b"\n") * 8 + b"\nhi",
    "bad escapes": typed(b"text/plain; charset=iso-2022-jp", b"\x1b$B" * 330_000),
    "uuencode": BASE + b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n" + b"M" * MEGABYTE,
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_megabyte_takes_less_than_a_second(name: str) -> None:
    """Whatever a megabyte holds, reading it takes less than a second of CPU time."""
    began = time.process_time()
    understand(parse(HEAVY[name]))
    assert time.process_time() - began < 1


def test_memory_stays_bounded() -> None:
    """After all of these mails the process has never held 200 MB more than before them."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for raw in HEAVY.values():
        understand(parse(raw))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
