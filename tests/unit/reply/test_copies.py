"""Reading copies back: one form, however a client wrapped and encoded it; never a guess."""

import base64
import binascii
import hashlib
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from daemon.desk.link import TOKEN_HEADER
from daemon.reply.attachments import Attachment
from daemon.reply.copies import LARGEST, Copy, UnreadableCopyError, read_copy
from daemon.reply.flowed import SEPARATOR, flow

HEAD = b"From: Acme <Support@Shop.example>\r\nTo: buyer@marketplace.amazon.com\r\nSubject: Re: lamp\r\n"
COPY = Copy("a@b", ("c@d",), "Re: lamp", "Sorry.", "", (), "<m@x>", (), "token")
FILE = Attachment("a.pdf", "application/pdf", b"d1")


def plain(
    text: bytes, head: bytes = HEAD, kind: bytes = b"text/plain; charset=utf-8", encoding: bytes = b"8bit"
) -> bytes:
    """A mail of one part."""
    return (
        head
        + b"MIME-Version: 1.0\r\nContent-Type: "
        + kind
        + b"\r\nContent-Transfer-Encoding: "
        + encoding
        + b"\r\n\r\n"
        + text
    )


def mail(text: str = "Sorry.\n") -> EmailMessage:
    """A mail as a client would save it."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = (
        "Acme <support@shop.example>",
        "b@marketplace.amazon.com",
        "Re: lamp",
    )
    made.set_content(text)
    return made


def nested(depth: int) -> bytes:
    """Parts within parts within parts."""
    parts = (
        f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n" for level in range(depth)
    )
    return HEAD + "".join(parts).encode() + b"\r\nx"


TEXTS = st.lists(
    st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=80).map(str.strip),
    min_size=1,
).map("\n".join)


@settings(max_examples=60)
@given(TEXTS)
@example("Grüße\n\n名前 👍 = equals . dot\nFrom me")
def test_the_digest_does_not_depend_on_the_encoding(text: str) -> None:
    """The same text as 8-bit, base64 and quoted-printable, with either line end."""
    raw = text.encode()
    forms = [
        plain(raw.replace(b"\n", b"\r\n") + b"\r\n"),
        plain(raw),
        plain(base64.encodebytes(raw).replace(b"\n", b"\r\n"), encoding=b"base64"),
        plain(binascii.b2a_qp(raw, istext=True).replace(b"\n", b"\r\n"), encoding=b"quoted-printable"),
        plain(raw, kind=b'TEXT/Plain;\r\n charset="UTF-8"'),
    ]
    assert len({read_copy(form).digest for form in forms}) == 1


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=15), min_size=8, max_size=60), st.data())
def test_the_digest_does_not_depend_on_the_wrapping(words: list[str], data: st.DataObject) -> None:
    """A flowed text is the same text wherever a client broke its lines (RFC 3676)."""
    at = data.draw(st.sets(st.integers(0, len(words) - 2)))
    wrapped = "".join(word + (" \r\n" if number in at else " ") for number, word in enumerate(words)).rstrip()
    kind = b"text/plain; charset=utf-8; format=flowed"
    forms = [plain(form.encode(), kind=kind) for form in (wrapped, " ".join(words))]
    assert read_copy(forms[0]).digest == read_copy(forms[1]).digest


def test_our_lines_that_lost_the_word_that_they_are_flowed_are_nobodys_edit() -> None:
    """Exchange keeps the lines and loses `format=flowed`; one line end more is a person's, and stays."""
    said = f"{'so many words ' * 12}that they wrap.\n\nKind regards\nAnna"
    flowed = flow(said).replace("\n", "\r\n").encode()
    ours = plain(flowed, kind=b"text/plain; charset=utf-8; format=flowed")
    lost = plain(flowed.replace(b" \r\n", b"\r\n"))
    theirs = plain(flowed.replace(b" \r\n", b"\r\n").replace(b"Kind", b"\r\nKind"))
    assert read_copy(lost, lambda: ours) == read_copy(ours)
    assert read_copy(lost).digest != read_copy(ours).digest
    assert read_copy(theirs, lambda: ours) == read_copy(theirs)


def test_a_latin_copy_is_the_same_text() -> None:
    """A client that saves in its own charset changes nothing."""
    text = "Grüße aus Köln"
    copies = [
        read_copy(plain(text.encode(charset), kind=f"text/plain; charset={charset}".encode()))
        for charset in ("utf-8", "iso-8859-1", "windows-1252")
    ]
    assert len({copy.digest for copy in copies}) == 1


