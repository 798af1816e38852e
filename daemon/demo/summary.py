"""What the demonstration shows at its end, and the judgement whether all of it happened.

Errors: none.
"""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from daemon.ports.ledger.intake_rows import Overview
from daemon.reporting.text import show


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that happened; `accepted` holds recipients and bytes, as the SMTP server took them."""

    rows: list[Overview]
    accepted: list[tuple[tuple[str, ...], bytes]]
    approved: list[str]
    edited: list[str]
    notes: list[str]
    report: dict[str, Any]


def summarise(console: Console, outcome: Outcome) -> int:
    """Print the tables; 0 when everything that should have happened did."""
    table = Table(
        "who", "order", "understood as", "decided", "draft", title="What arrived and what became of it"
    )
    for row in outcome.rows:
        sure = f"{row.confidence:.0%} {row.decided_by}" if row.scenario else row.reason
        table.add_row(row.who, row.order_id or "–", row.scenario or row.kind, sure, row.draft_state or "none")
    console.print(table)
    sent = Table("recipient", "threading", title="What the SMTP server accepted")
    for recipients, raw in outcome.accepted:
        threaded = b"\r\nIn-Reply-To: <" in raw and b"\r\nReferences: <" in raw
        sent.add_row(", ".join(recipients), "in the buyer's conversation" if threaded else "LOST")
    console.print(sent)
    for note in outcome.notes:
        console.print(f"Note to the agent: {note}")
    console.rule("First responses")
    show(outcome.report, console)
    return _judge(console, outcome)


def _judge(console: Console, outcome: Outcome) -> int:
    expected = sorted([*outcome.approved, *outcome.edited])
    recipients = sorted(recipient for recipients, _ in outcome.accepted for recipient in recipients)
    faults = [
        text
        for wrong, text in (
            (recipients != expected, "what was sent is not exactly what was approved"),
            (any(b"[[" in raw for _, raw in outcome.accepted), "a gap was sent"),
            (any(b"X-Firstreply" in raw for _, raw in outcome.accepted), "an internal header was sent"),
            (len(outcome.notes) != 1, "the forgotten gap left no note, or more than one"),
        )
        if wrong
    ]
    for fault in faults:
        console.print(f"[red]Not as it should be: {fault}.[/]")
    if not faults:
        console.print(
            "\nAll of it happened. Where to look next: README.md (how an agent approves), docs/OVERVIEW.md "
            "(how it works), `make demo SERVE=1` (try it with your own mail client)."
        )
    return int(bool(faults))
