"""Writes firstreply(1) and firstreply.toml(5) into a folder, from the parser and the shipped configuration.

Run by `make docs` and, for the wheel, by tools/wheel.sh. Nobody keeps the pages, so none can be out of date.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from daemon.cli import CONFIG, parser
from daemon.cli_words import DESCRIPTIONS

ROOT = Path(__file__).resolve().parent.parent
TAIL = r"""
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
The answer is "no": findings, a mailbox that is not healthy, a model that was not installed.
.TP
.B 2
Wrong usage.
.TP
.B 75
A temporary failure, such as a server that is away or a busy ledger. Try again.
.TP
.B 78
The configuration is wrong. The message names file, key and remedy. systemd does not start the service again.
.SH ENVIRONMENT
.TP
.B FIRSTREPLY_CONFIG
The configuration file, where
.B \-\-config
names none.
.TP
.B CREDENTIALS_DIRECTORY
Where systemd put the credentials that the configuration names.
.SH SIGNALS
.TP
.B SIGHUP
Take over changed templates, playbook, catalogue and knowledge; all of it or, when a file is broken, nothing.
.TP
.BR SIGTERM ", " SIGINT
End at a safe place: within ten seconds, unless a mail waits for the server's reply to its end.
.SH FILES
.TP
.I /etc/firstreply/firstreply.toml
The configuration, see
.BR firstreply.toml (5).
.TP
.I /etc/firstreply/playbook.toml
Deadlines, templates and steps for each scenario, calendars, and the severities of the policy guard.
.TP
.I /etc/firstreply/credentials/
Passwords, one file each, for root alone.
.TP
.I /var/lib/firstreply/
Ledger, models, tokens and backups.
.SH EXAMPLES
.TP
.B firstreply check \-\-ask
Prove everything, and ask about the settings of Seller Central.
.TP
.B runuser \-u firstreply \-\- firstreply status
How it stands, on a machine where the service runs.
.TP
.B firstreply run \-\-once \-\-since 7d
One cycle for every mailbox, with the mail of the last seven days.
.TP
.B firstreply report \-\-from 2026\-11\-01 \-\-to 2026\-11\-30 \-\-format html \-\-output november.html
The figures of a month as a page with plots.
.TP
.B firstreply trace 302\-1234567\-7654321
All that happened about an order.
.SH SEE ALSO
.BR firstreply.toml (5),
.BR systemctl (1),
.BR journalctl (1),
.BR systemd\-creds (1)
.PP
The folder
.I docs
of the project: install, first hour, operating, troubleshooting, security.
"""
FILE_HEAD = r""".TH FIRSTREPLY.TOML 5 "" "firstreply" "File formats"
.SH NAME
firstreply.toml \- the configuration of firstreply(1)
.SH DESCRIPTION
"""


def quoted(text: str) -> str:
    """Text that roff takes as it stands."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("`", "")
    return re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)


def sentence(text: str) -> str:
    """A help text as a sentence."""
    return quoted(text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else "."))


def command_page() -> str:
    """firstreply(1)."""
    top = parser()
    lines = [
        '.TH FIRSTREPLY 1 "" "firstreply" "User commands"',
        r".SH NAME",
        r"firstreply \- answer Amazon buyers in time, with a person's approval",
        ".SH SYNOPSIS",
        r".B firstreply",
        r".I COMMAND",
        r"[\fB\-\-config\fR \fIFILE\fR] [\fB\-\-json\fR] [\fIoption ...\fR]",
        ".SH DESCRIPTION",
        quoted(DESCRIPTIONS["firstreply"]),
        ".SH OPTIONS",
        *_options(top),
        ".PP",
        "Nearly every command takes these.",
        *_entry(r"\fB\-\-config\fR \fIFILE\fR", sentence(CONFIG)),
        *_entry(r"\fB\-\-json\fR", "Answer in JSON."),
        ".SH COMMANDS",
        *(line for command in leaves(top) for line in _command(command)),
    ]
    return "\n".join(lines) + TAIL


def leaves(of: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Every command that can be run."""
    groups = [action for action in of._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001  argparse has no public way
    if not groups:
        yield of
    for group in groups:
        for command in group.choices.values():
            yield from leaves(command)


def _command(command: argparse.ArgumentParser) -> Iterator[str]:
    yield f".SS {quoted(command.prog)}"
    yield quoted(DESCRIPTIONS[command.prog])
    yield from _options(command)


def _options(command: argparse.ArgumentParser) -> Iterator[str]:
    for action in command._actions:  # noqa: SLF001  argparse has no public way
        of_all = {"--config", "--json", *(("-h",) if command.prog != "firstreply" else ())}
        if of_all.isdisjoint(action.option_strings) and not isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  the same
            told = (action.help or "") % {
                **vars(action),
                "choices": ", ".join(map(str, action.choices or ())),
            }
            yield from _entry(_synopsis(action), sentence(told))


def _synopsis(action: argparse.Action) -> str:
    value = action.metavar or "|".join(map(str, action.choices or ()))
    shown = rf"\fI{quoted(str(value))}\fR" if value and action.nargs != 0 else ""
    shown += r" \fR..." if action.nargs == "+" else ""
    return " ".join(
        [*(rf"\fB{quoted(option)}\fR" for option in action.option_strings), *([shown] if shown else [])]
    )


def _entry(head: str, text: str) -> Sequence[str]:
    return ".TP", head, text


def file_page() -> str:
    """firstreply.toml(5): the comments of the shipped file, each before its key."""
    head, _, rest = (ROOT / "config" / "firstreply.toml").read_text(encoding="utf-8").partition("\n\n# The ")
    lines = [FILE_HEAD + quoted(re.sub(r"^# ?", "", head, flags=re.MULTILINE)).replace("\n\n", "\n.PP\n")]
    words: list[str] = []
    for line in f"# The {rest}".splitlines():
        text = line.strip()
        if key := re.fullmatch(r"#?([a-z_]+ = .*)", text):
            lines += _entry(rf"\fB{quoted(key[1])}\fR", _paragraph(words))
        elif text.startswith("["):
            lines += [f'.SH "{quoted(text)}"', *([_paragraph(words)] if words else [])]
        elif text:
            words.append(text.removeprefix("#").strip())
            continue
        words = []
    return "\n".join(lines) + "\n.SH SEE ALSO\n.BR firstreply (1)\n"


def _paragraph(words: Sequence[str]) -> str:
    text, must = re.subn(r"^here(: |$)", "", " ".join(words))
    text = text or "As above." if not must else f"{text} This must be set.".strip()
    return sentence(re.sub(r"(?<=[a-z])$", ".", text))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "firstreply.1").write_text(command_page(), encoding="utf-8")
    (folder / "firstreply.toml.5").write_text(file_page(), encoding="utf-8")
