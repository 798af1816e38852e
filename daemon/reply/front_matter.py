"""Front matter of a knowledge file: `key: value` lines between two `---`, read without a YAML library.

Promises: a small, fixed form, so that every mistake has a line and a remedy; a list is written with commas,
in brackets or without. Nothing is guessed.

Errors: none are raised; problems are collected.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from daemon.desk.order import ASIN
from daemon.reply.problems import Problem

SCENARIOS = ("usage_question", "presale_question")
_KEYS = ("title", "scenario", "languages", "asins", "keywords")
_NEEDED = ("title", "scenario", "languages")
_LINE = re.compile(r"([A-Za-z_]+)\s*:\s*(.*)")
_LANGUAGE = re.compile(r"[a-z]{2}")
_EXAMPLE = "Begin the file with ---, then title:, scenario:, languages:, asins:, then --- again"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the head of a knowledge file says; no ASIN means: for every product."""

    title: str
    scenario: str
    languages: tuple[str, ...]
    asins: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


def read_front_matter(file: str, lines: list[str]) -> tuple[FrontMatter | None, int, list[Problem]]:
    """The front matter (None when it cannot be used), the index of the line after it, and what is wrong."""
    if not lines or lines[0].strip() != "---":
        return None, 0, [Problem(file, 1, "no_front_matter", "The file does not begin with ---", _EXAMPLE)]
    end = next((place for place, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        return None, 0, [Problem(file, 1, "open_front_matter", "The closing --- is missing", _EXAMPLE)]
    values: dict[str, str] = {}
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines[1:end], 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        complaint = _key_complaint(match[1].lower() if match else "", values)
        if match is None or complaint:
            problems.append(Problem(file, number, "bad_key", complaint, f"Known are: {', '.join(_KEYS)}"))
            continue
        values[match[1].lower()] = match[2].strip().strip("\"'")
        places[match[1].lower()] = number
    problems += [
        Problem(file, 1, "missing_key", f"'{key}' is missing", _EXAMPLE)
        for key in _NEEDED
        if not values.get(key)
    ]
    problems += _value_problems(file, values, places)
    return (None if problems else _built(values)), end + 1, problems


def _key_complaint(key: str, values: Mapping[str, str]) -> str:
    if not key:
        return "The line is not of the form 'key: value'"
    if key not in _KEYS:
        return f"'{key}' is no key of the front matter"
    return f"'{key}' occurs twice" if key in values else ""


def _value_problems(file: str, values: Mapping[str, str], places: Mapping[str, int]) -> list[Problem]:
    problems = []
    scenario = values.get("scenario")
    if scenario and scenario not in SCENARIOS:
        remedy = f"Write one of {', '.join(SCENARIOS)}"
        problems.append(
            Problem(file, places["scenario"], "scenario", f"'{scenario}' has no knowledge base", remedy)
        )
    for language in _items(values.get("languages", "")):
        if not _LANGUAGE.fullmatch(language):
            text = f"'{language}' is no language code"
            problems.append(
                Problem(file, places["languages"], "language", text, "Write codes such as en, de")
            )
    for asin in _items(values.get("asins", "")):
        if not ASIN.fullmatch(asin):
            text = f"'{asin}' is no ASIN"
            problems.append(Problem(file, places["asins"], "asin", text, "Write ten capitals and digits"))
    return problems


def _items(value: str) -> tuple[str, ...]:
    inner = value.removeprefix("[").removesuffix("]")
    return tuple(filter(None, (item.strip().strip("\"'") for item in inner.split(","))))


def _built(values: Mapping[str, str]) -> FrontMatter:
    return FrontMatter(
        title=values["title"],
        scenario=values["scenario"],
        languages=_items(values["languages"]),
        asins=_items(values.get("asins", "")),
        keywords=_items(values.get("keywords", "")),
    )
