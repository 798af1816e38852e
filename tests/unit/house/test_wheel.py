"""The wheel holds what is tracked, all of it and nothing else, and is the same at each build."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from daemon.cli import main
from daemon.ports.ledger.store import newest_version

ROOT = Path(__file__).resolve().parents[3]
CODE, SHIPPED = ("classifier", "daemon"), ("config", "systemd", "templates")
SHARE = "firstreply-{version}.data/data/share/firstreply/"
MANUAL = ("man/man1/firstreply.1", "man/man5/firstreply.toml.5")


def git(*words: str, at: Path = ROOT) -> str:
    """What git says."""
    return subprocess.run(["git", *words], cwd=at, check=True, capture_output=True, text=True).stdout


def build(at: Path, to: Path, umask: int = 0o022) -> Path:
    """`make wheel` in that tree, into that folder."""
    time = git("log", "-1", "--format=%ct").strip()
    environment = {**os.environ, "SOURCE_DATE_EPOCH": time}
    subprocess.run(["bash", "tools/wheel.sh", str(to)], cwd=at, check=True, umask=umask, env=environment)
    (wheel,) = to.glob("*.whl")
    return wheel


@pytest.fixture(scope="module", name="wheel")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


def version_of(wheel: Path) -> str:
    """As its name says."""
    return wheel.name.split("-")[1]


def test_the_wheel_holds_every_tracked_file_and_no_other(wheel: Path) -> None:
    """Code, migrations, corpus, templates, configuration, units, licence."""
    listed = git("ls-files", "-z", *CODE, *SHIPPED)
    share = SHARE.format(version=version_of(wheel))
    wanted = {name if name.startswith(CODE) else share + name for name in listed.strip("\0").split("\0")}
    wanted |= {share.replace("firstreply/", name) for name in MANUAL}
    packed = set(zipfile.ZipFile(wheel).namelist())
    about = {name for name in packed if ".dist-info/" in name}

    assert packed - about == wanted
    assert {name.split("/", 1)[1] for name in about} >= {"licenses/LICENSE", "entry_points.txt", "METADATA"}


def test_another_builder_gets_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    """In another place, with other rights, beside what an older build or an editor left there."""
    place = tmp_path / "place"
    for name in git("ls-files", "-z").strip("\0").split("\0"):
        if not name.startswith("tests/"):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name)
    git("init", "--quiet", at=place)
    git("add", "--all", at=place)
    (place / "daemon" / "left_over.py").touch()
    (place / ".venv").symlink_to(ROOT / ".venv")

    assert build(place, tmp_path / "wheel", umask=0o077).read_bytes() == wheel.read_bytes()


def test_the_constraints_beside_it_are_the_tested_versions(wheel: Path) -> None:
    """What `pipx install --pip-args "--constraint ..."` gets is what was tested; pip wants no hashes."""
    text = (wheel.parent / f"firstreply-{version_of(wheel)}-constraints.txt").read_text(encoding="utf-8")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert re.findall(r"^\S+==\S+", text, re.MULTILINE) == re.findall(r"^\S+==\S+", lock, re.MULTILINE)
    assert "\\" not in text
    assert "--hash" not in text


def test_the_program_says_its_version(capsys: pytest.CaptureFixture[str], wheel: Path) -> None:
    """The wheel's own, and that of the ledger that it wants."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"firstreply {version_of(wheel)} (ledger {newest_version()})\n"
