"""Folder names of all kinds, on servers that nest by `/`, `.` and a backslash: the whole job on each."""

import json
from collections.abc import Iterator

import pytest

from tests.account import Account
from tests.chaos import ChaosProxy
from tests.daemon_kit import House
from tests.dovecot import Dovecot
from tests.forked import Zygote
from tests.mails import BROKEN
from tests.stage_kit import Stage

FLAT = "mail_location = maildir:~/Maildir:LAYOUT=fs\n"
"""Folders as they are called on disk, since the usual layout forbids dots."""
NAMES = {
    "approval": "Käufer & Co/Zu prüfen",
    "approved": '已批准 "50%" v1.2',
    "rejected": "Nein\\danke *",
    "reclassify": "R&D",
    "no_reply_needed": "Erledigt 👍",
}
"""As the configuration has them: `/` nests, everything else is a part of a name."""
CALLED = {
    "/": {"Approval": "Käufer & Co/Zu prüfen", "Approved": '已批准 "50%" v1.2', "Rejected": "Nein\\danke *"},
    ".": {"Approval": "Käufer & Co.Zu prüfen", "Approved": '已批准 "50%" v1_2', "Rejected": "Nein\\danke *"},
    "\\": {"Approval": "Käufer & Co\\Zu prüfen", "Approved": '已批准 "50%" v1.2', "Rejected": "Nein_danke *"},
}
"""As each server has them, by its delimiter."""


def name(house: House, names: dict[str, str]) -> None:
    """Write these folders into the configuration."""
    lines = "".join(f"  {role} = {json.dumps(text, ensure_ascii=False)}\n" for role, text in names.items())
    config = house.config.read_text()
    house.config.write_text(config.replace("  [mailbox.folders]\n", f"  [mailbox.folders]\n{lines}"))


def works(stage: Stage) -> None:
    """Approve one draft, reject another, correct a third."""
    house = stage.house
    for _ in range(3):
        house.receive(BROKEN)
    stage.cycle()
    for uid, folder in zip(house.drafts(), ("Approved", "Rejected", "Correction"), strict=True):
        house.move(uid, folder)
    stage.cycle(2)
    assert house.states() == {"sent": 1, "rejected": 1, "superseded": 1, "queued": 1}
    assert ("delivery_issue",) in stage.rows("SELECT scenario FROM message")
    assert (len(house.mails("Sent")), len(house.drafts())) == (1, 1)


@pytest.fixture(name="delimited", params=["/", ".", "\\"], ids=["slash", "dot", "backslash"], scope="module")
def _delimited(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    """A server with each delimiter."""
    written = '"\\\\"' if request.param == "\\" else request.param
    with Dovecot(separator=written, more="" if request.param == "." else FLAT) as server:
        server.separator = request.param
        yield server


def test_any_name_on_any_delimiter(house: House, delimited: Dovecot, zygote: Zygote) -> None:
    """Umlauts, Chinese, an emoji, ampersands, quotes, wildcards, and other servers' delimiters."""
    house.imap_port = delimited.port
    house.configure()
    name(house, NAMES)
    house.names = {
        **CALLED[delimited.separator],
        "Correction": f"R&D{delimited.separator}Delivery issue",
    }
    stage = Stage(house, zygote)
    works(stage)
    with house.visit() as client:
        assert set(house.names.values()) <= {folder for _, _, folder in client.list_folders()}


def test_names_in_utf8_although_nobody_asked(house: House, account: Account, zygote: Zygote) -> None:
    """They are understood, and said to the server as it said them itself."""
    account.agent().create_folder("Prüfung & Co")
    with ChaosProxy(account.dovecot.port) as proxy:
        house.configure(imap_port=proxy.port)
        name(house, {"approval": "Prüfung & Co"})
        house.names = {"Approval": "Prüfung & Co", "Correction": "Reclassify/Delivery issue"}
        coded, raw = b"Pr&APw-fung &- Co", "Prüfung & Co".encode()
        proxy.rewrite, proxy.translate = (coded, raw), (raw, coded)
        proxy.watch_for = coded
        works(Stage(house, zygote))
        assert proxy.heard == []
