"""Column types and shorthands of the ledger's tables, and the states only the ledger knows.

Promises: times are UTC microseconds since 1970 in a BIGINT: exact on both databases, and arithmetic in
SQL. Keys are INTEGER on SQLite, which gives row ids to nothing else, and BIGINT on PostgreSQL.

Errors: none.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    text,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def instant(moment: datetime) -> int:
    """The number under which a time is kept; for textual queries."""
    return (moment - EPOCH) // MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware UTC time, kept as whole microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002, D102
        return None if value is None else instant(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        return None if value is None else EPOCH + value * MICROSECOND


class Words(TypeDecorator[str]):
    """Text of any origin: what no database can hold (NUL, halves of surrogate pairs) is replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else _UNKEEPABLE.sub("\ufffd", value)


class MessageState(StrEnum):
    """How far a message has been read."""

    FETCHED = "fetched"
    READ = "read"
    SHUNTED = "shunted"


MESSAGE_TRANSITIONS: Mapping[MessageState, frozenset[MessageState]] = {
    MessageState.FETCHED: frozenset({MessageState.READ, MessageState.SHUNTED}),
    MessageState.READ: frozenset(),
    # a person may have it tried again after an upgrade
    MessageState.SHUNTED: frozenset({MessageState.FETCHED}),
}


class NoteState(StrEnum):
    """Whether a note to the agent lies in the queue folder yet."""

    PLANNED = "planned"
    QUEUED = "queued"


NOTE_TRANSITIONS: Mapping[NoteState, frozenset[NoteState]] = {
    NoteState.PLANNED: frozenset({NoteState.QUEUED}),
    NoteState.QUEUED: frozenset(),
}


def key() -> Column[int]:
    """The surrogate key of a table."""
    # SQLite gives row ids only to INTEGER keys; PostgreSQL wants room for a busy decade
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def to(table: str, *, optional: bool = False) -> Column[int]:
    """A reference to another table's row."""
    return Column(
        f"{table}_id",
        BigInteger().with_variant(Integer, "sqlite"),
        ForeignKey(f"{table}.id"),
        nullable=optional,
    )


def state(values: type[StrEnum], name: str = "state") -> tuple[Column[str], CheckConstraint]:
    """A state column that may hold only the values of its enum."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return Column(name, String(24), nullable=False), CheckConstraint(f"{name} IN ({allowed})", name=name)


def one_of(states: Iterable[StrEnum]) -> str:
    """The SQL condition that a state is one of these."""
    return "state IN (" + ", ".join(f"'{state}'" for state in sorted(states)) + ")"


def partial(name: str, column: Column[int], where: str) -> Index:
    """A unique index over the rows that fulfil a condition: at most one of them at once."""
    return Index(name, column, unique=True, sqlite_where=text(where), postgresql_where=text(where))


def sparse(name: str, *columns: str, where: str) -> Index:
    """An index over the few rows that fulfil a condition."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
