"""A mailbox whose provider takes tokens: the first login, the main job, a grant that dies, the next login."""

import json
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from daemon.ports.ledger.store import open_engine
from tests.daemon_kit import House, until
from tests.dovecot import PASSWORD, Dovecot
from tests.forked import Zygote
from tests.mails import BROKEN, LATE
from tests.oauth_server import SECRET, OauthServer, dovecot_lines
from tests.smtp_sink import Sink

USER = "anna"


@dataclass
class World:
    """A house on servers that take tokens, and the provider who gives them."""

    house: House
    oauth: OauthServer

    def use(self, provider: str, *, only_smtp: bool = False) -> None:
        """Log in by tokens of this provider; no password is named, but IMAP's with `only_smtp`."""
        head, mark, tail = self.house.config.read_text().partition(
            "[mailbox.smtp]" if only_smtp else "[[mailbox]]"
        )
        text = head + mark + re.sub(r"  password = .*", '  auth = "xoauth2"', tail)
        text = text.replace("  [mailbox.folders]", self.oauth.settings(provider) + "  [mailbox.folders]")
        self.house.config.write_text(text)

    def log_in(self) -> None:
        """`firstreply login shop`, and the person at the browser."""
        assert self.house.zygote is not None
        out, err = self.house.root / "login.out", self.house.root / "login.err"
        for path in (out, err):
            path.write_text("")
        words = self.house.words("login", "--json", "shop", "--port", "0")
        process = self.house.zygote.start(*words, stdout=out, stderr=err)

        def shown() -> re.Match[str] | None:
            return re.search(r"https://\S+/authorize\?\S+|code ABCD-EFGH", err.read_text())

        match = until(shown, "instructions of firstreply login")
        if match[0].startswith("https"):
            assert "may be closed" in self.oauth.consent(match[0])
        assert process.wait() == 0, err.read_text()
        assert json.loads(out.read_text())["mailbox"] == "shop"

    def alerts(self) -> list[str]:
        """The alerts' kinds that were raised."""
        ledger = self.house.ledger()
        try:
            return [
                raised.alert.kind for raised in ledger.alerts.since(None, datetime.min.replace(tzinfo=UTC))
            ]
        finally:
            ledger.close()

    def everything_written(self) -> bytes:
        """All that the program left behind, but the token's own file."""
        files = [
            path for path in self.house.root.rglob("*") if path.is_file() and path.parent.name != "tokens"
        ]
        return b"".join(path.read_bytes() for path in files)


@pytest.fixture(name="world")
def _world(model_root: Path, zygote: Zygote) -> Iterator[World]:
    root = Path(tempfile.mkdtemp(prefix="fr-"))
    secrets = Path(tempfile.mkdtemp(prefix="fr-oauth-"))
    with OauthServer(secrets, USER) as oauth, Sink(login=(USER, ""), methods="XOAUTH2") as sink:
        dovecot = Dovecot()
        dovecot.more += dovecot_lines(oauth, dovecot.base)
        sink.takes_token = oauth.living.__contains__
        with dovecot:
            house = House(
                root,
                imap_port=dovecot.port,
                user=USER,
                password=PASSWORD,
                sink=sink,
                model=model_root,
                zygote=zygote,
            )
            yield World(house, oauth)
            house.close()
    shutil.rmtree(root)
    shutil.rmtree(secrets)


@pytest.mark.parametrize("provider", ["google", "microsoft"])
def test_the_main_job_with_tokens(world: World, provider: str) -> None:
    """Before the login nothing starts; after it a draft is sent; no secret is told."""
    house = world.house
    world.use(provider)
    refused = house.once()
    assert refused.returncode == 78
    assert "firstreply login shop" in refused.stderr
    world.log_in()
    house.first_run()
    house.receive(BROKEN)
    assert house.once().returncode == 0
    (uid,) = house.drafts()
    house.move(uid, "Approved")
    done = house.once()
    assert (done.returncode, len(house.sink.accepted)) == (0, 1), done.stderr
    written = world.everything_written() + done.stderr.encode()
    assert not [secret for secret in [*world.oauth.seen, SECRET] if secret.encode() in written]
    token = house.root / "state" / "tokens" / "shop.json"
    assert token.stat().st_mode & 0o777 == 0o600


def test_a_dead_grant_stops_the_mailbox_and_a_login_starts_it(world: World) -> None:
    """Mail waits, one alert is raised, the provider is asked once, and the daemon goes on by itself."""
    house, oauth = world.house, world.oauth
    world.use("microsoft")
    world.log_in()
    house.first_run()
    oauth.revoked = True
    oauth.living.clear()
    before = oauth.renewals
    house.receive(BROKEN)
    house.start()
    until(lambda: house.log().count("cycle_failed") >= 3, "three attempts")
    assert oauth.renewals == before + 1
    ledger = house.ledger()
    try:
        (row,) = ledger.mailboxes.status()
        assert "firstreply login shop" in (row.last_error or "")
    finally:
        ledger.close()
    assert house.process is not None
    assert house.process.poll() is None
    assert world.alerts() == ["login_revoked"]
    house.process.send_signal(signal.SIGHUP)  # a hint; it must not shorten the waits that follow
    until(lambda: "reloaded" in house.log(), "the reload")
    oauth.revoked = False
    world.log_in()
    until(house.drafts, "the draft that waited")
    assert house.log().count("cycle_failed") < 20
    assert world.alerts() == ["login_revoked"]


def test_a_dead_grant_of_the_sender_alone_keeps_what_was_approved(world: World) -> None:
    """Drafts are written on, the approved one waits, the team is told; after a login it is sent once."""
    house = world.house
    world.use("google", only_smtp=True)
    world.log_in()
    house.first_run()
    house.receive(BROKEN)
    assert house.once().returncode == 0
    (uid,) = house.drafts()
    world.oauth.revoked = True
    house.move(uid, "Approved")
    house.receive(LATE)
    assert house.once().returncode == 0
    assert (len(house.drafts()), len(house.mails("Approved")), house.sink.accepted) == (1, 1, [])
    assert world.alerts() == ["login_revoked"]
    world.oauth.revoked = False
    world.log_in()
    engine = open_engine(f"sqlite:///{house.root}/state/ledger.db")
    with engine.begin() as connection:  # the next attempt is due
        connection.execute(sa.text("UPDATE delivery SET next_attempt_at = 0 WHERE state = 'prepared'"))
    engine.dispose()
    assert house.once().returncode == 0
    assert (len(house.mails("Approved")), len(house.sink.accepted)) == (0, 1)
