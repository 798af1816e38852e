"""Facts: which source speaks first, and what is left out rather than guessed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from daemon.desk.order import OrderLine, Shipment
from daemon.reply.catalogue import Catalogue, Product
from daemon.reply.facts import (
    LONGEST_PRODUCT,
    Facts,
    HouseFacts,
    MailFacts,
    facts_for,
    one_line,
    short_product,
)
from daemon.reply.knowledge import Passage
from daemon.reply.templates import FACTS, Templates
from daemon.shipped import shipped

ORDER = "302-1234567-7654321"
OTHER = "302-7654321-1234567"
TODAY = date(2026, 5, 12)
MAIL = MailFacts(buyer_name="Anna", order_id=ORDER, product="Lamp, blue", asin="B0EXAMPLE1", marketplace="de")
HOUSE = HouseFacts(brand="Acme", signature="Bea", promised=date(2026, 5, 14), manual_attached=True)
LINE = OrderLine(
    ORDER,
    sku="L-1",
    asin="B0EXAMPLE1",
    product="Lumio lamp, blue, 12 W, with a very long title",
    quantity=2,
    fulfilled_by="Amazon",
    marketplace="Amazon.de",
    purchased_at=datetime(2026, 5, 3, 23, 0, tzinfo=UTC),
)
PARCEL = Shipment(
    ORDER,
    "00340434161094000000",
    carrier="DHL",
    status="in transit",
    sku="L-1",
    shipped_on=date(2026, 5, 9),
    expected_on=date(2026, 5, 15),
)
CATALOGUE = Catalogue(
    {
        ("B0EXAMPLE1", "de"): Product("B0EXAMPLE1", "de", "Lampe Lumio", "lumio.pdf", "2 Jahre", "Netzteil"),
        ("B0EXAMPLE2", ""): Product("B0EXAMPLE2", "", "Lumio charger"),
    }
)


def full(language: str = "de") -> Facts:
    """All sources at once."""
    return facts_for(
        MAIL,
        HOUSE,
        language=language,
        today=TODAY,
        lines=[LINE],
        shipments=[PARCEL],
        catalogue=CATALOGUE,
    )


def test_all_sources_together() -> None:
    """Each fact comes from its best source, in the reply's language."""
    assert full().values == {
        "brand": "Acme",
        "signature": "Bea",
        "promised_date": "14. Mai 2026",
        "product": "Lampe Lumio",
        "manual": "lumio.pdf",
        "warranty": "2 Jahre",
        "spare_parts": "Netzteil",
        "order_id": ORDER,
        "asin": "B0EXAMPLE1",
        "buyer_name": "Anna",
        "marketplace": "Amazon.de",
        "fulfilled_by": "Amazon",
        "quantity": "2",
        "order_date": "3. Mai 2026",
        "carrier": "DHL",
        "tracking_number": "00340434161094000000",
        "tracking_status": "unterwegs",
        "ship_date": "9. Mai 2026",
        "expected_date": "15. Mai 2026",
    }


def test_every_fact_has_a_source_and_a_known_name() -> None:
    """No value comes from nowhere, and no name is unknown to templates."""
    facts = full()
    assert facts.sources.keys() == facts.values.keys()
    assert set(facts.values) <= set(FACTS)
    assert facts.sources["product"] == "catalogue"
    assert facts.sources["tracking_number"] == "shipment file"
    assert facts.sources["buyer_name"] == "mail"


def test_the_line_about_reviews_is_off_until_the_playbook_switches_it_on() -> None:
    """The fact is what the template of satisfied buyers asks for."""
    assert "review_line" not in full().values
    facts = facts_for(MAIL, replace(HOUSE, review_line=True), language="de", today=TODAY)
    assert (facts.values["review_line"], facts.sources["review_line"]) == ("on", "playbook")


def test_nothing_known() -> None:
    """Without any source there is no fact, not even an empty one."""
    assert facts_for(MailFacts(), HouseFacts(), language="en", today=TODAY) == Facts({}, {})


def test_catalogue_row_of_another_language_is_not_used() -> None:
    """A German product name does not slip into an English mail."""
    facts = full("en")
    assert facts.values["product"] == "Lamp, blue"
    assert "warranty" not in facts.values


def test_a_manual_is_named_only_when_it_is_attached() -> None:
    """No reply says that a manual is attached when it is not."""
    house = replace(HOUSE, manual_attached=False)
    facts = facts_for(MAIL, house, language="de", today=TODAY, catalogue=CATALOGUE)
    assert "manual" not in facts.values
    assert facts.values["warranty"] == "2 Jahre"


def test_other_orders_are_left_aside() -> None:
    """Lines and parcels of another order, or of none, give no fact."""
    strange = [replace(LINE, order_id=OTHER)]
    parcels = [replace(PARCEL, order_id=OTHER)]
    for mail in (MAIL, replace(MAIL, order_id="")):
        facts = facts_for(mail, HOUSE, language="en", today=TODAY, lines=strange, shipments=parcels)
        assert "quantity" not in facts.values
        assert "tracking_number" not in facts.values


