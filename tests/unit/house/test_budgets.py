"""The budgets of the code: lengths, docstrings, types, broad excepts; each rule is shown to bite."""

import ast

import pytest

from tests.house_rules import (
    Sources,
    documented_share,
    functions,
    length,
    share_of_short_functions,
    sources,
    swallowing,
    too_long,
    unannotated,
    undocumented_modules,
)

LONG = "def f() -> None:\n" + "    x = 1\n" * 60


@pytest.fixture(scope="module")
def house() -> Sources:
    """All modules of the program."""
    return sources("daemon", "classifier")


def test_no_file_and_no_function_is_too_long(house: Sources) -> None:
    """300 lines and 60 lines."""
    assert too_long(house) == []


def test_nearly_all_functions_are_short(house: Sources) -> None:
    """95 % have at most 45 lines, and half of them at most ten or so."""
    assert share_of_short_functions(house) >= 0.95
    assert share_of_short_functions(house, limit=15) >= 0.5


def test_every_module_says_what_it_is_for(house: Sources) -> None:
    """A docstring at its beginning."""
    assert undocumented_modules(house) == []


def test_every_function_says_what_it_returns(house: Sources) -> None:
    """Private and nested ones too."""
    assert unannotated(house) == []


def test_public_names_are_documented(house: Sources) -> None:
    """At least 95 % of classes, functions and methods."""
    assert documented_share(house) >= 0.95


def test_a_stage_swallows_at_most_once_and_nobody_else_does(house: Sources) -> None:
    """A broad except that does not raise again hides bugs; one a stage sets a poison message aside."""
    found = swallowing(house)
    assert all(module.startswith("daemon.stages.") and number == 1 for module, number in found.items()), found
    assert "daemon.stages.intake" in found


def test_a_long_file_and_a_long_function_are_found() -> None:
    """One line over the budget is enough; nested functions and methods count."""
    assert too_long({"m": "x = 1\n" * 300}) == []
    assert too_long({"m": "x = 1\n" * 301}) == ["m has 301 lines"]
    assert too_long({"m": LONG}) == ["m.f has 61 lines"]
    assert too_long({"m": LONG.replace("    x = 1\n", "", 1)}) == []
    assert len(too_long({"m": "class A:\n" + "\n".join("    " + line for line in LONG.splitlines())})) == 1


def test_lengths_are_counted_from_the_def() -> None:
    """A decorator is no line of the function; the share is that of functions, not of lines."""
    tree = ast.parse("@a\n@b\ndef f() -> None:\n    ...\n")
    assert [length(each) for each in functions(tree)] == [2]
    assert share_of_short_functions({"m": LONG + "def g() -> None: ...\n"}) == 0.5
    assert share_of_short_functions({}) == 1.0


def test_a_module_without_a_docstring_is_found() -> None:
    """A comment is none; an empty file needs none."""
    assert undocumented_modules({"a": "x = 1", "b": "# words\nx = 1", "c": '"""Words."""', "d": "\n"}) == [
        "a",
        "b",
    ]


def test_a_missing_return_type_is_found() -> None:
    """In an async method inside a function too."""
    code = {"m": "def f() -> None:\n    class A:\n        async def g(self):\n            ...\n"}
    assert unannotated(code) == ["m.g in line 3"]


def test_missing_docstrings_are_counted() -> None:
    """Of public names only; methods of a private class are private."""
    source = 'class A:\n    """A."""\n    def f(self): ...\n    def _g(self): ...\n'
    source += "class _B:\n    def h(self): ...\n"
    assert documented_share({"m": source}) == 0.5
    assert documented_share({"m": "x = 1"}) == 1.0


@pytest.mark.parametrize(
    "caught", ["except:", "except Exception:", "except BaseException as e:", "except (OSError, Exception):"]
)
def test_a_broad_except_is_found(caught: str) -> None:
    """Unless it raises at its end."""
    assert swallowing({"m": f"try:\n    f()\n{caught}\n    pass"}) == {"m": 1}
    assert swallowing({"m": f"try:\n    f()\n{caught}\n    close()\n    raise"}) == {}


def test_a_narrow_except_is_none_of_our_business() -> None:
    """Naming what is expected is the habit."""
    assert swallowing({"m": "try:\n    f()\nexcept (OSError, ValueError):\n    pass"}) == {}
