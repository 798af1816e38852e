"""The triggers by which the database refuses what the state tables forbid.

Promises: one description (`STATES`), two dialects. A row begins in its first state; a state changes
only along a listed transition; decisions and labels are never changed or removed. The words "forbidden
transition" and "append-only" in the database's error are what `store.py` and the tests look for.

Errors: `ValueError` for a dialect that firstreply does not support.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from daemon.desk.clock import CLOCK_TRANSITIONS, ClockOutcome
from daemon.desk.draft import DELIVERY_TRANSITIONS, DRAFT_TRANSITIONS, DeliveryState, DraftState
from daemon.ports.ledger.columns import (
    MESSAGE_TRANSITIONS,
    NOTE_TRANSITIONS,
    MessageState,
    NoteState,
)


@dataclass(frozen=True, slots=True)
class States:
    """The life of one table's rows: where it begins and which steps it may take."""

    table: str
    first: str
    steps: tuple[tuple[str, str], ...]


def _states(table: str, first: StrEnum, transitions: Mapping[StrEnum, frozenset[StrEnum]]) -> States:
    steps = sorted((str(old), str(new)) for old, targets in transitions.items() for new in targets)
    return States(table, str(first), tuple(steps))


STATES: tuple[States, ...] = (
    _states("message", MessageState.FETCHED, MESSAGE_TRANSITIONS),  # type: ignore[arg-type]  # StrEnum maps are invariant
    _states("draft", DraftState.PLANNED, DRAFT_TRANSITIONS),  # type: ignore[arg-type]  # the same
    _states("delivery", DeliveryState.PREPARED, DELIVERY_TRANSITIONS),  # type: ignore[arg-type]  # the same
    _states("response_clock", ClockOutcome.OPEN, CLOCK_TRANSITIONS),  # type: ignore[arg-type]  # the same
    _states("note", NoteState.PLANNED, NOTE_TRANSITIONS),  # type: ignore[arg-type]  # the same
)

APPEND_ONLY = ("decision", "label")


def guards(dialect: str, states: tuple[States, ...] = STATES) -> Iterator[str]:
    """The statements that install all guards; `states` is frozen in each migration."""
    if dialect not in {"sqlite", "postgresql"}:
        raise ValueError(f"no guards for the database dialect {dialect!r}")
    for life in states:
        yield from (_sqlite_states if dialect == "sqlite" else _postgresql_states)(life)
    for table in APPEND_ONLY:
        yield from (_sqlite_append_only if dialect == "sqlite" else _postgresql_append_only)(table)


def _allowed(life: States) -> str:
    steps = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in life.steps)
    return f"OLD.state = NEW.state OR {steps}"


def _sqlite_states(life: States) -> Iterator[str]:
    yield (
        f"CREATE TRIGGER {life.table}_first BEFORE INSERT ON {life.table} "
        f"WHEN NEW.state <> '{life.first}' "
        f"BEGIN SELECT RAISE(ABORT, 'forbidden transition: {life.table} begins as {life.first}'); END"
    )
    yield (
        f"CREATE TRIGGER {life.table}_step BEFORE UPDATE OF state ON {life.table} "
        f"WHEN NOT ({_allowed(life)}) "
        f"BEGIN SELECT RAISE(ABORT, 'forbidden transition of {life.table}'); END"
    )


def _sqlite_append_only(table: str) -> Iterator[str]:
    for act in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _postgresql_states(life: States) -> Iterator[str]:
    yield (
        f"CREATE FUNCTION {life.table}_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'INSERT' THEN "
        f"IF NEW.state <> '{life.first}' THEN "
        f"RAISE EXCEPTION 'forbidden transition: {life.table} begins as {life.first}'; END IF; "
        f"ELSIF NOT ({_allowed(life)}) THEN "
        f"RAISE EXCEPTION 'forbidden transition of {life.table}: % to %', OLD.state, NEW.state; END IF; "
        f"RETURN NEW; END $$"
    )
    yield (
        f"CREATE TRIGGER {life.table}_step BEFORE INSERT OR UPDATE OF state ON {life.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {life.table}_step()"
    )


def _postgresql_append_only(table: str) -> Iterator[str]:
    yield (
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )
    yield (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )
