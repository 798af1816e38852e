"""The bytes of drafts, deliveries and notes: what no server has to rewrite, and nobody can inject into."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from daemon.desk.link import TOKEN_OCTETS, LinkKind, message_id, token_from
from daemon.reply.compose import Reply, address, delivery, draft, header, note, reply_subject
from daemon.reply.copies import read_copy

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
RELAY = "jd7x2kq4w9bnm5t+0f3a9c21@marketplace.amazon.com"
SHOP = "support@shop.example"
TOKEN = token_from(b"t" * TOKEN_OCTETS)
LINK = message_id(b"k" * 32, LinkKind.DRAFT, TOKEN, "shop.example")
OWN_ID = message_id(b"k" * 32, LinkKind.DELIVERY, TOKEN, "shop.example")
BUYERS = "<0102018f@eu-west-1.amazonses.com>"
FORBIDDEN = ["\n", "\r", "\r\n", "\x00", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800"]

PRINTABLE = st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"])
SUBJECTS = st.text(PRINTABLE, max_size=150).map(lambda text: " ".join(text.split()))
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=400)
IDS = st.lists(st.from_regex(r"<[a-z0-9.=+-]{1,60}@[a-z.]{1,30}>", fullmatch=True), max_size=20).map(tuple)


def reply(**changes: object) -> Reply:
    """A reply to a buyer."""
    values: dict[str, Any] = {
        "sender_name": "Acme",
        "sender": SHOP,
        "recipient": RELAY,
        "subject": "Inquiry from Amazon customer Jane",
        "text": "Hello Jane,\n\nwe are sorry.\n",
        "quoted": "It arrived broken.",
        "attribution": "Jane wrote on 2 March 2026 at 09:00 UTC:",
        "answers": BUYERS,
        "reference_ids": (),
    }
    values.update(changes)
    return Reply(**values)


def draft_of(**changes: object) -> bytes:
    """The bytes of a draft."""
    return draft(reply(**changes), link=LINK, token=TOKEN, now=NOW)


def delivery_of(**changes: object) -> bytes:
    """The bytes of a delivery."""
    values: dict[str, Any] = {
        "sender_name": "Acme",
        "sender": SHOP,
        "recipient": RELAY,
        "subject": "Re: broken",
        "text": "Sorry.",
        "message_id": OWN_ID,
        "link": LINK,
        "answers": BUYERS,
        "reference_ids": (),
        "now": NOW,
    }
    values.update(changes)
    return delivery(**values)


def note_of(**changes: object) -> bytes:
    """The bytes of a note."""
    values: dict[str, Any] = {
        "mailbox_name": "shop",
        "mailbox_address": SHOP,
        "subject": "Not sent",
        "text": "Look.",
        "message_id": OWN_ID,
        "now": NOW,
    }
    values.update(changes)
    return note(**values)


def check_wire(raw: bytes) -> None:
    """What every mail must be: ASCII, CRLF only, no line above 998 octets (RFC 5322, section 2.1.1)."""
    assert raw.isascii()
    assert b"\x00" not in raw
    assert raw.replace(b"\r\n", b"").count(b"\r") == raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert raw.endswith(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    head = raw.split(b"\r\n\r\n", 1)[0]
    assert all(re.match(rb"Subject: |[A-Za-z-]+: ?\S|[ \t]+\S", line) for line in head.split(b"\r\n")), head


def fields_of(raw: bytes) -> list[str]:
    """The names of a mail's header fields, in their order."""
    return [name.lower() for name in message_from_bytes(raw)]


@settings(max_examples=60)
@given(SUBJECTS, TEXTS, TEXTS, IDS, st.text(PRINTABLE, max_size=120))
@example("x" * 1500, "y" * 3000, "z " * 2000, (), "n" * 300)
@example("a" + " " * 200 + "b", "-- \nAnna", "\r\r\n\n.\nFrom me\n..", (), "名" * 100)
@example("", "a\rb\r\nc", "\x85\u2028", (), '"\\,;<>@')
def test_every_mail_is_plain_on_the_wire(
    subject: str, text: str, quoted: str, ids: tuple[str, ...], name: str
) -> None:
    """Whatever subject, text, quote, references and display name are."""
    check_wire(draft_of(subject=subject, text=text, quoted=quoted, reference_ids=ids, sender_name=name))
    check_wire(delivery_of(subject="Re: " + subject, text=text, reference_ids=ids, sender_name=name))
    check_wire(note_of(subject="Note: " + subject, text=text))


