"""docs/providers.md and docs/seller-central.md say what the program does: servers, logins, questions."""

import re

import pytest

from daemon.checking.seller_central import TICKS
from daemon.ports.security import Security
from daemon.setup.providers import PROVIDERS, Provider
from tests.house_rules import ROOT

PAGE = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
SELLER = (ROOT / "docs" / "seller-central.md").read_text(encoding="utf-8")
SPOKEN = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS"}
LOGINS = {"password": "password", "xoauth2": "token"}
NO_PROVIDER = {"At every provider", "A server of your own"}


def facts(provider: Provider) -> str:
    """The line below a provider's heading."""
    imap, smtp = (
        f"{word} `{server.host}:{server.port}` {SPOKEN[server.security]}"
        for word, server in (("IMAP", provider.imap), ("SMTP", provider.smtp))
    )
    logins = ", ".join(LOGINS[each] for each in provider.auth)
    return f"`--provider {provider.slug}` · {imap} · {smtp} · {logins}"


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda each: each.slug)
def test_each_provider_has_its_section(provider: Provider) -> None:
    """The facts are the program's; what must be done by hand stands there as well."""
    (section,) = re.findall(
        rf"^## {re.escape(provider.title)}\n\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL
    )
    assert section.splitlines()[0] == facts(provider)
    assert "**Switch on**" in section
    assert provider.oauth is None or "(login.md)" in section or "as with Gmail" in section


def test_no_section_is_about_a_provider_that_has_no_preset() -> None:
    """In the order of the program."""
    titles = [title for title in re.findall(r"^## (.+)$", PAGE, re.MULTILINE) if title not in NO_PROVIDER]
    assert titles == [each.title for each in PROVIDERS]


@pytest.mark.parametrize(("what", "words", "where"), TICKS)
def test_each_tick_of_seller_central_has_its_row(what: str, words: str, where: str) -> None:
    """What `check --ask` asks for stands on its page, with where it is set."""
    setting = words.format(address="your address").partition(":")[0]
    rows = re.findall(
        rf"^\| \d \| {re.escape(setting)} \| {re.escape(where)} \| .{{40,}} \|$", SELLER, re.MULTILINE
    )
    assert len(rows) == 1, what
