"""The shipped configuration files and the code name the same keys with the same defaults, both ways."""

import itertools
import re
import tomllib
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from daemon.desk.playbook import DEFAULT_PLAYS, Playbook, Scenario
from daemon.desk.policy_rules import RULES
from daemon.settings import load
from daemon.settings_file import FirstreplyFile
from daemon.settings_playbook import PlayTable
from daemon.settings_types import duration

CONFIG = Path(__file__).resolve().parents[2] / "config"
PASSWORDS = {f"mailbox.{server}.password" for server in ("imap", "smtp")}
"""Mandatory too, but not with a login by token."""
MANDATORY = {"mailbox.name", "mailbox.address", *PASSWORDS} | {
    f"mailbox.{server}.{key}" for server in ("imap", "smtp") for key in ("host", "username")
}
SECRETS = ("password", "client_secret")
UNSET = {
    "metrics.port",
    "metrics.textfile",
    "templates",
    "playbook",
    "catalogue",
    "manuals",
    "knowledge",
    "mailbox.authserv_id",
    "mailbox.imap.ca_file",
    "mailbox.smtp.ca_file",
    *(f"mailbox.folders.{name}" for name in ("sent", "drafts", "trash", "archive")),
    *(f"mailbox.oauth.{name}" for name in ("provider", "client_id", "client_secret", "ca_file")),
    *(f"mailbox.oauth.{name}" for name in ("authority", "authorize_url", "token_url")),
}
"""Keys whose default is that they are not set: the file shows an example."""
EXAMPLE = """
state_dir = "{state}"
ledger    = "sqlite:///{state}/ledger.db"

[[mailbox]]
name      = "us-store"
address   = "support@shop.example"
brand     = "Acme"
signature = "Anna"
layout    = "folders"
  [mailbox.imap]
  host = "imap.example.com"
  port = 993
  security = "tls"
  username = "support@shop.example"
  password = {{ credential = "us-store-imap" }}
  auth = "password"
  [mailbox.smtp]
  host = "smtp.example.com"
  port = 465
  security = "tls"
  username = "support@shop.example"
  password = {{ credential = "us-store-smtp" }}
  [mailbox.folders]
  inbox = "INBOX"
  approval = "Approval"
  approved = "Approved"
  rejected = "Rejected"
  reclassify = "Reclassify"
  no_reply_needed = "No reply needed"
  sent = "Sent"
  [mailbox.approval]
  cool_down_seconds = 30
  settle_seconds = 8

[classifier]
threshold = 0.7

[deadlines]
warn_at = [0.5, 0.75, 0.9]
alert_to = ["lead@shop.example"]
"""


def text_of(name: str, *, whole: bool = False) -> str:
    """A shipped file; `whole` takes the "#" off every key that is shown with its default."""
    text = (CONFIG / name).read_text(encoding="utf-8")
    return re.sub(r'(?m)^( *)#(?=[a-z0-9_]+ = |\]|  ")', r"\1", text) if whole else text


def leaves(table: dict[str, Any], above: str = "") -> dict[str, Any]:
    """All keys of a TOML table with their values, by their dotted path; a list of tables counts as one."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        if isinstance(inner, dict) and key not in SECRETS:
            found |= leaves(inner, f"{above}{key}.")
        else:
            found[above + key] = value
    return found


def defaults(model: type[Any], above: str = "") -> dict[str, Any]:
    """All keys of the code's tables with their defaults, by their dotted path."""
    found: dict[str, Any] = {}
    if is_dataclass(model):
        return {above + each.name: each.default for each in fields(model)}
    for key, field in model.model_fields.items():
        inner = field.annotation
        inner = inner.__args__[0] if getattr(inner, "__origin__", None) is list else inner
        if (
            isinstance(inner, type)
            and key not in SECRETS
            and (issubclass(inner, BaseModel) or is_dataclass(inner))
        ):
            found |= defaults(inner, f"{above}{key}.")
        else:
            found[above + key] = field.get_default(call_default_factory=True)
    return found


def test_the_settings_file_names_every_key_of_the_code_and_no_other() -> None:
    """Both directions at once."""
    assert set(leaves(tomllib.loads(text_of("firstreply.toml", whole=True)))) == set(defaults(FirstreplyFile))


