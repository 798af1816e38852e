"""What became of the drafts of each template."""

import io

from rich.console import Console

from daemon.ports.ledger.answers import Sent
from daemon.reporting.outcomes import template_outcomes
from daemon.reporting.text import show
from tests.unit.reporting.tallies import report


def test_outcomes_are_told_for_each_template() -> None:
    """What is neither as it was nor lightly nor heavily edited was replaced."""
    rows = [Sent("product_issue", "en", 10, 5, 2, 1, 0.81234), Sent("other", "de", 1, 1, 0, 0, 1.0)]
    assert template_outcomes(rows) == {
        "de/other": {"sent": 1, "as_is": 1, "light": 0, "heavy": 0, "replaced": 0, "likeness": 1.0},
        "en/product_issue": {
            "sent": 10,
            "as_is": 5,
            "light": 2,
            "heavy": 1,
            "replaced": 2,
            "likeness": 0.8123,
        },
    }
    assert template_outcomes([]) == {}


def test_people_see_the_worst_template_first() -> None:
    """Often sent and little left of it: that is the one to improve."""
    rows = {
        name: {"sent": number, "as_is": 0, "light": 0, "heavy": 0, "replaced": 0, "likeness": share}
        for name, number, share in (("en/rare", 1, 0.1), ("en/worst", 50, 0.5), ("en/good", 900, 1.0))
    }
    out = io.StringIO()
    show({**report(), "templates": rows}, Console(file=out, width=120))
    text = out.getvalue()
    assert text.index("en/worst") < text.index("en/rare") < text.index("en/good")