def test_headers_may_be_written_in_many_ways() -> None:
    """Folded or not, encoded or not, in any case, with any display name: the same addresses and subject."""
    folded = b"from: support@shop.example\r\nTO: =?utf-8?q?J=C3=A4ne?=\r\n <Buyer@Marketplace.amazon.com>\r\n"
    folded += b"Subject: Re:\r\n lamp\r\n"
    assert read_copy(plain(b"x", folded)).digest == read_copy(plain(b"x")).digest
    encoded = HEAD.replace(b"Re: lamp", b"=?utf-8?q?Re=3A_la?= =?utf-8?q?mp?=")
    assert read_copy(plain(b"x", encoded)).digest == read_copy(plain(b"x")).digest


@pytest.mark.parametrize(
    "changed",
    [
        HEAD.replace(b"buyer@", b"other@"),
        HEAD + b"Cc: boss@shop.example\r\n",
        HEAD + b"Bcc: boss@shop.example\r\n",
        HEAD + b"To: second@shop.example\r\n",
        HEAD.replace(b"buyer@", b"x@y.example, buyer@"),
        HEAD.replace(b"lamp", b"lamps"),
        HEAD + b"Subject: and more\r\n",
    ],
)
def test_every_change_of_a_header_that_matters_changes_the_digest(changed: bytes) -> None:
    """Recipients in To, Cc and Bcc, added, exchanged or doubled; the subject."""
    assert read_copy(plain(b"Sorry.", changed)).digest != read_copy(plain(b"Sorry.")).digest


PARTS = st.tuples(
    st.lists(st.text("ab:1", max_size=3), max_size=3).map(tuple),
    st.text("ab:1", max_size=4),
    st.text("ab:1FalseTrue", max_size=6),
    st.text("ab:1", max_size=2),
    st.lists(
        st.builds(Attachment, st.text("a/", max_size=2), st.just("x/y"), st.binary(max_size=2)),
        max_size=2,
    ).map(tuple),
)


def copy_of(parts: tuple[tuple[str, ...], str, str, str, tuple[Attachment, ...]]) -> Copy:
    """A copy of given content."""
    return Copy("a@b", *parts, "<m@x>", (), "")


@settings(max_examples=300)
@given(PARTS, PARTS)
@example(((), "a", "b", "", ()), ((), "ab", "", "", ()))
@example(((), "a", "b", "", ()), ((), "a", "", "b", ()))
@example((("a", "b"), "c", "d", "", ()), (("a",), "b", "c", "", ()))
def test_two_contents_have_two_digests(
    one: tuple[tuple[str, ...], str, str, str, tuple[Attachment, ...]],
    two: tuple[tuple[str, ...], str, str, str, tuple[Attachment, ...]],
) -> None:
    """Whatever is moved between recipients, subject, text and attachments, the digest tells it."""
    assert (copy_of(one).digest == copy_of(two).digest) == (one == two)


def test_the_digest_leaves_out_what_a_server_may_change() -> None:
    """Message-ID, References, token and sender are checked elsewhere."""
    other = Copy("z@z", ("c@d",), "Re: lamp", "Sorry.", "", (), "<other@x>", ("<r@x>",), "")
    assert other.digest == COPY.digest
    assert len(COPY.digest) == len(hashlib.sha256().hexdigest())


def test_an_attachment_is_seen_whatever_it_is_called() -> None:
    """By its name, by its disposition, or because it is no text at all."""
    made = mail()
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="manual.pdf")
    made.add_attachment("a note", filename="note.txt")
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png")
    copy = read_copy(made.as_bytes())
    assert [(item.name, item.type) for item in copy.attachments] == [
        ("manual.pdf", "application/pdf"),
        ("note.txt", "text/plain"),
        ("", "image/png"),
    ]
    assert copy.text == "Sorry."


def test_a_mail_within_the_mail_is_an_attachment_and_not_our_text() -> None:
    """A forwarded mail's words are not what the agent wrote, and must not be sent as if they were."""
    made = mail()
    made.add_attachment(mail("Words of somebody else.\n"))
    copy = read_copy(made.as_bytes())
    assert copy.text == "Sorry."
    assert [item.type for item in copy.attachments] == ["message/rfc822"]


def test_another_mail_within_the_mail_has_another_digest() -> None:
    """Its content is part of what was approved."""
    made = [mail(), mail()]
    for each, words in zip(made, ("one\n", "two\n"), strict=True):
        each.add_attachment(mail(words))
    assert read_copy(made[0].as_bytes()).digest != read_copy(made[1].as_bytes()).digest


OURS = f"""\
Dear Anna,

we are sorry. A new lamp left our warehouse today and should be with you by Friday, the second of May.

{SEPARATOR}
Acme
On 12 May 2026, at 14:05 UTC, Anna wrote:
> It arrived broken.
>
> Please help."""
AS_HTML = """\
<html><head><meta http-equiv="content-type" content="text/html; charset=UTF-8"></head><body>
<p>Dear Anna,</p>
<p>{words} A new lamp left our <b>warehouse</b> today and should be with you by Friday, the second of May.</p>
<div class="moz-signature">-- <br>Acme</div>
<div class="moz-cite-prefix">On 12 May 2026, at 14:05 UTC, Anna wrote:<br></div>
<blockquote type="cite" cite="mid:x@y"><p>It arrived broken.</p><p>Please help.</p></blockquote>
</body></html>"""


