"""`firstreply labels`: what people see, what leaves the house, and what comes back in."""

import json
from pathlib import Path
from typing import Any

import pytest

from classifier.corpus import read_evaluation
from daemon.cli import main
from daemon.desk.playbook import Scenario
from daemon.ports.ledger.labels import LabelSource
from tests.ledger_kit import HOUR, NOW
from tests.unit.classifier.conftest import Shop

WORDS = "Not the flumpet I ordered"


@pytest.fixture
def taught_shop(shop: Shop) -> Shop:
    """Anna corrected a message twice; another one's draft was sent as it was."""
    desk = shop.desk
    message = desk.message(text=WORDS, subject="About the flumpet")
    for hours, scenario in enumerate((Scenario.OTHER, Scenario.RETURN_REQUEST)):
        desk.ledger.labels.record(
            desk.claim, message, scenario, LabelSource.RECLASSIFY, "anna", NOW + hours * HOUR / 7
        )
    other = desk.message(alias="another")
    desk.ledger.deliveries.sent(desk.claim, desk.sending(desk.approved(other)), 250, "ok", NOW + HOUR)
    return shop


def run(shop: Shop, *words: str | Path) -> int:
    """The command."""
    return main(["labels", str(words[0]), "--config", str(shop.config), *map(str, words[1:])])


def answer(shop: Shop, capsys: pytest.CaptureFixture[str], *words: str | Path) -> Any:  # noqa: ANN401  whatever it prints
    """What it prints as JSON."""
    capsys.readouterr()
    run(shop, *words, "--json")
    return json.loads(capsys.readouterr().out)


def test_the_list_tells_who_what_and_when(taught_shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """The newest last; what was overruled is marked; a buyer's words only where they are asked for."""
    rows = answer(taught_shop, capsys, "list")["labels"]
    assert [(row["who"], row["label"], row["source"], row["in_force"]) for row in rows] == [
        ("anna", "other", "reclassify", False),
        ("anna", "return_request", "reclassify", True),
        ("agent", "product_issue", "confirmation", True),
    ]
    assert (rows[0]["at"], rows[2]["weight"]) == ("2026-03-02T10:00:00Z", 0.3)
    assert run(taught_shop, "list") == 0
    shown = capsys.readouterr().out
    assert "anna" in shown
    assert "overruled" in shown
    for words in (json.dumps(rows), shown):
        assert "flumpet" not in words
    assert answer(taught_shop, capsys, "list", "--with-text")["labels"][0]["text"] == WORDS
    run(taught_shop, "list", "--with-text")
    assert "flumpet" in capsys.readouterr().out


def test_an_export_comes_back_without_a_change(
    taught_shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Into the same ledger, in which every line is known."""
    file = tmp_path / "labels.jsonl"
    assert run(taught_shop, "export", "--output", file) == 0
    assert "flumpet" not in file.read_text(encoding="utf-8")
    before = taught_shop.desk.ledger.labels.recorded()
    (told,) = answer(taught_shop, capsys, "import", file)["files"]
    assert (told["recorded"], told["known"], told["bad"]) == (0, 3, [])
    assert taught_shop.desk.ledger.labels.recorded() == before


def test_an_export_with_text_teaches_another_house(
    taught_shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which knows none of its messages, twice as little as once; and `evaluate` reads it."""
    assert run(taught_shop, "export", "--with-text") == 0
    file = tmp_path / "labels.jsonl"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    taught_shop.configure("")
    text = taught_shop.config.read_text(encoding="utf-8")
    elsewhere = Shop(tmp_path / "elsewhere.toml", taught_shop.desk)
    elsewhere.config.write_text(text.replace("state/ledger.db", "state/another.db"), encoding="utf-8")
    for recorded in (3, 0):
        assert answer(elsewhere, capsys, "import", file)["files"][0]["recorded"] == recorded
    rows = answer(elsewhere, capsys, "list", "--with-text")["labels"]
    assert [(row["label"], row["text"], row["in_force"]) for row in rows] == [
        ("other", WORDS, False),
        ("return_request", WORDS, True),
        ("product_issue", "It arrived broken.", True),
    ]
    assert [row.label for row in read_evaluation(file)] == ["other", "return_request", "product_issue"]


BAD = (
    ('{"label": "late", "text": "a"}', "label: Input should be 'product_issue'", "Write one of them"),
    ('{"text": "a"}', "label: Field required", "Add it"),
    ('{"label": "other", "txt": "a"}', "txt: Extra inputs", "correct its spelling"),
    ('{"label": "other"}', "names no message", "its text"),
    ("{", "Invalid JSON", "one JSON object on each line"),
    ('["other"]', "object", ""),
    ('{"label": "other", "text": "a", "weight": 11}', "weight: Input should be less", "Correct"),
    (
        '{"label": "other", "text": "a", "at": "2026-03-01T10:00:00"}',
        "at: Input should have timezone",
        "zone",
    ),
    ('{"label": "other", "text": "a", "at": "2999-03-01T10:00:00Z"}', "at: lies in the future", "Correct"),
    ('{"label": "other", "content_hash": "x"}', "content_hash: String should match", "Correct"),
    ('{"label": "other", "message_id": "<gone@x>"}', "no such message", "--with-text"),
    ('{"label": "other", "text": "\\ud800"}', "Invalid JSON", ""),
)


def test_bad_lines_are_told_and_the_others_taken(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With file, line, field and remedy; never with a buyer's words."""
    file = tmp_path / "labels.jsonl"
    lines = ['{"label": "satisfied", "text": "My flumpet works"}', *(line for line, *_ in BAD), ""]
    file.write_bytes("\n".join(lines).encode() + b'{"label": "other", "text": "\xff"}')
    assert run(shop, "import", file, "--who", "ben") == 1
    shown = capsys.readouterr().out
    assert f"{file}: 1 labels recorded, 0 known already, {len(BAD) + 1} bad" in shown
    told = [line for line in shown.splitlines() if "skipped" in line]
    for number, (line, (_, problem, remedy)) in enumerate(zip(told, BAD, strict=False), 2):
        assert line.strip().startswith(f"{file}:{number} skipped: {problem}") or problem in line, line
        assert remedy in line
    assert told[-1].strip().startswith(f"{file}:{len(BAD) + 2}")
    (label,) = shop.desk.ledger.labels.taught(0.3)
    assert (label.who, label.scenario) == ("ben", Scenario.SATISFIED)


def test_what_cannot_be_read_or_written_is_said(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the file and a remedy, and the status of a wrong configuration."""
    assert run(shop, "import", tmp_path / "nowhere.jsonl") == 78
    assert run(shop, "export", "--output", tmp_path) == 78
    (tmp_path / "state" / "ledger.db").unlink()
    assert run(shop, "list") == 78
    told = capsys.readouterr().err
    assert "nowhere.jsonl: cannot be read" in told
    assert "cannot be written" in told
    assert "there is no ledger yet" in told
