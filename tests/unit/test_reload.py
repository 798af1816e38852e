"""A reload takes over what the seller wrote down since, and a broken file changes nothing."""

import asyncio
from pathlib import Path
from typing import cast

import pytest

from daemon.desk.playbook import Scenario
from daemon.house import House
from daemon.service import Service
from daemon.settings import load
from tests.config_kit import LEAST

QUESTION = '+++\ntitle = "How do I reset it?"\n+++\nHold the button.\n'


@pytest.fixture(name="config")
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with the seller's own files beside it."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    for name, text in (
        ("firstreply.toml", LEAST.format(root=tmp_path)),
        ("playbook.toml", ""),
        ("catalogue.csv", "asin,name\nB0EXAMPLE1,Lamp\n"),
        ("templates/en/holding.txt.j2", "We are looking into it.\n"),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "firstreply.toml"


def facts(house: House) -> tuple[int, str, str]:
    """What a reload can change, as far as these tests change it."""
    text = house.templates.render("holding", "en", {}).text
    return len(house.library.catalogue.products), text, str(house.playbook.plays[Scenario.OTHER].target)


@pytest.mark.parametrize(
    ("name", "broken", "mended"),
    [
        ("playbook.toml", "[other\n", '[other]\ntarget = "3h"\n'),
        (
            "catalogue.csv",
            "asin\nB0EXAMPLE1,Lamp,,,,,,,,\nnonsense\n",
            "asin,name\nB0EXAMPLE1,Lamp\nB0EXAMPLE2,Cable\n",
        ),
        ("templates/en/holding.txt.j2", "{% if %}", "Soon.\n"),
        ("firstreply.toml", "mailbox = 3", ""),
    ],
)
def test_a_broken_file_changes_nothing_and_a_mended_one_all(
    config: Path, capsys: pytest.CaptureFixture[str], name: str, broken: str, mended: str
) -> None:
    """Together with the broken file another one was changed, which must wait for it."""
    service, house = Service(load(config)), cast("House", type("Shared", (), {})())
    asyncio.run(service.reload(house, []))
    before = facts(house)
    file, other = config.parent / name, config.parent / "templates/en/other.txt.j2"
    mended = mended or file.read_text()

    file.write_text(broken)
    other.write_text("Another text.\n")
    capsys.readouterr()
    asyncio.run(service.reload(house, []))
    said = capsys.readouterr()
    assert facts(house) == before
    assert "reload_refused" in said.out + said.err
    assert Path(name).name in said.out + said.err
    assert "Another" not in house.templates.render("other", "en", {}).text

    file.write_text(mended)
    asyncio.run(service.reload(house, []))
    assert "Another" in house.templates.render("other", "en", {}).text
    assert (facts(house) != before) == (name != "firstreply.toml")


@pytest.mark.parametrize(
    ("old", "new", "needed"),
    [("", "", False), ('"shop"', '"shop2"', True), ('{ env = "X" }', '{ env = "Y" }', True)],
)
def test_a_reload_says_whether_a_restart_is_needed(
    config: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, needed: bool
) -> None:
    """Only for what a reload does not take over: mailboxes, their servers and secrets."""
    service, house = Service(load(config)), cast("House", type("Shared", (), {})())
    config.write_text(config.read_text().replace(old, new))
    asyncio.run(service.reload(house, []))
    said = capsys.readouterr()

    assert f"restart_needed={needed}".lower() in (said.out + said.err).lower()
