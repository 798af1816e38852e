"""The manual pages and the completion of shells, both made from the program's own parser."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from daemon.cli import main, parser
from daemon.cli_words import DESCRIPTIONS
from tests.documented import ROOT, commands, options
from tools.manual import command_page, file_page, quoted

WORDS = [
    ("st", {"status"}),
    ("labels ", {"list", "export", "import"}),
    ("report --format ", {"text", "json", "csv", "html"}),
    ("labels export --w", {"--with-text"}),
    ("inspect {here}/firstr", {"{here}/firstreply.eml"}),
]
"""What somebody typed, and what must be offered."""


def rendered(page: str) -> str:
    """A page as `man` shows it; no warning is allowed."""
    groff = ["groff", "-man", "-Tutf8", "-ww", "-P-cbou", "-rLL=200n", "-rHY=0"]
    done = subprocess.run(groff, input=page, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return re.sub(r"\s+", " ", done.stdout.replace("\N{MINUS SIGN}", "-"))


def test_the_manual_tells_every_command_and_option() -> None:
    """Each with its sentences, in a page that man shows without a warning."""
    page = rendered(command_page())
    for name, command in commands(parser()):
        words = f"firstreply {name}"
        assert DESCRIPTIONS[words].endswith((".", '".'))
        is_group = command.get_default("act") is None
        assert is_group or f"{words} {DESCRIPTIONS[words]}".replace("`", "") in page
        assert {option for option in options(command) if f" {option} " not in page} == set()
    for section in ("EXIT STATUS", "ENVIRONMENT", "SIGNALS", "FILES", "EXAMPLES", "SEE ALSO", "--version"):
        assert section in page


def test_every_option_and_argument_has_its_words() -> None:
    """`--help` leaves nobody with a bare name, and begins with the command's sentences."""
    for name, command in commands(parser()):
        bare = [action.dest for action in command._actions if not action.help]  # noqa: SLF001  argparse has no public way
        assert bare in ([], ["what"]), name  # "what" is the list of commands, which have words of their own
        assert DESCRIPTIONS[f"firstreply {name}"][:40] in command.format_help()


def test_the_manual_of_the_configuration_tells_every_key() -> None:
    """All lines of the shipped file that set something, in their order."""
    assert rendered(file_page())
    entries = re.findall(r"^\\fB(.*)\\fR$", file_page(), re.MULTILINE)
    shipped = (ROOT / "config" / "firstreply.toml").read_text(encoding="utf-8")
    keys = re.findall(r"^ *#?([a-z_]+ = .*?) *$", shipped, re.MULTILINE)
    assert len(keys) > 50
    assert entries == [quoted(key) for key in keys]


@pytest.mark.parametrize("shell", ["bash", "fish"])
@pytest.mark.parametrize(("typed", "offered"), WORDS)
def test_a_shell_completes(
    shell: str, typed: str, offered: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The script of `firstreply completion SHELL`, in that shell; commands, options, choices, files."""
    if shutil.which(shell) is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"NOT TESTED in {shell}, which is not installed"
        )
    (tmp_path / "firstreply.eml").touch()
    assert main(["completion", shell]) == 0
    (tmp_path / "script").write_text(capsys.readouterr().out, encoding="utf-8")
    typed = typed.format(here=tmp_path)
    done = subprocess.run([*ASKED[shell], typed], cwd=tmp_path, capture_output=True, text=True, check=True)

    answers = {line.split("\t")[0] for line in done.stdout.splitlines()}
    assert done.stderr == ""
    assert answers == {word.format(here=tmp_path) for word in offered}


BASH = """
source ./script
function=$(complete -p firstreply | sed -E 's/.*-F ([^ ]+).*/\\1/')
read -ra COMP_WORDS <<<"firstreply $1"
[[ $1 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
$function firstreply "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
"""What readline does when somebody presses Tab."""
ASKED = {
    "bash": ["bash", "--norc", "-c", BASH, "bash"],
    "fish": ["fish", "--no-config", "-c", 'source ./script; complete -C "firstreply $argv[1]"'],
}
