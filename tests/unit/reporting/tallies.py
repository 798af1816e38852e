"""Tallies for the tests of the report's shapes: what the ledger would have counted."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from daemon.ports.ledger.answers import Sent
from daemon.ports.ledger.figures_rows import (
    Answers,
    Arrivals,
    Cases,
    Defects,
    Drafts,
    Labels,
    OpenAge,
    Returned,
    Tally,
    Window,
)
from daemon.reporting.figures import figures
from daemon.reporting.outcomes import template_outcomes
from daemon.reporting.period import Period

MINUTE = 60_000_000
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 31, 12, tzinfo=BERLIN)
WHEN = Period(NOW - timedelta(days=30), NOW, NOW, BERLIN)
NOTHING = Tally([], {}, [], [Window(7, 0, 0, 0, 0)], [], [], {}, {}, [], [], [])


def quarter(moment: datetime) -> int:
    """The quarter of an hour of a moment, counted from 1970."""
    return int(moment.timestamp()) // 900


def busy() -> Tally:
    """A tally in which nothing is zero."""
    return Tally(
        answers=[
            Answers(20, "product_issue", 6, 6, 5, 20 * MINUTE + 5),
            Answers(1500, "product_issue", 2, 2, 0, 1500 * MINUTE),
            Answers(90, "satisfied", 1, 0, 0, 90 * MINUTE),
        ],
        percentiles={
            "": {0.5: 20 * MINUTE, 0.9: 1500 * MINUTE, 0.95: 1500 * MINUTE},
            "product_issue": {0.5: 20 * MINUTE, 0.9: 1500 * MINUTE, 0.95: 1500 * MINUTE},
            "satisfied": {0.5: 90 * MINUTE, 0.9: 90 * MINUTE, 0.95: 90 * MINUTE},
        },
        arrivals=[
            # the night of the change to summer time: 1:45 and, a quarter later, 3:00
            Arrivals(quarter(datetime(2026, 3, 29, 1, 45, tzinfo=BERLIN)), 4, 3, 1, 1, 1),
            Arrivals(quarter(datetime(2026, 3, 29, 1, 45, tzinfo=BERLIN)) + 1, 9, 6, 2, 1, 0),
        ],
        windows=[Window(7, 13, 7, 2, 1), Window(30, 40, 36, 2, 1), Window(90, 100, 96, 2, 1)],
        open_ages=[OpenAge(-1, 1, 0), OpenAge(0, 1, 0), OpenAge(30, 1, 1), OpenAge(99, 2, 2)],
        drafts=[
            Drafts("sent", False, 4),
            Drafts("confirmed", False, 1),
            Drafts("bounced", True, 2),
            Drafts("queued", False, 3),
            Drafts("in_doubt", True, 1),
            Drafts("held", False, 1),
            Drafts("vanished", False, 1),
        ],
        confirmed={"product_issue": 8},
        notices={"a_to_z_claim": 2, "refund": 5},
        labels=[Labels("product_issue", "delivery_issue", 1), Labels("product_issue", "product_issue", 1)],
        defects=[
            Defects("B0AAAAAAAA", 5, {"missing_part": 3, "other": 2}),
            Defects("=HYPERLINK", 2, {"wrong_item": 2}),
        ],
        cases=[Cases("a_to_z_claim", 3, 2, 1), Cases("review", 4, 1, 0)],
        returned=[
            Returned("B0AAAAAAAA", "Item defective or does not work", 4),
            Returned("B0AAAAAAAA", "[red]<i>No longer needed</i>", 2),
        ],
    )


def report(tally: Tally | None = None) -> dict[str, Any]:
    """The report of a tally; without one of the busy one."""
    rows = [] if tally is NOTHING else [Sent("product_issue", "en", 7, 4, 2, 1, 0.87)]
    return {**figures(busy() if tally is None else tally, WHEN), "templates": template_outcomes(rows)}