def test_the_settings_file_shows_the_codes_defaults() -> None:
    """Each key at its default; those without one, or with none set, are known by name."""
    shown, coded = leaves(tomllib.loads(text_of("firstreply.toml", whole=True))), defaults(FirstreplyFile)
    assert {key for key, value in coded.items() if value is PydanticUndefined} == MANDATORY - PASSWORDS
    assert {key for key, value in coded.items() if value is None} == UNSET | PASSWORDS
    for key in set(coded) - MANDATORY - UNSET:
        wanted = duration(shown[key]) if isinstance(coded[key], timedelta) else shown[key]
        assert wanted == coded[key], key


def test_only_mandatory_keys_are_set_in_the_settings_file() -> None:
    """So that a later version's better default reaches everybody who did not choose."""
    assert (
        set(leaves(tomllib.loads(text_of("firstreply.toml"))))
        - {"mailbox.folders", "mailbox.approval", "mailbox.oauth"}
        == MANDATORY
    )


@pytest.mark.parametrize("whole", [False, True])
def test_the_shipped_files_load(tmp_path: Path, whole: bool) -> None:
    """Both files as they are, and with every "#" taken off: the same settings but for the example values."""
    for name in ("firstreply.toml", "playbook.toml"):
        (tmp_path / name).write_text(text_of(name, whole=whole), encoding="utf-8")
    for name in ("templates", "catalogue.csv", "manuals", "knowledge"):
        (tmp_path / name).mkdir()
    settings = load(tmp_path / "firstreply.toml", {})
    assert dict(settings.playbook.plays) == dict(DEFAULT_PLAYS)
    assert settings.cycle.batch == 100
    assert settings.library.knowledge == tmp_path / "knowledge"
    assert settings.mailboxes[0].mailbox.folders.approval == "Approval"


def test_the_playbook_file_shows_every_scenario_at_its_defaults() -> None:
    """Every key of every scenario; where nothing is set, the file says so."""
    text = text_of("playbook.toml", whole=True)
    table = tomllib.loads(text)
    assert list(table) == [*(scenario.value for scenario in Scenario), "wording", "policy"]
    assert table["wording"] == {"review_line": Playbook().review_line}
    for scenario in Scenario:
        shown, play = table[scenario.value], DEFAULT_PLAYS[scenario]
        coded = {name: getattr(play, name) for name in PlayTable.model_fields}
        section = text.split(f"\n[{scenario.value}]\n")[1].split("\n\n")[0]
        unset = {name for name, value in coded.items() if value is None}
        assert set(shown) == set(coded) - unset
        assert all(f"# {name}: none" in section for name in unset)
        for name in ("target", "hard_limit"):
            assert name not in shown or duration(shown[name]) == coded[name]
        assert {
            name: shown[name] for name in ("template", "expected_outcome", "calendar")
        }.items() <= coded.items()
        assert (tuple(shown["steps"]), tuple(shown["attach"])) == (play.steps, play.attach)


def test_the_playbook_file_shows_every_rule_at_its_severity() -> None:
    """And which of them may be lowered."""
    text = text_of("playbook.toml", whole=True)
    assert tomllib.loads(text)["policy"] == {rule.slug: rule.severity.value for rule in RULES}
    for rule in RULES:
        comment = text.split(f"\n{rule.slug} =")[0].rsplit("\n", 1)[-1]
        assert ("(may be lowered)" in comment) == rule.lowerable, rule.slug


def test_every_key_is_explained() -> None:
    """A comment stands right above each key of the settings file."""
    lines = [line.strip() for line in text_of("firstreply.toml").splitlines()]
    for above, line in itertools.pairwise(lines):
        if re.match(r"#?[a-z_]+ = ", line):
            assert above.startswith(("# ", "[")), (above, line)


def test_the_example_of_the_interface_loads(tmp_path: Path) -> None:
    """What other programs and people write by hand."""
    path = tmp_path / "firstreply.toml"
    path.write_text(EXAMPLE.format(state=tmp_path), encoding="utf-8")
    settings = load(path, {})
    (box,) = settings.mailboxes
    assert (box.mailbox.name, box.mailbox.brand, box.mailbox.signature) == ("us-store", "Acme", "Anna")
    assert (box.imap.host, box.imap.port, box.smtp.host, box.smtp.port) == (
        "imap.example.com",
        993,
        "smtp.example.com",
        465,
    )
    assert (settings.state_dir, settings.threshold, settings.warn_at) == (tmp_path, 0.7, (0.5, 0.75, 0.9))
    assert settings.alerting.to == ("lead@shop.example",)
