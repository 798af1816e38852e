"""The whole of reading: what later stages rely on."""

import json

import pytest

from daemon.mail.inspect import as_json
from daemon.mail.kinds import Kind, Notice, ReadingContext
from daemon.mail.message import parse
from daemon.mail.understanding import understand
from tests.sample_builder import ORDER, buyer, link, mail, notice, part, relay, wrapped

COPY = "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"


def test_buyer_message() -> None:
    """Everything a draft needs, from one mail."""
    raw = buyer("x", "Die Lampe ist kaputt, DHL 00340434161094000000.", language="de", site="de")
    seen = understand(parse(raw), ReadingContext())
    assert (seen.kind, seen.language, seen.buyer_name) == (Kind.BUYER_MESSAGE, "de", "Anna")
    assert (seen.order_ids, seen.asins) == ((ORDER,), ("B0ABCDEFGH",))
    assert (seen.product, seen.quantity) == ("Desk lamp LED, blue", 1)
    assert (seen.carriers, seen.tracking_numbers) == (("dhl",), ("00340434161094000000",))
    assert seen.no_response_url == link("de")
    assert not seen.may_change_things


def test_understand_needs_no_context() -> None:
    """Without a context everything is known but who we are and whom to trust."""
    raw = buyer("x", "Hi")
    assert understand(parse(raw)) == understand(parse(raw), ReadingContext())


def test_suspicious_mail_shows_no_link() -> None:
    """A refuted mail has no link to press."""
    fails = {"Authentication-Results": "mx.example; dmarc=fail"}
    seen = understand(parse(buyer("x", "Hi", headers=fails)))
    assert (seen.suspicious, seen.no_response_url) == (True, None)


@pytest.mark.parametrize(
    ("sender", "result", "may"),
    [
        ("donotreply@amazon.com", "", True),
        ("donotreply@amazon.com", "spf=softfail", True),
        ("donotreply@amazon.com", "dmarc=pass header.from=amazon.com", True),
        ("donotreply@amazon.com", "dmarc=fail", False),
        ("donotreply@amazon.com.evil.example", "", False),
        ("donotreply@evil.example", "dmarc=pass header.from=evil.example", False),
    ],
)
def test_only_a_notice_that_is_not_refuted_may_change_things(sender: str, result: str, may: bool) -> None:
    """A forged copy of our reply must not stop a clock."""
    headers = {"Authentication-Results": f"mx.example; {result}"} if result else {}
    raw = notice("x", COPY, "Your email to Anna", f"Order {ORDER}", sender=sender, headers=headers)
    seen = understand(parse(raw), ReadingContext(authserv_id="mx.example"))
    assert seen.may_change_things is may
    assert (seen.notice is Notice.REPLY_COPY) is may


def test_language_is_of_the_words_alone() -> None:
    """A German buyer in a Spanish wrapper under an English subject writes German."""
    text = wrapped("Passt das Netzteil auch an das alte Modell?", "es", site="es")
    assert understand(parse(buyer("x", "", text=text, site="de"))).language == "de"


def test_words_hidden_in_html_are_found_when_the_plain_part_is_a_shell() -> None:
    """Some mails have a plain part without any words."""
    markup = "<p>Message:</p><p>The lamp is dark.</p><a href='#'>View Message</a>"
    parts = b"Content-Type: multipart/alternative; boundary=b\n\n--b\n" + part("text/plain", "#\n")
    raw = mail("x", {"From": relay()}, parts + b"--b\n" + part("text/html", markup) + b"--b--\n")
    assert understand(parse(raw)).text == "The lamp is dark."


def test_return_request_gives_the_buyers_comment() -> None:
    """A notice's own words are Amazon's; only the comment is the buyer's."""
    text = (
        "Order Item: Lamp\nASIN: B0ABCDEFGH\nReturn Reason: Defective\nCustomer's Comment: It never lit up."
    )
    seen = understand(parse(notice("x", "RETURN_REQUEST", f"Return for {ORDER}", text)))
    assert (seen.text, seen.language, seen.product) == ("It never lit up.", "en", "Lamp")


def test_reading_twice_gives_the_same() -> None:
    """Pure: no clock, no chance, no state."""
    raw = buyer("x", "Where is my order?")
    assert parse(raw) == parse(raw)
    assert understand(parse(raw)) == understand(parse(raw))


def test_inspection_is_json() -> None:
    """All values can be written as JSON, also of an unreadable mail."""
    for raw in (b"", b"X: y\n" * 2_000, buyer("x", "Hi")):
        message = parse(raw)
        shown = as_json(message, understand(message))
        assert json.loads(json.dumps(shown)) == shown
