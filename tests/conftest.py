"""Fixtures that all tests share: the real mail servers."""

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

from daemon.ports.imap import ImapServer
from tests.account import Account
from tests.dovecot import INSTALL, Dovecot, find_program

# servers and ledgers flush to disk at each step, which is most of the suite's waiting; in RAM a flush is free
MEMORY, ENOUGH = "/dev/shm", 2_000_000_000
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ.setdefault("TMPDIR", MEMORY)
    tempfile.tempdir = None

# a busy machine is no bug: what must be fast is measured by tests of its own
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for the whole run; each test has an account of its own."""
    if find_program("dovecot") is None:
        if os.environ.get("CI"):
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    with Dovecot() as server:
        yield server


@pytest.fixture
def account(dovecot: Dovecot) -> Iterator[Account]:
    """A fresh account: `agent()` is its mail client, `deliver()` brings mail."""
    fresh = Account(dovecot)
    yield fresh
    fresh.close()


@pytest.fixture
def imap_server(account: Account) -> ImapServer:
    """The same account as the daemon's IMAP port wants it."""
    return account.server()
