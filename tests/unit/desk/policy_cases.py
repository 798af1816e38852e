"""The examples of the policy guard in `tests/data/policy`, as cases for the tests."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.desk.policy import Finding, Outgoing, Severity

DATA = Path(__file__).parents[2] / "data" / "policy"
PARAPHRASES = sorted([*DATA.glob("paraphrases_*.toml"), *DATA.glob("held_out_*.toml")])
REVIEW_RULES = ("pg08", "pg09", "pg10", "pg11", "pg12", "pg13")


@dataclass(frozen=True, slots=True)
class Case:
    """One example: what is sent, and whether `rule` must fire, must be silent, or the case is `neutral`."""

    rule: str
    kind: str
    outgoing: Outgoing
    language: str = ""
    severity: Severity | None = None

    def __str__(self) -> str:
        return f"{self.rule[:4]}-{self.kind}-{self.outgoing.text[:30]}"


def reference() -> Iterator[Case]:
    """The examples that came with the rules, each with its context."""
    return _with_context("reference.jsonl")


def contexts() -> Iterator[Case]:
    """Our own examples of the rules that look at files, addresses and the conversation."""
    return _with_context("context.jsonl")


def _with_context(name: str) -> Iterator[Case]:
    for line in (DATA / name).read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        rule, kind = row.pop("rule"), row.pop("kind")
        severity = Severity(row.pop("severity")) if "severity" in row else None
        row["text"] *= row.pop("repeat", 1)
        row["attachments"] = tuple(tuple(file) for file in row.get("attachments", ()))
        for field in ("approved_senders", "known_personal_data"):
            row[field] = tuple(row.get(field, ()))
        yield Case(rule, kind, Outgoing(**row), severity=severity)


def paraphrases() -> Iterator[Case]:
    """Our own wordings in seven languages."""
    for path in PARAPHRASES:
        for rule, kinds in tomllib.loads(path.read_text("utf-8")).items():
            for kind, texts in kinds.items():
                for text in texts:
                    language, _, words = text.partition(": ")
                    yield Case(rule, kind, Outgoing(text=words), language)


def wrong(case: Case, findings: tuple[Finding, ...]) -> str:
    """What is wrong about the findings of a case; empty when they are right."""
    rules = {finding.rule for finding in findings}
    blocking = {finding.rule for finding in findings if finding.severity is Severity.BLOCK}
    if case.kind == "neutral":
        bad = sorted(rule for rule in blocking if rule.startswith(REVIEW_RULES))
        return f"blocked by {bad}" if bad else ""
    if case.kind == "passes":
        bad = sorted({case.rule} & rules | blocking)
        return f"reported by {bad}" if bad else ""
    severities = {finding.severity for finding in findings if finding.rule == case.rule}
    if not severities or (case.severity and severities != {case.severity}):
        return f"expected {case.rule} {case.severity or ''}, found {sorted(rules)}"
    return ""
