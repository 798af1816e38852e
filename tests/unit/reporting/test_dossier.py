"""The evidence's files: what stands in for a mail, and what is told of one that changed."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from daemon.reporting.dossier import REMOVED, Entry, entries, zipped
from tests.case_kit import filing, notice
from tests.fresh_ledger import open_ledger
from tests.ledger_kit import NOW, ORDER, Desk

UTC = ZoneInfo("UTC")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """One buyer message that is excused."""
    made = Desk.open(open_ledger(tmp_path / "ledger.db"))
    made.ledger.clocks.excuse(made.claim, made.message(), NOW)
    return made


def files(desk: Desk, originals: dict[int, bytes] | None = None) -> dict[str, Entry]:
    """All files of the order, by name."""
    found = desk.ledger.evidence.of_order(ORDER)
    return {file.name: file for file in entries(ORDER, found, originals or {}, [], None, UTC)}


def mail_of(found: dict[str, Entry]) -> Entry:
    """The one mail."""
    (name,) = (name for name in found if name.startswith("mails/"))
    return found[name]


def test_a_mail_whose_words_have_left_says_so(desk: Desk) -> None:
    """The time line and the figures are there all the same."""
    assert b"It arrived broken." in mail_of(files(desk)).content
    desk.ledger.privacy.expire(desk.claim, NOW + timedelta(days=1))
    found = files(desk)
    assert mail_of(found).content == REMOVED.encode()
    assert b"Buyer message arrived" in found["timeline.html"].content
    assert b"It arrived broken." not in b"".join(file.content for file in found.values())


@pytest.mark.parametrize("same", [True, False])
def test_a_mail_that_is_not_the_one_that_was_read_is_told(desk: Desk, same: bool) -> None:
    """By its hash; the manifest has the hash of what is in the zip."""
    (row,) = desk.ledger.evidence.of_order(ORDER).messages
    raw = b"Subject: x\r\n\r\nHello.\r\n"
    if same:
        row["content_hash"] = hashlib.sha256(raw).hexdigest()
        desk.ledger.engine.dispose()
        with desk.ledger.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE message SET content_hash = ?", (row["content_hash"],))
    found = files(desk, {row["id"]: raw})
    assert mail_of(found).content == raw
    assert ("NOT the bytes" in mail_of(found).about) is not same
    told = {each["name"]: each["sha256"] for each in json.loads(found["manifest.json"].content)["files"]}
    assert told[mail_of(found).name] == hashlib.sha256(raw).hexdigest()


def test_cases_stand_in_the_time_line(desk: Desk) -> None:
    """With what happened in them; two zips of it are the same bytes."""
    desk.ledger.cases.file(desk.claim, filing(notice(desk)))
    found = files(desk)
    assert b"A-to-z claim: received." in found["timeline.html"].content
    assert json.loads(found["facts.json"].content)["cases"][0]["order_id"] == ORDER
    assert zipped(list(found.values())) == zipped(list(files(desk).values()))
