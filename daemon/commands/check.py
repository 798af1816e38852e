"""`firstreply check`: proves what the daemon will need; one line a finding, with the remedy.

Promises: changes nothing but to create missing folders, which the daemon would do as well; with `--send` one
mail goes from each mailbox to itself.

Errors: `ConfigurationError` of the configuration file; everything else becomes a finding.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape

from classifier.errors import ModelError
from classifier.live import LiveModel
from daemon.checking import house, servers
from daemon.checking.finding import Finding, status
from daemon.checking.seller_central import ticks
from daemon.checking.sending import round_trip
from daemon.commands.look import ledger_exists, print_json
from daemon.settings import Settings, by_hand, find, load

MARKS = {"ok": "[green]ok[/]     ", "tick": "[cyan]check[/]  ", "note": "[yellow]note[/]   "}


def check(config: str | None, *, as_json: bool, asking: bool = False, send: bool = False) -> int:
    """Look at everything; see `checking.finding.status` for the exit status."""
    path = find(config)
    settings = load(path, by_hand(path))
    found = findings(settings, _now, ask if asking else None, send=send)
    if as_json:
        everything = list(found)
        print_json({"findings": [asdict(item) for item in everything]})
        return status(everything)
    return show(found)


def show(found: Iterator[Finding]) -> int:
    """Print findings as they come; returns the exit status."""
    console, shown = Console(soft_wrap=True, highlight=False), []
    for item in found:
        remedy = f" → {item.remedy}" if item.remedy else ""
        mark = MARKS.get(item.level, "[red]problem[/]")
        console.print(f"{mark} {escape(f'{item.subject}: {item.message}{remedy}')}")
        shown.append(item)
    levels = Counter(item.level for item in shown)
    console.print(f"{levels['problem']} problems, {levels['note']} notes, {levels['tick']} to tick off")
    return status(shown)


def findings(
    settings: Settings, now: Callable[[], datetime], asked: Callable[[str], bool] | None, *, send: bool
) -> Iterator[Finding]:
    """Everything, what is near first."""
    yield from house.files(settings)
    yield from house.ledger(settings)
    yield from _model(settings)
    yield from house.templates(settings)
    yield from house.library(settings)
    for box in settings.mailboxes:
        yield from servers.trust(box)
        yield from house.secrets(box)
        yield from servers.imap(box, now)
        yield from servers.smtp(box, now)
        if send:
            yield from round_trip(box, now())
        yield from house.refused(settings, box, now())
        yield from ticks(box.mailbox.name, box.mailbox.address, asked)


def _model(settings: Settings) -> Iterator[Finding]:
    """Whether the classifier has a model."""
    try:
        yield Finding("ok", "model", f"version {LiveModel(settings.state_dir / 'model').version}")
    except ModelError as error:
        if error.reason == "missing" and not ledger_exists(settings):
            yield Finding(
                "note", "model", "there is none yet", "the first `firstreply run` trains it, in a minute"
            )
        else:
            yield Finding("problem", "model", str(error), "Run `firstreply train`")


def _now() -> datetime:
    return datetime.now(UTC)


def ask(question: str) -> bool:
    """Ask the person at the terminal."""
    print(f"{question} [y/n] ", end="", file=sys.stderr, flush=True)  # noqa: T201  a question to the person
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
