"""The worklist: what is owed to whom, by nearest limit, in words that fit on a phone.

Promises: pure; one function makes what the mail, the command and its JSON show. Times are those of the clock
on the wall and never "in five minutes", so that the words change only when something did; a limit that has
passed says so.

Errors: none.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from daemon.desk.alert import Alert, AlertKind, line
from daemon.desk.clock import Deadlines
from daemon.desk.playbook import Play, Scenario

SPELLED_OUT = 15
"""Entries of the mail that come with their steps."""
SHOWN = 60
"""Entries of the mail; the rest is counted, and `firstreply worklist` shows it."""
STATES: Mapping[str | None, str] = {
    None: "no draft",
    "planned": "a draft is on its way into the queue",
    "queued": "a draft waits for approval",
    "edited": "an edited draft waits for approval",
    "approved": "approved, about to leave",
    "sending": "being sent",
    "in_doubt": "in doubt: look into Sent and Seller Central",
    "held": "held",
    "rejected": "rejected: answer the buyer yourself",
    "vanished": "the draft vanished: answer the buyer yourself",
    "superseded": "superseded",
    "bounced": "the answer did not reach the buyer",
}
"""What the state of a draft means for the person who reads."""
SEEN_ANYWAY = frozenset({AlertKind.CLOCK_WARNING, AlertKind.CLOCK_BREACHED, AlertKind.CASE_DUE})
"""Alerts that the entries tell already."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A running clock with what is known about it; `reason` is that of the draft's state.

    `grounds`: the buyer's words that an unsure guess stands on.
    """

    mailbox: str
    clock_id: int
    scenario: str
    started_at: datetime
    limits: Deadlines
    buyer_name: str | None
    order_id: str
    relay_address: str
    messages: int = 1
    confidence: float = 0.0
    unsure: bool = False
    grounds: tuple[str, ...] = ()
    draft_id: int | None = None
    draft_state: str | None = None
    reason: str | None = None
    gaps: tuple[str, ...] = ()
    source: str | None = None
    no_response_url: str | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A mail that could not be read, and waits for a person."""

    mailbox: str
    sender: str
    subject: str
    reason: str
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Reminder:
    """A step of a case that is due; `title` names the case, `steps` what to do."""

    mailbox: str
    title: str
    due_at: datetime
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do: a headline, the lines below it, the steps, and the time it is due."""

    due_at: datetime
    overdue: bool
    headline: str
    lines: tuple[str, ...]
    steps: tuple[str, ...] = ()
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Worklist:
    """Everything, in the order in which it is to be done."""

    entries: tuple[Entry, ...]
    alerts: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    waiting: int = 0
    overdue: int = 0

    @property
    def subject(self) -> str:
        """What one sees of it in a list of mails."""
        if not self.entries:
            return "Worklist: nothing is owed"
        late = f", {self.overdue} overdue" if self.overdue else ""
        return f"Worklist: {self.waiting} waiting{late}"


@dataclass(frozen=True, slots=True)
class Material:
    """What a worklist is made of."""

    waiting: Sequence[Waiting]
    alerts: Sequence[Alert] = ()
    asides: Sequence[Aside] = ()
    reminders: Sequence[Reminder] = field(default=())


def build(material: Material, plays: Mapping[Scenario, Play], now: datetime, zone: tzinfo) -> Worklist:
    """The worklist at this moment."""
    several = len({item.mailbox for item in material.waiting}) > 1
    entries = [_entry(item, plays, now, zone, several=several) for item in material.waiting]
    entries += [_reminded(reminder, now, zone) for reminder in material.reminders]
    entries.sort(key=lambda entry: entry.due_at)
    return Worklist(
        tuple(entries),
        tuple(line(alert) for alert in material.alerts if alert.kind not in SEEN_ANYWAY),
        tuple(
            f"{aside.sender or 'unknown sender'}: {aside.subject or 'no subject'} ({aside.reason})"
            for aside in material.asides
        ),
        len(entries),
        sum(entry.overdue for entry in entries),
    )


def _entry(
    item: Waiting, plays: Mapping[Scenario, Play], now: datetime, zone: tzinfo, *, several: bool
) -> Entry:
    nearest = item.limits.nearest
    overdue = nearest <= now
    kind = item.scenario.replace("_", " ")
    sure = f"unsure, perhaps {kind}" if item.unsure else kind
    if item.confidence:
        sure += f" ({item.confidence:.0%})"
    who = [item.buyer_name or "a buyer", f"order {item.order_id}" if item.order_id else "no order"]
    if several:
        who.insert(0, item.mailbox)
    if item.messages > 1:
        who.append(f"{item.messages} messages since {_at(item.started_at, zone)}")
    state = STATES.get(item.draft_state, item.draft_state or "")
    if item.draft_state == "held" and item.reason:
        state += f" ({item.reason.replace('_', ' ')}): see its note"
    lines = [", ".join(who), state[:1].upper() + state[1:]]
    if item.unsure and item.grounds:
        lines.append(f"Guessed from: {', '.join(item.grounds)}")
    if item.gaps:
        lines.append(f"Missing: {', '.join(item.gaps)}")
    if item.source:
        lines.append(f"Answer from: {item.source}")
    play = plays.get(Scenario(item.scenario)) if item.scenario in set(Scenario) else None
    said = "OVERDUE since" if overdue else "Due"
    headline = f"{said} {_at(nearest, zone)} ({_limit(item.limits)}): {sure}"
    return Entry(nearest, overdue, headline, tuple(lines), play.steps if play else (), item.no_response_url)


def _reminded(reminder: Reminder, now: datetime, zone: tzinfo) -> Entry:
    overdue = reminder.due_at <= now
    said = "OVERDUE since" if overdue else "Due"
    headline = f"{said} {_at(reminder.due_at, zone)}: {reminder.title}"
    return Entry(reminder.due_at, overdue, headline, (), reminder.steps)


def _limit(limits: Deadlines) -> str:
    if limits.nearest == limits.target:
        return "target"
    return "hard limit" if limits.nearest == limits.hard else "24-hour rule"


def _at(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %H:%M}"


def text(worklist: Worklist) -> str:
    """The worklist as plain text; the same words while nothing has changed."""
    parts: list[str] = []
    if worklist.alerts:
        parts.append("ALERTS\n" + "\n".join(f"! {each}" for each in worklist.alerts))
    if not worklist.entries:
        parts.append("Nothing is owed.")
    for number, entry in enumerate(worklist.entries[:SHOWN], 1):
        parts.append("\n".join((f"{number}. {entry.headline}", *_below(entry, number))))
    if worklist.waiting > SHOWN:
        parts.append(f"... and {worklist.waiting - SHOWN} more: firstreply worklist")
    if worklist.asides:
        parts.append("MAILS THAT COULD NOT BE READ\n" + "\n".join(f"- {each}" for each in worklist.asides))
    return "\n\n".join(parts) + "\n"


def _below(entry: Entry, number: int) -> list[str]:
    lines = [f"   {each}" for each in entry.lines]
    if number <= SPELLED_OUT:
        lines += [f"   - {step}" for step in entry.steps]
        if entry.link:
            lines.append(f"   No response needed? {entry.link}")
    return lines


def fingerprint(worklist: Worklist) -> str:
    """The same for worklists that say the same."""
    return hashlib.sha256(f"{worklist.subject}\n{text(worklist)}".encode()).hexdigest()
