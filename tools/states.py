"""Writes docs/states.md from the code: states with their transitions, reasons, commands, settings.

Run by `make docs`; a test fails when the page and the code differ.
"""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

from daemon.cli import parser
from daemon.desk import alert, conversation, disposition, gesture_model, receipt
from daemon.mail import understanding
from daemon.ports.ledger import reasons
from daemon.ports.ledger.guards import STATES
from daemon.reply.notes import HELD_REASONS
from daemon.settings_file import FirstreplyFile
from daemon.settings_playbook import PlaybookFile

PAGE = Path(__file__).resolve().parent.parent / "docs" / "states.md"
HEAD = """\
# States, reasons, commands, settings

This page is made from the code by `make docs`; a test compares them.

## States

The database refuses every step that is not listed here.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_states(), *_all_reasons(), *_commands(), *_settings()]) + "\n"


def _states() -> Iterator[str]:
    for life in STATES:
        yield f"### {life.table}\n\nBegins as `{life.first}`.\n\n| from | to |\n|---|---|"
        olds = sorted({old for old, _ in life.steps})
        for old in olds:
            targets = ", ".join(f"`{new}`" for step, new in life.steps if step == old)
            yield f"| `{old}` | {targets} |"
        ends = sorted({new for _, new in life.steps} - set(olds))
        yield f"\nEnds: {', '.join(f'`{state}`' for state in ends) or 'none'}.\n"


def _all_reasons() -> Iterator[str]:
    yield "## Reasons\n\nEvery decision in the log and in the ledger carries one of these.\n"
    held = {slug: text.replace("{", "").replace("}", "") for slug, text in HELD_REASONS.items()}
    for title, table in (
        ("Who wrote a mail", understanding.REASONS),
        ("What becomes of a message", disposition.REASONS),
        ("Which conversation it joins", conversation.REASONS),
        ("Why a draft is held (the note's words)", held),
        ("What people did", gesture_model.REASONS),
        ("What a receipt does", receipt.REASONS),
        ("What happened", reasons.REASONS),
        ("Alerts", alert.ALERTS),
    ):
        yield from _table(title, table)


def _table(title: str, table: Mapping[str, str]) -> Iterator[str]:
    yield f"### {title}\n\n| reason | meaning |\n|---|---|"
    for slug, meaning in sorted(table.items()):
        yield f"| `{slug}` | {meaning} |"
    yield ""


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    actions = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001  argparse has no public way
    for name, command in sorted(actions[0].choices.items()):
        usage = " ".join(command.format_usage().removeprefix("usage: ").split())
        yield f"- `{usage}`" if name in usage else f"- `{name}`"
    yield ""


def _settings() -> Iterator[str]:
    yield "## Settings\n\n`config/firstreply.toml` and `config/playbook.toml` tell what each means.\n"
    for name, model in (("firstreply.toml", FirstreplyFile), ("playbook.toml", PlaybookFile)):
        schema = model.model_json_schema()
        tables = {"": schema, **schema.get("$defs", {})}
        keys = sorted({key for table in tables.values() for key in table.get("properties", {})})
        yield f"- `{name}`: " + ", ".join(f"`{key}`" for key in keys)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
