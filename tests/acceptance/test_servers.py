"""The agent's everyday acts on servers of other makes and with fewer abilities: the same end on each."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from tests import courier
from tests.account import Account
from tests.chaos import ChaosProxy
from tests.daemon_kit import House
from tests.dovecot import PASSWORD, Dovecot
from tests.forked import Zygote
from tests.limited import limit
from tests.mails import BROKEN, LATE, buyer_mail
from tests.smtp_sink import Sink
from tests.stage_kit import Stage

ABSENT: dict[str, tuple[str, ...]] = {
    "all extensions": (),
    "no MOVE": ("MOVE",),
    "no UIDPLUS": ("UIDPLUS",),
    "neither MOVE nor UIDPLUS": ("MOVE", "UIDPLUS"),
    "no CONDSTORE, no ESEARCH": ("CONDSTORE", "ESEARCH"),
    "no IDLE, no special use": ("IDLE", "SPECIAL-USE"),
    "no keywords": ("KEYWORDS",),
    "hardly anything": (
        *("MOVE", "UIDPLUS", "CONDSTORE", "ESEARCH", "IDLE", "SPECIAL-USE"),
        *("NAMESPACE", "MULTIAPPEND", "LITERAL+", "ENABLE", "KEYWORDS"),
    ),
}
OFFERED = {"UTF-8 and IMAP4rev2 on offer": ("UTF8=ACCEPT", "IMAP4rev2")}
NESTED = "below INBOX."
COURIER = "Courier"


@pytest.fixture(scope="module", name="nested")
def _nested() -> Iterator[Dovecot]:
    with Dovecot(prefix="INBOX.", separator=".") as server:
        yield server


def on(*names: str) -> pytest.MarkDecorator:
    """Run a test on servers of these kinds."""
    ids = [name.replace(" ", "_") for name in names]
    return pytest.mark.parametrize("stage", names, ids=ids, indirect=True)


@pytest.fixture(name="stage")
def _stage(request: pytest.FixtureRequest, model_root: Path, zygote: Zygote) -> Iterator[Stage]:
    """A house on each kind of server; a forbidden command of the daemon's fails the test."""
    with ExitStack() as stack:
        name, prefix, proxy = "anna", "", None
        if request.param == COURIER:
            if not courier.is_there():
                (pytest.fail if os.environ.get("CI") else pytest.skip)(courier.INSTALL)
            port, prefix = stack.enter_context(courier.Courier()).port, courier.Courier.prefix
        elif request.param == NESTED:
            server: Dovecot = request.getfixturevalue("nested")
            port, prefix = server.port, server.prefix
        else:
            account: Account = request.getfixturevalue("account")
            proxy = stack.enter_context(ChaosProxy(account.dovecot.port))
            limit(proxy, ABSENT.get(request.param, ()), OFFERED.get(request.param, ()))
            name, port = account.name, proxy.port
        sink = stack.enter_context(Sink(login=(name, PASSWORD)))
        root = Path(tempfile.mkdtemp(prefix="fr-"))
        stack.callback(shutil.rmtree, root)
        house = House(
            root, imap_port=port, user=name, password=PASSWORD, sink=sink, model=model_root, zygote=zygote
        )
        house.prefix = prefix
        stack.callback(house.close)
        yield Stage(house, zygote)
        assert proxy is None or proxy.heard == []


@on(*ABSENT, *OFFERED, NESTED, COURIER)
def test_everyday_acts_end_alike_on_every_server(stage: Stage) -> None:
    """Approve; edit in place, then approve; reject; approve and take back within the cool-down."""
    house = stage.house

    def written() -> tuple[int, bytes]:
        house.receive(BROKEN)
        stage.cycle()
        return stage.waiting()

    uid, _ = written()
    house.move(uid, "Approved")
    stage.cycle()
    assert (house.states(), len(house.mails("Sent"))) == ({"sent": 1}, 1)
    assert [b"\\Answered" in flags for flags in house.flags().values()] == [True]

    uid, raw = written()
    house.save(uid, stage.edited(raw, "A word of my own."))
    stage.cycle()
    house.move(stage.waiting()[0], "Approved")
    stage.cycle()
    assert b"A word of my own." in house.sink.accepted[-1].raw

    uid, _ = written()
    house.move(uid, "Rejected")
    stage.cycle()

    uid, _ = written()
    house.configure(cool_down=3600)
    house.move(uid, "Approved")
    stage.cycle()
    (uid,) = house.mails("Approved")
    house.move(uid, "Approval", source="Approved")
    stage.cycle()
    assert house.states() == {"sent": 2, "rejected": 1, "queued": 1}
    assert (house.mails("Approved"), house.notes()) == ({}, [])
    house.configure()
    house.move(stage.waiting()[0], "Approved")
    stage.cycle()
    assert (house.states(), len(house.sink.accepted)) == ({"sent": 3, "rejected": 1}, 3)
    assert (len(house.mails("Sent")), house.mails("Approved"), house.drafts()) == (3, {}, {})


@on("hardly anything", NESTED, COURIER)
def test_a_gap_comes_back_on_every_server(stage: Stage) -> None:
    """Held for a gap: back in the queue with one note, filled, approved, sent."""
    uid, raw = stage.draft(LATE)
    stage.house.move(uid, "Approved")
    stage.cycle()
    assert (stage.house.states(), len(stage.house.notes()), stage.house.mails("Approved")) == (
        {"held": 1},
        1,
        {},
    )
    uid, raw = stage.waiting()
    stage.house.save(uid, raw.replace(b"[[", b"").replace(b"]]", b""))
    stage.cycle()
    stage.house.move(stage.waiting()[0], "Approved")
    stage.cycle()
    assert stage.house.states() == {"sent": 1}


@pytest.mark.parametrize(
    ("stage", "marked"), [("all extensions", True), ("no keywords", False)], indirect=["stage"]
)
def test_a_warning_marks_the_mail_where_keywords_are_kept(stage: Stage, marked: bool) -> None:
    r"""PERMANENTFLAGS without \* (Exchange): the warning is given, and no keyword is tried."""
    stage.house.put("INBOX", buyer_mail(BROKEN, age=timedelta(minutes=50)))
    stage.cycle(2)
    assert "event=clock_warning" in stage.house.log()
    (flags,) = stage.house.flags().values()
    assert (b"FirstreplyDue" in flags) == marked
