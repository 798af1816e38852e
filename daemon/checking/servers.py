"""What is looked at on a mailbox's servers, from the name to a trial of what the daemon will do.

Promises: missing folders of ours are made, as the daemon would; the trial runs in two folders of its own that
are gone afterwards. What fails hides only what rests on it.

Errors: none; each becomes a finding.
"""

import asyncio
import secrets
import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from daemon.checking.finding import Finding, Level, failed
from daemon.errors import FirstreplyError
from daemon.ports.imap import FolderNames, ImapConnection, ImapServer, NewMessage
from daemon.ports.imap_probe import RIGHTS
from daemon.ports.reach import addresses, knock
from daemon.ports.smtp import SmtpSender, SmtpServer
from daemon.settings_mailbox import MailboxSettings
from daemon.stages.hands import corrections, wanted, watched

EXTENSIONS: Mapping[str, str] = {
    "UIDPLUS": "moves and appends are found again by searching, which is slower",
    "MOVE": "moves are done by copying and deleting",
    "IDLE": "new mail is noticed by polling only",
    "SPECIAL-USE": "Sent, Drafts and Trash are found by their usual names",
    "CONDSTORE": "changes are found by fetching all flags of the watched folders",
}
"""Extensions that make the daemon better, and what their absence costs."""
NEEDED: Mapping[str, str] = {
    "inbox": "lrw",
    "approval": "lrwite",
    "approved": "lrwite",
    "rejected": "lr",
    "no_reply_needed": "lr",
    "sent": "lri",
}
"""The rights that the daemon uses on each folder (RFC 4314)."""
FULL, NEARLY_FULL = 0.99, 0.9
SKEW, MUCH_SKEW = timedelta(minutes=1), timedelta(minutes=5)
EXPIRES_SOON = timedelta(days=14)


def reach(subject: str, host: str, port: int) -> Iterator[Finding]:
    """Name and port; ends with a problem when there is no going on."""
    try:
        found = addresses(host)
        yield Finding("ok", subject, f"{host} is {', '.join(found[:3])}")
        knock(host, port)
    except FirstreplyError as error:
        yield failed(subject, error, "Correct host and port, or let the firewall pass them")
    else:
        yield Finding("ok", subject, f"port {port} answers")


def certificate(subject: str, told: Mapping[str, Any] | None, now: datetime) -> Iterator[Finding]:
    """How long the certificate holds that was just accepted."""
    if not told:
        yield Finding("note", subject, "not encrypted; fine for this very machine only")
        return
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
    said = f"certificate and name are accepted, valid until {ends:%Y-%m-%d}"
    if ends - now < EXPIRES_SOON:
        yield Finding("note", subject, said, "Its owner must renew it, else everything stops that day")
    else:
        yield Finding("ok", subject, said)


