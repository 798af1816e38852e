"""Look at all templates before a buyer's mail does: what `firstreply templates check` prints.

Promises: every scenario, cause and note in every language, once with all facts and once with none; what the
policy guard would hold is told as well. Problems are collected, never raised.

Errors: none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from daemon.desk.playbook import FOLLOW_UP, HOLDING, Scenario
from daemon.desk.policy import Outgoing, Severity, examine
from daemon.reply.problems import Problem
from daemon.reply.templates import CAUSES, FACTS, NOTES, SUFFIX, TemplateError, Templates

LANGUAGES = ("en", "de", "fr", "es", "it", "ja", "zh")
NOTE_NAMES = ("public_reply", "removal_request", "abuse_report", "a_to_z_statement")
LONGEST_REPLY = 4_000
"""Longer messages are at risk on their way to the buyer (`amazon.md`, PG29)."""
_NO_MAIL = frozenset({Scenario.A_TO_Z_CLAIM, Scenario.NO_REPLY_NEEDED})
TEMPLATE_NAMES = (
    *(scenario.value for scenario in Scenario if scenario not in _NO_MAIL),
    *(f"{Scenario.NEGATIVE_REVIEW.value}_{cause}" for cause in CAUSES),
    HOLDING,
    FOLLOW_UP,
)
"""Every template that a reply can ask for."""

_BRACES = re.compile(r"\{[{%#]|[}%#]\}")
_SAMPLE = {
    "change": "cancellation",
    "cause": "quality",
    "order_id": "302-1234567-7654321",
    "asin": "B0EXAMPLE1",
    "usage_steps": "1. First step.\n2. Second step.",
    "review_line": "",
}
_REMEDIES = {
    "does_not_render": "Correct the file, or remove it to get the shipped one",
    "missing": "Restore the shipped file",
    "braces": "Write facts as {{ name }} and conditions as {% if name %}",
    "too_long": f"Keep a reply below {LONGEST_REPLY} characters",
    "empty": "Write a text, or remove the file to get the shipped one",
    "policy": "Say it in another way; docs/policy.md lists what Amazon forbids",
    "unused": "Give it the name of a template: " + ", ".join(TEMPLATE_NAMES),
}


def sample_facts() -> dict[str, str]:
    """A value for every fact; the line about reviews stays off, as it is by default."""
    return {fact: _SAMPLE.get(fact, f"sample {fact.replace('_', ' ')}") for fact in FACTS}


def check_templates(
    folders: list[Path], plays: Iterable[str] = (), severities: Mapping[str, str] = MappingProxyType({})
) -> list[Problem]:
    """What is wrong with the templates in these folders, the seller's own first.

    `plays` are the names that the playbook asks for; one of the seller's own must be there in English.
    `severities` are the playbook's for the guard, by whose rules every reply of a template would be held.
    """
    templates = Templates(folders)
    own = tuple(sorted(set(plays) - {*TEMPLATE_NAMES, *_NO_MAIL, ""}))
    problems: list[Problem] = []
    for language in _languages(folders):
        there = [name for name in own if language == "en" or language in templates.languages(name)]
        for name in NOTE_NAMES if language == NOTES else (*TEMPLATE_NAMES, *there):
            problems += _check(templates, name, language, severities)
    problems += [
        _problem(str(path), 0, "unused", "No reply ever asks for this file") for path in _unused(folders, own)
    ]
    # one broken macros file breaks every template of its language: say it once
    return list(dict.fromkeys(problems))


def _check(
    templates: Templates, name: str, language: str, severities: Mapping[str, str]
) -> Iterator[Problem]:
    file = f"{language}/{name}{SUFFIX}"
    changes = ({"change": change, "delivered_date": ""} for change in ("invoice", "address", ""))
    variants = [sample_facts(), *(sample_facts() | change for change in changes), {}]
    seen: set[str] = set()
    for facts in variants:
        try:
            text = templates.render(name, language, facts).text
        except TemplateError as error:
            slug = "missing" if "there is no template" in str(error) else "does_not_render"
            place = error.file or file
            said = str(error).removeprefix(place).removeprefix(f", line {error.line}").removeprefix(": ")
            yield _problem(place, error.line, slug, said.rstrip("."))
            return
        if text not in seen:
            seen.add(text)
            yield from _read(text, file, note=language == NOTES, gaps=not facts, severities=severities)


def _read(
    text: str, file: str, *, note: bool, gaps: bool, severities: Mapping[str, str]
) -> Iterator[Problem]:
    """What is wrong with one rendered text."""
    if _BRACES.search(text):
        yield _problem(file, 0, "braces", "Braces are left in the text")
    elif not text.strip():
        yield _problem(file, 0, "empty", "The reply is empty")
    elif not note and len(text) > LONGEST_REPLY:
        yield _problem(file, 0, "too_long", f"The reply has {len(text)} characters")
    elif not (note or gaps):
        for finding in examine(Outgoing(text=text), severities):
            if finding.severity is Severity.BLOCK:
                said = f"The policy guard would hold each reply ({finding.rule}: {finding.excerpt})"
                yield _problem(file, 0, "policy", said)


def _problem(file: str, line: int, slug: str, text: str) -> Problem:
    return Problem(file, line, slug, text, _REMEDIES[slug])


def _languages(folders: list[Path]) -> list[str]:
    """Every language that any folder has, and those that we ship."""
    found = {path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_dir()}
    return sorted(found | set(LANGUAGES) | {NOTES})


def _unused(folders: list[Path], own: tuple[str, ...]) -> list[Path]:
    """Files that no scenario asks for: mostly a name with a typing error."""
    known = {f"{name}{SUFFIX}" for name in (*TEMPLATE_NAMES, *own, "_macros")}
    notes = {f"{name}{SUFFIX}" for name in NOTE_NAMES}
    return sorted(
        path
        for folder in folders
        for path in folder.glob("*/*")
        if path.is_file() and path.name not in (notes if path.parent.name == NOTES else known)
    )
