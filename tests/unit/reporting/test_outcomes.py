"""What became of the drafts of each template."""

import io

from rich.console import Console

from daemon.ports.ledger.answers import SentDraft
from daemon.reporting.outcomes import template_outcomes
from daemon.reporting.text import show
from tests.unit.reply.test_compose import delivery_of, draft_of
from tests.unit.reporting.tallies import report

OURS = "Hello Jane,\n\nwe are sorry that the lamp broke. Please choose a refund or a new lamp.\n\nAnna\n"


def sent(text: str, language: str = "en") -> SentDraft:
    """One draft and what left the house in its place, each with the buyer's words below."""
    quoted = "\n\nJane wrote on 2 March 2026 at 09:00 UTC:\n> It arrived broken, and so on, and so on.\n"
    return SentDraft("product_issue", language, draft_of(text=OURS), delivery_of(text=text + quoted))


def test_outcomes_are_counted_for_each_template() -> None:
    """Unedited drafts are not read at all; the quote does not make a replaced text alike."""
    found = template_outcomes(
        [
            SentDraft("product_issue", "en", None, None),
            sent(OURS.replace("a new lamp", "another one")),
            sent("The courier found it, and it will be with you tomorrow morning."),
            SentDraft("other", "de", b"\x00", b"Content-Type: text/plain; charset=x\r\n\r\n\xff"),
        ]
    )
    assert {
        key: found["en/product_issue"][key] for key in ("sent", "as_is", "light", "heavy", "replaced")
    } == {
        "sent": 3,
        "as_is": 1,
        "light": 1,
        "heavy": 0,
        "replaced": 1,
    }
    assert found["de/other"]["sent"] == 1
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
