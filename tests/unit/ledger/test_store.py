"""Opening the ledger: what SQLite is told, who may write, and what becomes of the database's errors."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from daemon.errors import ConfigurationError, LockedError, PermanentError, TemporaryError
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.books import Ledger
from daemon.ports.ledger.columns import Instant, instant
from daemon.ports.ledger.store import Claim, LedgerLock, lock_path, open_engine, reading, writing
from tests.ledger_kit import NOW, Desk, snapshot

HOLD_THE_LOCK = """
import sys
from pathlib import Path
from daemon.ports.ledger.store import LedgerLock
lock = LedgerLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def with_pragma(url: str, pragma: str) -> sa.Engine:
    """An engine whose connections are told one thing more."""
    engine = open_engine(url)
    sa.event.listen(engine, "connect", lambda connection, _record: connection.execute(f"PRAGMA {pragma}"))
    return engine


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("busy_timeout", 10_000),
    ],
)
def test_sqlite_is_told_to_be_durable(sqlite_url: str, pragma: str, value: object) -> None:
    """The settings that durability rests on are really in force, on each connection."""
    engine = open_engine(sqlite_url)
    with reading(engine) as first, reading(engine) as second:
        found = [each.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() for each in (first, second)]
    engine.dispose()
    assert found == [value, value]


def test_a_writer_takes_the_lock_at_once(sqlite_url: str) -> None:
    """BEGIN IMMEDIATE: a second writer is stopped before it has read anything, with a temporary error."""
    first, second = open_engine(sqlite_url), with_pragma(sqlite_url, "busy_timeout=20")
    with writing(first), pytest.raises(TemporaryError, match="locked"), writing(second):
        pytest.fail("two writers at once")
    first.dispose()
    second.dispose()


def test_a_reader_neither_waits_nor_sees_half_a_write(sqlite_url: str) -> None:
    """WAL: while one connection writes, another reads what was committed before."""
    engine = open_engine(sqlite_url)
    with writing(engine) as writer:
        writer.execute(sa.insert(t.house).values(name="half", value="written"))
        with reading(engine) as reader:
            assert reader.execute(sa.select(t.house)).all() == []
    engine.dispose()


def test_a_look_is_one_consistent_moment(ledger: Ledger) -> None:
    """Two reads in one look agree, whatever is committed between them."""
    with reading(ledger.engine) as look:
        before = look.execute(sa.select(t.mailbox)).all()
        ledger.mailboxes.claim("shop", "a@shop.example", NOW)
        assert look.execute(sa.select(t.mailbox)).all() == before == []


def test_an_error_in_a_transaction_leaves_nothing(ledger: Ledger) -> None:
    """Whatever is raised inside, the whole transaction is undone."""
    before = snapshot(ledger)
    with pytest.raises(KeyError), writing(ledger.engine) as connection:  # noqa: PT012  one transaction
        connection.execute(sa.insert(t.house).values(name="a", value="b"))
        raise KeyError
    assert snapshot(ledger) == before


def test_a_second_claim_fences_the_first(desk: Desk) -> None:
    """The daemon that lost its mailbox can no longer write, and is told why."""
    desk.ledger.mailboxes.claim("shop", "support@shop.example", NOW)
    with pytest.raises(LockedError, match="shop was claimed by another daemon"):
        desk.fetched()


def test_a_claim_of_another_mailbox_fences_nobody(desk: Desk) -> None:
    """Epochs belong to one mailbox each."""
    desk.ledger.mailboxes.claim("other", "other@shop.example", NOW)
    assert desk.fetched() > 0


def test_a_refused_write_is_permanent(desk: Desk) -> None:
    """A transition that the database refuses is our bug, and repeating it is no cure."""
    draft = desk.planned()
    forbidden = sa.update(t.draft).where(t.draft.c.id == draft).values(state="sent")
    with (
        pytest.raises(PermanentError, match="forbidden transition"),
        writing(desk.ledger.engine) as connection,
    ):
        connection.execute(forbidden)


def test_a_unique_row_written_twice_is_permanent(ledger: Ledger) -> None:
    """So is the breach of a unique key."""
    twice = sa.insert(t.house).values(name="a", value="b")
    with pytest.raises(PermanentError), writing(ledger.engine) as connection:  # noqa: PT012  one transaction
        connection.execute(twice)
        connection.execute(twice)


def test_a_mailbox_that_is_gone_is_told_as_ours(desk: Desk) -> None:
    """A claim on a row that no longer exists (a restored ledger) is not a crash of the driver's kind."""
    stray = Claim(999, "ghost", 1)
    with pytest.raises(LockedError, match="ghost"), writing(desk.ledger.engine, stray) as connection:
        pytest.fail(f"wrote without a mailbox: {connection}")


def test_a_damaged_file_is_told_in_our_words(tmp_path: Path) -> None:
    """A file that is no database raises an error of the one tree."""
    (tmp_path / "ledger.db").write_bytes(b"this is a shopping list, not a database\n" * 200)
    with pytest.raises(ConfigurationError, match=r"not a database.*Restore"):
        Ledger.open(f"sqlite:///{tmp_path}/ledger.db")


