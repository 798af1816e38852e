"""The documents and the program say the same: states and reasons; commands are test_docs_commands.py's."""

import ast
import re
from pathlib import Path

from tools.states import PAGE, page

ROOT = Path(__file__).resolve().parents[3]
REASON_AT = {
    "Entry": 3,
    "change_draft": 6,
    "move_to": 4,
    "_shunt": 2,
    "hold": 2,
    "new_note": 1,
    "Objection": 0,
}
"""Which positional argument of these calls is a reason slug."""


def reasons_in(source: str) -> set[str]:
    """The reason slugs that a module writes literally."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        at = REASON_AT.get(name)
        if at is not None and len(node.args) > at:
            argument = node.args[at]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.add(argument.value)
    return found


def test_the_page_of_states_is_that_of_the_program() -> None:
    """docs/states.md is what `make docs` writes from this code."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_reason_that_is_written_is_documented() -> None:
    """No stage and no book of the ledger logs a slug that the page does not explain."""
    documented = set(re.findall(r"^\| `([a-z_0-9]+)` \|", page(), re.MULTILINE))
    folders = [ROOT / "daemon" / "stages", ROOT / "daemon" / "ports" / "ledger"]
    written = {
        slug for folder in folders for file in folder.glob("*.py") for slug in reasons_in(file.read_text())
    }
    assert len(written) > 15
    assert written - documented == set()


def test_an_undocumented_reason_would_be_seen() -> None:
    """The search finds a slug in each form of call."""
    source = 'hold(context, 1, "because", "dispatch")\nEntry("s", "draft", 1, "why_not")'
    assert reasons_in(source) == {"because", "why_not"}
