"""What somebody gets who installs the wheel by pipx: every command, far from any checkout; and its SBOM.

Real pipx and pip, the libraries of the lock, a home of its own. Run by `make test-packages`.
"""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tools.locks import read

pytestmark = [pytest.mark.packages, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
PIPX = ROOT / "build" / "tools" / "bin" / "pipx"
INIT = (
    *("init", "--yes", "--no-test", "--no-dns", "--secrets", "file", "--password-stdin", "--provider", "own"),
    *("--address", "help@shop.example", "--brand", "Acme", "--signature", "Anna"),
    *("--imap", "127.0.0.1:9", "--smtp", "127.0.0.1:9"),
)


@dataclass(frozen=True)
class Installed:
    """A home with firstreply in it."""

    home: Path

    @property
    def environ(self) -> dict[str, str]:
        """What a login shell has after `pipx ensurepath`."""
        path = f"{self.home}/.local/bin:/usr/bin:/bin"
        config = f"{self.home}/shop/firstreply.toml"
        return {"HOME": str(self.home), "PATH": path, "FIRSTREPLY_CONFIG": config, "LANG": "C.UTF-8"}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """A command, from outside of any checkout."""
        pipe, environ = subprocess.PIPE, self.environ
        return subprocess.Popen(
            ["firstreply", *words],
            cwd=self.home,
            env=environ,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    def run(self, *words: str, status: int = 0, stdin: str = "") -> str:
        """A command's output."""
        return ended(self.start(*words), status, stdin)


def ended(process: subprocess.Popen[str], status: int = 0, stdin: str = "") -> str:
    """What it said until it ended, as it should."""
    out, err = process.communicate(stdin)
    assert process.returncode == status, out + err
    return out + err


@pytest.fixture(scope="module", name="installed")
def _installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """As README.md tells; pipx by pip, as Debian's does, and not by the uv beside it."""
    folder = tmp_path_factory.mktemp("pipx")
    subprocess.run(["make", "--no-print-directory", "wheel", f"DIST={folder}"], cwd=ROOT, check=True)
    (wheel,), (constraints,) = folder.glob("*.whl"), folder.glob("*-constraints.txt")
    home = Installed(folder / "home")
    cache = str(Path.home() / ".cache" / "pip")
    environ = {**os.environ, **home.environ, "PIP_CACHE_DIR": cache, "PIPX_DEFAULT_BACKEND": "pip"}
    words = (str(PIPX), "install", "--pip-args", f"--constraint {constraints}", f"{wheel}[demo]")
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def test_pipx_installs_the_tested_libraries(installed: Installed) -> None:
    """Program, manual pages, and each library in the version of the lock."""
    python = installed.home / ".local/share/pipx/venvs/firstreply/bin/python"
    listed = subprocess.run(
        [python, "-m", "pip", "freeze"], capture_output=True, text=True, check=True
    ).stdout
    locked = {(each.name, each.version) for each in read(ROOT / "requirements-run.lock")}
    found = {tuple(line.lower().replace("_", "-").split("==")) for line in listed.split() if "==" in line}

    assert len(found) > 40
    assert found - locked == set()
    assert (installed.home / ".local/share/man/man1/firstreply.1").exists()
    assert re.fullmatch(r"firstreply \S+ \(ledger \d{4}\)\n", installed.run("--version"))


def test_the_first_steps(installed: Installed) -> None:
    """Configuration, check (nobody listens), templates, units of one's own."""
    assert "firstreply init" in installed.run("check", status=78)
    said = installed.run(*INIT, "--state-dir", f"{installed.home}/shop/state", stdin="a word\n")
    assert "firstreply units" in said
    assert "port 9 of 127.0.0.1" in installed.run("check", status=75)
    assert "every template renders" in installed.run("templates", "check")

    installed.run("units")
    unit = (installed.home / ".config/systemd/user/firstreply.service").read_text(encoding="utf-8")
    program = re.search(r'^ExecStart="(.*)" run$', unit, re.MULTILINE)
    assert program is not None
    assert Path(program[1]).exists()


def test_it_learns_answers_and_shows_itself(installed: Installed) -> None:
    """`train` and `classify` on a state folder, and the whole main job beside them."""
    demo = installed.start("demo")
    installed.run("train")
    said = installed.run("classify", stdin='{"text": "The lamp arrived broken."}\n')

    assert json.loads(said)["label"] == "product_issue"
    assert "All of it happened." in ended(demo)


def test_the_sbom_names_every_library_with_version_hashes_and_licence(tmp_path: Path) -> None:
    """Of this Python's installation, none besides; the same bytes at each run; the schema was checked."""
    words = ["make", "--no-print-directory", "sbom"]
    runs = [subprocess.Popen([*words, f"DIST={tmp_path / name}"], cwd=ROOT) for name in ("one", "two")]
    assert [run.wait() for run in runs] == [0, 0]
    made = [file.read_bytes() for file in sorted(tmp_path.glob("*/*.cdx.json"))]
    bom: dict[str, Any] = json.loads(made[0])
    locked = [each for each in read(ROOT / "requirements-run.lock") if each.wanted_here()]

    assert made == [made[0]] * 2
    assert len(locked) > 60
    assert {(each.name, each.version): set(each.hashes) for each in locked} == {
        tuple(part["purl"].removeprefix("pkg:pypi/").split("@")): {
            found["content"] for file in part["externalReferences"] for found in file.get("hashes", [])
        }
        for part in bom["components"]
    }
    assert all(part["licenses"] for part in bom["components"])
