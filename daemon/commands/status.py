"""`firstreply status`: what the running daemon says of itself and its mailboxes, or else the ledger.

Nobody but the daemon knows what it is doing, and nobody but the ledger what it did: where no daemon answers,
that is said, every mailbox counts as not working, and the ledger's knowledge is shown with its age.

Errors: `ConfigurationError`, also for who may not ask; the ledger's `TemporaryError`.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape

from daemon.commands.look import opened_ledger, print_json
from daemon.desk.health import working
from daemon.errors import ConfigurationError, TemporaryError
from daemon.logs import shortened
from daemon.ports.ledger.mailboxes import MailboxStatus
from daemon.ports.ledger.store import lock_path
from daemon.ports.status_socket import ask, places
from daemon.reporting.words import count, spoken
from daemon.settings import Settings, find, load
from daemon.shipped import version

NO_DAEMON = "No daemon is running on this ledger; what follows is what the ledger knows."
TIMES = re.compile(r"(\w+_)?(at|since)")
"""The names of what is a time in the daemon's answer."""
Row = dict[str, Any]


def status(config: str | None, *, as_json: bool) -> int:
    """How every mailbox stands; 1 when one of them does not work, as all do without a daemon."""
    settings, now = load(find(config)), datetime.now(UTC)
    said, silent = _asked(settings)
    rows = _rows(settings, said)
    for row in rows:
        lives = said is not None and row["connected"] and row.get("connection") == "connected"
        lives = lives and not row["frozen"]  # nothing is sent until a person looks
        row["healthy"] = lives and working(row["last_cycle_at"], now, settings.metrics.unhealthy_after)
    daemon = said["daemon"] if said is not None else None
    if as_json:
        print_json({"version": version(), "daemon": daemon, "trouble": silent, "mailboxes": rows})
    else:
        console = Console(highlight=False)
        first = _told(said["daemon"], rows, now) if said is not None else silent
        for line in (first, *(line for row in rows for line in _lines(row, now)), f"firstreply {version()}"):
            console.print(escape(line), soft_wrap=True)
    return 0 if all(row["healthy"] for row in rows) else 1


def _asked(settings: Settings) -> tuple[Row | None, str]:
    """What the daemon of this ledger says; else None and the reason, in a sentence."""
    public, private = places(lock_path(settings.ledger, settings.state_dir))
    for at in (public, private):
        try:
            said = ask(at.path)
        except PermissionError as error:
            if at is public:
                continue  # another service's, perhaps
            raise ConfigurationError(
                "you may not ask the daemon",
                where=str(at.path),
                remedy="Ask as its user (runuser -u firstreply -- firstreply status), or join its group",
            ) from error
        except TemporaryError as error:
            return None, f"A daemon is running and does not answer: {error}. What follows is the ledger's."
        if said is not None:
            return _with_times(said), ""
    return None, NO_DAEMON


def _with_times(value: Any) -> Any:  # noqa: ANN401  any JSON
    """The same with its times as times."""
    if isinstance(value, list):
        return [_with_times(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: datetime.fromisoformat(each) if TIMES.fullmatch(name) and each else _with_times(each)
        for name, each in value.items()
    }


def _rows(settings: Settings, said: Row | None) -> list[Row]:
    """Every mailbox of the configuration, with what the daemon and the ledger know of it."""
    names = [box.mailbox.name for box in settings.mailboxes]
    live: Mapping[str, Row] = {row["name"]: row for row in said["mailboxes"]} if said else {}
    if all("connected" in live.get(name, ()) for name in names):
        return [{**asdict(MailboxStatus.unknown(name)), **live[name]} for name in names]
    with opened_ledger(settings) as ledger:
        known = {row.name: row for row in ledger.mailboxes.status(names)}
    # a mailbox that no daemon has worked yet has no row, and must not look well by that
    return [
        asdict(known.get(name) or MailboxStatus.unknown(name)) | dict(live.get(name, {})) for name in names
    ]


def _told(daemon: Row, rows: list[Row], now: datetime) -> str:
    """The daemon in one line."""
    read = spoken((now - daemon["written_read_at"]).total_seconds())
    words = [
        f"The daemon has been running for {spoken(daemon['uptime_seconds'])} (process {daemon['pid']})",
        f"model {daemon['model'] or 'not loaded yet'}",
        f"playbook, templates and library read {read} ago",
    ]
    if daemon["version"] != version():
        words.append(f"it is version {daemon['version']}: restart it to run {version()}")
    strange = [row["name"] for row in rows if "connection" not in row]
    if strange:
        words.append(f"it does not know {', '.join(strange)}: restart it")
    if daemon["model_problem"]:
        words.append(f"the installed model is not in use: {daemon['model_problem']}")
    if daemon["ledger_error"]:
        words.append(f"it cannot read its ledger now: {daemon['ledger_error']}")
    return "; ".join(words) + "."


def _lines(row: Row, now: datetime) -> list[str]:
    """A mailbox in some lines."""
    last, nearest = row["last_cycle_at"], row["nearest_at"]
    drafts = [f"{number} {state}" for state, number in sorted(row["drafts"].items())]
    clocks = count(row["open_clocks"], "open clock")
    clocks += f", nearest {_distance(nearest, now)}" if nearest else ""
    return [
        f"{row['name']}: {_state(row)}{_doing(row, now)}",
        f"  last full cycle {_distance(last, now) if last else 'never'}; {clocks}",
        f"  drafts: {', '.join(drafts) or 'none'}",
        *(f"  error {error}" for error in _errors(row, now)),
    ]


def _state(row: Row) -> str:
    if row["frozen"]:
        return f"frozen: {row['frozen']}"
    return "at work" if row["healthy"] else "not working"


def _errors(row: Row, now: datetime) -> list[str]:
    """The last errors that the daemon knows, or the one that the ledger does."""
    known = row.get("errors", [])
    told = [f"{_distance(each['at'], now)}: {each['error']}" for each in known]
    last = shortened(row["last_error"] or "")
    return told + (
        [f"of the last cycle: {last}"] if last not in {"", *(each["error"] for each in known)} else []
    )


def _doing(row: Row, now: datetime) -> str:
    """What the daemon is doing with a mailbox at this moment."""
    if "connection" not in row:
        return ""
    if row["worked_by"]:
        return f"; spare, worked by {row['worked_by']}"
    words = [row["connection"], row["hints"]]
    if row["stage"]:
        ids = "".join(f", {name} {number}" for name, number in row["in_hand"].items())
        words.append(f"{row['stage']} for {spoken((now - row['stage_since']).total_seconds())}{ids}")
    elif row["next_look_at"]:
        what = "look" if row["connection"] == "connected" else "try"
        words.append(f"next {what} {_distance(row['next_look_at'], now)}")
    return "".join(f"; {word}" for word in words)


def _distance(moment: datetime, now: datetime) -> str:
    seconds = (moment - now).total_seconds()
    return f"in {spoken(seconds)}" if seconds >= 0 else f"{spoken(-seconds)} ago"
