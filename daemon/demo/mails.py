"""The demonstration's mail: invented buyers with invented orders, in the shapes that Amazon sends.

Promises: no real person, order or address; the same mails at every run but for their dates.

Errors: none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

SHOP = "support@lamp-shop.example"


@dataclass(frozen=True, slots=True)
class DemoMail:
    """One mail to deliver; `expects` is what a person would say it is."""

    slug: str
    name: str
    alias: str
    order_id: str
    text: str
    expects: str
    minutes_ago: int
    product: str = "Desk lamp with clamp, black"
    asin: str = "B0DEMOLAMP"
    subject: str = ""


BUYERS = (
    DemoMail(
        "broken",
        "Mia",
        "q7d2k9x4m1v8b3n",
        "302-4410276-1180457",
        "Hello, the lamp arrived today and the glass shade is cracked from top to bottom. It cannot be "
        "used like this. What can you do about it? Mia",
        "product_issue",
        4,
    ),
    DemoMail(
        "missing_part",
        "Oskar",
        "w3h8t5c2z9p4r6l",
        "302-7719034-2206618",
        "Hi, one of the two screws for the clamp was missing in the box, so the lamp keeps falling off "
        "the table. Very disappointed with the quality.",
        "product_issue",
        5,
    ),
    DemoMail(
        "late",
        "Priya",
        "f5g1j6y8s2a7d4k",
        "302-2280913-5571920",
        "My parcel was due on Tuesday and it is still not here. The tracking has not moved for four days. "
        "Where is my order?",
        "delivery_issue",
        25,
        "Fairy lights, 10 m",
        "B0DEMOFAIR",
    ),
    DemoMail(
        "not_here",
        "Tom",
        "n8b4v1x6c3z9m2q",
        "302-9035517-8843201",
        "Tracking says delivered yesterday but nothing was delivered. I asked the neighbours, nobody has "
        "the package. Please help.",
        "delivery_issue",
        12,
        "Fairy lights, 10 m",
        "B0DEMOFAIR",
    ),
    DemoMail(
        "how_to",
        "Lena",
        "p2o7i4u1y9t6r3e",
        "302-1186420-4479035",
        "The lamp is lovely, but how do I switch it from warm to cold light? I pressed the button and it "
        "only gets brighter. How do I set the colour?",
        "usage_question",
        8,
    ),
    DemoMail(
        "before_buying",
        "Jonas",
        "k6l3j8h5g1f7d4s",
        "",
        "Before I buy: does the clamp fit a table that is 6 cm thick, and is the lamp available in white?",
        "presale_question",
        15,
    ),
    DemoMail(
        "return",
        "Carla",
        "a9s4d7f2g6h1j8k",
        "302-5547718-9920364",
        "I would like to send the lights back, they are longer than I thought. How does the return work and "
        "when do I get my money back?",
        "return_request",
        33,
        "Fairy lights, 10 m",
        "B0DEMOFAIR",
    ),
    DemoMail(
        "cancel",
        "Ben",
        "z1x5c8v3b7n2m6q",
        "302-6602841-3317759",
        "Hi, I ordered the wrong lamp by mistake. Please cancel my order, it has not shipped yet. Thanks",
        "order_change",
        3,
    ),
    DemoMail(
        "bad_review",
        "Rita",
        "e4r9t2y7u5i1o8p",
        "302-3390127-6618840",
        "Worst lamp I ever bought, it flickers all evening. I am going to leave a one star review and tell "
        "everyone not to buy from you.",
        "negative_review",
        18,
    ),
    DemoMail(
        "claim",
        "Viktor",
        "m3n8b6v1c9x4z7l",
        "302-8841056-7702913",
        "I have waited long enough. I have filed an A-to-z guarantee claim with Amazon and my bank will "
        "reverse the charge.",
        "a_to_z_claim",
        50,
    ),
    DemoMail(
        "happy",
        "Sofia",
        "t7r2e9w4q1a6s3d",
        "302-4478205-1095562",
        "Thank you so much! The lamp is beautiful, it came a day early and my daughter loves it. Great shop!",
        "satisfied",
        40,
    ),
    DemoMail(
        "closed",
        "Emil",
        "h5j2k8l4p1o9i6u",
        "302-7763390-2284417",
        "Thanks, found the screw in the box after all. All good, no need to answer.",
        "no_reply_needed",
        22,
    ),
)


def buyer_mail(mail: DemoMail, now: datetime) -> bytes:
    """The mail as Amazon's relay would deliver it: text/plain in the wrapper of 2026."""
    relay = f"{mail.alias}@marketplace.amazon.de"
    about = f" (Order: {mail.order_id})" if mail.order_id else ""
    subject = mail.subject or f"Inquiry from Amazon customer {mail.name}{about}"
    order = f"# {mail.order_id}:\n1 / {mail.product} [ASIN: {mail.asin}]\n" if mail.order_id else ""
    sent_at = now - timedelta(minutes=mail.minutes_ago)
    lines = f"""\
From: "{mail.name}" <{relay}>
Reply-To: {relay}
To: {SHOP}
Subject: {subject}
Date: {format_datetime(sent_at)}
Message-ID: <demo-{mail.slug}-{mail.alias}@eu-west-1.amazonses.com>
X-Space-Notification-Type: BBC_MESSAGE_SENT_TO_MERCHANT
X-Marketplace-ID: A1PA6795UKMFR9
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

You have received a message.
{order}------------- Message: -------------
{mail.text}
------------- End message -------------
Was this email helpful?
"""
    return lines.replace("\n", "\r\n").encode()


def other_mails(now: datetime) -> list[bytes]:
    """Mail that is nobody's question: a notice, and an automatic answer."""
    notice = f"""\
From: "Amazon Seller Central" <donotreply@amazon.com>
To: {SHOP}
Subject: Refund initiated for order 302-5547718-9920364
Date: {format_datetime(now)}
Message-ID: <demo-refund@eu-west-1.amazonses.com>
X-Space-Notification-Type: REFUND_ISSUED

A refund of 12.90 EUR was issued for order 302-5547718-9920364.
"""
    absent = f"""\
From: "Parcel partner" <office@parcel-partner.example>
To: {SHOP}
Subject: Out of office
Date: {format_datetime(now)}
Message-ID: <demo-absent@parcel-partner.example>
Auto-Submitted: auto-replied

We are back on Monday.
"""
    return [text.replace("\n", "\r\n").encode() for text in (notice, absent)]


def old_mail(now: datetime) -> bytes:
    """A question from before the first run: it must not get a draft."""
    mail = DemoMail(
        "old",
        "Nils",
        "b2n7m4v9c1x6z3l",
        "302-1000001-2000002",
        "Is the lamp still available?",
        "presale_question",
        60 * 24 * 30,
    )
    return buyer_mail(mail, now)
