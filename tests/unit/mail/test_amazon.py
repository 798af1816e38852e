"""Relay addresses and Amazon's domains: exact suffixes, whole addresses, configurable sites."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.mail.amazon import MARKETPLACE_IDS, SITES, is_amazon, relay_in, relay_of

ALIAS = "abc123def456ghi"


@pytest.mark.parametrize(
    ("address", "case", "site"),
    [
        (f"{ALIAS}@marketplace.amazon.com", None, "com"),
        (f"{ALIAS}+1a2b3c4d@marketplace.amazon.com", "1a2b3c4d", "com"),
        (
            f"{ALIAS}+11111111-2222-4333-8444-555555555555@marketplace.amazon.co.jp",
            "11111111-2222-4333-8444-555555555555",
            "co.jp",
        ),
        (f"{ALIAS.upper()}@Marketplace.Amazon.DE", None, "de"),
    ],
)
def test_relay_address_is_recognised(address: str, case: str | None, site: str) -> None:
    """Addresses of the reference table match, with and without a case, in any case of letters."""
    relay = relay_of(address)
    assert relay is not None
    assert (relay.address, relay.alias, relay.case, relay.marketplace) == (address.lower(), ALIAS, case, site)


@pytest.mark.parametrize(
    "address",
    [
        f"{ALIAS}@marketplace.amazon.com.evil.example",
        f"{ALIAS}@marketplace.amazon.co.uk.evil.example",
        f"{ALIAS}@marketplace.amazon.cn",
        f"{ALIAS}@marketplace-amazon.de",
        f"{ALIAS}@evil-marketplace.amazon.de",
        f"{ALIAS}@marketplace.amazon.dee",
        f"{ALIAS}@marketplaceXamazon.de",
        f"x {ALIAS}@marketplace.amazon.de",
        f"{ALIAS}@marketplace.amazon.de\n",
        f"{ALIAS}+@marketplace.amazon.de",
        f"{ALIAS}+ghijkl@marketplace.amazon.de",
        "short@marketplace.amazon.de",
        "no-reply@marketplace.amazon.it",
        "donotreply@marketplace.amazon.it",
        "donotreply@amazon.com",
        "",
    ],
)
def test_everything_else_is_no_relay_address(address: str) -> None:
    """Look-alikes, closed sites and Amazon's own senders are no buyers."""
    assert relay_of(address) is None


@pytest.mark.parametrize("site", SITES)
def test_each_site_has_buyers(site: str) -> None:
    """Every site of the reference is known by default."""
    relay = relay_of(f"{ALIAS}@marketplace.amazon.{site}")
    assert relay is not None
    assert relay.marketplace == site


def test_sites_are_configurable() -> None:
    """A configured list narrows the sites and may add new ones, in full names only."""
    assert relay_of(f"{ALIAS}@marketplace.amazon.fr", ("de",)) is None
    assert relay_of(f"{ALIAS}@marketplace.amazon.com.co", ("com.co",)) is not None
    assert relay_of(f"{ALIAS}@marketplace.amazonXcom", ("com",)) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"mailto:{ALIAS}@marketplace.amazon.de?subject=x", True),
        (f"<{ALIAS}+1a2b3c4d@marketplace.amazon.com.br>.", True),
        (f"{ALIAS}@marketplace.amazon.de.", True),
        (f"{ALIAS}@marketplace.amazon.de.evil.example", False),
        (f"{ALIAS}@marketplace.amazon.de-evil.example", False),
        (f"x-{ALIAS}@marketplace.amazon.de", False),
        ("donotreply@marketplace.amazon.de", False),
    ],
)
def test_relay_address_inside_a_text(text: str, found: bool) -> None:
    """Only a whole address inside a text counts."""
    assert (relay_in(text) is not None) is found


@pytest.mark.parametrize(
    ("address", "amazon"),
    [
        ("donotreply@amazon.com", True),
        ("x@marketplace.amazon.de", True),
        ("x@bounces.amazon.co.uk", True),
        ("x@amazon.com.evil.example", False),
        ("x@notamazon.com", False),
        ("x@amazon.cn", False),
        ("x@amazonses.com", False),
        ("amazon.com", True),
        ("", False),
    ],
)
def test_amazon_domain(address: str, amazon: bool) -> None:
    """Only whole domains of known sites are Amazon's."""
    assert is_amazon(address) is amazon


def test_configured_site_is_amazon() -> None:
    """A site that only the configuration names counts as Amazon's, too."""
    assert not is_amazon("donotreply@amazon.com.co")
    assert is_amazon("donotreply@amazon.com.co", ("com.co",))


def test_marketplace_ids_name_known_sites() -> None:
    """Every id leads to a site of the list."""
    assert set(MARKETPLACE_IDS.values()) <= set(SITES)


@given(st.text(max_size=60), st.sampled_from(sorted(SITES)))
def test_nothing_around_an_address_is_accepted(extra: str, site: str) -> None:
    """An address with anything appended to its domain is never a relay address, unless that is a site."""
    relay = relay_of(f"{ALIAS}@marketplace.amazon.{site}{extra}")
    assert relay is None or f"{site}{extra}".lower() in SITES
