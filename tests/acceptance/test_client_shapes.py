"""What mail clients make of a draft before it is approved, and what of that reaches the buyer."""

import email
import html
from collections.abc import Callable
from email import policy
from email.message import EmailMessage

from tests.mails import BROKEN
from tests.stage_kit import Stage

WORDS = "We send a new lamp today."
LEFT_BEHIND = {
    "X-Mozilla-Status": "0001",
    "X-Mozilla-Draft-Info": "internal/draft; vcard=0; receipt=0",
    "X-Identity-Key": "id1",
    "X-Account-Key": "account1",
    "Fcc": "imap://support%40shop.example@imap.example/Sent",
    "X-Mutt-Fcc": "=Sent",
    "X-Mutt-PGP": "OS",
    "X-Draft-Info": "type=reply; uid=7; folder=B::SU5CT1g=",
    "X-Firstreply-Score": "0.93",
    "X-K9mail-Identity": "!l=10",
    "X-Correlation-ID": "<x@y>",
    "X-Sender": "anna@shop.example",
    "Mail-Reply-To": "anna@shop.example",
    "Reply-To": "anna@private.example",
    "X-Uniform-Type-Identifier": "com.apple.mail-draft",
    "X-Unsent": "1",
    "Received": "from laptop (10.0.0.7) by imap.example",
    "Keywords": "urgent",
    "User-Agent": "Some Client 1.0",
    "Disposition-Notification-To": "anna@shop.example",
}
SENT_FIELDS = {
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "x-priority"),
    *("mime-version", "content-type", "content-transfer-encoding"),
}
Shape = Callable[[EmailMessage], None]


def shaped(raw: bytes, shape: Shape) -> bytes:
    """A copy of a draft as a client leaves it: its own headers beside ours, and the shape of its text."""
    mail = email.message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    for name, value in LEFT_BEHIND.items():
        mail[name] = value
    mail["X-Priority"] = "2 (High)"
    shape(mail)
    return mail.as_bytes()


def drafts(stage: Stage, number: int) -> list[bytes]:
    """The drafts for so many buyers, in the order of their addresses."""
    for each in range(number):
        stage.house.receive(BROKEN, alias=f"q7d2k9x4m1v{each:04d}")
    stage.cycle()
    return sorted(stage.house.drafts().values())


def page(text: str) -> str:
    """A text as a client shows it: the quote as a quote."""
    own, _, quoted = text.partition("\n> ")
    shown = html.escape("\n".join(line.removeprefix("> ") for line in quoted.split("\n")))
    return (
        f'{html.escape(own).replace(chr(10), "<br>")}<blockquote type="cite"><pre>{shown}</pre></blockquote>'
    )


def plain(mail: EmailMessage) -> None:
    """Roundcube, mutt, K-9: text stays text."""
    mail.set_content(f"{WORDS}\n\n{mail.get_content()}")


def html_only(mail: EmailMessage) -> None:
    """Thunderbird with HTML on."""
    mail.set_content(page(f"{WORDS}\n\n{mail.get_content()}"), subtype="html")


def both(mail: EmailMessage) -> None:
    """A webmail that makes both from one editor."""
    text = f"{WORDS}\n\n{mail.get_content()}"
    mail.set_content(text)
    mail.add_alternative(page(text), subtype="html")


def stale_html(mail: EmailMessage) -> None:
    """The mutt client edits the text, and the old HTML goes along."""
    old = str(mail.get_content())
    mail.set_content(f"{WORDS}\n\n{old}")
    mail.add_alternative(page(old), subtype="html")


def stale_text(mail: EmailMessage) -> None:
    """The other way round."""
    old = str(mail.get_content())
    mail.set_content(old)
    mail.add_alternative(page(f"{WORDS}\n\n{old}"), subtype="html")


EDITS: list[Shape] = [plain, html_only, both, stale_html, stale_text]


def test_an_edited_copy_of_any_client_is_sent_as_text(stage: Stage) -> None:
    """The agent's words and the quote in one plain part; of the client's headers the priority, no other."""
    for raw, shape in zip(drafts(stage, len(EDITS)), EDITS, strict=True):
        stage.house.put("Approved", shaped(raw, shape))
    stage.cycle()
    assert stage.house.states() == {"sent": len(EDITS)}
    for accepted in stage.house.sink.accepted:
        sent = email.message_from_bytes(accepted.raw, policy=policy.default)
        assert {name.lower() for name in sent.keys()} == SENT_FIELDS  # noqa: SIM118  a mail is no mapping
        assert (sent.get_content_type(), sent["X-Priority"]) == ("text/plain", "2 (High)")
        text = " ".join(str(sent.get_content()).split())
        assert text.startswith(WORDS)
        assert f"> {BROKEN[:40]}" in text
        assert b"private" not in accepted.raw + b"".join(a.encode() for a in accepted.recipients)


def both_edited(mail: EmailMessage) -> None:
    """Two people, two editors."""
    old = str(mail.get_content())
    mail.set_content(f"We refund you.\n\n{old}")
    mail.add_alternative(page(f"{WORDS}\n\n{old}"), subtype="html")


def empty_page(mail: EmailMessage) -> None:
    """Everything deleted in an HTML editor."""
    mail.set_content("<html><body><p><br></p>&nbsp;</body></html>", subtype="html")


def only_the_quote(mail: EmailMessage) -> None:
    """All but the buyer's words deleted."""
    mail.set_content(page(f"On 12 May 2026, at 14:05 UTC, Mia wrote:\n> {BROKEN}"), subtype="html")


def a_gap_in_html(mail: EmailMessage) -> None:
    """A gap that the client made bold."""
    mail.set_content("<p>It comes with <b>[[</b>tracking number]].</p>", subtype="html")


def a_hidden_link(mail: EmailMessage) -> None:
    """A link outside Amazon behind a harmless word."""
    mail.set_content('<p>Please <a href="https://shop.example/contact">write</a> to us.</p>', subtype="html")


def a_picture(mail: EmailMessage) -> None:
    """A picture from elsewhere, which text cannot carry."""
    mail.set_content(f'<p>{WORDS}</p><img src="https://shop.example/logo.png">', subtype="html")


def blind_copy(mail: EmailMessage) -> None:
    """The agent's own client adds a blind copy."""
    mail["Bcc"] = "boss@shop.example"


HELD: dict[str, Shape] = {
    "diverging_parts": both_edited,
    "empty_text": empty_page,
    "empty_text (quote)": only_the_quote,
    "gap_left": a_gap_in_html,
    "policy": a_hidden_link,
    "attachments": a_picture,
    "wrong_recipient": blind_copy,
}


def test_a_copy_that_says_too_little_or_too_much_is_held(stage: Stage) -> None:
    """Each with the note of its own reason; nothing is sent, and every copy goes back to the queue."""
    for raw, shape in zip(drafts(stage, len(HELD)), HELD.values(), strict=True):
        stage.house.put("Approved", shaped(raw, shape))
    stage.cycle()
    assert (stage.house.sink.accepted, stage.house.states()) == ([], {"held": len(HELD)})
    notes = [email.message_from_bytes(raw, policy=policy.default) for raw in stage.house.notes()]
    reasons = sorted(str(note.get_content()).rpartition("Reason: ")[2].split()[0] for note in notes)
    assert reasons == sorted(name.split()[0] for name in HELD)
    assert stage.house.mails("Approved") == {}
