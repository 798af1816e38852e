"""Findings: what was looked at, how it stands, what to do; and the exit status of all of them.

Promises: pure. Every problem has a remedy.

Errors: none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from daemon.errors import ConfigurationError, FirstreplyError, TemporaryError

Level = Literal["ok", "tick", "note", "problem"]
"""`tick` is something that only a person can see and tick off; `note` costs something, and is no fault."""

NO, TEMPORARY = 1, 75


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `temporary` says that time alone may heal it."""

    level: Level
    subject: str
    message: str
    remedy: str = ""
    temporary: bool = False


def failed(subject: str, error: FirstreplyError, remedy: str) -> Finding:
    """An error of ours as a finding; its own remedy is the better one."""
    if isinstance(error, ConfigurationError):
        return Finding("problem", subject, f"{error.where}: {error.problem}", error.remedy)
    return Finding("problem", subject, str(error), remedy, isinstance(error, TemporaryError))


def status(findings: Iterable[Finding]) -> int:
    """0 without a problem, 75 when each of them may pass by itself, else 1."""
    problems = [finding for finding in findings if finding.level == "problem"]
    if not problems:
        return 0
    return TEMPORARY if all(problem.temporary for problem in problems) else NO
