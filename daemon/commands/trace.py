"""`firstreply trace MESSAGE-ID|ORDER_ID`: the whole life of a message, in its order, from the ledger.

Promises: no word that a buyer, an agent or a template wrote; addresses are shortened as in the log. The ids
are those that the log lines carry as `message=`, `draft=`, `delivery=`, `clock=`.

Errors: `ConfigurationError`, the ledger's `TemporaryError`; `PermanentError` where nothing is known.
"""

from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from daemon.commands.look import opened_ledger, print_json
from daemon.desk.order import ORDER_ID
from daemon.errors import ConfigurationError, PermanentError
from daemon.logs import shortened
from daemon.ports.ledger.life import Step
from daemon.settings import find, load


def trace(config: str | None, which: str, *, as_json: bool) -> int:
    """Print every step."""
    named = which.strip()
    if not ORDER_ID.fullmatch(named) and "@" not in named:
        raise ConfigurationError(
            f"{which!r} is neither a Message-ID nor an order's number",
            where="trace",
            remedy="Write it as '<id@host>', as the mail's header has it, or as 302-1234567-7654321",
        )
    with opened_ledger(load(find(config))) as ledger:
        if ORDER_ID.fullmatch(named):
            life = ledger.life.of_order(named)
        else:
            life = ledger.life.of_mail(f"<{named.strip('<>')}>")
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


def _detail(step: Step) -> str:
    # a Message-ID looks like an address, and is what the reader looks for
    return step.detail if step.what == "arrived" else shortened(step.detail)
