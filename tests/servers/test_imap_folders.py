"""Folders on real servers: with and without a prefix, with special use and without."""

from collections.abc import Iterator

import pytest

from daemon.errors import ConfigurationError
from daemon.ports.imap import FolderNames, ImapConnection, ImapServer
from tests.account import Account
from tests.dovecot import Dovecot
from tests.unit.ports.test_imap_folders import WANTED


@pytest.fixture
def connection(imap_server: ImapServer) -> Iterator[ImapConnection]:
    """A connection of the daemon."""
    opened = ImapConnection.connect(imap_server)
    yield opened
    opened.close()


@pytest.fixture
def dotted(dovecot: Dovecot) -> Iterator[Account]:
    """An account on a server like Courier's: everything below INBOX, dots between."""
    assert dovecot.process is not None
    with Dovecot(separator=".", prefix="INBOX.", special={"Gesendet": r"\Sent"}) as server:
        account = Account(server)
        yield account
        account.close()


def test_resolve_and_ensure(connection: ImapConnection, account: Account) -> None:
    """The configured names are taken, Drafts and Sent found, and everything is made and subscribed."""
    names = connection.resolve(WANTED)
    assert names == FolderNames(
        "INBOX", "Approval", "Approved", "Rejected", "Reclassify", "No reply needed", "Drafts", "Sent", None
    )
    wanted = [names.approval, names.approved, connection.child(names.reclassify, "Delivery issue")]
    assert connection.ensure([names.inbox, *wanted]) == tuple(wanted)
    assert connection.ensure(wanted) == ()
    subscribed = {name for _, _, name in account.agent().list_sub_folders()}
    assert set(wanted) <= subscribed
    assert set(connection.poll(wanted)) == set(wanted)


def test_server_with_a_prefix(dotted: Account) -> None:
    """The same configuration works where names begin with `INBOX.` and nest by dots."""
    connection = ImapConnection.connect(dotted.server())
    names = connection.resolve({**WANTED, "approval": "Shop No. 1/Approval"})
    assert names.approval == "INBOX.Shop No_ 1.Approval"
    assert (names.approved, names.sent, names.inbox) == ("INBOX.Approved", "INBOX.Gesendet", "INBOX")
    scenario = connection.child(names.reclassify, "Delivery")
    assert scenario == "INBOX.Reclassify.Delivery"
    assert connection.ensure([names.approval, scenario]) == (names.approval, scenario)
    assert connection.ensure([names.approval, scenario]) == ()
    connection.close()


def test_folder_that_only_holds_folders(connection: ImapConnection) -> None:
    """A parent that cannot be selected yet becomes a real folder."""
    assert connection.ensure(["Parent/Child"]) == ("Parent/Child",)
    assert connection.ensure(["Parent"]) == ("Parent",)
    assert set(connection.poll(["Parent", "Parent/Child"])) == {"Parent", "Parent/Child"}


def test_impossible_name(connection: ImapConnection) -> None:
    """A name the server cannot have is a matter of the configuration; the connection goes on."""
    with pytest.raises(ConfigurationError) as caught:
        connection.ensure(["Good", "../../bad"])
    assert "../../bad" in caught.value.where
    assert connection.uids("INBOX") == ()
