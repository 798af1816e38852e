"""Imports point downward only, floor 0 is pure, and nothing goes in circles; each rule is shown to bite."""

import pytest

from tests.house_rules import (
    FLOORS,
    Sources,
    classifier_borders_broken,
    cycles,
    floor,
    floors_broken,
    imports,
    purity_broken,
    sources,
)


@pytest.fixture(scope="module")
def house() -> Sources:
    """All modules of the program."""
    return sources("daemon", "classifier")


def test_the_whole_house_is_looked_at(house: Sources) -> None:
    """Every floor has modules; a rule over nothing would always hold."""
    assert {floor(module) for module in house if module.startswith("daemon")} == {0, 1, 2, 3}
    for names in FLOORS:
        assert all(any(module.startswith(name) for module in house) for name in names)
    assert "classifier" in house


def test_imports_point_downward(house: Sources) -> None:
    """No module knows a floor above its own; floor 0 knows the standard library and its parsers."""
    assert floors_broken(house) == []


def test_floor_zero_is_pure(house: Sources) -> None:
    """No files, network, processes, logs, chance, and no clock: `now` is an argument."""
    assert purity_broken(house) == []


def test_the_classifier_stands_alone(house: Sources) -> None:
    """It imports nothing of the daemon, and only the composition root and the commands import it."""
    assert classifier_borders_broken(house) == []


def test_nothing_goes_in_circles(house: Sources) -> None:
    """Not even through imports inside functions."""
    assert cycles(house) == []


GOOD = {"daemon.errors": "", "daemon.desk.a": "import datetime", "daemon.ports.p": "", "daemon.cli": ""}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("daemon.desk.b", "from daemon.ports import p"),
        ("daemon.desk.b", "from daemon.ports.p import x"),
        ("daemon.mail.b", "def f():\n    import daemon.ports.p"),
        ("daemon.desk.b", "if True:\n    from ..ports import p"),
        ("daemon.desk.b", "import sqlalchemy"),
        ("daemon.desk.b", "import lxml"),
        ("daemon.mail.b", "import requests"),
        ("daemon.ports.b", "from daemon.stages.s import x"),
        ("daemon.reply.b", "import daemon.settings"),
        ("daemon.stages.b", "class A:\n    def f(self):\n        from daemon import cli"),
    ],
)
def test_an_import_upward_is_found(module: str, source: str) -> None:
    """Absolute, relative, inside functions and classes."""
    (finding,) = floors_broken({**GOOD, module: source})
    assert finding.startswith(module)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("daemon.ports.b", "from daemon.desk import a\nimport sqlalchemy"),
        ("daemon.desk.b", "from . import a\nfrom daemon.errors import X"),
        ("daemon.mail.b", "import lxml.html"),
        ("daemon.worker", "import daemon.cli"),
    ],
)
def test_an_import_downward_is_none_of_our_business(module: str, source: str) -> None:
    """Nor one on the same floor."""
    assert floors_broken({**GOOD, module: source}) == []


@pytest.mark.parametrize(
    "source",
    [
        *(
            "import socket",
            "from os import path",
            "def f():\n    import logging",
            "import time",
            "from pathlib import Path",
        ),
        *(
            "x = datetime.now(UTC)",
            "def f(now=datetime.utcnow()): ...",
            "date.today()",
            "open('x')",
            "print('x')",
        ),
    ],
)
@pytest.mark.parametrize("module", ["daemon.desk.b", "daemon.mail.b"])
def test_an_impurity_is_found(module: str, source: str) -> None:
    """On floor 0; a port may do all of it."""
    assert len(purity_broken({module: source})) == 1
    assert purity_broken({"daemon.ports.b": source}) == []


def test_a_time_that_is_handed_in_is_pure() -> None:
    """Arithmetic on times is not asking for one; nor is a method of a value of ours that is called so."""
    source = "def f(now):\n    return datetime.combine(now.date(), mail.time())"
    assert purity_broken({"daemon.desk.b": source}) == []
    assert purity_broken({"daemon.desk.b": "from pathlib import PurePosixPath"}) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("classifier.b", "from daemon.desk import playbook"),
        ("classifier.b", "def f():\n    import daemon"),
        ("daemon.stages.b", "from classifier.model import load"),
        ("daemon.settings", "import classifier"),
    ],
)
def test_a_breach_of_the_classifiers_border_is_found(module: str, source: str) -> None:
    """In both directions."""
    assert len(classifier_borders_broken({module: source})) == 1
    assert classifier_borders_broken({"daemon.guessing": "import classifier.model"}) == []


@pytest.mark.parametrize(
    "code",
    [
        {"a": "import b", "b": "import a"},
        {"a": "def f():\n    import b", "b": "from c import x", "c": "import a"},
        {"a": "", "a.b": "from a import c", "a.c": "from . import b"},
        {"a": "from a.b import x", "a.b": "import a"},
    ],
)
def test_a_circle_is_found(code: dict[str, str]) -> None:
    """Of two, of three, of siblings, of a package and its module."""
    assert len(cycles(code)) == 1


def test_a_diamond_is_no_circle() -> None:
    """Two ways to one module are fine, and importing a sibling does not mean its package."""
    assert cycles({"a": "import b\nimport c", "b": "import d", "c": "import d", "d": ""}) == []
    assert cycles({"p": "import p.a", "p.a": "from p import b", "p.b": ""}) == []


def test_relative_imports_are_resolved() -> None:
    """From a module and from a package's own file, one level up and two."""
    known = {"p": "", "p.q": "", "p.q.r": "", "p.s": ""}
    assert set(imports("p.q.r", "from . import x\nfrom .. import s\nfrom ..s import y", known)) == {
        "p.q",
        "p.s",
    }
    assert set(imports("p.q", "from .r import x\nfrom .. import s", known)) == {"p.q.r", "p.s"}
