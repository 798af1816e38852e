"""What the documents say of the program: its command lines and make targets, each with its place.

Promises: a command is told by a fenced block (`$ ` and `# ` are prompts), by a span between backticks, or by
an `Exec…=` line of a unit. It is parsed by the program's own parser. A line of a block must be complete, a
span may leave arguments away. Pages that are made from the parser are not read: they cannot be wrong.

Errors: none; what is wrong is returned as sentences that begin with file and line.
"""

import argparse
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

from daemon.cli import parser

ROOT = Path(__file__).resolve().parents[1]
MADE = {ROOT / "docs" / "states.md"}
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")} - MADE - {ROOT / "CHANGELOG.md"})
"""The pages that people write and that tell of today."""
TOLD_ONCE = {"-h", "--help", "--config", "--json"}
"""Options that nearly every command has."""
_SHELLS = {"", "console", "sh", "bash"}
_PROMPT = re.compile(r"^[$#] ")
_FENCE = re.compile(r"^ *```(\S*)[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_WITH_VALUE = {
    "sudo": {"-u", "-g"},
    "runuser": {"-u"},
    "systemd-run": {"-p", "--property", "--unit", "--uid"},
    "env": set[str](),
}
"""What may stand before a command, and which of its options take a word."""


@dataclass(frozen=True)
class Told:
    """A command line, and where it stands."""

    place: str
    words: tuple[str, ...]
    whole: bool


class Wrong(Exception):  # noqa: N818  it is no error of ours, but the parser's answer
    """What the parser has against a command line."""


