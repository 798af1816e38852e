"""Fixtures of the whole program: a model trained once, and a fresh house for each test."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier.installed import ensure_model
from daemon.commands.teach import OWN_STATE
from tests.account import Account
from tests.daemon_kit import House
from tests.forked import Zygote
from tests.shared import once_a_run
from tests.smtp_sink import Sink
from tests.stage_kit import Stage


@pytest.fixture(scope="session", name="model_root")
def _model_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of this installation; the first test run of a fresh checkout trains it."""
    return once_a_run(tmp_path_factory, "installed", lambda _: ensure_model(OWN_STATE / "model")).parent


@pytest.fixture(name="sink")
def _sink(account: Account) -> Iterator[Sink]:
    """An SMTP server that behaves until it is told otherwise."""
    with Sink(login=(account.name, account.password)) as sink:
        yield sink


@pytest.fixture(scope="session", name="zygote")
def _zygote(model_root: Path) -> Iterator[Zygote]:
    """The process that forks all daemons of this run; it finds the model installed."""
    assert model_root.is_dir()
    zygote = Zygote()
    yield zygote
    zygote.close()


@pytest.fixture(name="house")
def _house(account: Account, sink: Sink, model_root: Path, zygote: Zygote) -> Iterator[House]:
    """A mailbox on Dovecot with everything the daemon needs, and no daemon yet."""
    root = Path(tempfile.mkdtemp(prefix="fr-"))
    house = House(
        root,
        imap_port=account.dovecot.port,
        user=account.name,
        password=account.password,
        sink=sink,
        model=model_root,
        zygote=zygote,
    )
    yield house
    house.close()
    shutil.rmtree(root)


@pytest.fixture(name="stage")
def _stage(house: House, zygote: Zygote) -> Stage:
    """The house, its daemon running one cycle at a time; the first run lies behind it."""
    return Stage(house, zygote)


@pytest.fixture(name="installed")
def _installed(house: House) -> House:
    """The same house, its daemons started from the command line as in an installation."""
    house.zygote = None
    (house.root / "state" / "ledger.db").unlink()
    return house