@settings(max_examples=80)
@given(SUBJECTS, TEXTS, TEXTS)
@example("Re: AW: Re[2]: hello", "-- \nAnna", "> quoted already")
@example("=?utf-8?q?not=0D=0Adecoded?=", "ok", "ok")
@example("two  spaces and " + "many words " * 20, "line with a full-width end\u3000", "> -- ")
def test_a_draft_reads_back_as_it_was_written(subject: str, text: str, quoted: str) -> None:
    """Recipient, subject and text in any script, as `copies` reads what a server gives back."""
    copy = read_copy(draft_of(subject=subject, text=text, quoted=quoted))
    assert (copy.sender, copy.recipients) == (SHOP, (RELAY,))
    assert copy.subject == " ".join(reply_subject(subject).split())
    assert (copy.token, copy.message_id) == (TOKEN, LINK)
    assert (copy.attachments, copy.other) == ((), "")
    flat = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text).strip()
    assert squeezed(copy.text).startswith(squeezed("\n".join(canonical(line) for line in flat.split("\n"))))


def canonical(line: str) -> str:
    """A line as `flowed` writes it: one space after quote marks."""
    return re.sub(r"^(>+) ?", r"\1 ", line).rstrip(" ")


def squeezed(text: str) -> str:
    """A text without the spaces and line ends at its lines' ends."""
    return re.sub(r"[ \n]+", " ", text).strip()


@given(TEXTS.filter(lambda text: bool(text.strip())))
def test_the_buyers_words_are_quoted_below_ours(quoted: str) -> None:
    """After the line that introduces them; none of them counts as ours."""
    copy = read_copy(draft_of(text="Sorry.", quoted=quoted))
    assert copy.own_words == "Sorry."
    assert copy.text.startswith("Sorry.\n\nJane wrote on 2 March 2026 at 09:00 UTC:\n>")


def test_without_a_quote_there_is_no_introduction() -> None:
    """An empty message of the buyer leaves only our text."""
    assert read_copy(draft_of(quoted=" \n ")).text == "Hello Jane,\n\nwe are sorry."


@pytest.mark.parametrize("odd", FORBIDDEN)
@pytest.mark.parametrize(
    "make",
    [
        lambda odd: draft_of(subject=f"a{odd}Bcc: x@y.example"),
        lambda odd: draft_of(sender_name=f"Acme{odd}Bcc: x@y.example"),
        lambda odd: draft_of(recipient=f"a@b.example{odd}"),
        lambda odd: draft_of(sender=f"a{odd}@b.example"),
        lambda odd: delivery_of(subject=f"a{odd}b"),
        lambda odd: delivery_of(message_id=f"<a@b>{odd}X-Evil: 1"),
        lambda odd: note_of(subject=f"a{odd}b"),
        lambda odd: note_of(mailbox_name=f"a{odd}b"),
    ],
)
def test_a_control_character_in_a_header_is_refused(make: Callable[[str], bytes], odd: str) -> None:
    """Never cleaned in silence: header injection stops at the source."""
    with pytest.raises(ValueError, match=r"control character|form that we do not send"):
        make(odd)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_id_of_a_buyer_becomes_a_header(answers: str, other: str) -> None:
    """Message-IDs come from strangers: what is no id is left out, and the fields stay the same."""
    expected = [name for name in fields_of(draft_of()) if name != "in-reply-to"]
    raw = draft_of(answers=answers, reference_ids=(other, f"x\r\nBcc: {other}"))
    check_wire(raw)
    assert [name for name in fields_of(raw) if name != "in-reply-to"] == expected


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_header_can_be_injected(subject: str, name: str) -> None:
    """Either refused, or the fields are exactly those of the list."""
    try:
        raw = delivery_of(subject=subject, sender_name=name)
    except ValueError:
        return
    check_wire(raw)
    assert fields_of(raw) == fields_of(delivery_of())


