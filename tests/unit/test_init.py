"""What `firstreply init` knows and writes: presets, the choice among servers, the file."""

import io
import json
import os
import pwd
import stat
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daemon.commands import init as command
from daemon.commands.check import findings
from daemon.commands.init import init
from daemon.errors import ConfigurationError
from daemon.ports.discovery import Endpoint, Published
from daemon.ports.security import Security
from daemon.settings import load
from daemon.setup.answers import Given, no_server, server_of
from daemon.setup.asking import Asker
from daemon.setup.choosing import NOTHING, choose
from daemon.setup.providers import PROVIDERS
from daemon.setup.writing import filled, without, write
from daemon.shipped import shipped

SRV = Published(Endpoint("mx.shop.example", 993, Security.TLS), None, ("in.shop.example",))
MX = Published(None, None, ("shop-example.mail.protection.outlook.com",))
GIVEN = Given(address="support@gmail.com", password="canary-712", test=False)
SHIPPED = shipped("config/firstreply.toml")


class Keys(io.StringIO):
    """A keyboard; `input` gives lines without their ends."""

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # as typeshed says of StringIO
        """The next line."""
        return super().readline(size).rstrip("\n")


@pytest.mark.parametrize(
    ("address", "said", "published", "slug", "host"),
    [
        ("a@gmail.com", None, NOTHING, "gmail", "imap.gmail.com"),
        ("a@126.com", None, NOTHING, "126", "imap.126.com"),
        ("a@shop.example", None, SRV, "own", "mx.shop.example"),
        ("a@shop.example", None, MX, "microsoft365", "outlook.office365.com"),
        ("a@shop.example", "zoho", MX, "zoho", "imap.zoho.com"),
        ("a@shop.example", "own", MX, "own", "imap.shop.example"),
        ("a@shop.example", None, NOTHING, "own", "imap.shop.example"),
    ],
)
def test_the_servers_of_an_address(
    address: str, said: str | None, published: Published, slug: str, host: str
) -> None:
    """What a person said, then the domain, then what it publishes, then who takes its mail, then a guess."""
    choice = choose(address, said, published)
    assert (choice.provider.slug, choice.provider.imap.host) == (slug, host)
    assert choice.reason


def test_every_preset_is_whole_and_named_once() -> None:
    """Each is encrypted, tokens have a provider, and no domain or exchanger belongs to two."""
    for names in ([each.slug for each in PROVIDERS], [d for each in PROVIDERS for d in each.domains]):
        assert len(names) == len(set(names))
    exchanges = [end for each in PROVIDERS for end in each.exchanges]
    assert len(exchanges) == len(set(exchanges))
    for each in PROVIDERS:
        assert Security.NONE not in {each.imap.security, each.smtp.security}
        assert ("xoauth2" in each.auth) == (each.oauth is not None)
        assert each.domains or each.exchanges


@pytest.mark.parametrize("preset", [each.slug for each in PROVIDERS])
def test_each_preset_becomes_a_file_that_loads(tmp_path: Path, preset: str) -> None:
    """With every comment of the shipped one, of mode 0600, and no secret in it."""
    path = tmp_path / "firstreply.toml"
    given = Given(
        address="support@shop.example",
        provider=preset,
        password="canary-712",
        client_id="us",
        client_secret="canary-713",
        brand='Müller "& Söhne\\',
        alert_to="lead@shop.example",
        test=False,
    )
    assert init(str(path), given, Asker(scripted=True), None) == 0
    (box,) = load(path).mailboxes
    provider = next(each for each in PROVIDERS if each.slug == preset)
    assert (box.imap.host, box.imap.port, box.imap.security.value) == (
        provider.imap.host,
        provider.imap.port,
        provider.imap.security.value,
    )
    assert (box.smtp.host, box.mailbox.brand) == (provider.smtp.host, given.brand)
    assert (box.access is not None) == (provider.auth[0] == "xoauth2")
    text = path.read_text()
    assert "canary" not in text
    comments = [line for line in SHIPPED.read_text().splitlines() if line.strip().startswith("# ")]
    assert [line for line in text.splitlines() if line.strip().startswith("# ")] == comments
    for file in [path, *(tmp_path / "secrets").iterdir()]:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    if box.access is None:
        assert box.imap.password() == "canary-712"


def test_a_file_of_somebody_else_is_never_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not without --force, nor a secret; the shipped file that an installation puts there is nobody's."""
    path = tmp_path / "firstreply.toml"
    path.write_bytes(SHIPPED.read_bytes())
    assert init(str(path), GIVEN, Asker(scripted=True), None, as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == {"configuration": str(path), "mailbox": "gmail"}
    first = path.read_bytes()
    with pytest.raises(ConfigurationError, match=r"is there already.*--force"):
        init(str(path), GIVEN, Asker(scripted=True), None)
    with pytest.raises(ConfigurationError, match="is there already"):
        write(path, "somebody was faster", force=False)
    with pytest.raises(ConfigurationError, match="secrets/gmail: is there already"):
        init(str(tmp_path / "second.toml"), GIVEN, Asker(scripted=True), None)
    assert path.read_bytes() == first
    assert sorted(file.name for file in tmp_path.iterdir()) == ["firstreply.toml", "secrets"]
    other = replace(GIVEN, password="canary-other", force=True)
    assert init(str(path), other, Asker(scripted=True), None) == 0
    assert load(path).mailboxes[0].imap.password() == "canary-other"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Given(password="p", test=False), "--address"),
        (Given(address="no address", password="p", test=False), "no plain e-mail address"),
        (Given(address="a@gmail.com", test=False), "--password-stdin"),
        (Given(address="a@gmail.com", password="p", name="Up", test=False), "only a-z"),
        (Given(address="a@shop.example", provider="aol", password="p", test=False), "no preset 'aol'"),
        (Given(address="a@outlook.com", test=False), "--client-id"),
        (Given(address="a@x.example", imap="h:25/none", password="p", test=False), "in the clear only"),
    ],
)
def test_a_script_is_told_what_it_left_out(tmp_path: Path, given: Given, words: str) -> None:
    """With the option's name, and nothing is written."""
    with pytest.raises(ConfigurationError, match=words):
        init(str(tmp_path / "firstreply.toml"), given, Asker(scripted=True), None)
    assert list(tmp_path.iterdir()) == []