def parts(text: str | None, html: str | None) -> bytes:
    """A mail with a text part, an HTML part, or both."""
    made = mail(text or "")
    if html is not None and text is None:
        made.set_content(html, subtype="html")
    elif html is not None:
        made.add_alternative(html, subtype="html")
    return made.as_bytes()


def test_html_alone_is_read_as_the_text_that_it_shows() -> None:
    """Thunderbird saves nothing else: paragraphs, signature, and the quote as a quote."""
    copy = read_copy(parts(None, AS_HTML.format(words="we are sorry.")))
    assert copy.text == OURS.replace(SEPARATOR, "--")
    assert "broken" not in copy.own_words
    assert (copy.other, copy.attachments) == ("", ())


def test_text_and_html_that_agree_are_the_text() -> None:
    """However the client wrapped, marked and emphasised its text part."""
    wrapped = OURS.replace("warehouse today and", "*warehouse* today\nand")
    copy = read_copy(parts(wrapped, AS_HTML.format(words="we are sorry.")))
    assert (copy.text, copy.other) == (wrapped.replace(SEPARATOR, "--"), "")
    assert copy.digest == read_copy(parts(wrapped, None)).digest


@pytest.mark.parametrize(("edited", "stale"), [("text", "html"), ("html", "text")])
def test_of_two_parts_the_one_that_was_edited_counts(edited: str, stale: str) -> None:
    """The mutt client edits the text and sends the old HTML along; others do it the other way round."""
    said = {edited: "we send 20 EUR back.", stale: "we are sorry."}
    raw = parts(OURS.replace("we are sorry.", said["text"]), AS_HTML.format(words=said["html"]))
    copy = read_copy(raw, lambda: parts(OURS, None))
    assert "we send 20 EUR back." in copy.text
    assert "sorry" not in copy.text
    assert copy.other == ""


def test_two_parts_that_were_both_edited_are_nobodys_guess() -> None:
    """Both are in the digest, and what we wrote does not settle it; nor does it when nobody asks."""
    raw = parts(OURS.replace("sorry.", "so sorry."), AS_HTML.format(words="we are not sorry."))
    for copy in (read_copy(raw, lambda: parts(OURS, None)), read_copy(raw)):
        assert "so sorry" in copy.text
        assert "not sorry" in copy.other
    other = parts(OURS.replace("sorry.", "so sorry."), AS_HTML.format(words="we are never sorry."))
    assert read_copy(raw).digest != read_copy(other).digest


@pytest.mark.parametrize(("one", "two"), [("-20 EUR", "20 EUR"), ("1/2", "12"), ("a*b", "ab"), ("not", "")])
def test_a_difference_that_says_something_is_one(one: str, two: str) -> None:
    """A sign, a fraction, a star between words: no mark of a client."""
    assert read_copy(parts(f"It is {one} here.", f"<p>It is {two} here.</p>")).other


PRIORITIES = {"1": "1", "2 (High)": "2 (High)", "9": "", "1\r\nX-Priority: 1": "", "1, urgent": ""}


@pytest.mark.parametrize(("given", "read"), PRIORITIES.items())
def test_a_priority_is_read_where_it_is_one(given: str, read: str) -> None:
    """It is the one header of the client that is sent, so nothing else may hide in it."""
    assert read_copy(plain(b"x", HEAD + f"X-Priority: {given}\r\n".encode())).priority == read


def test_an_empty_part_says_nothing_against_the_other() -> None:
    """Some clients leave the text part, or the HTML part, empty."""
    assert read_copy(parts("\n", "<p>Sorry.</p>")).text == "Sorry."
    copy = read_copy(parts("Sorry.\n", "<html><body></body></html>"))
    assert (copy.text, copy.other) == ("Sorry.", "")


def test_what_html_hides_is_shown() -> None:
    """The target of a link stands in the text, for the guard to see; a picture from elsewhere is named."""
    copy = read_copy(
        parts(None, '<p>See <a href="https://x.example/a">here</a><img src="https://x.example/p.gif">')
    )
    assert copy.text == "See here <https://x.example/a>"
    assert [(item.name, item.type) for item in copy.attachments] == [("", "image/*")]


