"""Real ledgers for the tests of this folder: SQLite in a file, and PostgreSQL, each test its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.schema import metadata
from daemon.ports.ledger.store import open_engine
from tests.fresh_ledger import put_ledger
from tests.ledger_kit import Desk
from tests.postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_ledger(postgres: PostgresServer) -> Iterator[tuple[str, Ledger]]:
    """A migrated ledger, and the name of its database."""
    name = postgres.create()
    opened = Ledger.open(postgres.url(name))
    yield name, opened
    opened.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an empty ledger in a file."""
    put_ledger(tmp_path / "ledger.db")
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture(scope="session")
def sqlite_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Ledger]]:
    """A ledger whose file each test replaces: its engine compiles every statement once a run."""
    path = tmp_path_factory.mktemp("sqlite") / "ledger.db"
    opened = Ledger.on(open_engine(f"sqlite:///{path}"))
    yield path, opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """An empty ledger on each database."""
    if request.param == "postgresql":
        name, shared = request.getfixturevalue("postgres_ledger")
        request.getfixturevalue("postgres").empty(name, metadata.tables)
        yield shared
        return
    path, shared = request.getfixturevalue("sqlite_ledger")
    put_ledger(path)
    yield shared
    shared.close()  # the last connection takes the journal along


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    """A mailbox in an empty ledger."""
    return Desk.open(ledger)