def test_a_delivery_has_these_fields_and_no_other() -> None:
    """Nothing of ours leaks to the buyer, and there is no Bcc."""
    assert fields_of(delivery_of()) == [
        *("from", "to", "subject", "date", "message-id", "in-reply-to", "references"),
        *("mime-version", "content-type", "content-transfer-encoding"),
    ]
    urgent = delivery_of(priority="2 (High)")
    assert [name for name in fields_of(urgent) if name not in fields_of(delivery_of())] == ["x-priority"]


def test_a_note_is_marked_as_a_machines_mail() -> None:
    """From and to the mailbox itself, so that no robot answers it (RFC 3834)."""
    mail = message_from_bytes(note_of())
    assert (mail["Auto-Submitted"], mail["To"]) == ("auto-generated", SHOP)
    assert read_copy(note_of()).sender == SHOP


@given(IDS)
@example((BUYERS,))
@example((LINK, BUYERS, "<a@b>"))
@example(tuple(f"<{number}@old.example>" for number in range(40)))
def test_threading_is_ours_second_to_last_and_the_buyers_last(ids: tuple[str, ...]) -> None:
    """Whatever the buyer's mail referred to, even to itself; the newest are kept, each once."""
    for raw in (draft_of(reference_ids=ids), delivery_of(reference_ids=ids)):
        mail = message_from_bytes(raw, policy=policy.default)
        references = str(mail["References"]).split()
        assert references[-2:] == [LINK, BUYERS]
        assert len(set(references)) == len(references) <= 12
        assert str(mail["In-Reply-To"]) == BUYERS
        assert (
            references[:-2]
            == [each for each in dict.fromkeys(reversed(ids)) if each not in {LINK, BUYERS}][9::-1]
        )


@pytest.mark.parametrize("answers", ["", "no id", "<>", "<a b@c>"])
def test_a_message_without_an_id_is_answered_without_one(answers: str) -> None:
    """No empty In-Reply-To field, which some servers refuse; our own link is there all the same."""
    mail = message_from_bytes(draft_of(answers=answers))
    assert mail["In-Reply-To"] is None
    assert mail["References"] == LINK


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Hello", "Re: Hello"),
        ("Re: Hello", "Re: Hello"),
        ("RE: AW: re: Hello", "Re: Hello"),
        ("Re[3]: Hello", "Re: Hello"),
        ("回复: Hello", "Re: 回复: Hello"),
        ("Regarding: it", "Re: Regarding: it"),
        ("", "Re: your message"),
        ("Re: ", "Re: your message"),
    ],
)
def test_a_reply_has_one_prefix(subject: str, answer: str) -> None:
    """However many the subject has gathered."""
    assert reply_subject(subject) == answer


@pytest.mark.parametrize(
    "name", ["Acme", 'A "quoted" \\ name', "Ácme, 名前 <x>", "n" * 200, "名" * 90, "a  b " * 30]
)
def test_a_display_name_never_hides_the_address(name: str) -> None:
    """Long, odd or not ASCII: the address stays readable for every parser, the words below RFC 2047's 75."""
    raw = delivery_of(sender_name=name.strip())
    assert read_copy(raw).sender == SHOP
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["From"].addresses[0].addr_spec == SHOP
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ \r\n]*\?=", raw))


@pytest.mark.parametrize("bad", ["", "a", "a@b, c@d", "<a@b>", "a b@c", "ü@b.example", "a@b\n"])
def test_an_address_of_another_form_is_refused(bad: str) -> None:
    """The envelope and the header must mean the same one mailbox."""
    with pytest.raises(ValueError, match="form that we do not send to"):
        address("Name", bad)


@given(st.text(PRINTABLE, min_size=1, max_size=300))
def test_long_headers_are_folded(value: str) -> None:
    """Below 78 characters wherever a space allows it, and no line of whitespace only."""
    lines = header("Subject", value).rstrip(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 78 or b" " not in line.strip() for line in lines)
    assert all(line.strip() for line in lines)
