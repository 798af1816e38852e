"""The knowledge base: Markdown files whose sections answer buyers' questions.

Promises: a section below a `## ` heading is a passage, a file without headings is one. Passages for the
mail's product are asked first, then those for every product, never those for another product, and only in
the reply's language. Below the threshold nothing is found: the draft gets a gap, not a guess. A file that
cannot be used is left out and listed.

Errors: none are raised; problems are collected.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from daemon.reply.front_matter import FrontMatter, read_front_matter
from daemon.reply.problems import Problem
from daemon.reply.search import Index

THRESHOLD = 0.2
"""Measured on the questions of the tests: right answers lie above it, other questions below."""
LARGEST = 256 * 1024
LONGEST_PASSAGE = 2_500
_SHORTEN = "Split it with ## headings, one for each question"


@dataclass(frozen=True, slots=True)
class Passage:
    """One answer, as plain text that can stand in a mail."""

    text: str
    source: str
    """File and heading, for the note to the agent."""
    scenario: str
    title: str
    languages: tuple[str, ...]
    asins: tuple[str, ...] = ()
    keywords: str = ""
    score: float = 0.0
    """Cosine between question and passage, 0 to 1."""


class Knowledge:
    """All passages of one installation, ready to be asked."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = tuple(passages)
        self._index = Index(
            [((passage.title, 3), (passage.keywords, 3), (passage.text, 1)) for passage in self.passages]
        )

    def find(
        self, question: str, *, scenario: str, language: str, asin: str = "", threshold: float = THRESHOLD
    ) -> Passage | None:
        """The passage that answers the question, with its score; None when nothing is near enough."""
        fitting = [
            place
            for place, passage in enumerate(self.passages)
            if passage.scenario == scenario and language in passage.languages
        ]
        own = [place for place in fitting if asin and asin in self.passages[place].asins]
        general = [place for place in fitting if not self.passages[place].asins]
        for pool in (own, general):
            scores = self._index.scores(question, pool)
            best = max(
                zip(scores, pool, strict=True), key=lambda pair: (pair[0], -pair[1]), default=(0.0, -1)
            )
            if best[0] >= threshold and best[1] >= 0:
                return replace(self.passages[best[1]], score=best[0])
        return None


def read_knowledge(folder: Path) -> tuple[Knowledge, list[Problem]]:
    """All `*.md` files below the folder, in the order of their names, and what is wrong with them."""
    passages: list[Passage] = []
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.md")):
        if path.name.upper() == "README.MD":
            continue
        found, complaints = _read(path, str(path.relative_to(folder)))
        passages += found
        problems += complaints
    return Knowledge(passages), problems


def _read(path: Path, name: str) -> tuple[list[Passage], list[Problem]]:
    try:
        if path.stat().st_size > LARGEST:
            return [], [Problem(name, 0, "too_big", "The file is larger than 256 KB", _SHORTEN)]
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return [], [Problem(name, 0, "unreadable", f"It cannot be read: {error}", "Save it as UTF-8")]
    return parse_knowledge(name, text)


def parse_knowledge(name: str, text: str) -> tuple[list[Passage], list[Problem]]:
    """The passages of one file's text."""
    lines = text.replace("\r\n", "\n").split("\n")
    front, start, problems = read_front_matter(name, lines)
    if front is None:
        return [], problems
    passages: list[Passage] = []
    for heading, place, body in _sections(lines, start):
        words = plain(body)
        if not words:
            if heading:
                remedy = "Write the answer below it, or remove it"
                problems.append(Problem(name, place, "empty_section", f"'{heading}' has no text", remedy))
            continue
        if len(words) > LONGEST_PASSAGE:
            said = f"The section has {len(words)} characters, {LONGEST_PASSAGE} are allowed"
            problems.append(Problem(name, place, "too_long", said, _SHORTEN))
            continue
        passages.append(_passage(name, front, heading, words))
    if not passages and not problems:
        problems.append(
            Problem(name, start + 1, "no_text", "There is no text below the front matter", _SHORTEN)
        )
    return passages, problems


def _passage(name: str, front: FrontMatter, heading: str, words: str) -> Passage:
    return Passage(
        text=words,
        source=f"{name}, {heading}" if heading else name,
        scenario=front.scenario,
        title=f"{front.title}: {heading}" if heading else front.title,
        languages=front.languages,
        asins=front.asins,
        keywords=" ".join(front.keywords),
    )


def _sections(lines: list[str], start: int) -> list[tuple[str, int, str]]:
    """(heading, line number from 1, body) of each section; text before the first heading has none."""
    found: list[tuple[str, int, list[str]]] = [("", start + 1, [])]
    for number, line in enumerate(lines[start:], start + 1):
        if line.startswith("## "):
            found.append((line[3:].strip(), number, []))
        elif not line.startswith("# "):
            found[-1][2].append(line)
    return [(heading, number, "\n".join(body)) for heading, number, body in found]


def unknown_asins(knowledge: Knowledge, known: Callable[[str], bool]) -> list[Problem]:
    """Passages for products that the catalogue does not have: mostly a typing error in an ASIN."""
    remedy = "Correct the ASIN, or add the product to the catalogue"
    found = [
        Problem(passage.source.split(", ")[0], 0, "unknown_asin", f"No product has the ASIN {asin}", remedy)
        for passage in knowledge.passages
        for asin in passage.asins
        if not known(asin)
    ]
    return list(dict.fromkeys(found))


def plain(markdown: str) -> str:
    """Markdown as plain text: no emphasis, no images, links reduced to their words, lists kept."""
    head, *rest = markdown.split("<!--")
    text = head + "".join(part.partition("-->")[2] for part in rest)
    text = re.sub(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,500}\)", "", text)
    text = re.sub(r"\[([^\]\n]{1,300})\]\([^)\n]{0,500}\)", r"\1", text)
    text = re.sub(r"\*\*([^*\n]{1,500})\*\*|__([^_\n]{1,500})__|`([^`\n]{1,500})`", r"\1\2\3", text)
    text = re.sub(r"(?m)^\s{0,3}#{1,6}\s+", "", text)
    text = re.sub(r"(?m)^(\s{0,6})[*+](?=\s)", r"\1-", text)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def promoted(title: str, scenario: str, language: str, asin: str, answer: str) -> str:
    """A sent answer as the text of a new knowledge file; names and ids must be taken out by a person."""
    flat = " ".join(title.split())
    body = re.sub(r"(?m)^(#+ |---)", r" \1", answer.strip())
    asins = f"asins: {asin}\n" if asin else ""
    return f"---\ntitle: {flat}\nscenario: {scenario}\nlanguages: {language}\n{asins}---\n\n{body}\n"
