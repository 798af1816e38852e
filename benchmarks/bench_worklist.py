"""The worklist over thousands of open clocks: seconds from the ledger to the words of the mail.

The ledger is a file of SQLite; each clock has a message, a conversation and a draft with a gap.
"""

import shutil
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from benchmarks.kit import Figures, Options, show
from daemon.desk.playbook import DEFAULT_PLAYS
from daemon.desk.worklist import Material, build, fingerprint, text
from daemon.desk.worklist_page import page
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.mailboxes import FolderMark

CLOCKS, MOST_CLOCKS = 5_000, 50_000
SECONDS = 0.5
ROUNDS = 5


def run(options: Options) -> Figures:
    """Measure the query and the words; print the table and return seconds."""
    clocks = MOST_CLOCKS if options.full else CLOCKS
    root = Path(tempfile.mkdtemp(prefix="fr-bench-"))
    try:
        ledger = Ledger.open(f"sqlite:///{root}/ledger.db")
        _fill(ledger, clocks)
        query, words = min(_spent(ledger) for _ in range(ROUNDS))
        ledger.close()
    finally:
        shutil.rmtree(root)
    show(
        f"Worklist of {clocks:,} open clocks",
        ("step", "seconds"),
        [("query", query), ("words", words), ("both", query + words)],
    )
    missed = [f"worklist: {query + words:.2f} s"] if query + words > SECONDS * clocks / CLOCKS else []
    return {"clocks": clocks, "query_seconds": query, "words_seconds": words, "missed": missed}


def _spent(ledger: Ledger) -> tuple[float, float]:
    began = time.perf_counter()
    waiting = ledger.worklist.waiting(None)
    asked = time.perf_counter()
    worklist = build(Material(waiting), DEFAULT_PLAYS, datetime.now(UTC), UTC)
    fingerprint(worklist), text(worklist), page(worklist)
    return asked - began, time.perf_counter() - asked


def _fill(ledger: Ledger, clocks: int) -> None:
    now = datetime.now(UTC)
    claim = ledger.mailboxes.claim("shop", "support@shop.example", now)
    inbox = ledger.mailboxes.set_mark(claim, FolderMark(0, "INBOX", 7, 0, 1, None), now, "first_run_mark")
    box, numbers = {"mailbox_id": claim.mailbox_id}, range(1, clocks + 1)
    with ledger.engine.begin() as connection:
        for table, rows in (
            (t.conversation, [_conversation(number, now) for number in numbers]),
            (t.response_clock, [_clock(number, now) for number in numbers]),
            (t.message, [_message(number, inbox.folder_id, now) for number in numbers]),
            (t.draft, [_draft(number, now) for number in numbers]),
        ):
            connection.execute(sa.insert(table), [{**box, "id": row.pop("id"), **row} for row in rows])


def _conversation(number: int, now: datetime) -> dict[str, object]:
    alias = f"buyer{number:010d}"
    return {
        "id": number,
        "alias": alias,
        "marketplace": "com",
        "order_id": f"302-{number:07d}-1234567",
        "relay_address": f"{alias}@marketplace.amazon.com",
        "buyer_name": "Jane",
        "last_message_at": now,
    }


def _clock(number: int, now: datetime) -> dict[str, object]:
    start = now - timedelta(seconds=number)
    rule = start + timedelta(hours=24)
    return {
        "id": number,
        "conversation_id": number,
        "state": "open",
        "scenario": "delivery_issue",
        "started_at": start,
        "rule_at": rule,
        "nearest_at": rule,
    }


def _message(number: int, folder: int, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "folder_id": folder,
        "uidvalidity": 7,
        "uid": number,
        "content_hash": str(number),
        "message_id": f"<{number}@x>",
        "size": 1000,
        "state": "fetched",
        "attempts": 1,
        "internal_at": now,
        "received_at": now,
        "recorded_at": now,
        "confidence": 0.9,
        "unsure": False,
        "facts": '{"no_response_url": "https://sellercentral.amazon.com/messaging/no-response-needed?t=1"}',
        "conversation_id": number,
        "response_clock_id": number,
    }


def _draft(number: int, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "conversation_id": number,
        "message_id": number,
        "state": "planned",
        "token": f"{number:024d}",
        "message_id_header": f"<fr.{number}@x>",
        "revision": 1,
        "recipient": "x@y.example",
        "template": "delivery_issue",
        "language": "en",
        "gaps": "tracking number",
        "planned_at": now,
        "changed_at": now,
    }
