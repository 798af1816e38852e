"""`firstreply trace WHAT`: the whole life of a message, in its order, from the ledger.

`WHAT` is a Message-ID, an order's number, a draft's token, or a number that the log names: `message=17`.

Promises: no word that a buyer, an agent or a template wrote; addresses are shortened as in the log. The ids
are those that the log lines carry as `message=`, `draft=`, `delivery=`, `clock=`.

Errors: `ConfigurationError`, the ledger's `TemporaryError`; `PermanentError` where nothing is known.
"""

import re
from collections.abc import Callable
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from daemon.commands.look import opened_ledger, print_json
from daemon.desk.order import ORDER_ID
from daemon.errors import ConfigurationError, PermanentError
from daemon.logs import shortened
from daemon.ports.ledger.life import ROWS, Life, LifeBook, Step
from daemon.settings import find, load

_ROW = re.compile(rf"(?:(?P<subject>{'|'.join(ROWS)})=)?(?P<number>[0-9]{{1,18}})")
_TOKEN = re.compile("[a-z2-7]{24}")


def trace(config: str | None, which: str, *, as_json: bool) -> int:
    """Print every step."""
    named = which.strip()
    look = _look(named)
    if look is None:
        raise ConfigurationError(
            f"{which!r} is neither a Message-ID nor an order, a token or a number",
            where="trace",
            remedy="Write '<id@host>' as in a header, 302-1234567-7654321, or message=17 as in the log",
        )
    with opened_ledger(load(find(config))) as ledger:
        life = look(ledger.life)
    if not life.steps:
        raise PermanentError(f"the ledger knows nothing of {shortened(named)}")
    if as_json:
        steps = [{**asdict(step), "detail": _detail(step)} for step in life.steps]
        print_json({"ids": life.ids, "steps": steps})
        return 0
    table = Table("time (UTC)", "what", "happened", "detail", box=None)
    for step in life.steps:
        change = f"{step.old_state or 'new'} → {step.new_state}" if step.new_state else ""
        detail = " · ".join(part for part in (change, _detail(step)) if part)
        table.add_row(f"{step.at:%Y-%m-%d %H:%M:%S}", f"{step.subject} {step.id}", step.what, detail)
    Console(markup=False, highlight=False, emoji=False).print(table)
    return 0


def _look(named: str) -> Callable[[LifeBook], Life] | None:
    """How to look for what a person named; None where it has none of the forms."""
    row = _ROW.fullmatch(named)
    if row is not None:
        return lambda book: book.of_row(row["subject"] or "message", int(row["number"]))
    if ORDER_ID.fullmatch(named):
        return lambda book: book.of_order(named)
    if _TOKEN.fullmatch(named):
        return lambda book: book.of_token(named)
    return (lambda book: book.of_mail(f"<{named.strip('<>')}>")) if "@" in named else None


def _detail(step: Step) -> str:
    # a Message-ID looks like an address, and is what the reader looks for
    return step.detail if step.what == "arrived" else shortened(step.detail)
