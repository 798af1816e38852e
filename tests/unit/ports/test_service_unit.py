"""The shipped systemd units: valid, hardened, and saying what the daemon relies on."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).parents[3] / "systemd"
UNIT = SYSTEMD / "firstreply.service"
NIGHTLY = ("firstreply-backup.service", "firstreply-train.service")
MOST_EXPOSURE = 1.2


def directives() -> dict[str, list[str]]:
    """The [Service] section; a directive may occur several times."""
    section = UNIT.read_text(encoding="utf-8").partition("[Service]")[2].partition("[Install]")[0]
    found: dict[str, list[str]] = {}
    for line in section.splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def analyze(*arguments: str) -> str:
    """Run systemd-analyze; its output. A machine without it cannot say anything about the unit."""
    program = shutil.which("systemd-analyze")
    if program is None:
        missing = "systemd-analyze is missing: install the package systemd"
        assert not os.environ.get("CI"), missing
        pytest.skip(missing)
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(name="whole")
def _whole(tmp_path: Path) -> Path:
    """All units as they count once installed, their programs being ones that exist here."""
    shared = UNIT.read_text("utf-8").partition("# ---- shared")[2].partition("# ---- end")[0]
    for file in SYSTEMD.glob("firstreply*.[st][ei][rm]*"):
        text = re.sub(r"(?m)^ExecStart=.*$", "ExecStart=/usr/bin/env true", file.read_text("utf-8"))
        if file.name in NIGHTLY:
            text += f"\n# {shared}"
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    return tmp_path


def test_systemd_accepts_the_units(whole: Path) -> None:
    """No unknown directive, no misplaced one, no timer without its service."""
    files = sorted(whole.iterdir())

    assert {file.name for file in files} >= {UNIT.name, *NIGHTLY, "firstreply-train.timer"}
    assert analyze("verify", "--man=no", *map(str, files)) == ""


@pytest.mark.parametrize("name", [UNIT.name, *NIGHTLY])
def test_the_exposure_is_low(whole: Path, name: str) -> None:
    """The score of systemd itself, 10 being naked."""
    told = analyze("security", "--offline=true", str(whole / name))
    score = re.search(r"exposure level for \S+: ([\d.]+)", told)

    assert score is not None
    assert float(score[1]) <= MOST_EXPOSURE


def test_every_weaker_directive_is_explained() -> None:
    """What systemd still finds fault with stands in a comment of the unit, with its reason."""
    told = analyze("security", "--offline=true", "--no-pager", str(UNIT))
    weaker = set(re.findall(r"^✗ ([A-Za-z]+)=", told, re.MULTILINE))
    comments = " ".join(line for line in UNIT.read_text("utf-8").splitlines() if line.startswith("#"))

    assert "PrivateNetwork" in weaker
    assert [name for name in weaker if name != "RestrictAddressFamilies" and f"{name}=" not in comments] == []
    assert "AF_UNIX" in comments
    assert "AF_INET6" in comments


@pytest.mark.parametrize("name", NIGHTLY)
def test_the_nightly_services_are_enabled_by_their_timers(name: str) -> None:
    """They read no password, and each is started by the timer of its own name only."""
    service = (SYSTEMD / name).read_text("utf-8")
    timer = (SYSTEMD / name.replace(".service", ".timer")).read_text("utf-8")

    assert "[Install]" not in service
    assert "LoadCredential" not in service
    assert "WantedBy=timers.target" in timer
    assert "Persistent=true" in timer


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Type", "notify"),
        ("NotifyAccess", "main"),
        ("WatchdogSec", "120"),
        ("Restart", "always"),
        ("RestartPreventExitStatus", "78"),
        ("StateDirectory", "firstreply"),
        ("User", "firstreply"),
        ("UMask", "0077"),
        ("ExecReload", "/usr/bin/kill -HUP $MAINPID"),
        ("SystemCallErrorNumber", "EPERM"),
        ("LimitCORE", "0"),
    ],
)
def test_what_the_daemon_relies_on(name: str, value: str) -> None:
    """Each of these has a counterpart in the code or a measured reason."""
    assert directives()[name] == [value]


def test_a_stop_waits_longer_than_a_reply_to_the_dot() -> None:
    """Else a restart would leave mails in doubt (600 s: RFC 5321 section 4.5.3.2.6)."""
    assert int(directives()["TimeoutStopSec"][0]) > 600


def test_the_daemon_can_reach_systemd_and_the_network() -> None:
    """Without AF_UNIX sd_notify has no socket, and the unit never becomes ready."""
    families = directives()["RestrictAddressFamilies"][0].split()

    assert set(families) == {"AF_UNIX", "AF_INET", "AF_INET6"}


def test_credentials_come_from_the_folder_that_the_error_message_names() -> None:
    """`read_secret` looks for the prefix that systemd puts before each file's name."""
    assert directives()["LoadCredential"] == ["firstreply:/etc/firstreply/credentials"]


def test_the_start_is_never_given_up() -> None:
    """StartLimitIntervalSec= counts only in [Unit]; in [Service] it is ignored."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read(UNIT, encoding="utf-8")

    assert parser["Unit"]["StartLimitIntervalSec"] == "0"
    assert "StartLimitIntervalSec" not in directives()
