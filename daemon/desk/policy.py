"""The policy guard: what may leave the house.

Promises: pure and linear in the length of the text; `examine` looks at the final content, after people
edited it, and never raises for any `Outgoing`. The rules stand in `daemon.desk.policy_rules`, what they mean
for people in `docs/policy.md`. An agent's words in an HTML part count like those of the text.

Errors: none leave this module; `check_severities` returns what is wrong with a configuration.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from daemon.desk import (
    policy_contact,
    policy_envelope,
    policy_layout,
    policy_links,
    policy_phrases,
    policy_requests,
    policy_reviews,
)
from daemon.desk.policy_model import Finding, Hit, Outgoing, Rule, Severity
from daemon.desk.policy_rules import BY_SLUG, RULES
from daemon.desk.policy_text import Reading, read

__all__ = [
    "RULES",
    "Finding",
    "Outgoing",
    "Rule",
    "Severity",
    "as_json",
    "blocks",
    "check_severities",
    "examine",
]

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_PER_RULE: Final = 3
_EXCERPT: Final = 160
_Check = Callable[[Reading, Outgoing], Iterator[Hit]]
_CHECKS: Final[tuple[_Check, ...]] = (
    policy_envelope.check,
    policy_layout.check,
    policy_contact.check,
    policy_links.check,
    policy_phrases.check,
    policy_requests.check,
    policy_reviews.check,
)
_QUOTED_HTML = re.compile(r"<blockquote\b.*", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<\s{0,3}/?\s{0,3}(?:br|p|div|li|tr|h[1-6]|ul|ol|table)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")


def examine(outgoing: Outgoing, severities: Mapping[str, str] = _NONE) -> tuple[Finding, ...]:
    """Every breach in the order of the rules, at most three a rule.

    `severities` maps slugs to severities; an entry that is not allowed (see `check_severities`) has no
    effect, so that a mistake in a configuration can only make the guard stricter than meant.
    """
    reading = read(_whole(outgoing))
    found: dict[str, list[Finding]] = {}
    for check in _CHECKS:
        for hit in check(reading, outgoing):
            finding = _finding(hit, severities)
            told = found.setdefault(hit.rule, [])
            if len(told) < _PER_RULE and finding not in told:
                told.append(finding)
    return tuple(finding for rule in RULES for finding in found.get(rule.slug, ()))


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether any finding forbids sending."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def check_severities(severities: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong with a configuration of severities, one sentence each; empty when all is well.

    A rule may always be made stricter; only the rules marked `lowerable` may be set to `warn`.
    """
    errors = []
    for slug, severity in severities.items():
        rule = BY_SLUG.get(slug)
        if rule is None:
            errors.append(f"{slug}: there is no such rule. The rules are listed in docs/policy.md.")
        elif severity not in set(Severity):
            errors.append(f'{slug}: {severity!r} is no severity. Use "block" or "warn".')
        elif severity == Severity.WARN and rule.severity is Severity.BLOCK and not rule.lowerable:
            errors.append(f"{slug}: this rule always blocks and cannot be lowered. Remove the line.")
    return tuple(errors)


def as_json(findings: Iterable[Finding]) -> dict[str, list[dict[str, str]]]:
    """The findings in the shape that `firstreply lint --json` prints."""
    return {
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "message": finding.message,
                "excerpt": finding.excerpt,
            }
            for finding in findings
        ]
    }


def _whole(outgoing: Outgoing) -> str:
    """Subject, text and the words of the HTML part, where they differ, as separate paragraphs."""
    parts = [outgoing.subject, outgoing.text]
    if outgoing.html:
        visible = html.unescape(_TAG.sub("", _BREAK.sub("\n", _QUOTED_HTML.sub("", outgoing.html))))
        if visible.split() != outgoing.text.split():
            parts.append(visible)
    return "\n\n".join(part for part in parts if part)


def _finding(hit: Hit, severities: Mapping[str, str]) -> Finding:
    rule = BY_SLUG[hit.rule]
    severity = hit.severity or rule.severity
    wanted = severities.get(rule.slug)
    if wanted == Severity.BLOCK or (wanted == Severity.WARN and rule.lowerable):
        severity = Severity(wanted)
    return Finding(rule.slug, severity, hit.message or rule.advice, " ".join(hit.excerpt.split())[:_EXCERPT])
