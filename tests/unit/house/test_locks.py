"""The locks fit the project and each other: what is installed at a seller's is what was tested."""

import re
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.audit import GOOD, LOCKS, UNKNOWN, VULNERABLE, judged
from tools.locks import Locked, read
from tools.sbom import completed

ROOT = Path(__file__).resolve().parents[3]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = "requirements-run.lock"
NEVER_AT_A_SELLERS = {"pytest", "mypy", "ruff", "hypothesis", "playwright", "pip-audit", "keyring"}
BASE = PROJECT["project"]["dependencies"]
EXTRAS, GROUPS = PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]
INSTALLED = {
    name: words for name, words in EXTRAS.items() if name != "keyring"
}  # a desktop's, not a service's


def locked(name: str) -> dict[str, list[Locked]]:
    """The libraries of a lock; one may be there in several versions, for several Pythons."""
    found = defaultdict(list)
    for each in read(ROOT / name):
        found[each.name].append(each)
    return found


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", [BASE, *EXTRAS.values(), GROUPS["dev"]]),
        (RUN, [BASE, *INSTALLED.values()]),
        ("requirements-webmail.lock", [GROUPS["webmail"]]),
        ("requirements-tools.lock", [GROUPS["tools"]]),
    ],
)
def test_a_lock_has_all_that_the_project_wants(lock: str, wanted: list[list[str]]) -> None:
    """Each dependency in a version that it may have, with every extra of it that it names."""
    have = locked(lock)
    for requirement in (Requirement(line) for words in wanted for line in words):
        versions = [each.version for each in have[canonicalize_name(requirement.name)]]
        assert versions, f"{requirement} is not locked: make lock"
        assert all(requirement.specifier.contains(each) for each in versions), f"{requirement}: {versions}"
    assert "psycopg-binary" in have or lock not in {"requirements.lock", RUN}


@pytest.mark.parametrize("lock", [RUN, *LOCKS])
def test_each_library_has_its_hashes_and_no_place(lock: str) -> None:
    """Where it comes from is the machine's choice; that it is the same is the lock's."""
    for each in read(ROOT / lock):
        assert each.hashes, each.name
        assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in each.hashes), each.name
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


def test_an_installation_gets_the_tested_versions() -> None:
    """Each library of the smaller lock stands in the larger one, word for word; no tool comes along."""
    run, whole = ({(*map(str, (e.requirement, e.hashes)),) for e in read(ROOT / n)} for n in (RUN, LOCKS[0]))

    assert run - whole == set()
    assert NEVER_AT_A_SELLERS.isdisjoint(locked(RUN))
    assert {name for lock in LOCKS for name in locked(lock)} >= NEVER_AT_A_SELLERS


@pytest.mark.parametrize(
    "line", ["jinja2>=3", "jinja2==3.1,==3.2", "jinja2 @ file:///x", "-r other.txt", "--pre"]
)
def test_a_line_that_locks_nothing_is_an_error(tmp_path: Path, line: str) -> None:
    """Whatever reads a lock reads all of it."""
    file = tmp_path / "some.lock"
    file.write_text(f"# made by hand\n{line} \\\n    --hash=sha256:00\n")
    with pytest.raises(ValueError, match="not one library in one version"):
        read(file)


BUG = {"name": "b", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["1.1"]}]}


@pytest.mark.parametrize(
    ("told", "status", "words"),
    [
        ([{"name": "a", "vulns": []}, {"name": "b", "vulns": []}], GOOD, "no library"),
        ([{"name": "a", "vulns": []}, {"name": "b", "skip_reason": "not found"}], UNKNOWN, "1 (b)"),
        ([], UNKNOWN, "2 (a, b)"),
        ([{"name": "a", "skip_reason": "not found"}, BUG], VULNERABLE, "b 1: X-1, mended in 1.1"),
    ],
)
def test_an_audit_that_learned_nothing_is_no_good_one(
    told: list[dict[str, Any]], status: int, words: str
) -> None:
    """pip-audit ends with 0 when its service does not know a library, or is not there."""
    found, lines = judged(["b", "a"], told)

    assert found == status
    assert words in "".join(lines)


def bom(**part: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    """What the generator says of an environment with a test tool in it."""
    library = {"bom-ref": "A==1", "name": "A", "version": "1", "purl": "pkg:pypi/a@1", **part}
    licences = [{"license": {"id": "MIT"}}]
    return {
        "metadata": {"component": {"bom-ref": "root"}},
        "components": [library, {**library, "bom-ref": "t", "name": "t", "licenses": licences}],
        "dependencies": [{"ref": "root", "dependsOn": ["A==1", "t"]}, {"ref": "A==1"}, {"ref": "t"}],
    }


def test_an_sbom_has_what_is_locked_and_nothing_else(tmp_path: Path) -> None:
    """With the lock's hashes; a licence that nobody can tell, or another version, is an error."""
    (tmp_path / "some.lock").write_text("a==1 --hash=sha256:12\n")
    lock = read(tmp_path / "some.lock")

    made = completed(bom(licenses=[{"license": {"id": "MIT"}}]), lock)

    assert [part["name"] for part in made["components"]] == ["A"]
    assert made["components"][0]["externalReferences"][0]["hashes"] == [{"alg": "SHA-256", "content": "12"}]
    assert made["dependencies"] == [{"ref": "root", "dependsOn": ["A==1"]}, {"ref": "A==1", "dependsOn": []}]
    with pytest.raises(SystemExit, match="names no licence"):
        completed(bom(), lock)
    with pytest.raises(SystemExit, match="a 1 is not installed"):
        completed(bom(version="2"), lock)