def test_the_ledger_of_a_newer_program_is_left_alone(sqlite_url: str) -> None:
    """After a downgrade: said with both versions and a remedy, and nothing is touched."""
    ledger = Ledger.open(sqlite_url)
    with writing(ledger.engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    ledger.close()
    with pytest.raises(ConfigurationError, match=r"9999.*newer firstreply"):
        Ledger.open(sqlite_url)


def test_a_folder_that_cannot_be_made_is_told_with_its_remedy(tmp_path: Path) -> None:
    """A state folder that the unit's sandbox does not open, for instance."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="ReadWritePaths"):
        LedgerLock(tmp_path / "file" / "ledger.lock")


def test_a_folder_that_is_missing_is_told_in_our_words(tmp_path: Path) -> None:
    """So does a path that cannot be opened."""
    with pytest.raises(TemporaryError, match="unable to open"):
        Ledger.open(f"sqlite:///{tmp_path}/missing/ledger.db")


@pytest.mark.parametrize("url", ["ledger.db", "mysql://root@host/ledger", "nonsense://x", ""])
def test_an_unusable_address_is_a_configuration_error(url: str) -> None:
    """The message says what an address looks like."""
    with pytest.raises(ConfigurationError, match=r"sqlite:////path/to/ledger\.db"):
        open_engine(url)


def full(url: str, room: int) -> Ledger:
    """A ledger on a disk with room for some pages more."""
    with sqlite3.connect(url.removeprefix("sqlite:///")) as plain:
        (pages,) = plain.execute("PRAGMA page_count").fetchone()
    plain.close()
    return Ledger.on(with_pragma(url, f"max_page_count={pages + room}"))


def test_a_full_disk_is_temporary_and_leaves_nothing_half_written(sqlite_url: str) -> None:
    """SQLITE_FULL in the middle of an act: an error to wait by, the ledger as it was, and whole."""
    ledger = full(sqlite_url, room=6)
    desk = Desk.open(ledger)
    before = snapshot(ledger)
    with pytest.raises(TemporaryError, match="full"):  # noqa: PT012  the disk fills up at some step
        while True:
            before = snapshot(ledger)
            desk.ledger.drafts.leave_note(desk.claim, desk.note("x" * 60), NOW)
    assert snapshot(ledger) == before
    ledger.close()
    roomy = Ledger.on(open_engine(sqlite_url))
    assert Desk.open(roomy, "other").queued().revision == 1
    with roomy.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    roomy.close()


@pytest.mark.parametrize("room", [0, 1, 2, 3])
def test_a_full_disk_never_tears_intake(sqlite_url: str, room: int) -> None:
    """A batch of messages, conversations and clocks is in the ledger as a whole or not at all."""
    ledger = Ledger.on(open_engine(sqlite_url))
    desk = Desk.open(ledger)
    ids = [desk.fetched() for _ in range(40)]
    readings = [desk.reading(message, alias=f"buyer{message}", text="x" * 900) for message in ids]
    ledger.close()
    tight = full(sqlite_url, room)
    before = snapshot(tight)
    with pytest.raises(TemporaryError, match="full"):
        tight.intake.store(desk.claim, readings, NOW)
    assert snapshot(tight) == before
    tight.close()


def test_a_second_daemon_fails_at_once_and_a_dead_one_frees_the_lock(tmp_path: Path) -> None:
    """The lock names its holder, excludes everybody else, and ends with the process, however it ends."""
    path = tmp_path / "state" / "ledger.lock"
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(
            LockedError, match=f"another firstreply works on this ledger .pid {holder.pid}"
        ) as told:
            LedgerLock(path)
        assert told.value.holder == f"pid {holder.pid}"
        assert str(path) in str(told.value)
        holder.kill()
    LedgerLock(path).release()
    assert oct(path.parent.stat().st_mode) == "0o40700"  # buyers' words are going to lie there


def test_a_released_lock_can_be_taken_again(tmp_path: Path) -> None:
    """A daemon that ends in good order leaves nothing in the way of the next."""
    LedgerLock(tmp_path / "ledger.lock").release()
    again = LedgerLock(tmp_path / "ledger.lock")
    with pytest.raises(LockedError):
        LedgerLock(tmp_path / "ledger.lock")
    again.release()


def test_the_lock_lies_beside_the_ledger_however_it_is_named(tmp_path: Path) -> None:
    """Two names of one SQLite file mean one lock, which lies where the file itself does."""
    (tmp_path / "real.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    locks = [lock_path(f"sqlite:///{tmp_path}/{name}", tmp_path) for name in ("real.db", "link.db")]
    assert locks == [tmp_path / "real.lock"] * 2


def test_a_ledger_on_postgresql_is_locked_in_the_state_folder(tmp_path: Path) -> None:
    """There is no file of the ledger's own to lie beside."""
    assert lock_path("postgresql+psycopg://u@h/x", tmp_path) == tmp_path / "ledger.lock"


@given(st.datetimes(datetime(1970, 1, 1), datetime(2300, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001  a range
def test_times_are_exact_to_the_microsecond(moment: datetime, offset: int) -> None:
    """A time comes back as it went in, in UTC, whatever zone it was written in."""
    aware = moment.replace(tzinfo=timezone(timedelta(hours=offset)))
    column, dialect = Instant(), sa.create_engine("sqlite://").dialect
    kept = column.process_bind_param(aware, dialect)
    back = column.process_result_value(kept, dialect)
    assert kept == instant(aware)
    assert back == aware
    assert back.tzinfo is UTC
