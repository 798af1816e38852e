"""Settings: everything wrong in the files is told with file, key and remedy; nothing is guessed."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.desk.playbook import DEFAULT_PLAYS, Scenario
from daemon.errors import ConfigurationError
from daemon.ports.security import Security
from daemon.settings import DEFAULT_PATH, Settings, find, load, prove_secrets
from daemon.settings_types import duration

LEAST = """
[[mailbox]]
name = "shop"
address = "support@shop.example"
  [mailbox.imap]
  host = "imap.example.com"
  username = "u"
  password = { env = "IMAP_SECRET" }
  [mailbox.smtp]
  host = "smtp.example.com"
  username = "u"
  password = { env = "SMTP_SECRET" }
"""


def loaded(folder: Path, text: str, playbook: str | None = None) -> Settings:
    """Settings from these files."""
    (folder / "firstreply.toml").write_text(text, encoding="utf-8")
    if playbook is not None:
        (folder / "playbook.toml").write_text(playbook, encoding="utf-8")
    return load(folder / "firstreply.toml", {"IMAP_SECRET": "one", "SMTP_SECRET": "two"})


def test_the_least_that_must_be_said_suffices(tmp_path: Path) -> None:
    """All else has a default; secrets are read when they are asked for, each its own."""
    settings = loaded(tmp_path, LEAST)
    (box,) = settings.mailboxes
    assert (box.imap.port, box.smtp.port, box.imap.security) == (993, 465, Security.TLS)
    assert box.imap.password() == "one"
    assert box.smtp.password is not None
    assert box.smtp.password() == "two"
    assert (settings.threshold, settings.warn_at, settings.cycle.full_look) == (
        0.7,
        (0.5, 0.75, 0.9),
        timedelta(minutes=15),
    )
    assert (settings.ledger, settings.log_format) == ("sqlite:////var/lib/firstreply/ledger.db", "key_value")


def changed(old: str, new: str) -> str:
    """The least file with one thing changed."""
    assert old in LEAST
    return LEAST.replace(old, new, 1)


WRONG = {
    "unknown key": (LEAST + '[log]\nformt = "json"', "log.formt", "Did you mean format"),
    "unknown table": (LEAST + "[cicle]\nbatch = 1", "cicle", "Did you mean cycle"),
    "unknown folder": (
        LEAST + '  [mailbox.folders]\n  aproved = "A"',
        "mailbox[0].folders.aproved",
        "Did you mean approved",
    ),
    "nothing near": (LEAST + "zzzzzz = 1", "mailbox[0].smtp.zzzzzz", "Remove it"),
    "missing key": (changed('address = "support@shop.example"', ""), "mailbox[0].address", "Add it"),
    "missing secret": (
        changed('password = { env = "IMAP_SECRET" }', ""),
        "mailbox[0].imap.password",
        "Add it",
    ),
    "clear secret": (
        changed('{ env = "IMAP_SECRET" }', '"hunter2"'),
        "mailbox[0].imap.password",
        "credential =",
    ),
    "two sources": (
        changed('{ env = "IMAP_SECRET" }', '{ env = "A", file = "b" }'),
        "mailbox[0].imap.password",
        "exactly one",
    ),
    "no source": (changed('{ env = "IMAP_SECRET" }', "{ }"), "mailbox[0].imap.password", "exactly one"),
    "clear text to a host": (
        changed('"imap.example.com"', '"imap.example.com"\nsecurity = "none"'),
        "mailbox[0].imap",
        "loopback",
    ),
    "unknown security": (
        changed('"imap.example.com"', '"h"\nsecurity = "ssl"'),
        "mailbox[0].imap.security",
        "tls",
    ),
    "wrong type": (changed('"imap.example.com"', "7"), "mailbox[0].imap.host", "string"),
    "port as text": (changed('"imap.example.com"', '"h"\nport = "993"'), "mailbox[0].imap.port", "integer"),
    "port too large": (changed('"imap.example.com"', '"h"\nport = 65536'), "mailbox[0].imap.port", "65535"),
    "no address": (
        changed("support@shop.example", "Support <support@shop.example>"),
        "mailbox[0].address",
        "plain e-mail",
    ),
    "odd name": (changed('"shop"', '"My Shop"'), "mailbox[0].name", "pattern"),
    "same name twice": (LEAST + LEAST, "the file", "'shop' is used twice"),
    "no mailbox": ('state_dir = "/x"', "mailbox", "Add it"),
    "empty mailboxes": ("mailbox = []", "mailbox", "at least 1"),
    "threshold": (LEAST + "[classifier]\nthreshold = 1.5", "classifier.threshold", "less than 1"),
    "warnings out of order": (LEAST + "[deadlines]\nwarn_at = [0.9, 0.5]", "deadlines", "ascending"),
    "no warning": (LEAST + "[deadlines]\nwarn_at = []", "deadlines.warn_at", "at least 1"),
    "alert to a buyer": (
        LEAST + '[deadlines]\nalert_to = ["abc123def456ghi+1a2b3c4d@marketplace.amazon.de"]',
        "deadlines.alert_to[0]",
        "no alert may ever reach a buyer",
    ),
    "no such calendar": (
        LEAST + '[deadlines]\ncalendar = "office"',
        "deadlines.calendar",
        "[calendar.office]",
    ),
    "alert to nobody": (LEAST + '[deadlines]\nalert_to = ["me"]', "deadlines.alert_to[0]", "plain e-mail"),
    "duration": (LEAST + '[cycle]\nfull_look = "soon"', "cycle.full_look", 'such as "2h"'),
    "busy loop": (LEAST + "[cycle]\npoll_seconds = 0", "cycle.poll_seconds", "0.05"),
    "same folders": (
        LEAST + '  [mailbox.folders]\n  approval = "Approved"',
        "mailbox[0].folders",
        "same folder",
    ),
    "absurd cool-down": (
        LEAST + "  [mailbox.approval]\n  cool_down_seconds = 99999",
        "mailbox[0].approval",
        "between 0 and 86400",
    ),
    "unknown layout": (
        changed('name = "shop"', 'name = "shop"\nlayout = "labels"'),
        "layout",
        "'folders' or 'drafts'",
    ),
    "absurd vanishing": (
        LEAST + "  [mailbox.approval]\n  vanish_hours = 0",
        "mailbox[0].approval",
        "between 1 and 720",
    ),
    "absurd flood": (
        LEAST + "  [mailbox.approval]\n  flood_per_minute = -1",
        "mailbox[0].approval",
        "between 0 (no limit)",
    ),
    "two mailboxes on one account": (
        LEAST + LEAST.replace('name = "shop"', 'name = "other"'),
        "firstreply.toml",
        "answer every buyer twice",
    ),
    "token without a client": (
        changed('password = { env = "IMAP_SECRET" }', 'auth = "xoauth2"'),
        "mailbox[0]",
        "needs provider and client_id in [mailbox.oauth]",
    ),
    "tokens in the clear": (
        LEAST + '[mailbox.oauth]\ntoken_url = "http://login.example.com"',
        "mailbox[0].oauth.token_url",
        "begins with https://",
    ),
    "a state folder for each place": ('state_dir = "state"\n' + LEAST, "state_dir", "absolute path"),
    "a ledger for each place": ('ledger = "sqlite:///ledger.db"\n' + LEAST, "ledger", "four slashes"),
    "no TOML": ("[[mailbox]\n", "firstreply.toml", "Correct that line"),
    "missing playbook": ('playbook = "mine.toml"\n' + LEAST, "playbook", "mine.toml does not exist"),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_told_with_file_key_and_remedy(tmp_path: Path, case: str) -> None:
    """The message is all a person needs; no secret is ever part of it."""
    text, key, words = WRONG[case]
    with pytest.raises(ConfigurationError) as told:
        loaded(tmp_path, text)
    message = str(told.value)
    assert str(tmp_path / "firstreply.toml") in message
    assert key in told.value.where
    assert words in message
    assert "hunter2" not in message


PLAYS = {
    "unknown scenario": ("[refund]\n", "refund", "Remove it"),
    "unknown key": ("[other]\ntargets = '1h'", "other.targets", "Did you mean target?"),
    "wrong duration": ("[other]\ntarget = 24", "other.target", 'such as "2h"'),
    "steps as text": ("[other]\nsteps = 'read it'", "other.steps", "array"),
    "unknown severity": ("[policy]\npg13_review_word = 'ignore'", "policy", "'block' or 'warn'"),
    "unknown rule": ("[policy]\npg99_nonsense = 'warn'", "policy", "no such rule"),
    "a rule that cannot be lowered": ("[policy]\npg08_paid_review = 'warn'", "policy", "cannot be lowered"),
}


@pytest.mark.parametrize("case", PLAYS)
def test_each_mistake_in_the_playbook_is_told_too(tmp_path: Path, case: str) -> None:
    """With the playbook's own name."""
    text, key, words = PLAYS[case]
    with pytest.raises(ConfigurationError) as told:
        loaded(tmp_path, LEAST, text)
    assert str(tmp_path / "playbook.toml") in told.value.where
    assert key in told.value.where
    assert words in str(told.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """One line each, so that a person need not run the check ten times."""
    with pytest.raises(ConfigurationError) as told:
        loaded(tmp_path, changed('username = "u"', "") + "[log]\nlevel = 'loud'\n[cycle]\nbatch = 0")
    lines = str(told.value).splitlines()
    assert len(lines) == 3
    assert all(str(tmp_path / "firstreply.toml") in line for line in lines)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_clear_text_is_allowed_to_this_very_host(tmp_path: Path, host: str) -> None:
    """For a local relay, and for tests."""
    settings = loaded(tmp_path, changed('"imap.example.com"', f'"{host}"\nsecurity = "none"'))
    assert settings.mailboxes[0].imap.security is Security.NONE


@pytest.mark.parametrize(
    "host", ["127.0.0.1.example.com", "localhost.example", "127.0.0.2", "LOCALHOST.", "::"]
)
def test_no_other_host_passes_for_this_one(tmp_path: Path, host: str) -> None:
    """A password would travel in clear text."""
    with pytest.raises(ConfigurationError, match="loopback"):
        loaded(tmp_path, changed('"smtp.example.com"', f'"{host}"\nsecurity = "none"'))


def test_a_playbook_beside_the_file_is_read(tmp_path: Path) -> None:
    """What it leaves out keeps its default."""
    book = loaded(
        tmp_path, LEAST, "[other]\ntarget = '90m'\nsteps = ['Read.']\n[policy]\npg13_review_word = 'block'"
    ).playbook
    assert book.plays[Scenario.OTHER].target == timedelta(minutes=90)
    assert book.plays[Scenario.OTHER].steps == ("Read.",)
    assert book.plays[Scenario.OTHER].template == "other"
    assert book.plays[Scenario.SATISFIED] == DEFAULT_PLAYS[Scenario.SATISFIED]
    assert book.severities == {"pg13_review_word": "block"}


def test_a_named_playbook_lies_relative_to_its_file(tmp_path: Path) -> None:
    """Not to the folder a service happens to run in."""
    (tmp_path / "mine.toml").write_text("[other]\ntarget = '1m'")
    book = loaded(tmp_path, 'playbook = "mine.toml"\n' + LEAST).playbook
    assert book.plays[Scenario.OTHER].target == timedelta(minutes=1)


def test_a_file_that_cannot_be_read_is_told_with_the_ways_to_name_another(tmp_path: Path) -> None:
    """The first thing a new user sees."""
    with pytest.raises(ConfigurationError, match=r"firstreply init.*--config.*FIRSTREPLY_CONFIG") as told:
        load(tmp_path / "missing.toml", {})
    assert told.value.where == str(tmp_path / "missing.toml")


def test_a_file_in_another_charset_is_told(tmp_path: Path) -> None:
    """TOML is UTF-8."""
    (tmp_path / "firstreply.toml").write_bytes(b'brand = "\xc4cme"')
    with pytest.raises(ConfigurationError, match="no valid TOML"):
        load(tmp_path / "firstreply.toml", {})


def test_every_secret_is_proved_at_the_start(tmp_path: Path) -> None:
    """A missing one is told with mailbox and key before the first mail."""
    (tmp_path / "firstreply.toml").write_text(LEAST)
    settings = load(tmp_path / "firstreply.toml", {"IMAP_SECRET": "one"})
    with pytest.raises(ConfigurationError, match=re.escape("mailbox 'shop', smtp.password")):
        prove_secrets(settings)


def test_no_secret_is_in_the_settings_repr(tmp_path: Path) -> None:
    """Printed in an error or a log line, settings hold no password."""
    settings = loaded(tmp_path, LEAST)
    prove_secrets(settings)
    assert not {"one", "two"} & set(re.findall(r"\w+", repr(settings)))


@pytest.mark.parametrize(
    ("given", "environ", "found"),
    [
        ("a.toml", {"FIRSTREPLY_CONFIG": "b.toml"}, Path("a.toml")),
        (None, {"FIRSTREPLY_CONFIG": "b.toml"}, Path("b.toml")),
        (None, {"FIRSTREPLY_CONFIG": ""}, DEFAULT_PATH),
        (None, {}, DEFAULT_PATH),
    ],
)
def test_the_file_is_found_in_this_order(given: str | None, environ: dict[str, str], found: Path) -> None:
    """Command line, environment, the usual place."""
    assert find(given, environ) == found


@given(st.integers(0, 999_999), st.sampled_from([("s", 1), ("m", 60), ("h", 3600), ("d", 86400)]))
def test_durations_are_what_people_write(number: int, unit: tuple[str, int]) -> None:
    """With or without a space."""
    seconds = timedelta(seconds=number * unit[1])
    assert duration(f"{number}{unit[0]}") == duration(f" {number} {unit[0]} ") == seconds


@pytest.mark.parametrize("text", ["", "h", "1", "1.5h", "-1h", "1 hour", "1h30m", "١h", 5, None, True])
def test_anything_else_is_no_duration(text: object) -> None:
    """A number without a unit would be a guess."""
    with pytest.raises(ValueError, match="whole number and a unit"):
        duration(text)
