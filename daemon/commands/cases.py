"""`firstreply cases`: the open cases and their next steps; and what a person says became of one.

Errors: `ConfigurationError`, `PermanentError` for an act that a case does not allow, the ledger's
`TemporaryError`.
"""

from dataclasses import asdict
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from daemon.commands.look import opened_ledger, print_json
from daemon.desk.claim import steps, title
from daemon.ports.ledger.books import Ledger
from daemon.settings import Settings, find, load
from daemon.stages.cases import may_ask_for_change


def cases(config: str | None, *, as_json: bool, said: tuple[str, int] | None = None) -> int:
    """Show the open cases; with `said`, an act and the number of a case, record that first."""
    settings = load(find(config))
    with opened_ledger(settings) as ledger:
        if said is not None:
            ledger.cases.say(said[1], said[0], datetime.now(UTC))
        if as_json:
            print_json({"cases": _rows(ledger)})
        else:
            Console().print(_table(ledger, settings))
    return 0


def _rows(ledger: Ledger) -> list[dict[str, object]]:
    return [
        {
            **asdict(case),
            "time_line": [{"at": at, "what": what} for at, what in ledger.cases.time_line(case.case_id)],
        }
        for case in ledger.cases.open(None)
    ]


def _table(ledger: Ledger, settings: Settings) -> Table:
    table = Table("due", "case", "steps", "time line", title="Open cases", show_lines=True)
    found = ledger.cases.open(None)
    may_ask = may_ask_for_change(settings.playbook)
    for case in found:
        events = ledger.cases.time_line(case.case_id)
        table.add_row(
            f"{case.due_at:%d %b %H:%M} UTC",
            escape(title(case)),
            escape("\n".join(f"- {step}" for step in steps(case, may_ask_for_change=may_ask))),
            "\n".join(f"{at:%d %b} {what}" for at, what in events),
        )
    return table
