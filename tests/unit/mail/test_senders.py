"""Who wrote a mail: the order of evidence, forgeries, machines."""

import pytest

from daemon.mail.amazon import NOTICE_TYPES
from daemon.mail.automatic import vacation_words
from daemon.mail.kinds import Kind, Notice, ReadingContext
from daemon.mail.message import parse
from daemon.mail.senders import REASONS, Writer, writer_of

RELAY = "abc123def456ghi@marketplace.amazon.de"
AMAZON = "donotreply@amazon.com"
ORDER = "302-1234567-7654321"
TYPE = "X-Space-Notification-Type"
BUYER = {TYPE: "BBC_MESSAGE_SENT_TO_MERCHANT"}


def writer(headers: dict[str, str], text: str = "hi", *, failed: bool = False, **settings: object) -> Writer:
    """The verdict on a mail of these headers."""
    raw = "\n".join([*(f"{name}: {value}" for name, value in headers.items()), "", text]).encode()
    reader = ReadingContext(own_addresses=frozenset({"support@shop.example"}), **settings)  # type: ignore[arg-type]  # a test's shorthand
    return writer_of(parse(raw), reader, failed=failed)


@pytest.mark.parametrize(("value", "notice"), NOTICE_TYPES.items())
def test_header_names_the_notice(value: str, notice: Notice) -> None:
    """Amazon's header decides before sender and subject."""
    seen = writer({"From": AMAZON, TYPE: value, "Subject": "Refund initiated for order"})
    assert (seen.kind, seen.notice, seen.reason) == (Kind.NOTICE, notice, "header_notice")


def test_header_needs_an_amazon_sender() -> None:
    """Anybody can write the header."""
    for value in ("BBC_MESSAGE_CONFIRMATION_TO_MERCHANT", "BBC_MESSAGE_SENT_TO_MERCHANT"):
        seen = writer({"From": "x@evil.example", TYPE: value})
        assert (seen.kind, seen.reason, seen.suspicious) == (Kind.OTHER, "forged_header", True)


def test_relay_before_amazon_domain() -> None:
    """A relay address lies under Amazon's domain and is a buyer all the same, with or without header."""
    assert writer({"From": RELAY}).reason == "relay_sender"
    assert writer({"From": RELAY} | BUYER).reason == "header_buyer_message"


def test_reply_to_is_read_first() -> None:
    """The relay may stand in Reply-To or in From; Reply-To wins."""
    other = "zzz123def456ghi@marketplace.amazon.de"
    both = writer({"From": RELAY, "Reply-To": other})
    assert both.relay is not None
    assert both.relay.address == other
    only_from = writer({"From": RELAY, "Reply-To": "x@evil.example"})
    assert only_from.relay is not None
    assert only_from.relay.address == RELAY


@pytest.mark.parametrize(
    "headers",
    [
        {"Precedence": "bulk"},
        {"List-Unsubscribe": "<x>"},
        {"X-AMAZON-MAIL-RELAY-TYPE": "notification"},
        {"Auto-Submitted": "auto-generated"},
        {"Return-Path": "<>"},
        {"Feedback-ID": "x"},
    ],
)
def test_amazons_robotic_headers_do_not_silence_a_buyer(headers: dict[str, str]) -> None:
    """What Amazon writes on all of its mail proves nothing about the buyer."""
    assert writer({"From": RELAY} | headers).kind is Kind.BUYER_MESSAGE


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied (vacation)"},
        {"X-Autoreply": "yes"},
        {"Subject": "Réponse automatique"},
    ],
)
def test_automatic_answer_of_a_buyer(headers: dict[str, str]) -> None:
    """A buyer's absence note comes by the relay, too."""
    assert writer({"From": RELAY} | BUYER | headers).kind is Kind.AUTOMATIC


