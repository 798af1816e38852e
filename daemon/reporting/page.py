"""The report as one HTML page that a person would rather look at than read.

Promises: self-contained: no script, nothing from elsewhere, and a policy in the page that forbids both; every
value is escaped. Light and dark as the reader's system is; one column on a phone; printable.

Errors: none of its own.
"""

from typing import Any

from markupsafe import Markup

from daemon.reporting import plots
from daemon.reporting.outcomes import worst_first
from daemon.reporting.period import Period
from daemon.reporting.rendering import rendered
from daemon.reporting.words import count, days_of, name_of, percent, reasons_of, spoken

MOST_ASINS = 10
MOST_TEMPLATES = MOST_RETURNS = MOST_DEFECTS = 6
GOOD_SHARE = 0.9
"""Below this share within 24 hours the page shows a window as a warning: Amazon's older target."""


def as_html(report: dict[str, Any], when: Period) -> str:
    """The whole page."""
    pictures = {name: Markup(svg) for name, svg in _pictures(report).items()}  # noqa: S704  our own SVG, escaped where it was made
    return rendered(
        "page.html.j2",
        {"percent": percent, "spoken": spoken, "name_of": name_of, "count": count, "reasons_of": reasons_of},
        report=report,
        pictures=pictures,
        days=days_of(when),
        zone=when.zone.key,
        most_returns=MOST_RETURNS,
        most_defects=MOST_DEFECTS,
        templates=worst_first(report["templates"])[:MOST_TEMPLATES],
        made_at=when.now.astimezone(when.zone),
        good_share=GOOD_SHARE,
    )


def _pictures(report: dict[str, Any]) -> dict[str, str]:
    drafts = [(name_of(name), number) for name, number in report["drafts"].items() if number]
    worst = [(row["asin"], row["conversations"]) for row in report["defects"][:MOST_ASINS]]
    return {
        "distribution": plots.distribution(report),
        "by_day": plots.by_day(report),
        "scenarios": plots.scenarios(report),
        "week": plots.week(report),
        "ages": plots.ages(report),
        "drafts": plots.bars("drafts", "What became of the drafts", drafts),
        "defects": plots.bars("defects", "Product issues by ASIN", worst),
    }