def test_a_state_folder_is_one_wherever_a_command_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ledgers would each answer every buyer."""
    monkeypatch.chdir(tmp_path)
    assert init("firstreply.toml", replace(GIVEN, state_dir="state"), Asker(scripted=True), None) == 0
    settings = load(Path("firstreply.toml"))
    assert settings.state_dir == tmp_path / "state"
    assert settings.ledger == f"sqlite:///{tmp_path}/state/ledger.db"


def test_who_is_asked_once_more_only_corrects(tmp_path: Path) -> None:
    """After a test that failed, Enter takes what was answered before; only the secret is typed anew."""
    path = tmp_path / "firstreply.toml"
    nobody = "127.0.0.1:1/none"
    first = f"support@shop.example\ny\n{nobody}\n{nobody}\nus-store\n\ncanary-1\nAcme\nAnna\n\n"
    keys = Keys(first + "y\n" + "\n" * 6 + "canary-2\n" + "\n" * 3 + "n\ny\n")
    given = Given(state_dir=str(tmp_path / "state"))
    assert init(str(path), given, Asker(scripted=False, stream=keys), None) == 0
    settings = load(path)
    (box,) = settings.mailboxes
    assert (box.mailbox.name, box.mailbox.brand, box.imap.port) == ("us-store", "Acme", 1)
    assert (tmp_path / "secrets" / "us-store").read_text() == "canary-2\n"
    looked_at = findings(settings, lambda: datetime.now(UTC), None, send=False)
    # the first run trains it
    assert next(item.level for item in looked_at if item.subject == "model") == "note"


def test_a_person_is_asked_again_until_it_is_right(tmp_path: Path) -> None:
    """Enter takes what is suggested; a wrong address is asked for once more; the secret is not shown."""
    path = tmp_path / "firstreply.toml"
    keys = Keys(
        "oops\nsupport@shop.example\nn\nown\n\nsmtp.other.example:587\n\n\ncanary-712\nAcme\nAnna\n\n"
    )
    assert init(str(path), Given(test=False), Asker(scripted=False, stream=keys), None) == 0
    (box,) = load(path).mailboxes
    assert (box.mailbox.name, box.mailbox.brand, box.mailbox.signature) == ("shop", "Acme", "Anna")
    assert (box.imap.host, box.smtp.host, box.smtp.port, box.smtp.security) == (
        "imap.shop.example",
        "smtp.other.example",
        587,
        Security.STARTTLS,
    )
    assert (tmp_path / "secrets" / "shop").read_text() == "canary-712\n"


def test_what_root_writes_for_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads the configuration, which it may not change, and its secrets."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    monkeypatch.setattr(command, "ETC", tmp_path)
    monkeypatch.setattr(command, "SERVICE_USER", "mail")
    service, path = pwd.getpwnam("mail"), tmp_path / "firstreply.toml"
    given = replace(GIVEN, secrets="file")
    assert init(str(path), given, Asker(scripted=True), None) == 0
    found = [
        (each.stat().st_uid, each.stat().st_mode & 0o777) for each in (path, tmp_path / "secrets" / "gmail")
    ]
    assert found == [(0, 0o640), (service.pw_uid, 0o600)]
    assert path.stat().st_gid == service.pw_gid


def test_credentials_for_the_shipped_unit(tmp_path: Path) -> None:
    """The name is in the configuration, the secret in the folder that the unit loads."""
    path = tmp_path / "firstreply.toml"
    given = Given(address="a@gmail.com", password="canary-712", name="us", secrets="credential", test=False)
    assert init(str(path), given, Asker(scripted=True), None) == 0
    assert tomllib.loads(path.read_text())["mailbox"][0]["imap"]["password"] == {"credential": "us"}
    (box,) = load(path, {"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}).mailboxes
    assert box.imap.password() == "canary-712"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        *((text, True) for text in ("h.example", "h.example:143", "h:993/starttls", "127.0.0.1:9/none")),
        *((text, False) for text in ("h:993/ssl", "h x", "", "h:", "h:9/none")),
    ],
)
def test_servers_as_people_write_them(text: str, right: bool) -> None:
    """The port of STARTTLS implies it."""
    assert (no_server(text) is None) is right
    assert server_of("h:587", 465) == Endpoint("h", 587, Security.STARTTLS)
    assert server_of("h", 465) == Endpoint("h", 465, Security.TLS)


def test_a_key_that_the_shipped_file_lacks_is_our_mistake() -> None:
    """It would be lost in silence."""
    with pytest.raises(AssertionError, match=r"mailbox\.colour"):
        filled(SHIPPED.read_text(), {"mailbox.colour": "red"})
    assert "\n  #password = {" in without(SHIPPED.read_text(), "mailbox.smtp.password")
