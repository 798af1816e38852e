"""What an alert says, and where it must never go."""

from datetime import UTC, datetime, timedelta

import pytest

from daemon.desk.alert import (
    _BY_WEIGHT,
    ALERTS,
    MAIL_LINES,
    Alert,
    AlertKind,
    mail,
    may_tell,
    reaches_buyers,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "reaches"),
    [
        ("abc123def456ghi@marketplace.amazon.de", True),
        ("abc123def456ghi+1a2b3c4d@marketplace.amazon.co.uk", True),
        ("ABC123DEF456GHI@MARKETPLACE.AMAZON.COM", True),
        ("abc123def456ghi@marketplace.amazon.com.", True),
        ("cb-seller-query@amazon.com", True),
        ("someone@sub.marketplace.amazon.com.mx", True),
        ("lead@shop.example", False),
        ("amazon.com@shop.example", False),
        ("lead@my-amazon.com.shop.example", False),
        ("lead@notamazon.com", False),
    ],
)
def test_no_alert_goes_where_buyers_or_amazon_read(address: str, reaches: bool) -> None:
    """By the whole domain, not by a part of its name."""
    assert reaches_buyers(address) is reaches


@pytest.mark.parametrize(
    ("minutes", "may"), [(None, True), (0, False), (9.9, False), (10, True), (-1, True)], ids=str
)
def test_a_mail_about_alerts_waits_for_the_last_one(minutes: float | None, may: bool) -> None:
    """Not for one from the future, and not where there was none."""
    last = None if minutes is None else NOW - timedelta(minutes=minutes)
    assert may_tell(last, NOW, timedelta(minutes=10)) is may


def test_every_kind_has_a_sentence_and_a_weight() -> None:
    """A kind that somebody adds is told, and told in its place."""
    assert set(ALERTS) == set(AlertKind) == set(_BY_WEIGHT)
    assert len(_BY_WEIGHT) == len(AlertKind)


def test_a_mail_names_the_heaviest_alert_first_and_counts_the_rest() -> None:
    """However many there are, it stays short enough to be read."""
    alerts = [Alert(AlertKind.CLOCK_WARNING, str(number), f"Order {number}.") for number in range(MAIL_LINES)]
    subject, text = mail("shop", [*alerts, Alert(AlertKind.CLOCK_BREACHED, "x", "Order X.")])
    assert subject == f"firstreply shop: A limit has passed without an answer. (and {MAIL_LINES} more)"
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert lines[0] == "- A limit has passed without an answer. Order X."
    assert len(lines) == MAIL_LINES + 1
    assert lines[-1].startswith("- and 1 more")
    assert mail("shop", alerts[:1])[0] == "firstreply shop: An answer is due soon."
