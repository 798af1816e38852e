"""Files that go with a reply: the same in the draft, in the copy and in what leaves."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daemon.desk.policy_envelope import ALLOWED
from daemon.reply.attachments import LONGEST_NAME, TYPES, Attachment, complaint, type_of
from daemon.reply.compose import delivery, written
from daemon.reply.copies import read_copy
from tests.unit.reply.test_compose import LINK, NOW, TOKEN, reply

MANUAL = Attachment("manual.pdf", "application/pdf", b"%PDF-1.7\r\n\x00\xff" * 40)
STEMS = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters='"\\/'), min_size=1, max_size=70
)


def sent(*files: Attachment) -> bytes:
    """A delivery with these files."""
    return delivery(
        sender_name="Acme",
        sender="support@shop.example",
        recipient="b@marketplace.amazon.com",
        subject="Re: lamp",
        text="See the file.\n\n--=_firstreply\n> quoted",
        message_id="<d@shop.example>",
        link=LINK,
        answers="<b@x>",
        reference_ids=(),
        now=datetime(2026, 3, 2, tzinfo=UTC),
        attachments=files,
    )


@given(stem=STEMS, extension=st.sampled_from(sorted(TYPES)), content=st.binary(max_size=300))
@example(stem="Anleitung für Größe 3", extension="PDF", content=b"")
@example(stem="取扱説明書", extension="pdf", content=b"--=_firstreply--\r\n")
@example(stem="a", extension="txt", content=b"From x\r.\r\n")
def test_a_file_comes_out_as_it_went_in(stem: str, extension: str, content: bytes) -> None:
    """Any script, any bytes; the draft's digest is the one that reading its bytes gives."""
    name = " ".join(f"x{stem.replace('=?', '=')}.{extension}".split())
    file = Attachment(name, type_of(name), content)
    mail = written(reply(attachments=(file, MANUAL)), link=LINK, token=TOKEN, now=NOW)
    copy = read_copy(mail.raw)
    assert mail.digest == copy.digest
    assert copy.attachments == (file, MANUAL)
    assert mail.raw.isascii()
    assert all(len(line) < 998 for line in mail.raw.split(b"\r\n"))


def test_what_is_sent_carries_the_files_of_the_copy() -> None:
    """As every mail program reads it: the text first, then the file under its name and type."""
    mail = message_from_bytes(sent(MANUAL), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    text, file = mail.iter_parts()
    assert (text.get_content_type(), text.get_content().splitlines()[0]) == ("text/plain", "See the file.")
    assert (file.get_filename(), file.get_content_type()) == ("manual.pdf", "application/pdf")
    assert (file.get_content(), file["Content-Type"].params["name"]) == (MANUAL.content, "manual.pdf")
    assert read_copy(sent(MANUAL)).attachments == (MANUAL,)


def test_a_claimed_type_is_not_passed_on() -> None:
    """The extension names the type, so that a client's guess reaches nobody."""
    (file,) = read_copy(sent(Attachment("manual.pdf", "application/octet-stream", b"x"))).attachments
    assert file.type == "application/pdf"


def test_a_reply_without_files_is_one_part() -> None:
    """What needs no parts has none."""
    assert b"multipart" not in sent()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        ".pdf",
        "x.exe",
        "x.pdf\r\nBcc: a@b",
        "=?utf-8?q?a?=.pdf",
        " a.pdf",
        "a\u00a0b.pdf",
        'x".pdf',
        "a/b.pdf",
        "..\\b.pdf",
        "a\u202efdp.pdf",
        "x" * LONGEST_NAME + ".pdf",
    ],
)
def test_a_name_that_cannot_be_sent_is_told_and_refused(name: str) -> None:
    """Twice: a person reads why, and composing refuses."""
    file = Attachment(name, "application/pdf", b"x")
    assert complaint(file)
    assert "\n" not in complaint(file)
    with pytest.raises(ValueError, match=r"."):
        sent(file)


def test_each_type_that_the_guard_lets_through_can_be_sent() -> None:
    """Two lists, one meaning."""
    assert set(TYPES) == ALLOWED


def test_a_name_in_encoded_words_is_read() -> None:
    """RFC 2047 in a parameter is against RFC 2231, and common."""
    raw = sent(MANUAL).replace(b'"manual.pdf"', b'"=?utf-8?q?Gr=C3=B6=C3=9Fe=E2=80=AF3=2Epdf?="')
    assert read_copy(raw).attachments[0].name == "Größe 3.pdf"
