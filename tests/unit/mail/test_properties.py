# ruff: noqa: E501 -- pools of values and whole mails on one line
"""Whatever bytes arrive, reading gives an answer of the promised shape."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.mail.inspect import as_json
from daemon.mail.kinds import Kind, ReadingContext
from daemon.mail.message import parse
from daemon.mail.senders import REASONS
from daemon.mail.understanding import Understanding, understand

RELAY = "abc123def456ghi@marketplace.amazon.de"
READER = ReadingContext(own_addresses=frozenset({"support@shop.example"}), authserv_id="mx.example")
NAMES = [
    "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "References", "In-Reply-To", "Content-Type",
    "Content-Transfer-Encoding", "Content-Disposition", "Auto-Submitted", "Return-Path", "Authentication-Results",
    "X-Space-Notification-Type", "List-Id", "Precedence", "X-Odd",
]  # fmt: skip
VALUES = [
    RELAY, f"A <{RELAY}>", "a@b.example", "BBC_MESSAGE_SENT_TO_MERCHANT", "RETURN_REQUEST", "text/html",
    "multipart/mixed; boundary=b", "multipart/report; boundary=b", "message/rfc822", "base64", "quoted-printable",
    "attachment; filename=x", "text/plain; charset=utf-16", "=?utf-8?q?=E2?=", "mx.example; dmarc=fail", "<a@b>",
    "auto-replied", "<>", "Mon, 1 Jan 2026 00:00:00 +0000", "text/plain; charset*=utf-8''x; name*0*=%FF",
]  # fmt: skip
value = st.sampled_from(VALUES) | st.text(max_size=60)
headers = st.lists(st.tuples(st.sampled_from(NAMES), value), max_size=12)
body = st.text(max_size=300) | st.lists(
    st.sampled_from(["--b\n", "--b--\n", "Content-Type: text/html\n\n", "\n", "<p>x", "----- Message: -----", "----- End message -----",
                     "302-1234567-7654321 ", "> quoted\n", "On 1 Jan x wrote:\n", "\x00", "19,90 € ", "Status: 5.1.1\n"]),
    max_size=30,
).map("".join)  # fmt: skip


def check(raw: bytes) -> Understanding:
    """Read and test what holds for every mail."""
    message = parse(raw)
    seen = understand(message, READER)
    assert seen.reason in REASONS
    assert seen.kind in Kind
    assert (seen.kind is Kind.BUYER_MESSAGE) <= (seen.relay is not None)
    assert message.size == len(raw)
    assert len(message.content_hash) == 64
    assert not {"\n", "\r", "\x00"} & set(message.subject + message.from_name + message.message_id)
    json.dumps(as_json(message, seen)).encode("utf-8")
    assert "\x00" not in seen.text
    seen.text.encode("utf-8")
    return seen


@given(st.binary(max_size=600))
def test_any_bytes(raw: bytes) -> None:
    """Random bytes are read or marked, never a crash."""
    check(raw)


@settings(max_examples=300)
@given(headers, body)
def test_any_headers_and_body(fields: list[tuple[str, str]], text: str) -> None:
    """Known fields with odd values around odd bodies."""
    head = "".join(f"{name}: {each}\n" for name, each in fields)
    check((head + "\n" + text).encode("utf-8", "replace"))


@given(st.lists(st.sampled_from(["mixed", "alternative", "related", "report", "rfc822"]), max_size=40), body)
def test_any_nesting(kinds: list[str], text: str) -> None:
    """Parts in parts in parts, mails in mails."""
    raw = f"From: {RELAY}\n"
    for depth, kind in enumerate(kinds):
        if kind == "rfc822":
            raw += "Content-Type: message/rfc822\n\n"
        else:
            raw += f"Content-Type: multipart/{kind}; boundary=b{depth}\n\n--b{depth}\n"
    check((raw + "\n" + text).encode("utf-8", "replace"))


@given(st.integers(0, 1500), st.binary(min_size=1, max_size=4), st.integers(0, 200))
def test_damaged_mail(position: int, junk: bytes, cut: int) -> None:
    """An honest mail with junk in the middle and its end cut off."""
    whole = f"From: A <{RELAY}>\nSubject: Order 302-1234567-7654321\nContent-Type: multipart/mixed; boundary=b\n\n"
    whole += "--b\n\n----- Message: -----\nhi\n----- End message -----\n--b\nContent-Type: text/html\n\n<p>x</p>\n--b--\n"
    raw = whole.encode()
    spot = position % len(raw)
    check((raw[:spot] + junk + raw[spot:])[: len(raw) - cut])


@given(st.text(max_size=200))
def test_words_survive_the_wrapper(words: str) -> None:
    """What a buyer writes never changes who wrote, and never brings a link of his own."""
    dashes = "-" * 13
    text = f"{dashes} Message: {dashes}\n{words}\nhttps://sellercentral.amazon.de/messaging/no-response-needed?t=forged\n{dashes} End message {dashes}\n"
    raw = f"From: A <{RELAY}>\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode("utf-8", "replace")
    seen = check(raw)
    assert seen.kind in {Kind.BUYER_MESSAGE, Kind.AUTOMATIC}
    assert seen.no_response_url is None
