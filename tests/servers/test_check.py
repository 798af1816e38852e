"""`firstreply check` on real servers: each thing that can be wrong is broken once, and told with a remedy."""

import dataclasses
import io
import os
import re
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from daemon.checking import house, seller_central, sending, servers
from daemon.checking.finding import Finding, status
from daemon.commands.check import ask
from daemon.ports.ledger.books import Ledger
from daemon.ports.security import Security
from daemon.ports.token_store import FileStore, Grant
from daemon.settings import Settings, by_hand
from daemon.settings_mailbox import MailboxSettings
from tests.account import Account
from tests.chaos import ChaosProxy
from tests.dovecot import HOST, PASSWORD, Dovecot
from tests.limited import limit
from tests.settings_kit import settings_of
from tests.smtp_sink import Accepted, Sink

LIMITS = """
mail_plugins = $mail_plugins acl quota
protocol imap {
  mail_plugins = $mail_plugins imap_acl imap_quota
}
plugin {
  acl = vfile
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=100K
  quota_grace = 0
}
"""


def utc_now() -> datetime:
    """Our clock."""
    return datetime.now(UTC)


@pytest.fixture(name="settings")
def _settings(account: Account, tmp_path: Path) -> Settings:
    return settings_of(tmp_path, port=account.dovecot.port, user=account.name)


@pytest.fixture(name="box")
def _box(settings: Settings) -> MailboxSettings:
    return settings.mailboxes[0]


def wrong(found: Iterator[Finding]) -> list[str]:
    """What is not as it should be, in one line each."""
    return [f"{item.message} → {item.remedy}" for item in found if item.level in {"problem", "note"}]


def imap(box: MailboxSettings, **changes: Any) -> list[Finding]:  # noqa: ANN401  fields of ImapServer
    """The findings about IMAP, with some settings changed."""
    return list(
        servers.imap(dataclasses.replace(box, imap=dataclasses.replace(box.imap, **changes)), utc_now)
    )


