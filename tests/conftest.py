"""Fixtures that all tests share: the real mail servers."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from daemon.ports.imap import ImapServer
from tests.account import Account
from tests.dovecot import INSTALL, Dovecot, find_program

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
