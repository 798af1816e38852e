"""Appending messages, in as few round trips as the server allows.

MULTIAPPEND (RFC 3502) puts a batch into one command; without it commands are sent together where the
server takes literals without being asked (LITERAL+, LITERAL-, RFC 7888), else one waits for the other.
Where the messages went is what APPENDUID says (RFC 4315). What is larger than a server says it takes
(APPENDLIMIT, RFC 7889) is not sent at all.

Errors: TemporaryError or PermanentError when nothing was stored; InDoubtError when the reply was lost or
only a part was stored: then look for each message's own id before repeating.
"""

from collections.abc import Iterator, Sequence

from daemon.errors import InDoubtError, PermanentError
from daemon.ports.imap_errors import refusal
from daemon.ports.imap_folders import create_for_use
from daemon.ports.imap_session import Reply, Session
from daemon.ports.imap_status import poll
from daemon.ports.imap_values import NewMessage, Placed
from daemon.ports.imap_wire import (
    code_of,
    expand_set,
    internal_date,
    number,
    pairs,
    responses,
    values,
)

UNASKED_SIZE = 100_000
"""A message below that is appended without asking how much a folder takes, nor for consent to its literal:
a server that gets an unasked one which is too large may only hang up (RFC 7888 section 4)."""
BATCH_MESSAGES = 200
BATCH_BYTES = 16_000_000
SMALL_LITERAL = 4096
"""What LITERAL- lets through unasked."""
TOGETHER = 50
"""Commands sent before their replies are read; the replies must fit into the socket's buffer."""


def append(session: Session, folder: str, messages: Sequence[NewMessage]) -> Placed:
    """Append all; a missing folder is created and the batch repeated once."""
    if any(not message.raw for message in messages):
        raise PermanentError("APPEND: a message without a byte")
    _require_size(session, folder, max((len(message.raw) for message in messages), default=0))
    batches = list(_batches(session, messages))
    several = len(batches) > 1 and folder in poll(session, [folder])
    if several or (session.selected is not None and session.selected.folder == folder):
        # Dovecot appends to the selected folder several times faster, Courier to none that is only examined
        session.select(folder, writable=True)
    validity: int | None = None
    uids: list[int | None] = []
    for group in _groups(session, batches):
        replies = _send(session, folder, group)
        if not uids and all(code_of(reply.text)[0] == "TRYCREATE" for reply in replies):
            create_for_use(session, folder)
            replies = _send(session, folder, group)
        _require_all(replies, stored=bool(uids))
        for batch, reply in zip(group, replies, strict=True):
            validity, told = _told(reply, len(batch))
            uids.extend(told)
    return Placed(validity, tuple(uids))


def _require_size(session: Session, folder: str, largest: int) -> None:
    limit = size_limit(session, folder, largest)
    if limit is not None and largest > limit:
        raise PermanentError(f"APPEND: {largest} bytes, and the server takes {limit} at most")


def size_limit(session: Session, folder: str, largest: int) -> int | None:
    """The size up to which a message is taken; None where the server does not tell, or it cannot matter."""
    for word in session.capabilities:
        name, _, value = word.partition("=")
        if name == "APPENDLIMIT" and value.isdigit():
            return int(value)
    if "APPENDLIMIT" not in session.capabilities or largest < UNASKED_SIZE:
        return None
    for response in responses(
        session.exchange(("STATUS", session.argument(folder), b"(APPENDLIMIT)"), wants="STATUS").data
    ):
        match values(response):
            case [_, list() as items]:
                return number(pairs(items).get(b"APPENDLIMIT"))
            case _:
                continue
    return None


def _batches(session: Session, messages: Sequence[NewMessage]) -> Iterator[list[NewMessage]]:
    """What goes into one command each."""
    most = BATCH_MESSAGES if "MULTIAPPEND" in session.capabilities else 1
    batch: list[NewMessage] = []
    size = 0
    for message in messages:
        if batch and (len(batch) == most or size + len(message.raw) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += len(message.raw)
    if batch:
        yield batch


def _groups(session: Session, batches: Sequence[list[NewMessage]]) -> Iterator[list[list[NewMessage]]]:
    """Commands that are sent together: only small ones, and only where nothing has to be asked between."""
    group: list[list[NewMessage]] = []
    for batch in batches:
        small = len(batch) == 1 and len(batch[0].raw) <= BATCH_BYTES // TOGETHER
        alone = not small or not _unasked(session, batch[0])
        if group and (alone or len(group) == TOGETHER):
            yield group
            group = []
        group.append(batch)
        if alone:
            yield group
            group = []
    if group:
        yield group


def _unasked(session: Session, message: NewMessage) -> bool:
    """Whether the literal may be sent without waiting for the server's consent."""
    if "LITERAL+" in session.capabilities:
        return len(message.raw) < UNASKED_SIZE
    return "LITERAL-" in session.capabilities and len(message.raw) <= SMALL_LITERAL


def _send(session: Session, folder: str, group: Sequence[list[NewMessage]]) -> list[Reply]:
    """Send the commands of a group, then read their replies."""
    with session.guarded(f"APPEND {folder}", changing=True):
        tags = [_send_command(session, folder, batch) for batch in group]
        return [session.reply(tag) for tag in tags]


def _send_command(session: Session, folder: str, batch: Sequence[NewMessage]) -> bytes:
    transport = session.transport
    tag = session.new_tag()
    line = tag + b" APPEND " + session.argument(folder)
    for message in batch:
        if message.flags:
            line += b" (" + " ".join(message.flags).encode("ascii") + b")"
        if message.at:
            line += b" " + internal_date(message.at)
        unasked = _unasked(session, message)
        line += b" {%d%s}\r\n" % (len(message.raw), b"+" if unasked else b"")
        if not unasked:
            transport.send(line)
            line = b""
            if not session.may_continue(tag):
                return tag  # refused: the reply is there already
        line += message.raw
    transport.send(line + b"\r\n")
    return tag


def _require_all(replies: Sequence[Reply], *, stored: bool) -> None:
    refused = [reply for reply in replies if reply.kind != "OK"]
    if not refused:
        return
    error = refusal("APPEND", refused[0].kind, refused[0].text)
    if stored or len(refused) < len(replies):
        raise InDoubtError(f"only a part was stored: {error}") from error
    raise error


def _told(reply: Reply, count: int) -> tuple[int | None, list[int | None]]:
    """UIDVALIDITY and UIDs out of `[APPENDUID 38505 3955:3957]`; None each where there is none."""
    code, argument = code_of(reply.text)
    validity, _, uid_set = argument.partition(" ")
    if code == "APPENDUID" and validity.isdigit():
        uids: list[int | None] = [*expand_set(uid_set.strip().encode("ascii"))]
        if len(uids) == count:
            return int(validity), uids
    return None, [None] * count
