"""`firstreply units`: what a user's own systemd gets."""

import subprocess
from pathlib import Path

import pytest

from daemon.cli import main
from tests.config_kit import write_config

SERVICES = ("firstreply.service", "firstreply-backup.service", "firstreply-train.service")


def test_a_users_systemd_accepts_the_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In their place, with the paths of program and configuration, whatever signs are in them."""
    config = write_config(tmp_path).rename(tmp_path / 'a "store" 100%.toml')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert main(["units", "--config", str(config)]) == 0
    assert "systemctl --user enable --now firstreply" in capsys.readouterr().out

    written = tmp_path / "own" / "systemd" / "user"
    assert {file.name for file in written.iterdir()} == {
        *SERVICES,
        "firstreply-backup.timer",
        "firstreply-train.timer",
    }
    for name in SERVICES:
        text = (written / name).read_text(encoding="utf-8")
        assert f'"FIRSTREPLY_CONFIG={tmp_path}/a \\"store\\" 100%%.toml"' in text
        assert "@" not in text.replace("@system-service", "")
    words = ["systemd-analyze", "--user", "verify", "--man=no", *map(str, written.iterdir())]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_units_need_a_configuration_and_a_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Better said now than by a service that does not start."""
    assert main(["units", "--config", str(tmp_path / "none.toml")]) == 78
    config = write_config(tmp_path)
    assert main(["units", "--config", str(config), "--to", str(config)]) == 78
    assert "--to" in capsys.readouterr().err
