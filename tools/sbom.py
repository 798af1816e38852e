"""Writes the SBOM, CycloneDX in JSON: what an installation on this Python consists of. Run by `make sbom`.

The environment tells licences and what needs what; the lock tells versions, hashes, and what is not a part.

Promises: the same bytes for the same lock and Python; valid against the schema; each locked library has its
version, hashes and licence.

Errors: `SystemExit` with what is missing.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tools.locks import Locked, read

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = "1.6"
LICENCES = {"imapclient": "BSD-3-Clause"}
"""Of libraries whose metadata name none; read in the file that they ship."""


def completed(bom: dict[str, Any], locked: Iterable[Locked]) -> dict[str, Any]:
    """The environment's BOM cut down to what is locked, with hashes."""
    found: dict[str, dict[str, Any]] = {canonicalize_name(part["name"]): part for part in bom["components"]}
    parts, missing = [], []
    for each in sorted(locked, key=lambda each: each.name):
        part = found.get(each.name)
        if part is None or part["version"] != each.version:
            missing.append(f"{each.name} {each.version} is not installed")
            continue
        if each.name in LICENCES:
            part.setdefault("licenses", [{"license": {"id": LICENCES[each.name]}}])
        if not part.get("licenses"):
            missing.append(f"{each.name} names no licence: read its files, then complete LICENCES")
        parts.append(part | {"externalReferences": [*part.get("externalReferences", []), _files(part, each)]})
    if missing:
        raise SystemExit("\n".join(missing))
    return bom | {"components": parts, "dependencies": _needs(bom, parts)}


def _files(part: dict[str, Any], locked: Locked) -> dict[str, Any]:
    hashes = [{"alg": "SHA-256", "content": each} for each in locked.hashes]
    comment = "the files that the lock accepts"
    return {"type": "distribution", "url": part["purl"], "comment": comment, "hashes": hashes}


def _needs(bom: dict[str, Any], parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who needs whom, among those that stay."""
    stay = {part["bom-ref"] for part in parts} | {bom["metadata"]["component"]["bom-ref"]}
    return [
        {"ref": each["ref"], "dependsOn": [ref for ref in each.get("dependsOn", []) if ref in stay]}
        for each in bom["dependencies"]
        if each["ref"] in stay
    ]


def main(folder: Path) -> None:
    """Make, validate and write it: another Python may get other versions, so that its name says which."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415  `make sbom` has it, the tests' environment not
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415  as above

    options = ("--output-reproducible", "--pyproject", "pyproject.toml", "--sv", SCHEMA)
    command = [str(Path(sys.executable).with_name("cyclonedx-py")), "environment", *options, ".venv"]
    made = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603  our own words
    bom = json.loads(made.stdout)
    locked = [each for each in read(ROOT / "requirements-run.lock") if each.wanted_here()]
    text = json.dumps(completed(bom, locked), indent=2, ensure_ascii=False) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.from_version(SCHEMA)).validate_str(text)
    if wrong is not None:
        raise SystemExit(f"the SBOM is not valid: {wrong}")
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    to = folder / f"firstreply-{bom['metadata']['component']['version']}-{python}.cdx.json"
    folder.mkdir(exist_ok=True)
    to.write_text(text, encoding="utf-8")
    print(f"{to}: {len(locked)} libraries")  # noqa: T201  the command's answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
