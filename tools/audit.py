"""Asks the vulnerability service about every library of the locks, by pip-audit. Run by `make audit`.

Promises: exit status 0 only when each of them was looked up and none is known to be vulnerable; 1 with the
vulnerabilities; 75 when any could not be looked up. pip-audit itself ends with 0 then.

Errors: none besides.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.locks import read

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-webmail.lock", "requirements-tools.lock")
"""All that is ever installed: requirements-run.lock is a part of the first."""
GOOD, VULNERABLE, UNKNOWN = 0, 1, 75
TOLD = 5
"""Names of libraries in a sentence."""


def judged(asked: Iterable[str], libraries: Iterable[dict[str, Any]]) -> tuple[int, list[str]]:
    """The exit status and what to say, from the names in a lock and pip-audit's report on them."""
    told = {each["name"]: each for each in libraries}
    known = [
        f"{each['name']} {each['version']}: {bug['id']}, mended in {', '.join(bug['fix_versions']) or 'none'}"
        for each in told.values()
        for bug in each.get("vulns", [])
    ]
    unknown = sorted(name for name in set(asked) if "vulns" not in told.get(name, {}))
    if known:
        return VULNERABLE, known
    if unknown:
        names = ", ".join(unknown[:TOLD]) + (", …" if len(unknown) > TOLD else "")
        return UNKNOWN, [f"could not be looked up, so that nothing is known: {len(unknown)} ({names})"]
    return GOOD, ["no library is known to be vulnerable"]


def report(lock: Path) -> list[dict[str, Any]]:
    """What pip-audit says of a lock; nothing, if it broke off."""
    options = (
        "--disable-pip",
        "--require-hashes",
        "--progress-spinner=off",
        "--format=json",
        "-r",
        str(lock),
    )
    command = [str(Path(sys.executable).with_name("pip-audit")), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own words
    try:
        libraries: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        sys.stderr.write(done.stderr[-500:])
        return []
    return libraries


def main() -> int:
    """Each lock by itself: they may name one library in two versions."""
    found = []
    for name in LOCKS:
        asked = [each.name for each in read(ROOT / name) if each.wanted_here()]
        status, lines = judged(asked, report(ROOT / name))
        found.append(status)
        sys.stdout.write("".join(f"{name}: {line}\n" for line in lines))
    return VULNERABLE if VULNERABLE in found else max(found)


if __name__ == "__main__":
    sys.exit(main())
