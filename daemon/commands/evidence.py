"""`firstreply evidence ORDER_ID --output FILE.zip`: everything known of an order, for a claim or a dispute.

Buyers' and Amazon's mails are fetched from the mailbox by the identity that the ledger has for them, and
people's own answers by the Message-IDs they answer; what is not there any more is told in the ledger's words.

Promises: reads only. A mailbox that cannot be reached costs the mails' own bytes and nothing else; stderr
says so.

Errors: `ConfigurationError`, the ledger's `TemporaryError`; `PermanentError` for an order that nothing is
known of, and for a file that cannot be written.
"""

import contextlib
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from daemon.commands.look import opened_ledger, print_json
from daemon.desk.order import ORDER_ID
from daemon.errors import ConfigurationError, FirstreplyError, PermanentError
from daemon.ports.imap import ImapConnection
from daemon.ports.ledger.evidence import Evidence, Row
from daemon.reporting.dossier import Mail, entries, zipped
from daemon.settings import Settings, find, load
from daemon.settings_mailbox import MailboxSettings

AT_ONCE = 20


def evidence(config: str | None, order_id: str, *, output: str, offline: bool, as_json: bool) -> int:
    """Write the zip."""
    if not ORDER_ID.fullmatch(order_id):
        raise ConfigurationError(
            f"{order_id!r} is no order's number", where="evidence", remedy="Write it as 302-1234567-7654321"
        )
    settings = load(find(config))
    with opened_ledger(settings) as ledger:
        found = ledger.evidence.of_order(order_id)
        facts = ledger.orders.known([order_id]).get(order_id)
    if not found and facts is None:
        raise PermanentError(f"the ledger knows nothing of order {order_id}")
    originals: dict[int, bytes] = {}
    answers: list[Mail] = []
    if not offline:
        _fetch(settings, found, originals, answers)
    files = entries(order_id, found, originals, answers, facts, settings.zone)
    try:
        Path(output).write_bytes(zipped(files))
    except OSError as error:
        raise PermanentError(
            f"{output}: cannot be written ({error.strerror}); name another --output"
        ) from error
    answer = {"output": output, "files": len(files), "mails": len(found.messages), "fetched": len(originals)}
    if as_json:
        print_json(answer)
    else:
        sys.stdout.write(
            f"{output}: {len(files)} files; "
            f"{len(originals)} of {len(found.messages)} mails as they lie in the mailbox.\n"
        )
    return 0


def _fetch(settings: Settings, found: Evidence, originals: dict[int, bytes], answers: list[Mail]) -> None:
    """Fetch from each mailbox what it still has."""
    by_box: dict[str, list[Row]] = defaultdict(list)
    for row in found.messages:
        by_box[row["mailbox"]].append(row)
    ours = {row["message_id_header"] for row in found.deliveries}
    for box in settings.mailboxes:
        rows = by_box.pop(box.mailbox.name, [])
        try:
            if rows:
                with _connected(box) as connection:
                    originals.update(_originals(connection, rows))
                    answers += _answers(connection, box, rows, ours)
        except FirstreplyError as error:
            sys.stderr.write(f"firstreply: {box.mailbox.name}: {error}; its mails are told from the ledger\n")
    for name in by_box:
        sys.stderr.write(
            f"firstreply: mailbox {name} is not configured; its mails are told from the ledger\n"
        )


@contextlib.contextmanager
def _connected(box: MailboxSettings) -> Iterator[ImapConnection]:
    connection = ImapConnection.connect(box.imap)
    try:
        yield connection
    finally:
        connection.close()


def _originals(connection: ImapConnection, rows: list[Row]) -> Iterator[tuple[int, bytes]]:
    """The mails that still lie where the ledger saw them."""
    places: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for row in rows:
        places[row["folder"], row["uidvalidity"]][row["uid"]] = row["id"]
    for (folder, uidvalidity), ids in places.items():
        status = connection.poll([folder]).get(folder)
        if status is None or status.uidvalidity != uidvalidity:
            continue
        uids = sorted(ids)
        for start in range(0, len(uids), AT_ONCE):
            for mail in connection.fetch(folder, uids[start : start + AT_ONCE]):
                if not mail.truncated:
                    yield ids[mail.uid], mail.raw


def _answers(
    connection: ImapConnection, box: MailboxSettings, rows: list[Row], ours: set[str]
) -> Iterator[Mail]:
    """What people sent by themselves, found by the buyer messages it answers."""
    sent = connection.resolve(asdict(box.mailbox.folders)).sent
    if sent is None:
        return
    uids: set[int] = set()
    for row in rows:
        if row["kind"] == "buyer_message" and row["message_id"]:
            uids.update(connection.search_header(sent, "In-Reply-To", row["message_id"]))
    ids = connection.headers(sent, sorted(uids), ["Message-ID"]) if uids else {}
    own = [uid for uid, block in sorted(ids.items()) if not any(known.encode() in block for known in ours)]
    for mail in connection.fetch(sent, own) if own else []:
        yield Mail(mail.raw, "a person's own answer, as it lies in Sent")
