"""Parsing: the fields, texts, attachments and defects of a mail, honest and broken."""

from datetime import UTC, datetime

import pytest

from daemon.mail.message import Attachment, parse
from tests.sample_builder import PNG, file, mail, multipart, part


def test_fields() -> None:
    """Every field of an ordinary mail, folded and encoded."""
    raw = b"From: =?utf-8?q?Zo=C3=A9?= <Z@B.example>\nReply-To: r@b.example\n"
    raw += b"To: One <one@x.example>,\n two@x.example\n"
    raw += b"Delivered-To: three@x.example\nSubject: a\n b\nDate: Mon, 23 Nov 2026 10:00:00 +0200\n"
    raw += b"Message-ID: <m@x>\nIn-Reply-To:\n <i@x>\nReferences: <r1@x>\r\n <r2@x> junk <r1@x>\n\nhi\n"
    message = parse(raw)
    assert (message.from_name, message.from_address) == ("Zoé", "z@b.example")
    assert message.reply_to_address == "r@b.example"
    assert message.to_addresses[-1] == "three@x.example"
    assert (message.subject, message.text, message.size) == ("a b", "hi", len(raw))
    assert message.date == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert (message.message_id, message.in_reply_to) == ("<m@x>", "<i@x>")
    assert message.references == ("<r1@x>", "<r2@x>")
    assert message.header("subject") == "a b"
    assert message.header("absent") == ""
    assert message.defects == ()


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "1 Jan 99999999999999 00:00:00 +0000",
        "Mon, 32 Nov 2026 10:00:00 +0000",
        "1 Jan 2026 00:00:00 +9999999",
    ],
)
def test_unreadable_date(date: str) -> None:
    """A date that cannot be is none, and a defect."""
    message = parse(f"From: a@b.example\nDate: {date}\n\nhi".encode())
    assert message.date is None
    assert message.defects == ("date_unreadable",)


def test_date_without_zone_is_utc() -> None:
    """`-0000` means: UTC, zone unknown (RFC 5322, 3.3)."""
    assert parse(b"Date: Mon, 23 Nov 2026 10:00:00 -0000\n\n").date == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_message_is_never_changed() -> None:
    """Neither the value nor its headers can be written to."""
    message = parse(b"From: a@b.example\n\nhi")
    with pytest.raises(AttributeError):
        message.text = "x"  # type: ignore[misc]  # the point of the test
    with pytest.raises(TypeError):
        message.headers["x"] = ()  # type: ignore[index]  # the same


def test_attachments_are_named_and_measured() -> None:
    """Name without folders, type, size after decoding; content is not kept."""
    quoted = b"Content-Type: text/csv\nContent-Disposition: attachment; filename=a.csv\n"
    quoted += b"Content-Transfer-Encoding: quoted-printable\n\n=41=42\n"
    parts = (
        part("text/plain", "hi"),
        file("../../x.png", "image/PNG"),
        file("C:\\a\\b.pdf", "application/pdf"),
        quoted,
    )
    message = parse(mail("x", {}, multipart(*parts)))
    assert message.text == "hi"
    assert message.attachments == (
        Attachment("x.png", "image/png", len(PNG)),
        Attachment("b.pdf", "application/pdf", len(PNG)),
        Attachment("a.csv", "text/csv", 3),  # with the line end that the sample leaves
    )


@pytest.mark.parametrize("size", range(12))
def test_size_of_base64(size: int) -> None:
    """The counted size is the decoded one for every padding."""
    raw = mail("x", {}, multipart(part("text/plain", "hi"), file("a.bin", "image/png", b"x" * size)))
    assert parse(raw).attachments[0].size == size


def test_text_files_are_no_text_of_the_mail() -> None:
    """An attached text is a file; a second text part without a name belongs to the text."""
    named = part("text/plain", "log", extra=['Content-Disposition: inline; filename="log.txt"'])
    raw = mail("x", {}, multipart(part("text/plain", "one"), named, part("text/plain", "two")))
    message = parse(raw)
    assert message.text == "one\n\ntwo"
    assert [each.name for each in message.attachments] == ["log.txt"]


def test_attached_mail_is_a_file() -> None:
    """The text of a mail within the mail is not the sender's."""
    inner = b"Content-Type: message/rfc822\n\nFrom: x@y.example\nSubject: s\n\nold text\n"
    message = parse(mail("x", {}, multipart(part("text/plain", "see"), inner)))
    assert message.text == "see"
    assert message.attachments[0].type == "message/rfc822"


def test_html_is_converted_when_there_is_no_plain_text() -> None:
    """Scripts, styles and hidden elements leave; entities are resolved."""
    markup = "<style>x{}</style><p>A &amp; B</p><p style='display: none'>secret</p><script>y()</script>"
    message = parse(mail("x", {}, part("text/html", markup)))
    assert (message.text, message.text_is_html) == ("A & B", True)
    both = multipart(part("text/plain", "plain"), part("text/html", markup), kind="multipart/alternative")
    assert parse(mail("x", {}, both)).text == "plain"


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        (b"Subject: x\n\nhi", "from_missing"),
        (b"From: a@b.example\nFrom: c@d.example\n\nhi", "from_repeated"),
        (b"From: a@b.example, c@d.example\n\nhi", "from_ambiguous"),
        (b"From: a@b.example\nReply-To: x\n\nhi", "reply_to_ambiguous"),
        (b"From: a@b.example\nno header\n\nhi", "missing_header_body_separator"),
        (
            b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi",
            "close_boundary_not_found",
        ),
        (b"From: a@b.example\nContent-Type: text/plain; charset=zlib\n\n\xff", "charset_guessed"),
    ],
)
def test_defects(raw: bytes, defect: str) -> None:
    """What was wrong is recorded, and what could be read is there."""
    message = parse(raw)
    assert defect in message.defects
    assert message.unreadable is None


def test_injected_line_ends_are_gone() -> None:
    """No encoded word brings a line end into a header value."""
    message = parse(b"Subject: =?utf-8?q?hi=0D=0ABcc:_v@x?=\nMessage-ID: <a@b>\r\n X: y\n\n")
    assert message.subject == "hi Bcc: v@x"
    assert message.message_id == "<a@b>"


def test_long_text_is_cut() -> None:
    """No text is longer than 20,000 characters."""
    assert len(parse(b"From: a@b.example\n\n" + b"words " * 50_000).text) == 20_000
