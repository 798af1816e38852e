"""The tables in the database are those of the code, and the database itself refuses what they forbid."""

from collections import deque
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection

from daemon.ports.ledger import schema as t
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.guards import APPEND_ONLY, STATES, States, guards
from daemon.ports.ledger.store import migrate, open_engine
from tests.ledger_kit import NOW, Desk, snapshot

IDS = [life.table for life in STATES]


def allowed_values(life: States) -> list[str]:
    """All states of one table, read from its check constraint's enum."""
    return sorted({life.first} | {state for step in life.steps for state in step})


def way_to(life: States, wanted: str) -> list[str]:
    """The states after the first one on a shortest allowed way to `wanted`."""
    waiting = deque([[life.first]])
    seen = {life.first}
    while waiting:
        way = waiting.popleft()
        if way[-1] == wanted:
            return way[1:]
        for old, new in life.steps:
            if old == way[-1] and new not in seen:
                seen.add(new)
                waiting.append([*way, new])
    raise AssertionError(f"{life.table}: no way leads to {wanted}")


def row_of(desk: Desk, table: str) -> int:
    """The id of a row in the first state of its table."""
    if table == "note":
        desk.ledger.drafts.leave_note(desk.claim, desk.note(), NOW)
        return desk.ledger.drafts.planned_notes(desk.claim)[0].note_id
    if table == "response_clock":
        return int(desk.clock(desk.message())["id"])
    if table == "message":
        return desk.fetched()
    return desk.planned() if table == "draft" else desk.prepared()


def step(connection: Connection, table: str, row: int, state: str) -> None:
    """Change a state by plain SQL, past all of the program's own care."""
    connection.exec_driver_sql(f"UPDATE {table} SET state = '{state}' WHERE id = {row}")  # noqa: S608  names from our own tables


def accepted(ledger: Ledger, life: States, row: int, old: str, new: str) -> bool:
    """Whether the database takes the step from `old` to `new`; nothing of it stays."""
    with ledger.engine.connect() as connection, connection.begin() as attempt:
        for state in way_to(life, old):
            step(connection, life.table, row, state)
        try:
            step(connection, life.table, row, new)
        except sa.exc.DBAPIError as error:
            assert "forbidden transition" in str(error.orig)  # noqa: PT017  the database's words
            return False
        finally:
            attempt.rollback()
        return True


@pytest.mark.parametrize("life", STATES, ids=IDS)
def test_the_database_allows_the_listed_transitions_and_no_other(desk: Desk, life: States) -> None:
    """Every pair of states of every table, tried by direct SQL."""
    row = row_of(desk, life.table)
    names = allowed_values(life)
    found = {(a, b) for a in names for b in names if accepted(desk.ledger, life, row, a, b)}
    assert found == set(life.steps) | {(name, name) for name in names}


@pytest.mark.parametrize("life", STATES, ids=IDS)
def test_a_row_begins_in_its_first_state_only(desk: Desk, life: States) -> None:
    """A row that is inserted in any later state is refused by the database."""
    table = t.metadata.tables[life.table]
    row = desk.one(table, row_of(desk, life.table))
    for state in set(allowed_values(life)) - {life.first}:
        values = {**row, "id": row["id"] + 1, "state": state}
        with pytest.raises(sa.exc.DBAPIError, match="forbidden transition"), desk.ledger.engine.begin() as to:
            to.execute(sa.insert(table).values(values))


@pytest.mark.parametrize("life", STATES, ids=IDS)
def test_an_unknown_state_is_refused(desk: Desk, life: States) -> None:
    """A state that no enum knows cannot be written."""
    row = row_of(desk, life.table)
    with pytest.raises(sa.exc.DBAPIError), desk.ledger.engine.begin() as connection:
        step(connection, life.table, row, "on_holiday")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id + 1", "DELETE FROM {}"])
def test_decisions_and_labels_only_grow(desk: Desk, table: str, act: str) -> None:
    """Neither a change nor a removal of a logged row is possible."""
    message = desk.message()
    label = sa.insert(t.label).values(
        message_id=message, scenario="other", source="agent", who="a", weight=1, recorded_at=NOW
    )
    with desk.ledger.engine.begin() as connection:
        connection.execute(label)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), desk.ledger.engine.begin() as connection:
        connection.exec_driver_sql(act.format(table))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_log_cannot_be_emptied_at_once(desk: Desk, table: str) -> None:
    """TRUNCATE passes by what guards single rows; SQLite has none."""
    desk.message()
    before = snapshot(desk.ledger)
    with pytest.raises(sa.exc.DBAPIError), desk.ledger.engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {table}")
    assert snapshot(desk.ledger) == before