def test_pieces_of_text_in_a_row_are_one_text() -> None:
    """Apple Mail writes text, file, text; a piece in HTML only does not hide the pieces beside it."""
    made = mail("First.")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="manual.pdf")
    made.attach(mail("Second."))
    piece = EmailMessage()
    piece.set_content("<p>Third.</p>", subtype="html")
    made.attach(piece)
    copy = read_copy(made.as_bytes())
    assert (copy.text.split(), copy.other) == (["First.", "Second.", "Third."], "")
    assert [item.name for item in copy.attachments] == ["manual.pdf"]


@pytest.mark.parametrize("size", [f"<p>{'x ' * 80_000}", "<i>" * 5_000 + "x", "<table>" + "<td>x" * 9_000])
def test_html_that_is_too_large_is_not_read_in_part(size: str) -> None:
    """Cut in silence, it would be sent in part."""
    with pytest.raises(UnreadableCopyError):
        read_copy(parts(None, size))


@pytest.mark.parametrize(
    "senders", [b"", b"From: a@b, c@d\r\n", b"From: a@b\r\nFrom: c@d\r\n", b"From: <>\r\n"]
)
def test_a_copy_with_no_single_sender_has_none(senders: bytes) -> None:
    """Two From addresses are nobody's."""
    assert read_copy(senders + b"To: b@c\r\n\r\nx").sender == ""


def test_identities_are_read_as_they_stand() -> None:
    """Message-ID, References in order, and the token in lower case."""
    head = (
        HEAD
        + b"Message-ID: <m@x>\r\nReferences: <a@b>\r\n <c@d> junk <e f@g>\r\n"
        + f"{TOKEN_HEADER}: ABC\r\n".encode()
    )
    copy = read_copy(plain(b"x", head))
    assert (copy.message_id, copy.references, copy.token) == ("<m@x>", ("<a@b>", "<c@d>"), "abc")


@pytest.mark.parametrize(
    "raw",
    [
        plain(b"x", kind=b"text/plain; charset=no-such-charset"),
        plain(b"x", kind=b"text/plain; charset=rot13"),
        plain(b"x" * (LARGEST + 1)),
        HEAD + b"Subject: =?no-such-charset?q?x?=\r\n\r\nx",
        HEAD + b"Subject: =?utf-8?b?x?=\r\n\r\nx",
        nested(1500),
    ],
)
def test_what_cannot_be_read_with_certainty_is_not_guessed(raw: bytes) -> None:
    """An unknown charset, a broken encoded word, far too large or far too deep: held, never sent."""
    with pytest.raises(UnreadableCopyError):
        read_copy(raw)


@pytest.mark.parametrize(
    "raw",
    [
        plain(b"x", HEAD + b"X: y\r\n", kind=b'text/plain; charset=utf-8; name="a\xff\xfe.txt"'),
        plain(b"\\ud800", kind=b"text/plain; charset=unicode_escape"),
        plain(b"x", HEAD.replace(b"lamp", b"lamp \xff\xfe")),
        plain(b"x", HEAD.replace(b"buyer", b"buy\xffer")),
    ],
)
def test_odd_bytes_never_break_the_digest(raw: bytes) -> None:
    """Raw 8-bit in headers and charsets that decode to half characters: a digest, or unreadable."""
    try:
        copy = read_copy(raw)
    except UnreadableCopyError:
        return
    assert len(copy.digest) == 64


FRAGMENTS = st.sampled_from(
    [
        *(
            b"From: a@b\r\n",
            b"To: a@b\r\n",
            b"To: =?utf-8?q?x",
            b'Cc: "a, b" <',
            b"Subject: =?utf-8?b?4pi=?=\r\n",
        ),
        *(
            b"Content-Type: multipart/mixed; boundary=b\r\n",
            b"Content-Type: message/rfc822\r\n",
            b"\r\n--b\r\n",
            b"--b--",
        ),
        *(
            b"Content-Type: text/plain; charset=utf-16\r\n",
            b"Content-Transfer-Encoding: base64\r\n",
            b"\r\n\r\n",
            b"=?=\xff\x00",
        ),
        *(
            b"Content-Type: text/html\r\n\r\n<a href='http://x'><blockquote>y<img src=z><table><td>",
            b"Content-Type: text/plain; charset*=x'y'%ff; format*0=flo\r\n",
            b"Content-Disposition: attachment; filename*=a'b\r\n",
        ),
        *(
            b"Content-Transfer-Encoding: x-uuencode\r\nbegin 666 a\r\n",
            b"Content-Type: message/delivery-status\r\n",
        ),
    ]
)


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=300), st.lists(FRAGMENTS, max_size=14).map(b"".join)))
def test_no_bytes_are_an_error_of_another_kind(raw: bytes) -> None:
    """A copy is read, with a digest, or unreadable: nothing else leaves the module."""
    try:
        copy = read_copy(raw)
    except UnreadableCopyError:
        return
    assert len(copy.digest) == 64
    assert all(address == address.lower() for address in copy.recipients)
