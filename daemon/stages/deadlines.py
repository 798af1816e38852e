"""Deadlines: warnings before a response clock reaches its nearest limit.

Promises: each level (the shares of `warn_at`, and the breach itself) is told once for a clock, and is in
the ledger when it is told. Warning never stops a clock.

Errors: those of the ledger.
"""

from daemon.desk.clock import warning_level
from daemon.stages.context import Context


def deadlines(context: Context) -> int:
    """Warn about every clock that has passed a new mark; returns how many warnings were given."""
    now = context.now()
    given = 0
    first, most = min((*context.warn_at, 1.0)), len(context.warn_at) + 1
    for clock in context.ledger.clocks.advanced(context.claim, now, first, most):
        level = warning_level(clock.started_at, clock.limits, now, context.warn_at)
        if level <= clock.warned:
            continue
        context.ledger.clocks.warned(context.claim, clock.clock_id, level, now)
        context.log.warning(
            "clock_breached" if level > len(context.warn_at) else "clock_warning",
            clock=clock.clock_id,
            level=level,
            scenario=clock.scenario,
            nearest=clock.limits.nearest.isoformat(timespec="seconds"),
            draft_state=clock.draft_state,
        )
        given += 1
    return given
