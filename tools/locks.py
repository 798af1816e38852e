"""Reads the locks: which library, which version, where it is wanted, which files it may come as.

Promises: every requirement of the file, in its order; a line that is none and no comment is an error.

Errors: `ValueError` with the line.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name


@dataclass(frozen=True, slots=True)
class Locked:
    """One library in one version."""

    name: str
    version: str
    hashes: tuple[str, ...]
    requirement: Requirement

    def wanted_here(self) -> bool:
        """Whether this Python on this system gets it."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def read(path: Path) -> list[Locked]:
    """All requirements of a lock."""
    text = re.sub(r"(?m)^ *#.*\n", "", path.read_text(encoding="utf-8")).replace("\\\n", "")
    return [_locked(line) for line in text.splitlines() if line.strip()]


def _locked(line: str) -> Locked:
    words, *hashes = re.split(r"\s+--hash=sha256:", line.rstrip())
    try:
        requirement = Requirement(words)
        (exact,) = requirement.specifier
    except (InvalidRequirement, ValueError) as error:
        raise ValueError(f"not one library in one version: {line!r}") from error
    if exact.operator != "==" or requirement.url:
        raise ValueError(f"not one library in one version: {line!r}")
    return Locked(canonicalize_name(requirement.name), exact.version, tuple(hashes), requirement)
