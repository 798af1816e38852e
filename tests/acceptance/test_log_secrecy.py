"""The log of a whole life: every line can be joined, and none holds a secret or anybody's words."""

import re

import pytest

from daemon.mail.message import parse
from tests.stage_kit import ALIAS, Stage

BUYER = "zebrastripes"
"""A word that only the buyer wrote."""
AGENT = "quagmirewords"
NAME = "Zenobiaxx"


def lines(stage: Stage, level: str) -> list[str]:
    """What the daemon logged."""
    assert level in stage.house.config.read_text()
    return stage.house.log().splitlines()


@pytest.mark.parametrize("form", ["key_value", "json"])
def test_a_life_in_the_log(stage: Stage, form: str) -> None:
    """Received, edited, held by the guard, approved, refused once, sent, filed: at the finest level."""
    stage.house.settings(f'[log]\nformat = "{form}"\nlevel = "debug"')
    _, raw = stage.draft(f"The {BUYER} lamp arrived broken. Call me, {NAME}, at zenobia@private.example.")
    stage.house.put("Approved", stage.edited(raw, f"{AGENT}: write to me at shop@elsewhere.example"))
    stage.flush("Approval")
    stage.cycle(2)
    (held,) = stage.house.drafts()
    stage.house.put("Approved", stage.edited(raw, f"{AGENT}: we are sorry."))
    stage.flush("Approval")
    assert held
    stage.house.sink.fault = "rcpt_450"
    stage.cycle()
    stage.house.sink.fault = None
    stage.sql("UPDATE delivery SET next_attempt_at = 0 WHERE state = 'prepared'")
    stage.cycle(2)

    assert len(stage.house.sink.accepted) == 1
    log = lines(stage, form)
    password = (stage.house.root / "password").read_text()
    key = stage.rows("SELECT value FROM house WHERE name = 'link_key'")[0][0]
    token = stage.rows("SELECT token FROM draft")[0][0]
    planted = [
        BUYER,
        AGENT,
        NAME,
        "private.example",
        password,
        str(key),
        ALIAS,
        str(token),
        "elsewhere.example",
    ]
    assert [(word, line) for word in planted for line in log if word in line] == []
    assert BUYER in str(parse(raw).text), "the draft quotes the buyer: there was something to leak"
    alone = [line for line in log if "draft" in fields(line, form) and "message" not in fields(line, form)]
    assert alone == []
    assert {"message_read", "draft_queued", "draft_held", "draft_approved", "attempt", "filed"} <= events(
        log, form
    )


def fields(line: str, form: str) -> set[str]:
    """The names of a line's values."""
    return set(re.findall(r'"(\w+)": ' if form == "json" else r"(\w+)=", line))


def events(log: list[str], form: str) -> set[str]:
    """What the lines tell of."""
    pattern = r'"event": "(\w+)"' if form == "json" else r"event=(\w+)"
    return {found[1] for line in log if (found := re.search(pattern, line))}
