"""`firstreply evidence`: everything about an order in one zip, on a real mailbox."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from daemon.cli import main
from daemon.mail.message import parse
from tests.mails import BROKEN, buyer_mail
from tests.stage_kit import ALIAS, ORDER, Stage

HOSTILE = BROKEN + " <script>alert('mine')</script> ../../etc/passwd"


def written(stage: Stage, *options: str, order: str = ORDER) -> tuple[int, dict[str, bytes], bytes]:
    """Exit status, the files by name, and the zip's own bytes."""
    path = stage.house.root / "evidence.zip"
    path.unlink(missing_ok=True)
    status = main(
        ["evidence", "--config", str(stage.house.config), order, "--output", str(path), "--json", *options]
    )
    if not path.exists():
        return status, {}, b""
    raw = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        return status, {info.filename: archive.read(info) for info in archive.infolist()}, raw


def only(files: dict[str, bytes], folder: str) -> list[bytes]:
    """The files of one folder."""
    return [content for name, content in sorted(files.items()) if name.startswith(f"{folder}/")]


def test_everything_about_an_order_is_in_one_zip(stage: Stage) -> None:
    """The mail as it lies in the inbox, draft, delivery, time line, facts; hashes; the same bytes again."""
    uid, _ = stage.draft(HOSTILE)
    received = stage.house.mails("INBOX")
    stage.house.move(uid, "Approved")
    stage.cycle()
    stage.house.receive("Another order.", alias="somebodyelse99x", order_id="302-9999999-9999999")
    stage.cycle()
    status, files, raw = written(stage)
    assert status == 0
    assert only(files, "mails") == list(received.values())
    (accepted,) = stage.house.sink.accepted
    (delivery,) = only(files, "deliveries")
    assert parse(delivery).message_id == parse(accepted.raw).message_id
    assert len(only(files, "drafts")) == 1
    manifest = json.loads(files.pop("manifest.json"))
    assert {row["name"]: row["sha256"] for row in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }
    facts: dict[str, Any] = json.loads(files["facts.json"])
    assert [row["order_id"] for row in facts["conversations"]] == [ORDER]
    assert facts["clocks"][0]["state"] == "answered"
    page = files["timeline.html"].decode()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert page.count("sorry") == 1, "the answer's own words"
    for told in ("Buyer message arrived", "The response clock ended: answered", "Delivery 1: sent."):
        assert told in page, told
    assert b"302-9999999" not in b"".join(files.values())
    assert (stage.house.root / "password").read_bytes() not in b"".join(files.values())
    assert written(stage)[2] == raw


def test_a_persons_own_answer_is_there_too(stage: Stage) -> None:
    """Found in Sent by what it answers."""
    stage.draft()
    (original,) = stage.house.mails("INBOX").values()
    answer = (
        f"From: support@shop.example\r\nTo: {ALIAS}@marketplace.amazon.de\r\nSubject: Re: x\r\n"
        f"Message-ID: <by.hand@shop.example>\r\nIn-Reply-To: {parse(original).message_id}\r\n\r\nBy hand.\r\n"
    ).encode()
    stage.house.put("Sent", answer)
    assert only(written(stage)[1], "answers") == [answer]


@pytest.mark.parametrize("gone", ["--offline", "moved", "unreachable"])
def test_what_cannot_be_fetched_is_told_from_the_ledger(
    stage: Stage, gone: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stored words stand in for the mail, and nothing else is lost."""
    stage.draft()
    if gone == "moved":
        stage.flush("INBOX")
    if gone == "unreachable":
        stage.house.configure(imap_port=1)
    status, files, _ = written(stage, *([gone] if gone.startswith("--") else []))
    assert status == 0
    (mail,) = only(files, "mails")
    assert BROKEN in mail.decode()
    told = [row["about"] for row in json.loads(files["manifest.json"])["files"]]
    assert "its words in the ledger; the mail could not be fetched" in told
    assert ("told from the ledger" in capsys.readouterr().err) == (gone == "unreachable")


def test_an_order_that_nobody_knows(stage: Stage, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Exit 1 for an unknown one and for a folder that is not there, 78 for what is no order's number."""
    assert written(stage, order="302-0000000-0000000")[0] == 1
    assert written(stage, order="lamp")[0] == 78
    assert "302-1234567-7654321" in capsys.readouterr().err
    stage.house.put("INBOX", buyer_mail(BROKEN, alias=ALIAS, order_id=ORDER))
    stage.cycle()
    config = ["--config", str(stage.house.config)]
    assert main(["evidence", *config, ORDER, "--output", str(tmp_path / "no" / "x.zip")]) == 1
