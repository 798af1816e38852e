"""`firstreply worklist`: what is owed, by nearest limit; the same as the mail in the queue.

Errors: `ConfigurationError`, and the ledger's `TemporaryError`.
"""

import threading
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from daemon.commands.look import opened_ledger, print_json
from daemon.desk.worklist import SEEN_ANYWAY, Material, Waiting, Worklist, build
from daemon.ports.ledger.books import Ledger
from daemon.settings import Settings, find, load
from daemon.stages.cases import reminders
from daemon.stages.worklist import ALERTS_SHOWN

LOOK_EVERY = 2.0
"""Seconds between two looks of `--watch`."""


def worklist(config: str | None, *, as_json: bool, watch: bool = False) -> int:
    """Open conversations of all mailboxes by nearest limit; with `watch` until it is interrupted."""
    settings = load(find(config))
    with opened_ledger(settings) as ledger:
        if as_json:
            print_json(_plain(ledger, settings, datetime.now(UTC)))
        elif watch:
            _watch(ledger, settings)
        else:
            Console().print(_table(ledger, settings))
    return 0


def _material(ledger: Ledger, settings: Settings, now: datetime) -> Material:
    raised = ledger.alerts.since(None, now - ALERTS_SHOWN, SEEN_ANYWAY)
    waiting, asides = ledger.worklist.waiting(None), ledger.worklist.asides(None)
    due = reminders(ledger.cases.open(None), settings.playbook, now)
    return Material(waiting, [each.alert for each in raised], asides, due)


def _built(material: Material, settings: Settings, now: datetime) -> Worklist:
    office = settings.alerting.office
    return build(material, settings.playbook.plays, now, office.zone if office else UTC)


def _plain(ledger: Ledger, settings: Settings, now: datetime) -> dict[str, Any]:
    material = _material(ledger, settings, now)
    content = _built(material, settings, now)
    return {
        "worklist": [_row(item, now) for item in material.waiting],
        "overdue": content.overdue,
        "alerts": list(content.alerts),
        "cases": [asdict(reminder) for reminder in material.reminders],
        "shunted": [asdict(aside) for aside in material.asides],
    }


def _row(item: Waiting, now: datetime) -> dict[str, Any]:
    nearest = item.limits.nearest
    return {**asdict(item), "nearest": nearest, "seconds_left": (nearest - now).total_seconds()}


def _table(ledger: Ledger, settings: Settings) -> Table:
    now = datetime.now(UTC)
    content = _built(_material(ledger, settings, now), settings, now)
    table = Table(
        "due", "who and what", "steps", title=content.subject, title_justify="left", show_lines=True
    )
    for each in content.alerts:
        table.add_row("[red]alert[/red]", escape(each), "")
    for entry in content.entries:
        style = "red" if entry.overdue else "yellow" if entry.due_at - now < timedelta(hours=1) else "green"
        due, _, what = entry.headline.partition(": ")
        link = f"\n{escape(entry.link)}" if entry.link else ""
        said = "\n".join((what, *entry.lines))
        steps = "\n".join(f"- {step}" for step in entry.steps)
        table.add_row(f"[{style}]{escape(due)}[/{style}]", escape(said) + link, escape(steps))
    for each in content.asides:
        table.add_row("set aside", escape(each), "")
    return table


def _watch(ledger: Ledger, settings: Settings) -> None:
    pause = threading.Event()  # never set: a pause that Ctrl-C ends
    with Live(_table(ledger, settings), screen=True, auto_refresh=False) as live:
        try:
            while not pause.wait(LOOK_EVERY):
                live.update(_table(ledger, settings), refresh=True)
        except KeyboardInterrupt:
            return