def test_authentication_failed() -> None:
    """A refuted notice loses its meaning, a refuted buyer message stays one for a person to see."""
    copy = writer({"From": AMAZON, TYPE: "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"}, failed=True)
    assert (copy.kind, copy.notice, copy.suspicious) == (Kind.NOTICE, Notice.UNKNOWN, True)
    buyer = writer({"From": RELAY} | BUYER, failed=True)
    assert (buyer.kind, buyer.reason, buyer.suspicious) == (Kind.BUYER_MESSAGE, "authentication_failed", True)
    person = writer({"From": "x@y.example"}, failed=True)
    assert (person.kind, person.suspicious) == (Kind.OTHER, True)


@pytest.mark.parametrize(
    ("sender", "subject", "text", "notice"),
    [
        ("atoz-guarantee-no-reply@amazon.it", "Notizie", "", Notice.A_TO_Z_CLAIM),
        (
            "atoz-guarantee-no-reply@amazon.com",
            f"Claim Decision on Order {ORDER}",
            "",
            Notice.A_TO_Z_DECISION,
        ),
        ("cb-seller-notification@amazon.com", "x", "", Notice.CHARGEBACK),
        ("donotreply@amazon.com", f"Refund initiated for order {ORDER}", "", Notice.REFUND),
        ("donotreply@amazon.com", "Refund initiated for order", "", Notice.UNKNOWN),
        ("donotreply@amazon.com", "Hello", "the buyer has chosen to opt out", Notice.OPT_OUT),
        ("seller-performance@amazon.com", f"Claim Decision on Order {ORDER}", "", Notice.UNKNOWN),
    ],
)
def test_without_header(sender: str, subject: str, text: str, notice: Notice) -> None:
    """Sender, then subject, then body; a return or claim needs an order id beside its words."""
    assert writer({"From": sender, "Subject": subject}, text).notice is notice


def test_our_own_mail() -> None:
    """Our address, our Message-ID, our token header; a buyer's answer quotes our id and is no loop."""
    ours = "<fr.Ab12Cd34.a1b2c3d4@shop.example>"
    assert writer({"From": "Shop <Support@Shop.example>"}).kind is Kind.OWN
    assert writer({"From": "x@y.example", "Message-ID": ours}).kind is Kind.OWN
    assert writer({"From": "x@y.example", "X-Firstreply-Token": "Ab12"}).kind is Kind.OWN
    assert writer({"From": RELAY, "References": ours}).kind is Kind.BUYER_MESSAGE


@pytest.mark.parametrize(
    "sender",
    [
        "mailer-daemon@x.example",
        "no-reply@x.example",
        "noreply@x.example",
        "bounces+a=b@x.example",
        "root@x.example",
    ],
)
def test_robot_names_and_their_exceptions(sender: str) -> None:
    """Names that only machines use; the mailbox may allow one."""
    assert writer({"From": sender}).reason == "robot_sender"
    assert writer({"From": sender}, allowed_senders=frozenset({sender})).reason == "other_sender"


@pytest.mark.parametrize("sender", ["rootbeer@x.example", "nobodyknows@x.example", "bouncer@x.example"])
def test_people_with_such_names(sender: str) -> None:
    """Only whole names count."""
    assert writer({"From": sender}).kind is Kind.OTHER


@pytest.mark.parametrize(
    ("words", "machine"),
    [
        ("I am out of the office until Monday. This is an automatic reply.", True),
        ("Ich bin bis Montag im Urlaub. Diese Nachricht wurde automatisch erstellt.", True),
        ("Je suis absent du bureau. Ceci est une réponse automatique.", True),
        ("Sono in ferie. Risponderò al mio rientro.", True),
        ("Estoy de vacaciones. Respuesta automática.", True),
        ("現在休暇中です。このメールは自動返信です。", True),
        ("I am on vacation from Monday, please ship later.", False),
        ("I am on vacation, can you stop the automatic reply?", False),
        ("Your automatic reply did not help.", False),
    ],
)
def test_absence_notes_in_words(words: str, machine: bool) -> None:
    """Absence *and* a machine speaking; a buyer who is away and asks is a buyer."""
    assert vacation_words(words) is machine


def test_each_reason_is_a_sentence() -> None:
    """The documentation is checked against these."""
    assert all(text.endswith(".") and text[0].isupper() for text in REASONS.values())
