"""Invented notices in the shapes of Amazon's and of mail servers, about answers that were sent."""

import email
from datetime import UTC, datetime, timedelta
from email import policy
from email.utils import format_datetime

COPY, OPT_OUT = "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT", "BUYER_OPTED_OUT_BSM_MESSAGES"


def notice(
    subject: str,
    text: str,
    *,
    kind: str = "",
    number: int = 1,
    age: timedelta = timedelta(0),
    extra: str = "",
) -> bytes:
    """A mail from Amazon's systems."""
    header = f"X-Space-Notification-Type: {kind}\n" if kind else ""
    mail = f"""\
From: "Amazon Seller Central" <donotreply@amazon.com>
To: support@shop.example
Subject: {subject}
Date: {format_datetime(datetime.now(UTC) - age)}
Message-ID: <notice-{number}@eu-west-1.amazonses.com>
{header}{extra}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{text}
"""
    return mail.replace("\n", "\r\n").encode()


def copy_of(
    words: str, *, order_id: str, number: int = 1, age: timedelta = timedelta(0), extra: str = ""
) -> bytes:
    """Amazon's copy of an answer that says these words, wrapped anew."""
    wrapped = "\n".join(words.split(" "))
    dashes = "-" * 13
    text = f"{dashes} Begin message {dashes}\n{wrapped}\n{dashes} End message {dashes}\n[commMgrTok:A1B2C3]\n"
    return notice("Your email to Mia", f"{text}# {order_id}", kind=COPY, number=number, age=age, extra=extra)


def undelivered(*, order_id: str, number: int = 2) -> bytes:
    """Amazon could not deliver an answer."""
    return notice(
        "Il tuo messaggio all'acquirente non è stato consegnato.", f"Ordine {order_id}", number=number
    )


def opted_out(*, order_id: str, alias: str, number: int = 3) -> bytes:
    """Amazon stopped an answer, since the buyer wants none."""
    text = f"Mia [{order_id}] <mailto:{alias}@marketplace.amazon.de> has chosen to opt out of such messages."
    return notice("Your message to Mia", text, kind=OPT_OUT, number=number)


def returned(sent: bytes, status: str = "5.1.1") -> bytes:
    """A mail server's report (RFC 3464) that a mail could not be delivered, with the mail's header."""
    header = sent.split(b"\r\n\r\n", 1)[0].decode("ascii")
    relay = email.message_from_bytes(sent, policy=policy.default)["To"]
    report = f"""\
From: MAILER-DAEMON@mail.shop.example
To: support@shop.example
Subject: Undelivered Mail Returned to Sender
Date: {format_datetime(datetime.now(UTC))}
Message-ID: <report-1@mail.shop.example>
Auto-Submitted: auto-replied
Return-Path: <>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Your mail could not be delivered.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.shop.example

Final-Recipient: rfc822; {relay}
Action: failed
Status: {status}
--b1
Content-Type: text/rfc822-headers

"""
    lines = report.replace("\n", "\r\n") + header + "\r\n--b1--\r\n"
    return lines.encode()
