"""Log lines name the buyer message that they are about, whatever else they name; the rule bites."""

import ast

import pytest

from tests.house_rules import Sources, sources

LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
ABOUT = frozenset({"draft", "delivery", "clock", "case", "receipt", "revision", "template"})
"""Whoever logs one of these knows, or can ask `stages/naming.py`, whose it is."""


def nameless(house: Sources) -> list[str]:
    """Calls that log one of these without `message=`, or `**` of ids that hold it."""
    return [
        f"{name}, line {node.lineno}: {ast.unparse(node)}"
        for name, text in house.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and _logs(node) and not _named({word.arg for word in node.keywords})
    ]


def _logs(call: ast.Call) -> bool:
    to = call.func
    return isinstance(to, ast.Attribute) and to.attr in LEVELS and ast.unparse(to.value).endswith("log")


def _named(words: set[str | None]) -> bool:
    return not words & ABOUT or bool(words & {"message", None})


def test_every_line_about_a_message_names_it() -> None:
    """In every stage."""
    house = sources("daemon/stages")
    assert len(house) > 20
    assert nameless(house) == []


@pytest.mark.parametrize("named", ["message=7, ", "**ids, ", ""])
def test_the_rule_bites(named: str) -> None:
    """By the message, by ids, or not at all."""
    code = f"def act(context):\n    context.log.info('sent', {named}draft=3)\n"
    assert bool(nameless({"daemon.stages.example": code})) is not bool(named)
