"""The locks agree: what is installed at a seller's is what was tested. `make lock` writes them all."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def locked(name: str) -> set[str]:
    """The `library==version` lines of a lock."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return set(re.findall(r"^[a-z][a-z0-9.\-]*==[^ ;\\]+", text, re.MULTILINE))


def test_an_installation_gets_the_tested_versions() -> None:
    """Each library of the smaller lock stands in the larger one, with the same version."""
    assert locked("requirements-run.lock") - locked("requirements.lock") == set()


def test_an_installation_gets_every_library_that_the_program_names() -> None:
    """None is missing, and no test tool comes along."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = {re.split(r"[<>=\[; ]", line)[0] for line in project["project"]["dependencies"]}
    installed = {line.partition("==")[0] for line in locked("requirements-run.lock")}

    assert len(named) > 15
    assert named - installed == set()
    assert installed.isdisjoint({"pytest", "mypy", "ruff", "hypothesis"})
