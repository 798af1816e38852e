"""A ledger that comes from a backup, and a daemon on another host: no mail is lost, none answered twice.

The steps are those of docs/operating.md, below a test's folder; `make test-systemd` takes them as they stand.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.account import Account
from tests.daemon_kit import House, until
from tests.documented import steps
from tests.forked import Zygote
from tests.mails import BROKEN
from tests.postgres import PostgresServer
from tests.stage_kit import Stage

PAGE = "docs/operating.md"
ALIAS = "q7d2k9x4m1v"


@pytest.fixture(name="elsewhere")
def _elsewhere(house: House, account: Account, zygote: Zygote, tmp_path: Path) -> Iterator[House]:
    """The same mailbox on another host, which has nothing of the old one yet."""
    other = House(
        tmp_path,
        imap_port=house.imap_port,
        user=house.user,
        password=account.password,
        sink=house.sink,
        model=(house.root / "state" / "model").resolve(),
        zygote=zygote,
    )
    yield other
    other.close()


def carry_out(commands: list[str], places: Mapping[str, str]) -> None:
    """What the page says, in other places; who starts, builds and owns what is the test's business."""
    script = "\n".join(line for line in commands if not line.startswith(("systemctl", "make", "chown")))
    script = script.replace("-o firstreply -g firstreply", f"-o {os.getuid()} -g {os.getgid()}")
    for old, new in places.items():
        assert old in script, script
        script = script.replace(old, new)
    subprocess.run(["sh", "-euc", script], check=True)


def answered(house: House) -> list[str]:
    """The buyers who got an answer, as often as they got one."""
    return sorted(recipient for mail in house.sink.accepted for recipient in mail.recipients)


def buyers(*numbers: int) -> list[str]:
    """Addresses of buyers who wrote."""
    return [f"{ALIAS}{number}@marketplace.amazon.de" for number in numbers]


def approve_all(house: House) -> None:
    """Whatever waits in the queue."""
    for uid in house.drafts():
        house.move(uid, "Approved")


def test_a_lost_ledger_comes_back_from_the_nights_backup(stage: Stage) -> None:
    """One draft was sent since, one was made since, one mail came while nobody looked."""
    house = stage.house
    house.receive(BROKEN, alias=f"{ALIAS}1")
    stage.cycle()
    assert house.command("backup").returncode == 0
    approve_all(house)
    house.receive(BROKEN, alias=f"{ALIAS}2")
    stage.cycle(2)
    assert (answered(house), house.states()) == (buyers(1), {"sent": 1, "queued": 1})
    house.receive(BROKEN, alias=f"{ALIAS}3")
    state = house.root / "state"
    (state / "ledger.db").write_bytes(b"a disk that failed")
    (backup,) = (state / "backups").iterdir()

    (commands,) = steps(PAGE, "Restore")
    places = {"/var/lib/firstreply": str(state), "ledger-20260302T023000Z.db": backup.name}
    carry_out(commands, places)
    stage.cycle(2)
    assert (answered(house), house.states()) == (buyers(1), {"answered_by_agent": 1, "queued": 2})
    assert len(house.drafts()) == 3  # the page tells of this one: nobody knows it any more
    approve_all(house)
    stage.cycle(2)
    assert (answered(house), len(house.drafts())) == (buyers(1, 2, 3), 1)
    assert b"Reason: unknown_draft" in b"".join(house.notes())


def test_a_state_folder_goes_on_on_another_host(stage: Stage, elsewhere: House, zygote: Zygote) -> None:
    """One draft was sent there, one is approved, one waits, and one mail comes while no daemon works."""
    house = stage.house
    for number in (1, 2, 3):
        house.receive(BROKEN, alias=f"{ALIAS}{number}")
    stage.cycle()
    first, second, _ = house.drafts()
    house.move(first, "Approved")
    stage.cycle(2)
    house.configure(cool_down=3600)
    house.move(second, "Approved")
    stage.cycle()
    assert house.states() == {"sent": 1, "approved": 1, "queued": 1}

    packing, unpacking = steps(PAGE, "Moving to another host")
    tar = {"firstreply.tar": f"{elsewhere.root}/all.tar"}
    shutil.rmtree(elsewhere.root / "state")
    parts = {"etc/firstreply": "firstreply.toml", "var/lib/firstreply": "state"}
    carry_out(packing, {**tar, "-C /": f"-C {house.root}", **parts})
    shutil.rmtree(house.root / "state")
    carry_out(unpacking, {**tar, "-C /": f"-C {elsewhere.root}"})
    elsewhere.configure()
    house.receive(BROKEN, alias=f"{ALIAS}4")

    Stage(elsewhere, zygote).cycle()
    assert (answered(house), elsewhere.states()) == (buyers(1, 2), {"sent": 2, "queued": 2})
    assert len(house.drafts()) == 2


@pytest.fixture(name="shared_ledger")
def _shared_ledger() -> Iterator[str]:
    with PostgresServer() as server:
        yield server.url(server.create())


def test_a_second_host_is_a_spare(house: House, elsewhere: House, shared_ledger: str) -> None:
    """Two hosts on one PostgreSQL: one works and one waits, whoever ends and comes back."""
    for host in (house, elsewhere):
        ledger = f"sqlite:///{host.root}/state/ledger.db"
        host.config.write_text(host.config.read_text().replace(ledger, shared_ledger))
    house.start()
    until(lambda: "event=cycle" in house.log(), "the first daemon's look")
    elsewhere.start()
    until(lambda: "event=spare" in elsewhere.log(), "the second one waiting")
    status = elsewhere.command("status").stdout
    assert f"spare, worked by firstreply {socket.gethostname()} pid" in status, status
    assert elsewhere.command("run", "--once").returncode == 75
    house.receive(BROKEN, alias=f"{ALIAS}1")
    until(house.drafts, "a draft")

    cut_the_locks(shared_ledger)
    until(lambda: "event=cycle" in elsewhere.log(), "the spare's first look")
    house.receive(BROKEN, alias=f"{ALIAS}2")
    assert house.process is not None
    assert house.process.wait() == 75  # it wrote too late
    assert "was claimed by another daemon" in house.log()
    until(lambda: len(house.drafts()) == 2, "the second draft")

    house.start()  # as systemd would
    until(lambda: "event=spare" in house.log(), "the first daemon waiting")
    assert elsewhere.process is not None
    elsewhere.process.kill()
    approve_all(house)
    until(lambda: len(house.sink.accepted) == 2, "both answers")
    assert house.stop() == 0
    assert (answered(house), house.drafts()) == (buyers(1, 2), {})


def cut_the_locks(ledger: str) -> None:
    """What a restart of the database does to the session that holds the mailboxes' locks."""
    engine = sa.create_engine(ledger)
    with engine.connect() as session:
        ended = session.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
        assert ended.scalars().all() == [True]
    engine.dispose()
