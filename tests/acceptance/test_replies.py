"""What a draft is made of beside its template's words: orders, manuals, answers, and the notes beside it."""

import email
import json
import shutil
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from daemon.cli import main
from daemon.desk.order import OrderLine, Shipment
from daemon.ports.ledger import schema as t
from daemon.reply.copies import Copy, read_copy
from daemon.reply.knowledge import read_knowledge
from daemon.shipped import shipped
from tests.daemon_kit import House
from tests.mails import BROKEN, LATE, buyer_mail
from tests.stage_kit import ALIAS, ORDER, Stage

HOW = "How do I pair the lamp with the app on my phone? I read the manual twice and cannot find it."
ONE_STAR = (
    "I left you a one star review because the courier took three weeks and the delivery was a nightmare."
)
NOTICES = Path(__file__).parents[1] / "data" / "mail"
TODAY = datetime.now(UTC).date()
LINE = OrderLine(ORDER, "L-1", "B0ABCDEFGH", "Desk lamp, black", 1, "Shipped", "Amazon", "Amazon.de")
PARCEL = Shipment(ORDER, "JJD000390007", "DHL", "in transit", "L-1", TODAY, TODAY + timedelta(days=3))


def with_file(raw: bytes, name: str, content: bytes = b"%PDF-1.7 \xff") -> bytes:
    """The copy after an agent attached a file in their mail client."""
    mail = email.message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def test_a_file_that_the_agent_attached_is_sent(stage: Stage) -> None:
    """Approved with the text, rebuilt into the delivery, under the type of its name."""
    _, raw = stage.draft()
    stage.flush("Approval")
    stage.house.put("Approved", with_file(raw, "Größe 3.pdf"))
    stage.cycle()
    (accepted,) = stage.house.sink.accepted
    copy = read_copy(accepted.raw)
    assert [(file.name, file.type, file.content) for file in copy.attachments] == [
        ("Größe 3.pdf", "application/pdf", b"%PDF-1.7 \xff")
    ]
    assert copy.text == read_copy(raw).text


@pytest.mark.parametrize(
    ("name", "size", "reason"), [("tool.exe", 9, "attachments"), ("long.pdf", 10_000_001, "policy")]
)
def test_a_file_that_amazon_does_not_take_is_held(stage: Stage, name: str, size: int, reason: str) -> None:
    """The note says which file, and why."""
    _, raw = stage.draft()
    stage.flush("Approval")
    stage.house.put("Approved", with_file(raw, name, b"x" * size))
    stage.cycle()
    assert (stage.house.states(), stage.house.sink.accepted) == ({"held": 1}, [])
    (note,) = stage.house.notes()
    assert f"Reason: {reason}" in read_copy(note).text


def vouched(text: str, number: int = 1, **changes: object) -> bytes:
    """A buyer's mail that the mailbox's own server vouches for."""
    stamp = b"Authentication-Results: mx.shop.example; dmarc=pass header.from=marketplace.amazon.de\r\n"
    return stamp + buyer_mail(text, number=number, **{"alias": ALIAS, "order_id": ORDER, **changes})  # type: ignore[arg-type]  # as there


def trust(house: House) -> None:
    """The mailbox's own server may vouch for senders."""
    text = house.config.read_text()
    house.config.write_text(text.replace('brand = "Acme"', 'brand = "Acme"\nauthserv_id = "mx.shop.example"'))


def import_orders(house: House) -> None:
    """What `firstreply import orders` would have stored."""
    ledger = house.ledger()
    ledger.orders.store([LINE], [PARCEL], datetime.now(UTC))
    ledger.close()


def drafts(stage: Stage) -> dict[str, Copy]:
    """The drafts that wait, by the alias they go to."""
    copies = map(read_copy, stage.house.drafts().values())
    return {copy.recipients[0].partition("@")[0]: copy for copy in copies}


def rows(house: House, *columns: sa.Column[str]) -> list[tuple[object, ...]]:
    """Columns of all rows of a table, in order."""
    ledger = house.ledger()
    with ledger.engine.connect() as connection:
        found = [
            tuple(row) for row in connection.execute(sa.select(*columns).order_by(columns[0].table.c.id))
        ]
    ledger.close()
    return found


def library(house: House) -> None:
    """A catalogue, a manual and the shipped examples of the knowledge base, for the lamp of the tests."""
    (house.root / "catalogue.csv").write_text("asin,name,manual\nB0ABCDEFGH,Lumio desk lamp,lumio.pdf\n")
    (house.root / "manuals").mkdir()
    (house.root / "manuals" / "lumio.pdf").write_bytes(b"%PDF-1.7 Lumio")
    shutil.copytree(shipped("config") / "knowledge", house.root / "knowledge")
    for file in (house.root / "knowledge").glob("lumio*"):
        file.write_text(file.read_text().replace("B0EXAMPLE1", "B0ABCDEFGH"))


