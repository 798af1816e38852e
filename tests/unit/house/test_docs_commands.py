"""Commands, options, make targets, settings, variables and files in the documents, against the program."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from daemon.desk.alert import ALERTS
from daemon.reply.notes import HELD_REASONS
from daemon.settings_file import FirstreplyFile
from daemon.settings_playbook import PlaybookFile
from tests.documented import (
    PAGES,
    ROOT,
    everything_told,
    makefile,
    silent,
    texts,
    told,
    wrong_command,
    wrong_target,
)

LINES = everything_told()
VARIABLE = re.compile(r"\bFIRSTREPLY_[A-Z_]+\b")
LOGGED = re.compile(r'\b([a-z_]+)(?:=|": )')


def test_every_command_line_is_one_of_the_program() -> None:
    """Commands and options of pages, configuration, units and messages: the parser takes each."""
    lines = [line for line in LINES if line.words[0] == "firstreply"]
    assert len(lines) > 60
    assert {re.split("[./]", line.place)[0] for line in lines} >= {
        "README",
        "docs",
        "config",
        "systemd",
        "daemon",
    }
    assert [wrong for line in lines if (wrong := wrong_command(line))] == []


def test_every_make_target_and_variable_exists() -> None:
    """`make TARGET VARIABLE=…` of a page is the Makefile's, and each target stands on a page."""
    lines = [line for line in LINES if line.words[0] == "make"]
    assert [wrong for line in lines for wrong in wrong_target(line)] == []
    assert makefile()[0] - {word for line in lines for word in line.words} == set()


def test_every_command_and_option_stands_on_a_page() -> None:
    """Nothing of the program is told by `--help` alone; docs/states.md, which is made, does not count."""
    assert list(silent(page.read_text(encoding="utf-8") for page in PAGES)) == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "```console\n$ firstreply starte\n```",
            "x.md:2: firstreply starte: argument COMMAND: invalid choice",
        ),
        ("\n`firstreply check --al`", "x.md:2: firstreply check --al: unrecognized arguments: --al"),
        ("`firstreply labels export --with`", "unrecognized arguments: --with"),
        ("```console\n# sudo -u firstreply firstreply login\n```", "arguments are required: NAME"),
        ("```sh\nfirstreply report \\\n  --format pdf\n```", "x.md:2: firstreply report --format pdf"),
        ("`systemd-run -p User=x /opt/bin/firstreply backup --kep 3`", "unrecognized arguments: --kep 3"),
        ("`firstreply login` and `firstreply evaluate --data`, `firstreply COMMAND --help`", None),
        ("`systemctl restart firstreply`, `sudo -u firstreply id`", None),
        ("```console\nfirstreply says this\n```", None),
    ],
)
def test_a_wrong_command_line_is_seen(text: str, finding: str | None) -> None:
    """With its file and line; a span may leave arguments away, a line of a block may not."""
    wrong = [str(wrong_command(line)) for line in told("x.md", text) if wrong_command(line)]
    assert len(wrong) == (finding is not None)
    assert finding is None or finding in wrong[0]


def test_a_wrong_make_line_is_seen() -> None:
    """Both parts of it."""
    wrong = [word for line in told("x.md", "`make tset FASTER=1`") for word in wrong_target(line)]
    assert wrong == ["x.md:1: make has no target tset", "x.md:1: make has no variable FASTER"]


def test_silence_is_seen() -> None:
    """A command without a page, and an option that stands on another command's page only."""
    pages = ["`firstreply check --ask` and `--send`", "`firstreply backup --to X` `--keep`, --with-text"]
    missing = set(silent(pages))
    assert {"firstreply run", "firstreply labels list", "firstreply init --yes"} <= missing
    assert missing.isdisjoint({"firstreply check", "firstreply check --ask", "firstreply backup --keep"})


# ---- settings --------------------------------------------------------------------------------


