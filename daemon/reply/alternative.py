"""A note with two faces: plain text, and simple HTML for those clients that show it.

Promises: ASCII on the wire, CRLF line ends, base64 parts; nothing is loaded from anywhere.

Errors: `ValueError` for a header value that cannot be sent.
"""

from datetime import datetime
from email.base64mime import body_encode
from email.utils import format_datetime

from daemon.reply.compose import address, header


def two_faced_note(
    *,
    mailbox_name: str,
    mailbox_address: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    now: datetime,
) -> bytes:
    """A note from and to the mailbox itself, marked as a machine's (RFC 3834, section 5)."""
    boundary = "firstreply-" + message_id.strip("<>").replace("@", "-")
    head = (
        header("From", address(f"firstreply ({mailbox_name})", mailbox_address)),
        header("To", address("", mailbox_address)),
        header("Subject", subject),
        header("Date", format_datetime(now)),
        header("Message-ID", message_id),
        header("Auto-Submitted", "auto-generated"),
        b"MIME-Version: 1.0\r\n",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii"),
    )
    parts = (
        _part(boundary, "plain", text),
        _part(boundary, "html", html),
        f"--{boundary}--\r\n".encode("ascii"),
    )
    return b"".join((*head, *parts))


def _part(boundary: str, kind: str, content: str) -> bytes:
    encoded = body_encode(content.encode("utf-8"), eol="\r\n")
    return (
        f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}"
    ).encode("ascii")