def test_an_imported_order_fills_the_draft_of_a_vouched_mail_only(stage: Stage) -> None:
    """Carrier, number, status and day for the buyer that Amazon vouches for; gaps for anybody else."""
    trust(stage.house)
    import_orders(stage.house)
    stage.house.put("INBOX", vouched(LATE))
    stage.house.put("INBOX", buyer_mail(LATE, number=2, alias="f2w8s5c1n7zsame", order_id=ORDER))
    # vouched for, yet the order stands only in the buyer's own words: anybody can write a number
    stage.house.put("INBOX", vouched(f"{LATE} It is order {ORDER}.", 3, alias="h4k9p2v6b3ysame", order_id=""))
    stage.cycle()
    found = drafts(stage)
    known = found[ALIAS].own_words
    assert all(word in known for word in ("DHL", "JJD000390007", "on its way", f"{PARCEL.expected_on:%Y}"))
    assert "[[" not in known
    for alias in ("f2w8s5c1n7zsame", "h4k9p2v6b3ysame"):
        assert "[[tracking number]]" in found[alias].own_words
        assert "JJD000390007" not in found[alias].own_words
    gaps = ["carrier", "tracking number", "tracking status", "expected date"]
    assert [row[0] for row in rows(stage.house, t.draft.c.gaps)] == [None, "\n".join(gaps), "\n".join(gaps)]


def test_a_question_is_answered_from_the_knowledge_base_with_the_manual(stage: Stage) -> None:
    """Steps and file are in the draft, the place of the answer is on record, and both reach the buyer."""
    library(stage.house)
    uid, raw = stage.draft(HOW)
    copy = read_copy(raw)
    assert "Hold the power button of the lamp for five seconds" in copy.own_words
    assert "The manual is attached (lumio.pdf)" in copy.own_words
    assert rows(stage.house, t.draft.c.gaps, t.draft.c.source) == [
        (None, "lumio-lamp-en.md, Pair the lamp with the app on a phone")
    ]
    stage.house.move(uid, "Approved")
    stage.cycle()
    (accepted,) = stage.house.sink.accepted
    assert read_copy(accepted.raw).attachments == copy.attachments
    assert [(file.name, file.content) for file in copy.attachments] == [("lumio.pdf", b"%PDF-1.7 Lumio")]


def test_a_promise_takes_the_place_of_gaps_when_the_limit_is_near(stage: Stage) -> None:
    """With 20 of 120 minutes left the buyer hears when the answer will come."""
    stage.house.put("INBOX", vouched(LATE, age=timedelta(minutes=100)))
    stage.cycle()
    assert "complete answer from me by" in drafts(stage)[ALIAS].own_words
    assert rows(stage.house, t.draft.c.template, t.draft.c.gaps) == [("holding", None)]


def test_a_waiting_draft_with_gaps_becomes_a_promise_or_an_answer_when_it_is_late(stage: Stage) -> None:
    """An untouched one is replaced: by a promise and a note, or by the answer when its facts have come."""
    trust(stage.house)
    for number, alias in enumerate((ALIAS, "f2w8s5c1n7zsame", "h4k9p2v6b3ysame"), 1):
        stage.house.put(
            "INBOX",
            vouched(
                LATE, number, alias=alias, order_id=ORDER if alias == ALIAS else f"302-1234567-{number:07d}"
            ),
        )
    stage.cycle()
    drafts_ = {
        read_copy(raw).recipients[0].partition("@")[0]: uid for uid, raw in stage.house.drafts().items()
    }
    stage.house.move(drafts_["h4k9p2v6b3ysame"], "Drafts")  # somebody has it in hand
    import_orders(stage.house)
    stage.sql("UPDATE response_clock SET nearest_at = started_at + (nearest_at - started_at) / 20")
    stage.cycle(2)
    found = drafts(stage)
    assert set(found) == {ALIAS, "f2w8s5c1n7zsame"}
    assert "JJD000390007" in found[ALIAS].own_words
    assert "complete answer from me by" in found["f2w8s5c1n7zsame"].own_words
    (note,) = map(read_copy, stage.house.notes())
    assert "carrier, tracking number, tracking status, expected date" in " ".join(note.text.split())
    assert "[[carrier]]" in read_copy(next(iter(stage.house.mails("Drafts").values()))).own_words


