"""Deadlines: warnings before a response clock reaches its nearest limit.

Promises: each level (the shares of `warn_at`, and the breach itself) is told once for a limit, and is in
the ledger, with its alert, when it is told; so is a limit that will pass while the team is away. Warning
never stops a clock.

Errors: those of the ledger.
"""

from datetime import datetime, timedelta

from daemon.desk.alert import Alert, AlertKind
from daemon.desk.calendar import away_until
from daemon.desk.clock import warning_level
from daemon.ports.ledger.clocks import OpenClock, Warned
from daemon.stages.context import Inside
from daemon.stages.naming import named_by

BEFORE_LEAVING = timedelta(hours=1)
"""So long before the team leaves it is told what will not wait until it is back."""


def deadlines(context: Inside) -> int:
    """Warn about every clock that has passed a new mark; returns how many warnings were given."""
    return _warn(context) + _warn_before_leaving(context)


def _warn(context: Inside) -> int:
    now, marks = context.now(), context.warn_at
    first, most = min((*marks, 1.0)), len(marks) + 1
    given: list[tuple[OpenClock, AlertKind, Warned]] = []
    for clock in context.ledger.clocks.advanced(context.claim, now, first, most):
        level = warning_level(clock.started_at, clock.limits, now, marks)
        if level <= clock.warned:
            continue
        kind = AlertKind.CLOCK_WARNING if level <= len(marks) else AlertKind.CLOCK_BREACHED
        alert = _alert(context, clock, kind, f"warned:{level}")
        given.append((clock, kind, Warned(clock.clock_id, level, alert)))
    context.ledger.clocks.warned(context.claim, [warning for *_, warning in given], now)
    messages = context.ledger.about.messages("clock", [clock.clock_id for clock, *_ in given])
    for clock, kind, warning in given:
        for ids in named_by(messages, "clock", clock.clock_id):
            context.log.warning(
                kind.value,
                **ids,
                warning=warning.level,
                scenario=clock.scenario,
                nearest=clock.limits.nearest.isoformat(timespec="seconds"),
                draft_state=clock.draft_state,
            )
    return len(given)


def _warn_before_leaving(context: Inside) -> int:
    """What will pass its limit after the team has left and before it is back."""
    office, now = context.alerting.office, context.now()
    away = away_until(now, office, ahead=BEFORE_LEAVING) if office is not None else None
    if away is None:
        return 0
    leaves, returns = away
    alerts = [
        _alert(context, clock, AlertKind.BREACH_BEFORE_HOURS, "away")
        for clock in context.ledger.clocks.running(context.claim, before=returns)
        if max(leaves, now) <= clock.limits.nearest < returns
    ]
    new = context.ledger.alerts.raise_(context.claim, alerts, now, "deadlines") if alerts else []
    messages = context.ledger.about.messages("clock", [alert.subject_id for alert in new])
    for alert in new:
        for ids in named_by(messages, "clock", alert.subject_id):
            context.log.warning(alert.kind.value, **ids)
    return len(new)


def _alert(context: Inside, clock: OpenClock, kind: AlertKind, what: str) -> Alert:
    """An alert about a clock, once for what it tells and for the limit it is about."""
    nearest = clock.limits.nearest
    order = f"order {clock.order_id}" if clock.order_id else "no order"
    detail = (
        f"{clock.scenario}, {order}, limit {_spoken(context, nearest)}, draft {clock.draft_state or 'none'}."
    )
    key = f"clock:{clock.clock_id}:{what}:{nearest:%Y%m%dT%H%M%S}"
    return Alert(kind, key, detail, "clock", clock.clock_id)


def _spoken(context: Inside, moment: datetime) -> str:
    return f"{moment.astimezone(context.alerting.zone):%d %B %H:%M %Z}"
