"""`docs/policy.md` says what the code does."""

import re
from pathlib import Path

import pytest

from daemon.desk.policy import RULES, Rule, Severity

PAGE = (Path(__file__).parents[3] / "docs" / "policy.md").read_text("utf-8")
ROWS = {
    row[0].strip("`"): row
    for line in PAGE.splitlines()
    if line.startswith("| `pg") and (row := [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
}


def test_the_table_lists_exactly_the_rules_in_order() -> None:
    """No rule without a row, no row without a rule."""
    assert list(ROWS) == [rule.slug for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_each_row_says_what_the_rule_says(rule: Rule) -> None:
    """Severity, what it looks for, source, and how to lower it where that is allowed."""
    _, severity, looks_for, source, lowered = ROWS[rule.slug]
    assert severity == rule.severity.value
    assert looks_for == f"**{rule.title}.** {rule.looks_for}"
    assert source == rule.source
    assert (f'{rule.slug} = "warn"' in lowered) == rule.lowerable
    assert rule.lowerable or lowered == ("no" if rule.severity is Severity.BLOCK else "warns already")
