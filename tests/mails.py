"""Invented mails in the shapes of Amazon's, for the tests of the whole daemon."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


def buyer_mail(
    text: str,
    *,
    number: int = 1,
    alias: str = "",
    order_id: str | None = None,
    case: str = "",
    name: str = "Mia",
    age: timedelta = timedelta(minutes=5),
) -> bytes:
    """A buyer's mail as the relay delivers it; every number is another buyer with another order."""
    alias = alias or f"q7d2k9x4m1v{number:04d}"
    order = order_id if order_id is not None else f"302-1234567-{number:07d}"
    relay = f"{alias}{'+' + case if case else ''}@marketplace.amazon.de"
    about = f" (Order: {order})" if order else ""
    item = f"# {order}:\n1 / Desk lamp, black [ASIN: B0ABCDEFGH]\n" if order else ""
    mail = f"""\
From: "{name}" <{relay}>
Reply-To: {relay}
To: support@shop.example
Subject: Inquiry from Amazon customer {name}{about}
Date: {format_datetime(datetime.now(UTC) - age)}
Message-ID: <buyer-{alias}-{number}@eu-west-1.amazonses.com>
X-Space-Notification-Type: BBC_MESSAGE_SENT_TO_MERCHANT
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

You have received a message.
{item}------------- Message: -------------
{text}
------------- End message -------------
Was this email helpful?
"""
    return mail.replace("\n", "\r\n").encode()


BROKEN = "Hello, the lamp arrived with a cracked glass shade, it is broken and cannot be used. Please help."
"""A message whose draft has no gap."""

LATE = "Where is my parcel? It should have been delivered on Monday and tracking has not moved since."
"""A message whose draft has gaps."""
