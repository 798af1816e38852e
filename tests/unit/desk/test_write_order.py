"""The design's own test: however the order of writes is interrupted, no harm comes; and each rule counts."""

from dataclasses import replace

import pytest

from tests.write_order_search import explore
from tests.write_order_world import Bounds

ALONE = ("approve", "edit", "approve twice", "redirect", "answer", "new numbers")
SCENES = [
    Bounds(faults=2),
    Bounds(people=("approve",), server_files=True),
    Bounds(people=("approve",), server_files=True, late=True),
    *(Bounds(people=(deed,)) for deed in ALONE),
    Bounds(people=("approve", "undo")),
    Bounds(people=("approve", "change")),
    Bounds(people=("approve", "new numbers")),
    Bounds(faults=0, people=("another buyer", "approve")),
    Bounds(people=("approve",), late=True),
    Bounds(people=("edit",), late=True),
    Bounds(faults=0, people=("approve",), daemons=2, pauses=2),
]
APPROVED = Bounds(people=("approve",))
RULES = {
    "look before a repeated append": Bounds(),
    "look into every folder": Bounds(faults=2, people=("approve",)),
    "remove what is left over": Bounds(people=("approve",), late=True),
    "sending before the dot": APPROVED,
    "doubt after silence": APPROVED,
    "doubt after a crash": APPROVED,
    "note with the doubt": APPROVED,
    "absence proves nothing": APPROVED,
    "look before filing": APPROVED,
    "set difference": Bounds(),
    "re-key by content": Bounds(people=("new numbers",)),
    "Message-ID is no identity": Bounds(faults=0, people=("another buyer",)),
    "what is sent is what was digested": Bounds(people=("approve", "change")),
    "the recipient is the ledger's": Bounds(faults=0, people=("redirect",)),
    "a person's answer counts": Bounds(people=("answer", "approve")),
    "fence": Bounds(faults=0, people=("approve",), daemons=2, pauses=2),
}
"""Each rule of the order, and a scene in which a daemon that has forgotten it does harm."""


def named(scene: Bounds) -> str:
    """A scene in a few words."""
    words = [
        f"{scene.faults} faults",
        *scene.people,
        "late" * scene.late,
        "two daemons" * (scene.daemons - 1),
    ]
    return ", ".join(word for word in words if word)


@pytest.mark.parametrize("scene", SCENES, ids=named)
def test_the_order_of_writes_does_no_harm(scene: Bounds) -> None:
    """Every way in which the daemon can be interrupted within these bounds, with people in between."""
    runs, harm, log = explore(scene)
    assert not harm, f"run {runs}: {harm}: {log}"
    assert runs > 10 or not scene.faults


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_forgotten_does_harm(rule: str) -> None:
    """The search notices when any rule is taken away; the same scene is harmless with it."""
    _, harm, _ = explore(replace(RULES[rule], without=rule))
    assert harm, "nothing happened: the rule is not needed, or the search does not see it"
