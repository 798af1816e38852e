"""What became of the drafts of each template: which one a seller should improve.

Promises: how much of a draft was left was measured when it was sent, so that old mails may have left the
ledger.

Errors: none of its own.
"""

from collections.abc import Iterable
from typing import Any

from daemon.ports.ledger.answers import Sent


def template_outcomes(rows: Iterable[Sent]) -> dict[str, dict[str, Any]]:
    """By `language/template`: how many were sent, with which outcomes, and the mean likeness."""
    return {
        f"{row.language}/{row.template}": {
            "sent": row.number,
            "as_is": row.as_is,
            "light": row.light,
            "heavy": row.heavy,
            "replaced": row.number - row.as_is - row.light - row.heavy,
            "likeness": round(row.likeness, 4),
        }
        for row in sorted(rows, key=lambda row: (row.language, row.template))
    }


def worst_first(outcomes: dict[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Those most worth an improvement first: sent often, and left little of."""
    return sorted(outcomes.items(), key=lambda item: -item[1]["sent"] * (1 - item[1]["likeness"]))
