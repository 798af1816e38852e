"""`firstreply forget ORDER_ID|ADDRESS`: takes an order, or a buyer, out of the ledger for good.

Promises: the figures of the report stay; words, names, addresses and the order's number go, in the database's
files too. Mails in the mailbox itself are the mail client's to delete. The daemon may run meanwhile.

Errors: `PermanentError` for somebody who still waits for an answer, or is not known; `ConfigurationError` for
what is neither an order's number nor a relay address.
"""

from rich.console import Console

from daemon.commands.look import opened_ledger, print_json
from daemon.desk.alert import reaches_buyers
from daemon.desk.order import ORDER_ID
from daemon.errors import ConfigurationError
from daemon.settings import find, load


def forget(config: str | None, who: str, *, as_json: bool) -> int:
    """Forget; 1 when nothing was known."""
    named = who.strip().lower()
    if not ORDER_ID.fullmatch(named) and not ("@" in named and reaches_buyers(named)):
        raise ConfigurationError(
            f"{who!r} is neither an order's number nor a buyer's relay address",
            where="forget",
            remedy="Write it as 302-1234567-7654321, or as the mails' ...@marketplace.amazon.com",
        )
    with opened_ledger(load(find(config))) as ledger:
        cleared = ledger.privacy.forget(named)
    if as_json:
        print_json({"messages": cleared.messages, "bodies": cleared.bodies})
    else:
        Console().print(
            f"Taken out: the words of {cleared.messages} messages, "
            f"and {cleared.bodies} drafts, deliveries and notes."
            if cleared
            else "The ledger knows nothing of that, or has forgotten it already."
        )
    return 0 if cleared else 1