def test_two_open_drafts_of_a_conversation_are_impossible(desk: Desk) -> None:
    """The partial index stops a second open draft, whoever writes it."""
    row = desk.one(t.draft, desk.planned())
    twin = {**row, "id": row["id"] + 1, "token": "other", "message_id_header": "<other@x>"}
    with pytest.raises(sa.exc.IntegrityError), desk.ledger.engine.begin() as connection:
        connection.execute(sa.insert(t.draft).values(twin))


def test_two_open_clocks_of_a_conversation_are_impossible(desk: Desk) -> None:
    """The partial index stops a second running clock; an ended one does not count."""
    row = desk.clock(desk.message())
    twin = sa.insert(t.response_clock).values({**row, "id": row["id"] + 1})
    with pytest.raises(sa.exc.IntegrityError), desk.ledger.engine.begin() as connection:
        connection.execute(twin)
    with desk.ledger.engine.begin() as connection:
        step(connection, "response_clock", row["id"], "answered")
        connection.execute(twin)


@pytest.mark.parametrize("live", ["prepared", "sending", "in_doubt", "sent"])
def test_two_live_deliveries_of_a_draft_are_impossible(desk: Desk, live: str) -> None:
    """The partial index stops a second delivery while the first may still arrive, or has."""
    delivery = desk.prepared()
    life = next(life for life in STATES if life.table == "delivery")
    with desk.ledger.engine.begin() as connection:
        for state in way_to(life, live):
            step(connection, "delivery", delivery, state)
    row = desk.one(t.delivery, delivery)
    twin = {**row, "id": delivery + 1, "state": "prepared", "message_id_header": "<twin@x>"}
    with pytest.raises(sa.exc.IntegrityError), desk.ledger.engine.begin() as connection:
        connection.execute(sa.insert(t.delivery).values(twin))


def test_the_same_uid_cannot_have_two_rows(desk: Desk) -> None:
    """(folder, UIDVALIDITY, UID) is a message's identity."""
    row = desk.one(t.message, desk.fetched())
    with pytest.raises(sa.exc.IntegrityError), desk.ledger.engine.begin() as connection:
        connection.execute(sa.insert(t.message).values({**row, "id": row["id"] + 1}))


def test_a_reference_must_lead_somewhere(desk: Desk) -> None:
    """Foreign keys are enforced on both databases."""
    row = {**desk.one(t.message, desk.fetched()), "id": 999, "uid": 999, "folder_id": 999}
    with pytest.raises(sa.exc.IntegrityError), desk.ledger.engine.begin() as connection:
        connection.execute(sa.insert(t.message).values(row))


def test_migrations_make_the_tables_of_the_code(ledger: Ledger) -> None:
    """Alembic finds no difference between a migrated ledger and the metadata."""
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, t.metadata) == []


def reflected(connection: Connection) -> dict[str, Any]:
    """What the database says of its tables, in one comparable value; Alembic's own table left out."""
    inspector = sa.inspect(connection)

    def plain(value: object) -> str:
        inner = value.items() if isinstance(value, dict) else ()
        return str(sorted((key, str(each)) for key, each in inner)) if inner else str(value)

    def by_name(rows: list[Any]) -> list[str]:
        return sorted(str(sorted((key, plain(value)) for key, value in row.items())) for row in rows)

    return {
        name: [
            by_name(inspector.get_columns(name)),
            by_name(inspector.get_check_constraints(name)),
            by_name(inspector.get_unique_constraints(name)),
            by_name(inspector.get_foreign_keys(name)),
            by_name(inspector.get_indexes(name)),
        ]
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def test_migrated_constraints_are_those_of_the_code(ledger: Ledger, request: pytest.FixtureRequest) -> None:
    """Checks, partial indexes and keys too, which Alembic does not compare."""
    if ledger.engine.dialect.name == "sqlite":
        url = f"sqlite:///{request.getfixturevalue('tmp_path')}/made.db"
    else:
        server = request.getfixturevalue("postgres")
        url = server.url(server.create())
    made = open_engine(url)
    with made.begin() as connection:
        t.metadata.create_all(connection)
        expected = reflected(connection)
    made.dispose()
    with ledger.engine.connect() as connection:
        assert reflected(connection) == expected


def test_migrated_guards_are_those_of_the_code(sqlite_url: str) -> None:
    """The states that the migration froze have not fallen behind the code's."""
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        found = (
            connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        )
    engine.dispose()
    assert sorted(found) == sorted(guards("sqlite"))


def test_migrating_twice_changes_nothing(desk: Desk) -> None:
    """A start on a ledger of this version keeps everything."""
    desk.doubtful()
    before = snapshot(desk.ledger)
    migrate(desk.ledger.engine)
    assert snapshot(desk.ledger) == before


def test_an_unknown_database_has_no_guards() -> None:
    """A ledger without its guards is not offered."""
    with pytest.raises(ValueError, match="mysql"):
        list(guards("mysql"))
