"""`firstreply trace`: the whole life of a message, without a word of anybody's."""

import json
from pathlib import Path
from typing import Any

import pytest

from daemon.cli import main
from tests.fresh_ledger import open_ledger
from tests.ledger_kit import MINUTE, NOW, ORDER, Desk
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
    """An answered message of one buyer, and another buyer's that nobody answered."""
    desk = Desk.open(open_ledger(tmp_path / "ledger.db"))
    message = desk.message()
    delivery = desk.sending(desk.approved(message))
    desk.ledger.deliveries.sent(
        desk.claim, delivery, 250, "2.0.0 kept for jd7x2kq4w9bnm5t@x.example", NOW + MINUTE
    )
    desk.message(alias="another9bnm5t22", conversation=None)
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
        return str(connection.exec_driver_sql(f"SELECT {column} FROM {table} ORDER BY id").scalar())  # noqa: S608  names from here


@pytest.mark.parametrize("table", ["message", "draft", "delivery"])
def test_each_mail_of_a_life_leads_to_all_of_it(
    desk: Desk, capsys: pytest.CaptureFixture[str], table: str
) -> None:
    """By the buyer's Message-ID, the draft's or the delivery's, with brackets or without, or by the order."""
    found = traced(desk, capsys, header_of(desk, table).strip("<>"), "--json")

    assert found == traced(desk, capsys, header_of(desk, table), "--json")
    assert found == traced(desk, capsys, ORDER, "--json")
    assert json.loads(found)["ids"] == {
        "message": [1],
        "clock": [1],
        "draft": [1],
        "delivery": [1],
        "note": [],
    }


def test_the_steps_come_in_their_order(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Every state of the draft and its delivery, and the answer of the server."""
    steps: list[dict[str, Any]] = json.loads(traced(desk, capsys, ORDER, "--json"))["steps"]

    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    states = [
        step["new_state"] for step in steps if step["subject"] in {"draft", "delivery"} and step["new_state"]
    ]
    assert states == ["planned", "queued", "approved", "prepared", "sending", "sent"]
    assert steps[0]["what"] == "arrived"
    assert any(step["detail"].startswith("250 2.0.0 kept") for step in steps)
    assert {"clock_started", "nearest_limit", "accepted"} <= {step["what"] for step in steps}


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_no_word_of_anybody_is_told(
    desk: Desk, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    """A trace can be shown to a stranger who helps."""
    found = traced(desk, capsys, ORDER, *options)

    assert "sending" in found
    assert [word for word in WORDS if word in found] == []


@pytest.mark.parametrize(
    ("which", "status"), [("lamp", 78), ("<nobody@example.com>", 1), ("302-9999999-9999999", 1)]
)
def test_what_nobody_knows_is_said(
    desk: Desk, capsys: pytest.CaptureFixture[str], which: str, status: int
) -> None:
    """Neither form, or nothing in this ledger."""
    config = Path(str(desk.ledger.engine.url.database)).parent / "firstreply.toml"
    assert main(["trace", "--config", str(config), which]) == status
    assert capsys.readouterr().err
