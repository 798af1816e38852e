"""`firstreply report`: first-response figures as text, JSON, CSV, or one HTML page.

Promises: reads the ledger only, and never disturbs the daemon.

Errors: `ConfigurationError`, and the ledger's `TemporaryError`; `PermanentError` for a file that cannot be
written.
"""

import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from daemon.commands.look import opened_ledger
from daemon.errors import PermanentError
from daemon.ports.ledger.books import Ledger
from daemon.reporting.figures import WINDOWS, figures
from daemon.reporting.outcomes import template_outcomes
from daemon.reporting.period import Period, period
from daemon.reporting.table import as_csv
from daemon.reporting.text import show
from daemon.settings import find, load


def report(config: str | None, *, start: str | None, end: str | None, shape: str, output: str | None) -> int:
    """Print the figures of the days from `start` to `end`, both included, or write them to a file."""
    settings, now = load(find(config)), datetime.now(UTC)
    when = period(start, end, now, settings.zone)
    with opened_ledger(settings) as ledger:
        answer = gathered(ledger, when)
    if shape == "text" and output is None:
        show(answer, Console())
        return 0
    text = SHAPES[shape](answer, when)
    if output is None:
        sys.stdout.write(text)
        return 0
    try:
        Path(output).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise PermanentError(
            f"{output}: cannot be written ({error.strerror}); name another --output"
        ) from error
    return 0


def gathered(ledger: Ledger, when: Period) -> dict[str, Any]:
    """The report of a period as data."""
    answer = figures(ledger.figures.tally(when.start, when.end, when.now, WINDOWS), when)
    answer["templates"] = template_outcomes(ledger.answers.sent_between(when.start, when.end))
    return answer


def _text(answer: dict[str, Any], _when: Period) -> str:
    out = io.StringIO()
    show(answer, Console(file=out, width=100))
    return out.getvalue()


def _json(answer: dict[str, Any], _when: Period) -> str:
    return json.dumps(answer, ensure_ascii=False) + "\n"


def _csv(answer: dict[str, Any], _when: Period) -> str:
    return as_csv(answer)


def _html(answer: dict[str, Any], when: Period) -> str:
    from daemon.reporting.page import as_html  # noqa: PLC0415  the plotting library is for pages only

    return as_html(answer, when)


SHAPES: dict[str, Callable[[dict[str, Any], Period], str]] = {
    "text": _text,
    "json": _json,
    "csv": _csv,
    "html": _html,
}
