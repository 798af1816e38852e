"""The evidence of one order as a folder of files in one zip: mails, a time line to read, facts, a manifest.

Promises: the same ledger and mails make the same bytes. Names in the zip are made here, never taken from a
mail. The manifest holds the SHA-256 of every other entry. Nothing tells a password, a token or a server's
address that is not in a mail itself.

Errors: none of its own.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from daemon.desk.order import OrderFacts
from daemon.ports.ledger.evidence import Evidence, Row
from daemon.reporting.events import events
from daemon.reporting.rendering import rendered
from daemon.reporting.words import name_of

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The only time that a zip of today and one of tomorrow share."""
READABLE = 0o644 << 16
REMOVED = "The words of this mail have left the ledger (docs/privacy.md), and it could not be fetched.\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the zip."""

    name: str
    content: bytes
    about: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it still lies in the mailbox; `about` tells what it is."""

    raw: bytes
    about: str


def entries(
    order_id: str,
    found: Evidence,
    originals: Mapping[int, bytes],
    answers: Sequence[Mail],
    facts: OrderFacts | None,
    zone: ZoneInfo,
) -> list[Entry]:
    """All files; `originals` are buyers' and Amazon's mails by the ledger's id, `answers` people's own."""
    mails = list(_mails(found, originals, answers))
    page = _page(order_id, found, mails, facts, zone)
    known = json.dumps(_facts(order_id, found, facts), ensure_ascii=False, indent=2, default=_plain) + "\n"
    files = [
        Entry("timeline.html", page.encode(), "what happened, in its order, to read in a browser"),
        Entry("facts.json", known.encode(), "everything that the ledger knows, for programs"),
        *mails,
    ]
    return [*files, Entry("manifest.json", _manifest(order_id, files), "the SHA-256 of every other file")]


def zipped(files: Sequence[Entry]) -> bytes:
    """The zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files, key=lambda file: file.name):
            info = zipfile.ZipInfo(file.name, EPOCH)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, READABLE
            archive.writestr(info, file.content)
    return out.getvalue()


def _manifest(order_id: str, files: Sequence[Entry]) -> bytes:
    told = [
        {
            "name": file.name,
            "bytes": len(file.content),
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "about": file.about,
        }
        for file in sorted(files, key=lambda file: file.name)
    ]
    return (json.dumps({"order_id": order_id, "files": told}, ensure_ascii=False, indent=2) + "\n").encode()


def _mails(found: Evidence, originals: Mapping[int, bytes], answers: Sequence[Mail]) -> Iterator[Entry]:
    for row in found.messages:
        name = f"mails/{_stamp(row['received_at'])}-{row['kind'] or 'unread'}-{row['id']}"
        raw = originals.get(row["id"])
        if raw is not None:
            same = hashlib.sha256(raw).hexdigest() == row["content_hash"]
            about = "as it lies in the mailbox" + ("" if same else "; NOT the bytes that were read")
            yield Entry(f"{name}.eml", raw, about)
        else:
            yield Entry(f"{name}.txt", _stored(row), "its words in the ledger; the mail could not be fetched")
    for row in found.revisions:
        if row["raw"]:
            who = "we wrote it" if row["author"] == "daemon" else "a person left it"
            name = f"drafts/{row['draft_id']}-revision-{row['number']}.eml"
            yield Entry(name, row["raw"], f"the draft as {who}; never sent by itself")
    for row in found.deliveries:
        if row["raw"]:
            yield Entry(
                f"deliveries/{row['id']}-{row['state']}.eml",
                row["raw"],
                f"what was to be sent: {row['state']}",
            )
    for number, mail in enumerate(answers, 1):
        yield Entry(f"answers/{number}.eml", mail.raw, mail.about)


def _stored(row: Row) -> bytes:
    if row["subject"] is None:
        return REMOVED.encode()
    lines = (
        f"From: {row['sender']}",
        f"Subject: {row['subject']}",
        f"Received: {row['received_at'].isoformat()}",
    )
    return ("\n".join(lines) + f"\n\n{row['text'] or ''}\n").encode()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _facts(order_id: str, found: Evidence, facts: OrderFacts | None) -> dict[str, Any]:
    """Everything but the mails' bytes."""
    tables = {
        name: [{key: value for key, value in row.items() if key != "raw"} for row in rows]
        for name, rows in ((name, getattr(found, name)) for name in Evidence.__dataclass_fields__)
    }
    return {"order_id": order_id, "order": asdict(facts) if facts else None, **tables}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


def _page(
    order_id: str, found: Evidence, mails: Sequence[Entry], facts: OrderFacts | None, zone: ZoneInfo
) -> str:
    return rendered(
        "timeline.html.j2",
        {"name_of": name_of, "local": lambda moment: _local(moment, zone)},
        order_id=order_id,
        found=found,
        mails=mails,
        facts=facts,
        events=events(found),
        zone=zone.key,
    )


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return "–" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
