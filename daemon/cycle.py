"""One cycle: every stage once, in its order, over one mailbox.

Promises: the stages run in the order of the design: intake, receipts, drafting, approval, dispatch,
deadlines, upkeep; each can be restarted on its own. A queue that takes no more drafts keeps nothing from
leaving that is approved, and whatever keeps drafts from moving, the clocks run on, be the mail server gone.

Errors: those of the ports and of the ledger; the next cycle looks again.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta

from daemon.errors import FirstreplyError
from daemon.ports.imap import FolderStatus
from daemon.stages.alerting import alerting
from daemon.stages.approval import approval
from daemon.stages.cases import cases
from daemon.stages.context import Context, Inside, Runner, Sender
from daemon.stages.deadlines import deadlines
from daemon.stages.dispatch import dispatch
from daemon.stages.drafting import Drafted, drafting
from daemon.stages.intake import intake
from daemon.stages.marking import marking
from daemon.stages.receipts import receipts
from daemon.stages.upkeep import upkeep
from daemon.stages.worklist import worklist


async def run_cycle(
    context: Context,
    statuses: Mapping[str, FolderStatus],
    sender: Sender,
    run: Runner,
    begins: Callable[[str], None],
    *,
    full: bool,
    since: timedelta | None = None,
) -> dict[str, int]:
    """All stages once; returns what was done, by name, without zeros.

    `statuses` is the poll that the cycle began with; `run` runs what blocks in the mailbox's own thread;
    `begins` is told each stage.
    """
    begins("intake")
    taken = await run(lambda: intake(context, full=full or since is not None, since=since))
    begins("receipts")
    received = await run(lambda: receipts(context, news=taken.read > 0, full=full))
    filed = await run(lambda: cases(context))
    trouble: FirstreplyError | None = None
    try:
        begins("drafting")
        try:
            drafted = await run(lambda: drafting(context))
        except FirstreplyError as error:
            drafted, trouble = Drafted(0, 0), error
        begins("approval")
        observed = await run(lambda: approval(context, statuses, full=full))
        stopped = await run(lambda: context.ledger.mailboxes.frozen(context.claim))
        begins("dispatch")
        # a buyer's words that nobody has read yet may make an approved answer the wrong one
        sent = await dispatch(context, sender, run) if stopped is None and not observed.get("unread") else 0
    finally:
        begins("deadlines")
        warned = await run(lambda: deadlines(context))
        told = await alerting(context, sender, run)
    begins("upkeep")
    kept = await run(lambda: upkeep(context))
    if trouble is not None:
        raise trouble
    await run(lambda: marking(context))
    await run(lambda: worklist(context))
    counts: dict[str, int] = {
        **observed,
        "sent": sent,
        "warned": warned,
        "told": told,
        "filed": filed,
        **kept,
    }
    for part in (taken, received, drafted):
        counts |= asdict(part)
    return {name: number for name, number in counts.items() if number}


async def run_away(inside: Inside, sender: Sender, run: Runner) -> None:
    """What clocks and team need while the mailbox cannot be reached; a failure waits for the next try."""
    try:
        await run(lambda: deadlines(inside))
        await alerting(inside, sender, run)
    except FirstreplyError as error:  # the ledger is away, too
        inside.log.warning("away_failed", error=str(error))