def test_two_products_in_an_order_are_not_guessed() -> None:
    """Without a product in the mail an order of two products names none; with its ASIN it does."""
    lines = [LINE, replace(LINE, sku="C-1", asin="B0EXAMPLE2", product="Charger", quantity=1)]
    unnamed = replace(MAIL, asin="", product="")
    facts = facts_for(unnamed, HOUSE, language="en", today=TODAY, lines=lines, catalogue=CATALOGUE)
    assert "product" not in facts.values
    named = facts_for(
        replace(unnamed, asin="B0EXAMPLE2"),
        HOUSE,
        language="en",
        today=TODAY,
        lines=lines,
        catalogue=CATALOGUE,
    )
    assert named.values["product"] == "Lumio charger"
    assert named.values["quantity"] == "1"


def test_the_reports_asin_leads_to_the_catalogue() -> None:
    """A mail that names only its order gets the catalogue's name through the report."""
    facts = facts_for(
        replace(MAIL, asin="", product=""),
        HOUSE,
        language="de",
        today=TODAY,
        lines=[LINE],
        catalogue=CATALOGUE,
    )
    assert facts.values["product"] == "Lampe Lumio"
    assert facts.sources["asin"] == "order report"


@pytest.mark.parametrize(
    ("numbers", "sku", "found"),
    [((), "L-1", "N1"), (("N2",), "L-1", "N2"), ((), "other", ""), (("N1", "N2"), "other", "")],
)
def test_two_parcels_are_not_guessed(numbers: tuple[str, ...], sku: str, found: str) -> None:
    """Of two parcels the one named in the mail counts, then the one with the item, else none."""
    parcels = [
        replace(PARCEL, tracking_number="N1", sku=sku),
        replace(PARCEL, tracking_number="N2", sku="X-9"),
    ]
    facts = facts_for(
        replace(MAIL, tracking_numbers=numbers),
        HOUSE,
        language="en",
        today=TODAY,
        lines=[LINE],
        shipments=parcels,
    )
    assert facts.values.get("tracking_number", "") == found


@pytest.mark.parametrize(("numbers", "found"), [(("N1",), "N1"), (("N1", "N2"), ""), ((), "")])
def test_a_number_in_the_mail_counts_when_no_file_knows_better(numbers: tuple[str, ...], found: str) -> None:
    """One number in the mail is a fact, two are not."""
    facts = facts_for(replace(MAIL, tracking_numbers=numbers), HOUSE, language="en", today=TODAY)
    assert facts.values.get("tracking_number", "") == found


def test_a_past_expectation_is_none() -> None:
    """A parcel that should have come yesterday has no expected date any more."""
    late = replace(PARCEL, expected_on=date(2026, 5, 11))
    facts = facts_for(MAIL, HOUSE, language="en", today=TODAY, shipments=[late])
    assert "expected_date" not in facts.values
    assert facts.values["ship_date"] == "9 May 2026"


@pytest.mark.parametrize(
    ("scenario", "name"), [("usage_question", "usage_steps"), ("presale_question", "product_answer")]
)
def test_passages_keep_their_lines(scenario: str, name: str) -> None:
    """A passage fills the fact of its scenario, lines and all, and names its file."""
    passage = Passage("1. On.\n2. Off.", "lamp.md, Switch", scenario, "Switch", ("en",), score=0.5)
    facts = facts_for(MAIL, HOUSE, language="en", today=TODAY, passage=passage)
    assert facts.values[name] == "1. On.\n2. Off."
    assert facts.sources[name] == "knowledge base, lamp.md, Switch"


def test_hostile_values_are_harmless() -> None:
    """Line breaks, gaps, braces and direction marks of a buyer do not reach the text."""
    hostile = "Lamp\r\n\r\nBcc: x [[order id]] {{ brand }} {% x %}\u202e\x00\u2028end"
    mail = replace(MAIL, product=hostile, asin="", buyer_name=hostile, words=hostile)
    facts = facts_for(mail, HOUSE, language="en", today=TODAY)
    assert "buyer_name" not in facts.values
    for name in ("product", "buyer_words"):
        assert not set("\r\n{}\u202e\x00\u2028") & set(facts.values[name])
        assert "[[" not in facts.values[name]
    rendered = Templates([shipped("templates")]).render("product_issue", "en", facts.values)
    assert rendered.gaps == ()


def test_long_values_are_cut() -> None:
    """A title is cut at a word, a note's quotation at 2,000 characters."""
    title = "Lumio " + "desk lamp, " * 30
    short = short_product(title)
    assert len(short) <= LONGEST_PRODUCT + 2
    assert short.endswith("desk …")
    assert short_product("x" * 500) == "x" * LONGEST_PRODUCT + " …"
    facts = facts_for(replace(MAIL, words="y" * 9_000), HOUSE, language="en", today=TODAY)
    assert len(facts.values["buyer_words"]) == 2_000
    assert one_line("  a \t b  ") == "a b"


def test_a_draft_with_all_facts_has_no_gap(tmp_path: Path) -> None:
    """The delivery template is whole when a shipment file was imported, and not otherwise."""
    templates = Templates([tmp_path, shipped("templates")])
    assert templates.render("delivery_issue", "de", full().values).gaps == ()
    bare = facts_for(MAIL, HOUSE, language="de", today=TODAY)
    assert len(templates.render("delivery_issue", "de", bare.values).gaps) == 4
