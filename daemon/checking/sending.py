"""`firstreply check --send`: one mail from the mailbox to itself proves sender, delivery and Sent.

Promises: the mail goes to the mailbox's own address and nowhere else; it is recognised by a subject of its
own (some servers write another Message-ID), and taken out of the inbox and of Sent afterwards.

Errors: none; each becomes a finding.
"""

import asyncio
import secrets
import time
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from daemon.checking.finding import Finding, failed
from daemon.errors import FirstreplyError
from daemon.ports.imap import FolderNames, ImapConnection
from daemon.ports.smtp import Outcome, OutcomeKind, SmtpSender
from daemon.settings_mailbox import MailboxSettings
from daemon.stages.hands import wanted

PATIENCE = 60.0
"""Seconds in which the mail should come back."""
BETWEEN_LOOKS = 0.5


def round_trip(box: MailboxSettings, now: datetime, patience: float = PATIENCE) -> Iterator[Finding]:
    """Send, and look where the mail turns up."""
    address = box.mailbox.address
    mark = f"firstreply check {secrets.token_hex(16)}"
    subject = f"{box.mailbox.name}: sending"
    raw = (
        f"From: <{address}>\r\nTo: <{address}>\r\nSubject: {mark}\r\n"
        f"Message-ID: <{secrets.token_hex(16)}@{address.rpartition('@')[2]}>\r\n"
        f"Date: {format_datetime(now)}\r\nAuto-Submitted: auto-generated\r\n\r\nThis mail may be deleted.\r\n"
    ).encode()
    try:
        outcome = asyncio.run(_send(box, raw))
        if outcome.kind is not OutcomeKind.SENT:
            said = f"a mail from {address} was not taken ({outcome.code or ''} {outcome.text})"
            remedy = "Let the server send as this address, or correct [[mailbox]] address"
            temporary = outcome.kind is OutcomeKind.RETRY
            yield Finding("problem", subject, said, remedy, temporary)
            return
        yield Finding("ok", subject, f"the server takes mail from {address}")
        connection = ImapConnection.connect(box.imap)
        try:
            folders = connection.resolve(wanted(box.mailbox, connection.profile))
            yield from _arrival(connection, folders, mark, subject, patience)
        finally:
            connection.close()
    except FirstreplyError as error:
        yield failed(subject, error, "Correct [mailbox.smtp] and [mailbox.imap] first")


async def _send(box: MailboxSettings, raw: bytes) -> Outcome:
    sender = SmtpSender(box.smtp)
    try:
        return await sender.send(box.mailbox.address, box.mailbox.address, raw, lambda: None)
    finally:
        await sender.close()


def _arrival(
    connection: ImapConnection, folders: FolderNames, mark: str, subject: str, patience: float
) -> Iterator[Finding]:
    end = time.monotonic() + patience
    while not (found := _find(connection, folders.inbox, mark)) and time.monotonic() < end:
        time.sleep(BETWEEN_LOOKS)  # mail has no other way to say that it is there
    sent = folders.sent
    copies = _find(connection, sent, mark) if sent is not None else ()  # before anything is removed
    if found:
        yield Finding("ok", subject, f"it arrived in {folders.inbox}")
        connection.remove(folders.inbox, found)
    else:
        said = f"it did not arrive in {folders.inbox} within {patience:g} s"
        yield Finding("problem", subject, said, "See whether it was sorted into another folder, such as Junk")
    if sent is not None and copies:
        connection.remove(sent, copies)
        yield Finding(
            "ok", subject, f"the server keeps a copy in {sent} by itself, and no second one is made"
        )
    elif sent is not None:
        yield Finding("ok", subject, f"the server keeps no copy; firstreply files one in {sent}")


def _find(connection: ImapConnection, folder: str, mark: str) -> tuple[int, ...]:
    connection.examine(folder, fresh=True)
    return connection.search_header(folder, "Subject", mark)
