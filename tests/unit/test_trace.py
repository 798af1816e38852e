"""`firstreply trace`: the whole life of a message, without a word of anybody's."""

import json
from pathlib import Path
from typing import Any

import pytest

from daemon.cli import main
from daemon.desk.alert import Alert, AlertKind
from tests.case_kit import filing, promise
from tests.case_kit import notice as claim_notice
from tests.fresh_ledger import open_ledger
from tests.ledger_kit import MINUTE, NOW, ORDER, Desk
from tests.receipt_kit import notice, sending
from tests.unit.test_settings import LEAST

WORDS = (
    "broken",
    "Jane",
    "Sorry",
    "Inquiry",
    "jd7x2kq4w9bnm5t",
    "approved bytes",
    "wire bytes",
    "note bytes",
)
"""What buyer, agent and templates wrote in this ledger, and the relay address."""


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    """Another buyer's message; and one that was answered with a promise, filed, confirmed, and a claim's."""
    desk = Desk.open(open_ledger(tmp_path / "ledger.db"))
    desk.message(alias="another9bnm5t22", conversation=None)
    message = desk.message()
    draft = desk.approved(message)
    delivery = desk.sending(draft)
    desk.ledger.deliveries.sent(
        desk.claim, delivery, 250, "2.0.0 kept for jd7x2kq4w9bnm5t@x.example", NOW + MINUTE
    )
    desk.ledger.deliveries.filed(desk.claim, delivery, NOW + MINUTE)
    case = desk.ledger.cases.file(desk.claim, promise(delivery, 1))
    told = Alert(AlertKind.CASE_DUE, "case:1", "", "case", case)
    desk.ledger.cases.remind(desk.claim, told, desk.note("case_due"), NOW + 2 * MINUTE)
    about = sending(desk, delivery)
    desk.ledger.receipts.confirm(desk.claim, notice(desk, NOW + MINUTE), about, NOW + MINUTE, NOW + MINUTE)
    desk.ledger.drafts.leave_note(desk.claim, desk.note(), NOW + MINUTE, draft.draft_id)
    claim = filing(claim_notice(desk))
    desk.ledger.cases.file(desk.claim, claim)
    (tmp_path / "firstreply.toml").write_text(f'ledger = "sqlite:///{tmp_path}/ledger.db"\n{LEAST}')
    return desk


def traced(desk: Desk, capsys: pytest.CaptureFixture[str], which: str, *options: str) -> str:
    """What the command prints."""
    config = Path(str(desk.ledger.engine.url.database)).parent / "firstreply.toml"
    assert main(["trace", "--config", str(config), which, *options]) == 0
    return capsys.readouterr().out


def header_of(desk: Desk, table: str) -> str:
    """A Message-ID that this life knows."""
    with desk.ledger.engine.connect() as connection:
        column = "message_id" if table == "message" else "message_id_header"
        return str(connection.exec_driver_sql(f"SELECT {column} FROM {table} ORDER BY id DESC").scalar())  # noqa: S608  names from here


@pytest.mark.parametrize("table", ["message", "draft", "delivery", "note"])
def test_each_mail_of_a_life_leads_to_all_of_it(
    desk: Desk, capsys: pytest.CaptureFixture[str], table: str
) -> None:
    """By the buyer's Message-ID, the draft's or the delivery's, with brackets or without, or by the order."""
    found = traced(desk, capsys, header_of(desk, table).strip("<>"), "--json")

    assert found == traced(desk, capsys, header_of(desk, table), "--json")
    assert found == traced(desk, capsys, ORDER, "--json")
    assert json.loads(found)["ids"] == {
        "message": [2, 3, 4],
        "clock": [1],
        "draft": [1],
        "delivery": [1],
        "note": [2],
        "case": [1, 2],
    }


@pytest.mark.parametrize("name", ["message=2", "3", "draft=1", "case=2", "token"])
def test_a_number_of_the_log_leads_to_all_of_it(
    desk: Desk, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """As a log line names it, a message's alone, and a draft's token."""
    if name == "token":
        name = desk.draft(1).token
    assert traced(desk, capsys, name, "--json") == traced(desk, capsys, ORDER, "--json")
    assert json.loads(traced(desk, capsys, "message=1", "--json"))["ids"]["message"] == [1]


def test_the_steps_come_in_their_order(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Every state of the draft and its delivery, and the answer of the server."""
    steps: list[dict[str, Any]] = json.loads(traced(desk, capsys, ORDER, "--json"))["steps"]

    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    states = [
        step["new_state"] for step in steps if step["subject"] in {"draft", "delivery"} and step["new_state"]
    ]
    assert states == ["planned", "queued", "approved", "prepared", "sending", "sent", "confirmed"]
    assert steps[0]["what"] == "arrived"
    assert any(step["detail"].startswith("250 2.0.0 kept") for step in steps)
    told = {(step["subject"], step["what"]) for step in steps}
    assert {("clock", "clock_started"), ("clock", "nearest_limit"), ("clock", "accepted")} <= told
    assert [step["what"] for step in steps].count("filed") == 1
    assert {("delivery", "filed"), ("case", "promised"), ("case", "due"), ("alert", "raised")} <= told
    assert {("receipt", "receipt"), ("clock", "confirmed"), ("note", "planned")} <= told


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_no_word_of_anybody_is_told(
    desk: Desk, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    """A trace can be shown to a stranger who helps."""
    found = traced(desk, capsys, ORDER, *options)

    assert "sending" in found
    assert [word for word in WORDS if word in found] == []


@pytest.mark.parametrize(
    ("which", "status"),
    [
        ("lamp", 78),
        ("mail=3", 78),
        ("draft=99", 1),
        ("a2" * 12, 1),
        ("<nobody@example.com>", 1),
        ("302-9999999-9999999", 1),
    ],
)
def test_what_nobody_knows_is_said(
    desk: Desk, capsys: pytest.CaptureFixture[str], which: str, status: int
) -> None:
    """Neither form, or nothing in this ledger."""
    config = Path(str(desk.ledger.engine.url.database)).parent / "firstreply.toml"
    assert main(["trace", "--config", str(config), which]) == status
    assert capsys.readouterr().err
