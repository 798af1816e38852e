"""Hosts, phone numbers and bank accounts: the edges that the examples leave open."""

import pytest

from daemon.desk.policy import Outgoing, examine


def rules(text: str) -> set[str]:
    """The slugs found in a text."""
    return {finding.rule for finding in examine(Outgoing(text=text))}


@pytest.mark.parametrize(
    "text",
    [
        "https://amazon.com.evil.example/",
        "https://evil-amazon.com/",
        "https://www.amazon.de@evil.example/",
        "https://evil.example\\@www.amazon.de/",
        "https://evil.example/https://www.amazon.de/",
        "https://evil.example?u=https://www.amazon.de/",
        "https://dhl.com.evil.example/",
        "hxxps://evil.example",
        "http://[2001:db8::1]/",
        "https://аmazon.com/",
        "HTTPS://EVIL.EXAMPLE",
        "evil[.]example",
        "https://amazonaws.com/x",
        "https://a.co/d/123",
    ],
)
def test_hosts_are_judged_by_their_end(text: str) -> None:
    """As a browser reads them; neither a substring nor a look-alike helps."""
    assert "pg03_outside_link" in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://www.amazon.co.uk/gp/help",
        "https://sellercentral.amazon.de:443/messaging",
        "(https://www.amazon.de/your-orders).",
        "amazon.com.",
        "AMAZON.DE",
        "Dr.Who is in.At once",
        "The U.S.A. and the U.K. use it.",
        "file.tar.gz, setup.bin, note.txt",
        "at 10.30 a.m. or p.m.",
    ],
)
def test_amazons_own_hosts_and_prose_pass(text: str) -> None:
    """Ports, brackets and full stops around a host change nothing."""
    assert "pg03_outside_link" not in rules(text)


@pytest.mark.parametrize(
    "path", ["/dp/B0ABCDEFGH", "/Lamp/dp/B0ABCDEFGH?th=1", "/s?k=x", "/stores/x", "/gp/product/B0ABCDEFGH"]
)
def test_product_links_warn(path: str) -> None:
    """On any site."""
    assert "pg05_product_link" in rules(f"https://www.amazon.fr{path}")


@pytest.mark.parametrize(
    "text",
    [
        "+49 (0)30 123 45 67",
        "0049301234567",
        "020 7946 0958",
        "(555) 123-4567",
        "+1-555-123-4567",
        "Hotline 55512345",
        "電話番号 0312345678",
        "手机 13912345678",
    ],
)
def test_phone_numbers(text: str) -> None:
    """With signs of any kind between the digits."""
    assert "pg02_phone_number" in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "302-1234567-7654321 and 302-7654321-1234567",
        "02.05.2026, 03/05/26, 2026-05-04, 08:00-18:00",
        "0,50 EUR, 1.234,56 €, 129.90 GBP",
        "Invoice no. 0012345678",
        "VAT DE 012345678",
        "Serial number: 0123 4567 8901",
        "ASIN B012345678",
        "ZIP 02134-1234",
        "EAN 4006381333931",
        "1Z 999 AA1 01 2345 6784",
        "0.1 0.2 0.3 0.4 0.5 0.6",
    ],
)
def test_other_numbers(text: str) -> None:
    """Ids, dates, prices, codes."""
    assert "pg02_phone_number" not in rules(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DE89370400440532013000", True),
        ("GB29 NWBK 6016 1331 9268 19", True),
        ("DE89 3704 0044 0532 0130 01", False),
        ("AB12 CDEF 3456", False),
    ],
)
def test_bank_accounts_are_known_by_their_check_digits(text: str, found: bool) -> None:
    """ISO 13616; a serial number of the same shape passes."""
    assert ("pg07_outside_payment" in rules(text)) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We cannot refund by PayPal.", False),
        ("Eine Überweisung ist leider nicht möglich.", False),
        ("Do not worry, we refund by PayPal.", True),
        ("We do not refund by card but by PayPal.", True),
    ],
)
def test_naming_a_way_to_refuse_it_passes(text: str, found: bool) -> None:
    """Only when the refusal stands in the same clause."""
    assert ("pg07_outside_payment" in rules(text)) is found
