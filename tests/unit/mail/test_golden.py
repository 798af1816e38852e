"""The invented mails and their golden readings: every row of the reference, language by kind."""

import json
from pathlib import Path

import pytest

from daemon.mail.kinds import Kind, Notice
from daemon.mail.understanding import REASONS
from tests import golden

MAILS = sorted(golden.FOLDER.glob("*.eml"))
READINGS = [json.loads(path.with_suffix(".json").read_text("utf-8")) for path in MAILS]
# limits whose mails are too large to keep as files; test_guard.py makes them
TOO_LARGE_TO_KEEP = {"too_big", "header_too_big", "too_many_parts", "too_much_nesting", "parser_failed"}
KEYS = {
    "kind", "reason", "notice", "message_id", "from", "reply_to", "relay", "order_ids", "asins", "product",
    "buyer_name", "language", "subject", "text", "attachments", "no_response_url", "reply_within_days",
    "defects",
}  # fmt: skip


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_mail_is_read_as_its_golden_file_says(path: Path) -> None:
    """The reading of each mail is exactly what a person checked."""
    assert golden.reading(path.read_bytes()) == path.with_suffix(".json").read_text("utf-8")


def test_files_are_those_that_are_described() -> None:
    """No mail on disk differs from its description, none is missing, none is left over."""
    assert {path.stem: path.read_bytes() for path in MAILS} == golden.samples()


def test_there_are_enough_mails() -> None:
    """At least 80 mails, of every kind and every notice, in the languages of the reference."""
    assert len(MAILS) >= 80
    assert {reading["kind"] for reading in READINGS} == set(Kind)
    assert {reading["notice"] for reading in READINGS} == {*Notice, None}
    languages = {reading["language"] for reading in READINGS if reading["kind"] == "buyer_message"}
    assert languages >= {"en", "de", "fr", "it", "es", "ja", "zh", "nl", "pl", "sv", "pt", "tr"}


def test_each_reason_has_a_mail() -> None:
    """Every reason slug is given by some mail, and no reading gives one that is not documented."""
    given = {reading["reason"] for reading in READINGS}
    assert set(REASONS) - given == TOO_LARGE_TO_KEEP
    assert given <= set(REASONS)


def test_reading_has_the_promised_keys() -> None:
    """No key of the published shape is missing, the relay and attachments have theirs, too."""
    for reading in READINGS:
        assert reading.keys() >= KEYS
        if reading["relay"]:
            assert reading["relay"].keys() == {"address", "alias", "case", "marketplace"}
        for attachment in reading["attachments"]:
            assert attachment.keys() == {"name", "type", "bytes"}


def test_relay_is_kept_whole() -> None:
    """The `+case` part of an address stays in the address and leaves the alias."""
    reading = json.loads((golden.FOLDER / "buyer-case-uuid.json").read_text("utf-8"))
    case = "11111111-2222-4333-8444-555555555555"
    assert reading["relay"]["address"] == f"abc123def456ghi+{case}@marketplace.amazon.co.jp"
    assert (reading["relay"]["alias"], reading["relay"]["case"]) == ("abc123def456ghi", case)
