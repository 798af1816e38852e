"""A reload takes over what the seller wrote down since, and a broken file changes nothing."""

from pathlib import Path
from typing import cast

import pytest

from daemon.house import House
from daemon.service import Service
from daemon.settings import load
from tests.unit.test_import_orders import CONFIG


@pytest.fixture(name="config")
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    config = tmp_path / "firstreply.toml"
    config.write_text(CONFIG.format(root=tmp_path))
    return config


def test_a_reload_reads_the_library_and_the_playbook_anew(config: Path) -> None:
    """A new product and another template name; then a broken file, after which all stays as it was."""
    service = Service(load(config))
    house = cast("House", type("Shared", (), {})())
    catalogue, playbook = config.parent / "catalogue.csv", config.parent / "playbook.toml"
    for row, found in (("", 0), ("B0EXAMPLE1,Lamp\n", 1)):
        catalogue.write_text(f"asin,name\n{row}")
        service._reload(house, [])  # noqa: SLF001  what the signal calls
        assert len(house.library.catalogue.products) == found
    playbook.write_text("[other\n")
    catalogue.write_text("asin,name\n")
    service._reload(house, [])  # noqa: SLF001  as above
    assert len(house.library.catalogue.products) == 1