def tables(model: type[BaseModel]) -> dict[str, set[str]]:
    """The keys of a file's tables: `mailbox.imap` → host, port …; "" is the top."""
    schema = model.model_json_schema()

    def walk(path: str, table: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
        yield path, set(table.get("properties", {}))
        for key, value in table.get("properties", {}).items():
            for found in re.findall(r"#/\$defs/(\w+)", str(value)):
                yield from walk(f"{path}.{key}".lstrip("."), schema["$defs"][found])

    return dict(walk("", schema))


TABLES = tables(FirstreplyFile)
KEYS = set().union(*TABLES.values(), *tables(PlaybookFile).values())
FREE = {"calendar", "policy", "wording"}
"""Tables of the playbook whose keys are not fixed by its shape."""


def unknown_settings(text: str) -> Iterator[str]:
    """Tables, keys and `table.key` of a page that are no settings."""
    for block in re.findall(r"^ *```toml\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        yield from unknown_keys(tomllib.loads(block))
    for span in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text):
        if table := re.fullmatch(r"\[+([a-z][a-z_.]{2,})\]+", span):
            if table[1] not in TABLES and table[1].split(".")[0] not in KEYS:
                yield span
        elif dotted := re.fullmatch(r"([a-z_]+(?:\.[a-z_]+)*)\.([a-z_]+)", span):
            if dotted[1] in TABLES and dotted[2] not in TABLES[dotted[1]]:
                yield span
        elif (pair := re.match(r"([a-z_]+) = \S", span)) and pair[1] not in KEYS:
            yield span


def unknown_keys(table: dict[str, Any]) -> Iterator[str]:
    """The keys of a parsed block that no settings file knows."""
    for key, value in table.items():
        if key not in KEYS:
            yield key
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and key not in FREE:
                yield from unknown_keys(each)


def test_every_setting_of_a_page_exists() -> None:
    """`table.key`, `[table]`, `key = value`, and blocks of TOML."""
    texts_ = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
    assert {"mailbox.imap", "deadlines"} <= set(TABLES)
    assert [f"{name}: {each}" for name, text in texts_.items() for each in unknown_settings(text)] == []


def test_an_unknown_setting_is_seen() -> None:
    """In each of the four forms."""
    text = "`log.levle` `log.level` `[logs]` `[mailbox.imap]` `pole_seconds = 3` `idle = true`\n"
    text += "```toml\n[cycle]\nsiez = 1\n```"
    assert set(unknown_settings(text)) == {"log.levle", "[logs]", "pole_seconds = 3", "siez"}


# ---- variables, files, tests -----------------------------------------------------------------


def test_variables_of_the_environment_are_the_programs() -> None:
    """Each FIRSTREPLY_… of a page is read somewhere, and each that the program reads stands on a page.

    Those of the journal are what log lines name: a keyword, or a key of ids.
    """
    said = {name for page in PAGES for name in VARIABLE.findall(page.read_text(encoding="utf-8"))}
    program = {name for file, text in texts() if file.suffix == ".py" for name in VARIABLE.findall(text)}
    assert program
    assert program - said == set()
    logged = {word for file, text in texts() if file.suffix == ".py" for word in LOGGED.findall(text)}
    fields = {f"FIRSTREPLY_{word.upper()}" for word in logged | {"event"}}
    assert {name for name in said - program - fields if name not in makefile()[1]} == set()


def missing_files(page: Path, text: str) -> Iterator[str]:
    """Links and names of files of ours that lead nowhere; `file::test` names a test too."""
    for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
        if not (page.parent / link).exists():
            yield f"{page.name}: {link}"
    for name, test in re.findall(
        r"`((?:tests|daemon|classifier|docs|config|tools|systemd)/[\w./-]+)(?:::(\w+))?`", text
    ):
        file = ROOT / name
        if not file.exists() and not name.startswith("config/catalogue"):
            yield f"{page.name}: {name}"
        elif test and not re.search(
            rf"^(?:async )?def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE
        ):
            yield f"{page.name}: {name}::{test}"


def test_every_file_and_test_that_a_page_names_exists() -> None:
    """Links, `daemon/…`, `tests/….py::test_…`."""
    assert [each for page in PAGES for each in missing_files(page, page.read_text(encoding="utf-8"))] == []


def test_a_file_that_is_not_there_is_seen() -> None:
    """A link, a path, and a test of a file that is there."""
    here = "tests/unit/house/test_docs_commands.py"
    text = f"[a](nowhere.md) [b](README.md#top) `docs/gone.md` `{here}::test_gone` `{here}::missing_files`"
    assert list(missing_files(ROOT / "x.md", text)) == [
        "x.md: nowhere.md",
        "x.md: docs/gone.md",
        f"x.md: {here}::test_gone",
    ]


# ---- troubleshooting -------------------------------------------------------------------------

TROUBLE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "known"), [("A draft came back with a note", HELD_REASONS), ("An alert came", ALERTS)]
)
def test_every_note_and_alert_has_its_remedy(heading: str, known: Mapping[str, str]) -> None:
    """The tables of troubleshooting name each reason of a note, and each alert, once, and no other."""
    table = TROUBLE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [row.split(" | ")[0] for row in table.splitlines() if row.startswith("| `")]
    assert sorted(slug for row in rows for slug in re.findall(r"`(\w+)`", row)) == sorted(known)


def program_words() -> str:
    """All that the program can say: its source, with literals that are continued joined."""
    source = " ".join(text for file, text in texts() if file.suffix == ".py")
    return re.sub(r'"\s*\n\s*f?"', "", source)


def test_what_it_says_is_what_it_says() -> None:
    """Words that troubleshooting quotes in a first column are the program's own."""
    heads = [row.split(" | ")[0] for row in TROUBLE.splitlines() if row.startswith("| ")]
    quoted = {
        part.strip()
        for head in heads
        for span in re.findall(r"`([^`]+ [^`]+)`", head)
        for part in span.split("…")
    }
    words = program_words()
    assert len(quoted) > 15
    assert [part for part in sorted(quoted) if part not in words] == ["database or disk is full"]  # SQLite's


def test_every_claim_of_the_security_model_names_its_test() -> None:
    """Each row under "What protects"; that the test exists is proved with the files above."""
    model = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    claims = re.findall(r"^\| [A-Z].*", model.split("## What protects")[1].split("\n## ")[0], re.MULTILINE)
    assert len(claims) > 25
    assert [claim for claim in claims if not re.search(r"\| `tests/[\w/]+\.py::test_\w+` \|$", claim)] == []