@pytest.mark.parametrize(("step", "when"), [("plan", "before"), ("plan", "after"), ("append_draft", "after")])
def test_the_texts_to_paste_come_once_and_are_never_sent(stage: Stage, step: str, when: str) -> None:
    """A review blamed on the delivery: a public reply and a removal request, after any crash once each."""
    stage.house.put("INBOX", vouched(ONE_STAR))
    stage.dies(step, when)
    stage.cycle(2)
    notes = {uid: raw for uid, raw in stage.house.mails("Approval").items() if b"\r\nAuto-Submitted:" in raw}
    assert sorted(read_copy(raw).subject.partition(" (")[0] for raw in notes.values()) == [
        "To paste: public reply to a review or feedback",
        "To paste: request to strike feedback through",
    ]
    assert {row[0] for row in rows(stage.house, t.draft.c.template)} == {"negative_review_delivery"}
    public = next(read_copy(raw).text for raw in notes.values() if b"public reply" in raw)
    assert "wir klären das mit dem Versanddienst" in " ".join(public.split())  # Amazon.de is read by Germans
    for uid in notes:
        stage.house.move(uid, "Approved")
    stage.cycle()
    assert (stage.house.notes(), stage.house.mails("Approved"), stage.house.sink.accepted) == ([], {}, [])


def test_a_claim_gets_its_statement_and_no_draft(stage: Stage) -> None:
    """Amazon's notice: one note to paste from, with what the order files tell."""
    import_orders(stage.house)
    notice = (NOTICES / "notice-a-to-z-en.eml").read_bytes().replace(b"302-1234567-7654321", ORDER.encode())
    stage.house.put("INBOX", notice)
    stage.cycle(2)
    notes = map(read_copy, stage.house.notes())
    (note,) = (note for note in notes if note.subject.startswith("To paste"))  # beside the case's own
    assert note.subject == f"To paste: statement on a claim (order {ORDER})"
    assert "DHL, JJD000390007" in note.text
    assert stage.house.drafts() == {}


def test_a_template_of_the_sellers_own_is_used_and_a_broken_one_is_told(stage: Stage) -> None:
    """The folder beside the configuration; a mistake in it costs the text of one draft, and no more."""
    own = stage.house.root / "templates" / "en"
    own.mkdir(parents=True)
    (own / "product_issue.txt.j2").write_text("Dear {{ buyer_name }}, a new lamp is on its way.\n")
    assert "Dear Mia, a new lamp is on its way." in read_copy(stage.draft()[1]).own_words
    (own / "product_issue.txt.j2").write_text("{% if %}")
    stage.house.receive(BROKEN, alias=ALIAS, order_id=ORDER)
    stage.cycle()
    assert read_copy(stage.waiting()[1]).own_words == "[[answer]]"
    (note,) = map(read_copy, stage.house.notes())
    assert "product_issue.txt.j2, line 1" in note.text


def test_what_an_agent_wrote_counts_in_the_report_and_can_be_promoted(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """The gap was filled by hand: an edited template in the report, then an answer of the knowledge base."""
    _, raw = stage.draft(HOW)
    mail = email.message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    mail.set_content(mail.get_content().replace("[[usage steps]]", "Hold the button until it blinks blue."))
    stage.flush("Approval")
    stage.house.put("Approved", mail.as_bytes())
    stage.cycle()
    options = ["--config", str(stage.house.config), "--json"]
    assert main(["report", *options]) == 0
    outcomes = json.loads(capsys.readouterr().out)["templates"]
    assert {key: outcomes["en/usage_question"][key] for key in ("sent", "as_is", "light")} == {
        "sent": 1,
        "as_is": 0,
        "light": 1,
    }
    (stage.house.root / "knowledge").mkdir()
    for _ in range(2):
        assert main(["knowledge", "promote", ORDER, "--title", "Pair the lamp: how?", *options]) == 0
    files = sorted((stage.house.root / "knowledge").iterdir())
    assert [file.name for file in files] == ["pair-the-lamp-how-en-2.md", "pair-the-lamp-how-en.md"]
    (passage,) = read_knowledge(stage.house.root / "knowledge")[0].passages[:1]
    assert (passage.text, passage.asins) == ("Hold the button until it blinks blue.", ("B0ABCDEFGH",))
    assert main(["knowledge", "promote", "302-0000000-0000000", "--title", "x", *options]) == 1
    assert main(["knowledge", "promote", "lamp", "--title", "x", *options]) == 78


def test_nobody_asks_the_server_while_a_batch_of_drafts_is_on_its_way(stage: Stage) -> None:
    """Buyers with waiting drafts write again, in batches of two: each untouched draft is replaced."""
    config = stage.house.config
    config.write_text(config.read_text().replace("[cycle]", "[cycle]\nbatch = 2"))
    for _ in range(2):
        for number in range(8):
            order = f"302-1234567-{number:07d}"
            stage.house.receive(BROKEN, alias=f"q7d2k9x4m1v{number:04d}", order_id=order)
        stage.cycle(2)
    assert stage.house.states() == {"queued": 8, "superseded": 8}
    assert len(stage.house.drafts()) == 8