def imap(box: MailboxSettings, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Everything about the IMAP server."""
    server = box.imap
    subject = f"{box.mailbox.name}: IMAP"
    reached = list(reach(subject, server.host, server.port))
    yield from reached
    if reached[-1].level == "problem":
        return
    try:
        connection = ImapConnection.connect(server)
    except FirstreplyError as error:
        yield failed(subject, error, "Correct [mailbox.imap], or look at the server")
        return
    try:
        yield from certificate(subject, connection.certificate, now())
        yield from _account(connection, box, server, subject, now)
    except FirstreplyError as error:
        yield failed(subject, error, "Look at the folders and rights of this account")
    finally:
        connection.close()


def _account(
    connection: ImapConnection,
    box: MailboxSettings,
    server: ImapServer,
    subject: str,
    now: Callable[[], datetime],
) -> Iterator[Finding]:
    yield Finding("ok", subject, f"logged in as {server.username}")
    lacking = [name for name in EXTENSIONS if name not in connection.capabilities]
    for name in lacking:
        yield Finding("note", subject, f"the server has no {name}: {EXTENSIONS[name]}")
    if not lacking:
        yield Finding("ok", subject, "all extensions that help are there")
    folders = connection.resolve(wanted(box.mailbox, connection.profile))
    yield from _folders(connection, folders, subject)
    if not connection.keeps_keywords(folders.inbox):
        said = "the server keeps no keywords, so that buyers' mails which are due carry no mark"
        yield Finding("note", subject, said, 'A star is kept: write mark = "flagged" into [deadlines]')
    yield from _quota(connection, folders, subject)
    yield from _trial(connection, folders, subject, now)


def _folders(connection: ImapConnection, folders: FolderNames, subject: str) -> Iterator[Finding]:
    ours = [*watched(folders, corrections(folders, connection.child)), folders.reclassify]
    created = connection.ensure(name for name in ours if name != folders.inbox)
    yield Finding("ok", subject, f"{len(ours)} folders are there, {len(created)} of them made now")
    for use in ("sent", "drafts", "trash", "archive"):
        name = getattr(folders, use)
        if name is not None:
            yield Finding("ok", subject, f"{use} is {name}")
        else:
            remedy = f"Name it: [mailbox.folders] {use}"
            if connection.profile.labels:
                remedy = "Let Gmail show it: Settings, Labels, Show in IMAP"
            yield Finding("note", subject, f"no folder for {use} was found", remedy)
    for use, letters in NEEDED.items():
        yield from _rights(connection, subject, getattr(folders, use), letters)


def _rights(connection: ImapConnection, subject: str, folder: str, letters: str) -> Iterator[Finding]:
    remedy = f"Give this account the rights {letters} on {folder} (on the server, or by its owner)"
    rights = connection.rights(folder)
    if rights is not None and not set(letters) <= rights:
        missing = ", ".join(RIGHTS[letter] for letter in letters if letter not in rights)
        yield Finding("problem", subject, f"in {folder} it may not: {missing}", remedy)
        return
    try:
        connection.select(folder)
    except FirstreplyError as error:
        yield failed(subject, error, remedy)


def _quota(connection: ImapConnection, folders: FolderNames, subject: str) -> Iterator[Finding]:
    for quota in connection.quotas(folders.inbox):
        said = f"{quota.share:.0%} of {quota.resource} are used ({quota.used} of {quota.limit})"
        if quota.share < NEARLY_FULL:
            yield Finding("ok", subject, said)
        else:
            level: Level = "problem" if quota.share >= FULL else "note"
            yield Finding(level, subject, said, "Make room: a full account takes neither mail nor drafts")


def _trial(
    connection: ImapConnection, folders: FolderNames, subject: str, now: Callable[[], datetime]
) -> Iterator[Finding]:
    """Make, append, move and delete, as the daemon will; and read the server's clock on the way."""
    made = [connection.place(f"firstreply-check-{secrets.token_hex(4)}") for _ in range(2)]
    raw = b"Subject: firstreply check\r\nMessage-ID: <%s@firstreply.invalid>\r\n\r\ntrial\r\n"
    try:
        connection.ensure(made)
        before = now()
        connection.append(made[0], [NewMessage(raw % secrets.token_hex(8).encode(), ("\\Seen",))])
        after = now()
        (uid,) = connection.uids(made[0])
        stamped = connection.sizes(made[0], [uid])[uid].internal_at
        connection.move(made[0], [uid], made[1])
        left = connection.flags(made[0], connection.uids(made[0])).values()  # without UIDPLUS only marked
        if len(connection.uids(made[1])) != 1 or not all("\\Deleted" in flags for flags in left):
            remedy = "The server keeps no promise that it gave; ask its owner"
            yield Finding("problem", subject, "a moved message did not arrive", remedy)
        else:
            yield Finding("ok", subject, "folders can be made, mails appended and moved")
        connection.remove(made[1], connection.uids(made[1]))  # a label that goes would leave it
        yield skew(subject, stamped, before, after)
    finally:
        for name in made:
            connection.delete_folder(name, folders.inbox)


def skew(subject: str, stamped: datetime, before: datetime, after: datetime) -> Finding:
    """Judge the server's clock: it stamped something (in whole seconds) between our two moments."""
    early, late = before - timedelta(seconds=1) - stamped, stamped - after
    off = max(early, late, timedelta(0))
    if off < SKEW:
        return Finding("ok", subject, "its clock and ours agree")
    said = f"its clock and ours are {off.total_seconds():.0f} s apart"
    remedy = "Let chrony or systemd-timesyncd set this machine's clock; response times are counted by both"
    return Finding("problem" if off >= MUCH_SKEW else "note", subject, said, remedy)


def smtp(box: MailboxSettings, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Everything about the SMTP server."""
    server = box.smtp
    subject = f"{box.mailbox.name}: SMTP"
    reached = list(reach(subject, server.host, server.port))
    yield from reached
    if reached[-1].level == "problem":
        return
    try:
        told = asyncio.run(_probe(server))
    except FirstreplyError as error:
        yield failed(subject, error, "Correct [mailbox.smtp], or look at the server")
        return
    yield from certificate(subject, told, now())
    yield Finding("ok", subject, f"logged in as {server.username}" if server.username else "no login needed")


async def _probe(server: SmtpServer) -> Mapping[str, Any] | None:
    sender = SmtpSender(server)
    try:
        await sender.probe()
        return sender.certificate
    finally:
        await sender.close()


def trust(box: MailboxSettings) -> Iterator[Finding]:
    """Whether anybody vouches for senders."""
    if box.reading.authserv_id is None and not box.reading.authserv_topmost:
        said = "nobody vouches for senders, so drafts tell nothing of imported orders"
        yield Finding("note", f"{box.mailbox.name}: authserv_id", said, "Name your mail provider's server")