class _Strict(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Wrong(message)


def texts() -> Iterator[tuple[Path, str]]:
    """All that may tell a command: pages, configuration, units, tools, the program's own words."""
    files = [
        *PAGES,
        *ROOT.glob("config/*.toml"),
        *ROOT.glob("systemd/*"),
        *ROOT.glob("tools/*"),
        ROOT / "Makefile",
    ]
    files += [file for folder in ("daemon", "classifier") for file in sorted((ROOT / folder).rglob("*.py"))]
    for file in files:
        if file.is_file():
            yield file, file.read_text(encoding="utf-8")


def told(name: str, text: str) -> Iterator[Told]:
    """The command lines of one text."""
    blocks = list(_FENCE.finditer(text)) if name.endswith(".md") else []
    for block in blocks:
        if block[1] in _SHELLS:
            lines = _blanked(block[2]).splitlines()
            first = text.count("\n", 0, block.start(2)) + 1
            for number, line in enumerate(lines, first):
                if _PROMPT.match(line) or block[1] in {"sh", "bash"}:
                    yield from _commands(f"{name}:{number}", _PROMPT.sub("", line), whole=True)
    rest = _FENCE.sub(lambda block: "\n" * block[0].count("\n"), text) if blocks else text
    for span in _SPAN.finditer(rest):
        place = f"{name}:{rest.count(chr(10), 0, span.start()) + 1}"
        yield from _commands(place, " ".join(re.sub(r"\n *#? *", " ", span[1]).split()), whole=False)
    for unit in re.finditer(r"^Exec\w+=(.*)", text, re.MULTILINE):
        yield from _commands(name, unit[1], whole=True)


def steps(page: str, heading: str) -> list[list[str]]:
    """The commands of each block below a heading, to be carried out as they stand there."""
    text = (ROOT / page).read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    blocks = [block[2].splitlines() for block in _FENCE.finditer(text) if block[1] == "console"]
    return [[_PROMPT.sub("", line) for line in lines] for lines in blocks]


def _blanked(block: str) -> str:
    """Continued lines on their first one, with as many lines as before."""
    return re.sub(
        r"(?:[^\n]*\\\n)+[^\n]*",
        lambda lines: re.sub(r"\\\n *", "", lines[0]) + "\n" * lines[0].count("\n"),
        block,
    )


def _commands(place: str, line: str, *, whole: bool) -> Iterator[Told]:
    try:
        lexer = shlex.shlex(re.sub(r"(^|\s)#\s.*", "", line), posix=True, punctuation_chars="<>;&")
        lexer.whitespace_split, lexer.commenters = True, ""
        words = list(lexer)
    except ValueError:  # an apostrophe in a span that is no command
        return
    command: list[str] = []
    for word in [*words, ";"]:
        if word in {"&&", "||", "|", ";", ">", "<"}:
            command = _bare(command)
            if command and Path(command[0]).name in {"firstreply", "make"}:
                yield Told(place, (Path(command[0]).name, *command[1:]), whole)
            command = [":"] if word in {"<", ">"} else []  # the name of a file comes
        else:
            command.append(word)


def _bare(words: list[str]) -> list[str]:
    """A command without what is said before it: `sudo -u NAME`, `systemd-run -p …`, assignments."""
    while words and (words[0] in _WITH_VALUE or re.match(r"[A-Z_]+=", words[0])):
        values = _WITH_VALUE.get(words[0], set())
        words = words[1:]
        while words and words[0].startswith("-"):
            words = words[2 if words[0] in values else 1 :]
    return words


def everything_told() -> list[Told]:
    """The command lines of all texts."""
    return [each for file, text in texts() for each in told(str(file.relative_to(ROOT)), text)]


@cache
def strict() -> argparse.ArgumentParser:
    """The program's parser, which answers with `Wrong`."""
    top = parser()
    for each in [top, *(command for _, command in commands(top))]:
        each.__class__ = _Strict
        each.allow_abbrev = False
    return top


def commands(of: argparse.ArgumentParser, above: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command below a parser, with those that only have commands: `labels`, `labels list`."""
    for action in of._actions:  # noqa: SLF001  argparse has no public way
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  the same
            for name, command in action.choices.items():
                yield f"{above}{name}", command
                yield from commands(command, f"{above}{name} ")


def options(command: argparse.ArgumentParser) -> set[str]:
    """The long options of one command, without those that nearly all have."""
    named = {name for action in command._actions for name in action.option_strings}  # noqa: SLF001  the same
    return named - TOLD_ONCE


def wrong_command(line: Told) -> str | None:
    """What is wrong with `firstreply …`; None when the program takes it."""
    words = ["1" if word == "N" else word.rstrip("…") or "X" for word in line.words[1:]]
    if not line.whole and (not words or not re.fullmatch(r"[a-z-]+", words[0])):
        return None  # `firstreply` alone, `firstreply COMMAND`
    try:
        strict().parse_args(words)
    except Wrong as answer:
        incomplete = re.search(
            r"arguments are required|expected (one|at least one) argument|invalid choice: '[A-Z]+'",
            str(answer),
        )
        return None if incomplete and not line.whole else f"{line.place}: {shlex.join(line.words)}: {answer}"
    except SystemExit:  # --help
        return None
    return None


def makefile() -> tuple[set[str], str]:
    """The targets of the Makefile, and its text with that of what it runs."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set((re.search(r"^\.PHONY: (.*)", text, re.MULTILINE) or [""])[1].split())
    ran = [*ROOT.glob("tools/*.sh"), *ROOT.glob("tests/acceptance/*.py")]
    return targets, text + "".join(file.read_text(encoding="utf-8") for file in ran)


def wrong_target(line: Told) -> Iterator[str]:
    """Targets and variables of `make …` that are none."""
    targets, text = makefile()
    for word in line.words[1:]:
        name, assigned, _ = word.partition("=")
        if assigned and not re.search(rf"\b{name}\b", text):
            yield f"{line.place}: make has no variable {name}"
        if not assigned and re.match("[a-z]", name) and name not in targets:
            yield f"{line.place}: make has no target {name}"


def silent(page_texts: Iterable[str]) -> Iterator[str]:
    """Commands and options that no page of people's tells: an option on a page that names its command."""
    pages = list(page_texts)
    for name, command in commands(parser()):
        naming = [page for page in pages if re.search(rf"firstreply {name}(?![a-z-])", page)]
        if not naming:
            yield f"firstreply {name}"
        for option in sorted(options(command)):
            if not any(re.search(rf"{option}(?![a-z-])", page) for page in naming):
                yield f"firstreply {name} {option}"
