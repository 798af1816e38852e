"""Facts in text: order ids, products, money, periods, tokens, Amazon's own links."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.mail import facts
from daemon.mail.amazon import SITES
from daemon.mail.kinds import Amount

ORDER = "302-1234567-7654321"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Order {ORDER}.", (ORDER,)),
        (f"({ORDER})", (ORDER,)),
        (f"Bestellung:{ORDER}für", (ORDER,)),
        ("303‑1111111‑2222222 and 304–1111111–2222222", ("303-1111111-2222222", "304-1111111-2222222")),
        (f"{ORDER} {ORDER}", (ORDER,)),
        (f"1{ORDER}", ()),
        (f"{ORDER}1", ()),
        ("302-123456-7654321", ()),
        ("٣٠٢-1234567-7654321", ()),
    ],
)
def test_order_ids(text: str, found: tuple[str, ...]) -> None:
    """Seventeen ASCII digits in three groups, nothing longer."""
    assert facts.order_ids(text) == found


def test_order_ids_of_the_subject_come_first() -> None:
    """The first text decides which order a conversation is about."""
    other = "305-7654321-1234567"
    assert facts.order_ids(f"Order: {ORDER}", f"{other} {ORDER}") == (ORDER, other)


@pytest.mark.parametrize(
    ("line", "product"),
    [
        ("1 / Lamp, blue [ASIN: B0ABCDEFGH]", (1, "Lamp, blue", "B0ABCDEFGH")),
        ("2 of Lamp [ASIN: B0ABCDEFGH]", (2, "Lamp", "B0ABCDEFGH")),
        ("1 of/sur Lampe [ASIN: B0ABCDEFGH]", (1, "Lampe", "B0ABCDEFGH")),
        ("# ID: 3 / A book [ASIN: 3161484100]", (3, "A book", "3161484100")),
    ],
)
def test_product_lines(line: str, product: tuple[int, str, str]) -> None:
    """All three shapes of a product line, with quantity, title and ASIN."""
    assert facts.products(f"above\n  {line}\nbelow") == (product,)


def test_asins_by_mark_link_and_shape() -> None:
    """Marks first, then product links, then bare ones that begin with B0."""
    text = "bare B0BBBBBBBB, https://www.amazon.de/Lamp-x/dp/B0CCCCCCCC?th=1 [ASIN: B0ABCDEFGH] BOOKS12345"
    assert facts.asins(text) == ("B0ABCDEFGH", "B0CCCCCCCC", "B0BBBBBBBB")


@pytest.mark.parametrize("site", SITES)
def test_no_response_link_of_each_site(site: str) -> None:
    """The link is kept exactly as it stands."""
    url = f"https://sellercentral-x.amazon.{site}/messaging/no-response-needed?t=A&h=b%20c"
    assert facts.no_response_url(f"Solve case <{url}>") == url


@pytest.mark.parametrize(
    "url",
    [
        "https://sellercentral.amazon.com.br.evil.example/messaging/no-response-needed?t=A",
        "https://sellercentral.amazon.com@evil.example/messaging/no-response-needed?t=A",
        "https://evil.example/sellercentral.amazon.com/messaging/no-response-needed?t=A",
        "http://sellercentral.amazon.com/messaging/no-response-needed?t=A",
        "https://www.amazon.com/messaging/no-response-needed?t=A",
        "https://sellercentral.amazon.cn/messaging/no-response-needed?t=A",
        "https://sellercentral.amazon.com/messaging/other?t=A",
    ],
)
def test_other_links_are_not_taken(url: str) -> None:
    """Exact hosts under https only."""
    assert facts.no_response_url(url) is None


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("19,90 €", "19.90", "EUR"),
        ("EUR 19.90", "19.90", "EUR"),
        ("19.90 EUR", "19.90", "EUR"),
        ("$24.99", "24.99", "USD"),
        ("US$ 24.99", "24.99", "USD"),
        ("£1,234.50", "1234.50", "GBP"),
        ("1.234,50 €", "1234.50", "EUR"),
        ("3.980円", "3980", "JPY"),
        ("R$ 5,00", "5.00", "BRL"),
        ("100 zł", "100", "PLN"),
    ],
)
def test_amounts(text: str, value: str, currency: str) -> None:
    """Currency before or behind, point or comma."""
    assert facts.amounts(f"paid {text} today") == (Amount(Decimal(value), currency),)


@pytest.mark.parametrize("text", ["5 dollars", "model X$5a1", "12.05.2026", "size 42", "eur", ""])
def test_no_amounts(text: str) -> None:
    """A number without a currency is no money."""
    assert facts.amounts(text) == ()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("rispondi entro 3 giorni di calendario", 3),
        ("Respond within 72 hours.", 3),
        ("within 48 hours", 2),
        ("within three calendar days", 3),
        ("innerhalb von 2 Tagen", 2),
        ("innerhalb von 7 Kalendertagen", 7),
        ("sous 5 jours", 5),
        ("en un plazo de 4 días", 4),
        ("em até 3 dias", 3),
        ("w ciągu 3 dni", 3),
        ("3日以内", 3),
        ("within 30 days you may appeal; respond within 3 days", 3),
        ("within 90 days", None),
        ("three days ago", None),
        ("", None),
    ],
)
def test_period_of_a_notice(text: str, days: int | None) -> None:
    """The shortest period that a notice gives, in days; hours rounded down; nothing beyond a month."""
    assert facts.reply_within_days(text) == days


def test_tokens() -> None:
    """Only whole ids of our shape are taken."""
    ours = "<fr.Ab12Cd34.a1b2c3d4@shop.example>"
    assert facts.our_tokens(f"{ours} <fr.x@y> <other@shop.example>", ours) == (ours,)


@pytest.mark.parametrize("text", ["[commMgrTok:A1B2C3D4E5]", "x [commMgrTok: A1B2C3D4E5 ] y"])
def test_communication_token(text: str) -> None:
    """Amazon's token, with and without spaces."""
    assert facts.communication_token(text) == "A1B2C3D4E5"


@given(st.text(max_size=300))
def test_no_text_breaks_a_fact(text: str) -> None:
    """Any text gives tuples of bounded length."""
    found = (facts.order_ids(text), facts.asins(text), facts.amounts(text), facts.products(text))
    assert all(len(each) <= 20 for each in found)
    assert facts.reply_within_days(text) in {None, *range(1, 31)}
