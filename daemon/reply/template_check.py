"""Look at all templates before a buyer's mail does: what `firstreply templates check` prints.

Promises: every scenario, cause and note in every language, once with all facts and once with none. Problems
are collected, never raised.

Errors: none.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from daemon.desk.playbook import Scenario
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
    "holding",
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
    "unused": "Give it the name of a template: " + ", ".join(TEMPLATE_NAMES),
}


def sample_facts() -> dict[str, str]:
    """A value for every fact; the line about reviews stays off, as it is by default."""
    return {fact: _SAMPLE.get(fact, f"sample {fact.replace('_', ' ')}") for fact in FACTS}


def check_templates(folders: list[Path]) -> list[Problem]:
    """What is wrong with the templates in these folders, the seller's own first."""
    templates = Templates(folders)
    problems: list[Problem] = []
    for language in _languages(folders):
        for name in NOTE_NAMES if language == NOTES else TEMPLATE_NAMES:
            problems += _check(templates, name, language)
    problems += [
        _problem(str(path), 0, "unused", "No reply ever asks for this file") for path in _unused(folders)
    ]
    # one broken macros file breaks every template of its language: say it once
    return list(dict.fromkeys(problems))


def _check(templates: Templates, name: str, language: str) -> Iterator[Problem]:
    file = f"{language}/{name}{SUFFIX}"
    variants = [{}, sample_facts()]
    variants += [
        sample_facts() | {"change": change, "delivered_date": ""} for change in ("invoice", "address", "")
    ]
    for facts in variants:
        try:
            text = templates.render(name, language, facts).text
        except TemplateError as error:
            slug = "missing" if "there is no template" in str(error) else "does_not_render"
            yield _problem(error.file or file, error.line, slug, str(error))
            return
        if _BRACES.search(text):
            yield _problem(file, 0, "braces", "Braces are left in the text")
        if len(text) > LONGEST_REPLY and language != NOTES:
            yield _problem(file, 0, "too_long", f"The reply has {len(text)} characters")
        if not text.strip():
            yield _problem(file, 0, "empty", "The reply is empty")


def _problem(file: str, line: int, slug: str, text: str) -> Problem:
    return Problem(file, line, slug, text, _REMEDIES[slug])


def _languages(folders: list[Path]) -> list[str]:
    """Every language that any folder has, and those that we ship."""
    found = {path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_dir()}
    return sorted(found | set(LANGUAGES) | {NOTES})


def _unused(folders: list[Path]) -> list[Path]:
    """Files that no scenario asks for: mostly a name with a typing error."""
    known = {f"{name}{SUFFIX}" for name in (*TEMPLATE_NAMES, "_macros")}
    notes = {f"{name}{SUFFIX}" for name in NOTE_NAMES}
    return sorted(
        path
        for folder in folders
        for path in folder.glob("*/*")
        if path.is_file() and path.name not in (notes if path.parent.name == NOTES else known)
    )