def test_a_good_account_has_no_problem_and_keeps_nothing(box: MailboxSettings, account: Account) -> None:
    """All is proven, by a trial too, of which nothing is left."""
    found = imap(box)
    assert [line.split(" → ")[0] for line in wrong(iter(found))] == [
        "not encrypted; fine for this very machine only",
        "no folder for trash was found",
        "no folder for archive was found",
    ]
    said = " ".join(item.message for item in found)
    for words in (
        "logged in as",
        "all extensions",
        "appended and moved",
        "clock and ours agree",
        "sent is Sent",
    ):
        assert words in said
    folders = [name for _, _, name in account.agent().list_folders()]
    assert not [name for name in folders if "firstreply-check" in name]
    assert "Approved" in folders


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "port": ({"port": 1}, "port 1 of 127.0.0.1.*refused.*firewall"),
    "name": ({"host": "nowhere.invalid"}, "nowhere.invalid"),
    "login": ({"password": lambda: "wrong"}, "was refused.*app password"),
    "no TLS there": ({"security": Security.TLS}, "does not speak TLS"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_keeps_it_from_connecting_is_the_last_thing_said(box: MailboxSettings, case: str) -> None:
    """Each with its own words, and nothing that rests on it is guessed at."""
    changes, words = BROKEN[case]
    found = imap(box, **changes)
    assert re.search(words, f"{found[-1].message} {found[-1].remedy}"), found[-1]
    assert (found[-1].level, bool(found[-1].remedy)) == ("problem", True)
    assert case != "port" or status(found) == 75


def test_a_certificate_is_told_and_judged(account: Account, box: MailboxSettings) -> None:
    """An unknown authority, another name, a good one, and one that ends soon."""
    dovecot = account.dovecot
    tls = {"security": Security.TLS, "port": dovecot.tls_port, "ca_file": str(dovecot.ca_file)}
    assert any("certificate and name are accepted" in item.message for item in imap(box, **tls))
    assert "not trusted" in imap(box, **{**tls, "ca_file": None})[-1].message
    assert "not trusted" in imap(box, **{**tls, "host": "127.0.0.2"})[-1].message
    (soon,) = servers.certificate(
        "x", {"notAfter": "Jan 10 00:00:00 2027 GMT"}, datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert (soon.level, "renew" in soon.remedy) == ("note", True)


def test_missing_extensions_are_told_with_their_price(account: Account, box: MailboxSettings) -> None:
    """A note each, no problem."""
    with ChaosProxy(account.dovecot.port) as proxy:
        limit(proxy, ["MOVE", "UIDPLUS", "IDLE"])
        found = imap(box, port=proxy.port)
    assert len([line for line in wrong(iter(found)) if "the server has no" in line]) == 3
    assert status(found) == 0


@pytest.mark.parametrize(("minutes", "level"), [(2, "note"), (-2, "note"), (60, "problem"), (-60, "problem")])
def test_a_clock_that_differs_is_found(box: MailboxSettings, minutes: int, level: str) -> None:
    """By what the server stamps on a mail of the trial, in both directions."""
    (found,) = [
        item
        for item in servers.imap(box, lambda: utc_now() + timedelta(minutes=minutes))
        if "apart" in item.message
    ]
    assert found.level == level
    assert abs(int(found.message.split()[-3]) - abs(minutes) * 60) < 20


@pytest.fixture(scope="module", name="strict")
def _strict() -> Iterator[Dovecot]:
    with Dovecot(more=LIMITS) as server:
        yield server


def test_missing_rights_and_a_full_account_are_found(strict: Dovecot, tmp_path: Path) -> None:
    """Rights that its owner took away (ACL), and a quota of 100 kB that is nearly used, then all."""
    account = Account(strict)
    (box,) = settings_of(tmp_path, port=strict.port, user=account.name).mailboxes
    assert not [line for line in wrong(iter(imap(box))) if "may not" in line or "are used" in line]
    agent = account.agent()
    agent._imap._simple_command("SETACL", "Approved", account.name, "lr")  # noqa: SLF001  imapclient has none
    agent.append("INBOX", b"Subject: big\r\n\r\n" + b"0123456789abcdef" * 5900)
    found = imap(box)
    lines = wrong(iter(found))
    assert any("in Approved it may not: " in line and "add" in line for line in lines), lines
    assert any("of STORAGE are used" in line and "Make room" in line for line in lines), lines
    account.close()


def test_smtp_is_proven_as_well(box: MailboxSettings, account: Account) -> None:
    """Login refused, nobody there, all well."""
    with Sink(login=(account.name, PASSWORD)) as sink:
        good = dataclasses.replace(box, smtp=dataclasses.replace(box.smtp, port=sink.port))
        assert status(servers.smtp(good, utc_now)) == 0
        other = dataclasses.replace(good, smtp=dataclasses.replace(good.smtp, password=lambda: "wrong"))
        assert "login was refused" in wrong(servers.smtp(other, utc_now))[-1]
    with socket.create_server((HOST, 0)) as closed:
        port = closed.getsockname()[1]
    gone = dataclasses.replace(box, smtp=dataclasses.replace(box.smtp, port=port))
    assert status(servers.smtp(gone, utc_now)) == 75


@pytest.mark.parametrize("files", [True, False])
def test_a_mail_to_itself_proves_sender_and_sent(box: MailboxSettings, account: Account, files: bool) -> None:
    """It is delivered, and filed in Sent or not; it is taken out again; a refused sender is a problem."""
    with Sink(login=(account.name, PASSWORD)) as sink:
        agent = account.agent()

        def relay(mail: Accepted) -> None:
            account.deliver(mail.raw)
            if files:
                agent.append("Sent", mail.raw)

        sink.on_accepted = relay
        own = dataclasses.replace(box, smtp=dataclasses.replace(box.smtp, port=sink.port))
        said = [item.message for item in sending.round_trip(own, utc_now())]
        assert said[:2] == ["the server takes mail from support@shop.example", "it arrived in INBOX"]
        assert ("by itself" in said[2]) is files
        assert [agent.folder_status(name, ["MESSAGES"])[b"MESSAGES"] for name in ("INBOX", "Sent")] == [0, 0]
        sink.on_accepted = None
        assert "did not arrive" in wrong(sending.round_trip(own, utc_now(), 0.1))[0]
        sink.fault = "mail_550"
        assert "was not taken" in wrong(sending.round_trip(own, utc_now()))[0]


def test_files_that_others_may_touch_are_found(settings: Settings, box: MailboxSettings) -> None:
    """Configuration, state folder, secrets."""
    assert wrong(house.files(settings)) == []
    assert wrong(house.secrets(box)) == []
    settings.path.chmod(0o620)
    settings.state_dir.chmod(0o750)
    (settings.path.parent / "password").chmod(0o640)
    lines = [*wrong(house.files(settings)), *wrong(house.secrets(box))]
    assert [line.split("chmod ")[1].split(" ")[0] for line in lines] == ["go-w", "700", "600", "600"]


def test_what_the_service_may_not_read_is_found(settings: Settings) -> None:
    """The state folder tells who the service is; root made the configuration for itself alone."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(settings.state_dir, 65534, 65534)
    assert "chown" in wrong(house.files(settings))[0]
    os.chown(settings.path, 65534, 65534)
    assert wrong(house.files(settings)) == []
    store = FileStore(settings.state_dir / "tokens" / "shop.json")
    with store.exclusive():
        store.save(Grant("canary", "today"))
    assert {path.stat().st_uid for path in settings.state_dir.rglob("*")} == {65534}


def test_credentials_are_found_without_systemd(settings: Settings) -> None:
    """Where the unit gets them; what systemd says comes first."""
    folder = settings.path.parent / "credentials"
    assert "CREDENTIALS_DIRECTORY" not in by_hand(settings.path, {})
    folder.mkdir()
    assert by_hand(settings.path, {})["CREDENTIALS_DIRECTORY"] == str(folder)
    assert by_hand(settings.path, {"CREDENTIALS_DIRECTORY": "/run/x"})["CREDENTIALS_DIRECTORY"] == "/run/x"


def test_a_full_disk_is_told_before_it_hurts(tmp_path: Path) -> None:
    """A note, then a problem."""
    levels = [house.space(tmp_path, free).level for free in (10**10, 10**9, 10**8)]
    assert levels == ["ok", "note", "problem"]


def test_a_damaged_ledger_and_one_of_the_future_are_found(settings: Settings) -> None:
    """quick_check, foreign keys, the version; and none at all is only a note."""
    assert "none yet" in wrong(house.ledger(settings))[0]
    Ledger.open(settings.ledger).close()
    assert wrong(house.ledger(settings)) == []
    path = settings.state_dir / "ledger.db"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "version 9999" in wrong(house.ledger(settings))[0]
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
        database.execute(
            "INSERT INTO alert (mailbox_id, kind, key, detail, subject, subject_id, raised_at)"
            " VALUES (77, 'flood', 'k', '', '', 0, 0)"
        )
    assert "points nowhere" in wrong(house.ledger(settings))[0]
    path.write_bytes(path.read_bytes()[:8192] + bytes(4096) + path.read_bytes()[12288:])
    assert any("damaged" in line or "cannot be used" in line for line in wrong(house.ledger(settings)))


def test_seller_central_is_a_list_to_tick_off() -> None:
    """Each entry says where it is set; asked, a no is a problem and a yes is not."""
    shown = list(seller_central.ticks("shop", "support@shop.example", None))
    assert {item.level for item in shown} == {"tick"}
    assert status(shown) == 0
    answers = iter([False, *[True] * 5])
    asked = list(seller_central.ticks("shop", "support@shop.example", lambda _: next(answers)))
    assert [item.level for item in asked] == ["problem", *["ok"] * 5]
    assert "Messaging permissions" in asked[0].remedy


@pytest.mark.parametrize(("typed", "meant"), [("y", True), ("Yes", True), ("n", False), ("", False)])
def test_a_person_says_yes_or_no(monkeypatch: pytest.MonkeyPatch, typed: str, meant: bool) -> None:
    """Silence is no yes."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    assert ask("Is it so?") is meant
