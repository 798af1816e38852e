"""The report for a terminal, and for the text of a mail.

Errors: none.
"""

from typing import Any

from rich.console import Console
from rich.table import Column, Table

from daemon.reporting.outcomes import worst_first
from daemon.reporting.words import count, name_of, percent, reasons_of, spoken, summary


def show(report: dict[str, Any], console: Console) -> None:
    """Sentences first, then tables."""
    console.print(f"From {report['from']} to {report['to']}.", highlight=False)
    console.print(summary(report), highlight=False)
    table = Table("last days", "within 24 h", "messages", "over 24 h", "no response")
    for row in report["windows"]:
        figures = (percent(row["within_24h"]), row["messages"], row["over_24h"], row["no_response"])
        table.add_row(str(row["days"]), *map(str, figures))
    console.print(table)
    table = Table("scenario", "answered", "target met", "median", "90 %", "slowest")
    for name, row in report["by_scenario"].items():
        times = (spoken(row["p50"]), spoken(row["p90"]), spoken(row["max"]))
        table.add_row(name_of(name), str(row["answered"]), percent(row["target_met"]), *times)
    console.print(table)
    if report.get("templates"):
        console.print(_templates(report["templates"]))
    for line in _lines(report):
        console.print(line, highlight=False, markup=False)  # a return's reason is another's words


def _templates(outcomes: dict[str, dict[str, Any]]) -> Table:
    name = Column("template", no_wrap=True)
    table = Table(name, "sent", "as is", "light", "heavy", "replaced", "likeness")
    for template, row in worst_first(outcomes):
        counts = (row[key] for key in ("sent", "as_is", "light", "heavy", "replaced"))
        table.add_row(template, *map(str, counts), percent(row["likeness"]))
    return table


def _lines(report: dict[str, Any]) -> list[str]:
    drafts = ", ".join(f"{number:,} {name_of(name)}" for name, number in report["drafts"].items())
    lines = [f"Drafts: {drafts}."]
    overdue = sum(row["overdue"] for row in report["open_by_age"])
    waiting = sum(row["clocks"] for row in report["open_by_age"])
    lines.append(f"Open now: {count(waiting, 'response clock')}, {overdue:,} past their nearest limit.")
    corrected = sum(row["corrected"] for row in report["classifier"].values())
    if report["classifier"]:
        right = sum(row["confirmed"] for row in report["classifier"].values())
        lines.append(
            f"Classifier: right in {percent(right / (right + corrected) if right + corrected else 1.0)} "
            f"of {count(right + corrected, 'message')} whose scenario a person confirmed or corrected."
        )
    if report["defects"]:
        worst = "; ".join(
            f"{row['asin']} {row['conversations']:,} ({', '.join(reasons_of(row))})"
            for row in report["defects"][:5]
        )
        lines.append(f"Most product issues: {worst}.")
    for kind, row in report["cases"].items():
        told = f"{row['opened']:,} opened, {row['open']:,} of them open, {row['overdue']:,} overdue"
        lines.append(f"Cases, {name_of(kind)}: {told}.")
    if report["returns"]:
        worst = ", ".join(
            f"{row['asin']} {row['reason']} ({row['number']:,})" for row in report["returns"][:5]
        )
        lines.append(f"Most returns: {worst}.")
    if any(report["a_to_z"].values()):
        lines.append("A-to-z: " + ", ".join(f"{n:,} {name}" for name, n in report["a_to_z"].items()) + ".")
    return lines
