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
from tests.smtp_sink import Sink


@pytest.fixture(scope="session", name="model_root")
def _model_root() -> Path:
    """The model of this installation; the first test run of a fresh checkout trains it."""
    return ensure_model(OWN_STATE / "model").parent


@pytest.fixture(name="sink")
def _sink(account: Account) -> Iterator[Sink]:
    """An SMTP server that behaves until it is told otherwise."""
    with Sink(login=(account.name, account.password)) as sink:
        yield sink


@pytest.fixture(name="house")
def _house(account: Account, sink: Sink, model_root: Path) -> Iterator[House]:
    """A mailbox on Dovecot with everything the daemon needs, and no daemon yet."""
    root = Path(tempfile.mkdtemp(prefix="fr-"))
    house = House(
        root,
        imap_port=account.dovecot.port,
        user=account.name,
        password=account.password,
        sink=sink,
        model=model_root,
    )
    yield house
    house.close()
    shutil.rmtree(root)
