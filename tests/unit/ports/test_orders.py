"""Order reports and shipment files: good rows become values, bad ones a line number and a reason."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from daemon.desk.order import OrderLine, Shipment
from daemon.errors import ConfigurationError
from daemon.ports.orders import Imported, read_orders

ORDER = "302-1234567-7654321"
ALL_ORDERS = (
    "amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\t"
    "sales-channel\torder-channel\turl\tship-service-level\tproduct-name\tsku\tasin\titem-status\tquantity\t"
    "currency\titem-price\tship-city\tship-country\n"
)
ORDER_REPORT = (
    "order-id\torder-item-id\tpurchase-date\tpayments-date\tbuyer-email\tbuyer-name\tbuyer-phone-number\tsku\t"
    "product-name\tquantity-purchased\tcurrency\titem-price\trecipient-name\tship-address-1\n"
)
SHIPMENTS = "order-id,carrier,tracking-number,ship-date,expected-date,delivered-date,status\n"


def all_orders(
    order_id: str = ORDER, asin: str = "B0EXAMPLE1", quantity: str = "2", product: str = "Lamp"
) -> str:
    """One row of the all-orders report."""
    return (
        f"{order_id}\t\t2026-05-03T10:00:00+00:00\t2026-05-04T10:00:00+00:00\tShipped\tAmazon\tAmazon.de\t\t\t"
        f"Standard\t{product}\tL-1\t{asin}\tShipped\t{quantity}\tEUR\t19.90\tBerlin\tDE\n"
    )


def read(folder: Path, content: str | bytes) -> Imported:
    """What a file with this content holds."""
    file = folder / "report.txt"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_orders(file)


def test_the_all_orders_report(tmp_path: Path) -> None:
    """Amazon's all-orders report gives order lines."""
    assert read(tmp_path, ALL_ORDERS + all_orders()).lines == (
        OrderLine(
            ORDER,
            sku="L-1",
            asin="B0EXAMPLE1",
            product="Lamp",
            quantity=2,
            status="Shipped",
            fulfilled_by="Amazon",
            marketplace="Amazon.de",
            purchased_at=datetime(2026, 5, 3, 10, tzinfo=UTC),
        ),
    )


def test_the_order_report_without_personal_data(tmp_path: Path) -> None:
    """The other header is read too, and nothing of name, address, mail and phone is kept."""
    row = (
        f"{ORDER}\t058356377\t2026-05-03T10:00:00+00:00\t\tx@marketplace.amazon.de\tAnna Muster\t"
        "0301234567\tL-1\t"
        'Lamp 12" "blue"\t1\tEUR\t19.90\tAnna Muster\tMusterweg 12\n'
    )
    imported = read(tmp_path, ORDER_REPORT + row)
    assert imported.lines == (
        OrderLine(
            ORDER,
            sku="L-1",
            product='Lamp 12" "blue"',
            quantity=1,
            purchased_at=datetime(2026, 5, 3, 10, tzinfo=UTC),
        ),
    )
    for private in ("Muster", "0301234567", "marketplace.amazon"):
        assert private not in repr(imported)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_shipment_table(tmp_path: Path, separator: str) -> None:
    """A table of parcels gives shipments, whatever separates its columns."""
    text = SHIPMENTS + f"{ORDER},DHL,0034 0434 1610,2026-05-09,15.05.2026,,in transit\n"
    imported = read(tmp_path, text.replace(",", separator))
    assert imported.lines == ()
    assert imported.shipments == (
        Shipment(
            ORDER,
            "003404341610",
            carrier="DHL",
            status="in transit",
            shipped_on=date(2026, 5, 9),
            expected_on=date(2026, 5, 15),
        ),
    )


def test_amazons_report_of_fulfilled_shipments(tmp_path: Path) -> None:
    """A report with items and parcels gives both."""
    header = (
        "amazon-order-id\tshipment-date\tsku\tproduct-name\tquantity-shipped\tcarrier\t"
        "tracking-number\testimated-arrival-date\n"
    )
    row = (
        f"{ORDER}\t2026-05-09T08:00:00+00:00\tL-1\tLamp\t1\tAMZN_DE\tDE123456789\t2026-05-11T18:00:00+02:00\n"
    )
    imported = read(tmp_path, header + row)
    assert [line.product for line in imported.lines] == ["Lamp"]
    parcel = imported.shipments[0]
    assert (parcel.sku, parcel.carrier) == ("L-1", "AMZN_DE")
    assert (parcel.shipped_on, parcel.expected_on) == (date(2026, 5, 9), date(2026, 5, 11))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (all_orders(order_id="302-123-7654321"), "'302-123-7654321' is no order id"),
        (all_orders(order_id="３０２-1234567-7654321"), "is no order id"),
        (all_orders(order_id=""), "'' is no order id"),
        (all_orders(asin="LAMP"), "'LAMP' is no ASIN"),
        (all_orders(quantity="two"), "'two' is no quantity"),
        (all_orders(quantity="-1"), "'-1' is no quantity"),
        (all_orders(quantity="9" * 5_000), "a field has more than 2000 characters"),
        (all_orders(quantity="9" * 12), "is no quantity"),
        (all_orders(product="x" * 3_000), "a field has more than 2000 characters"),
        (all_orders().replace("2026-05-03T10:00:00+00:00", "05/03/2026"), "'05/03/2026' is no date"),
        (all_orders().replace("2026-05-03T10:00:00+00:00", "2026-13-41"), "'2026-13-41' is no date"),
        (all_orders(product="La\x00mp"), "a field holds a NUL character"),
        (all_orders().replace("L-1", "L" * 101), "the SKU has more than 100 characters"),
        ("total: 2 orders\n", "'total: 2 orders' is no order id"),
    ],
)
def test_a_bad_row_is_listed_and_skipped(tmp_path: Path, row: str, said: str) -> None:
    """The rows around a bad one are read; the bad one has its line number."""
    other = all_orders(order_id="302-0000001-0000001")
    imported = read(tmp_path, ALL_ORDERS + all_orders() + row + "\n" + other)
    assert len(imported.lines) == 2
    assert [bad.line for bad in imported.bad] == [3]
    assert said in imported.bad[0].problem


def test_a_bad_tracking_number(tmp_path: Path) -> None:
    """A parcel's number has letters and digits only, and no more than a column holds."""
    rows = [f"{ORDER},DHL,{number},,,,\n" for number in ("see https://x.example", "1" * 65, "1Z-9")]
    imported = read(tmp_path, SHIPMENTS + "".join(rows))
    assert [bad.line for bad in imported.bad] == [2, 3]
    assert [parcel.tracking_number for parcel in imported.shipments] == ["1Z-9"]


def test_a_stray_quote_spoils_one_row_only(tmp_path: Path) -> None:
    """An unclosed quote in a CSV does not swallow the rows after it."""
    text = SHIPMENTS + f'{ORDER},"DHL,N1,,,,\n{ORDER},UPS,N2,,,,\n{ORDER},"D, HL",N3,,,,\n'
    imported = read(tmp_path, text)
    assert [parcel.tracking_number for parcel in imported.shipments] == ["N2", "N3"]


def test_rows_that_are_not_ours_are_counted(tmp_path: Path) -> None:
    """Continuation rows and orders of other shops are neither values nor mistakes."""
    foreign = all_orders(order_id="S01-1234567-7654321")
    continuation = f"{ORDER}" + "\t" * 18 + "\n"
    imported = read(tmp_path, ALL_ORDERS + all_orders() + foreign + continuation + "\n\n")
    assert (len(imported.lines), imported.bad, imported.ignored) == (1, (), 2)


def test_cancelled_items_have_no_quantity(tmp_path: Path) -> None:
    """Amazon leaves the quantity of a cancelled item blank."""
    assert read(tmp_path, ALL_ORDERS + all_orders(quantity="")).lines[0].quantity == 0


def test_reading_twice_changes_nothing(tmp_path: Path) -> None:
    """A repeated row replaces the earlier one; keys tell rows of one order apart."""
    second = all_orders(asin="B0EXAMPLE2").replace("L-1", "L-2")
    rows = all_orders() + all_orders(quantity="3") + second
    imported = read(tmp_path, ALL_ORDERS + rows)
    assert [(line.asin, line.quantity) for line in imported.lines] == [("B0EXAMPLE1", 3), ("B0EXAMPLE2", 2)]
    assert imported == read(tmp_path, ALL_ORDERS + rows)


@pytest.mark.parametrize(
    ("encoding", "product"),
    [
        ("utf-8", "Stehlampe groß"),
        ("utf-8-sig", "卓上ライト"),
        ("utf-16", "Lampe à pied"),
        ("cp932", "卓上ライト 青い"),
        ("cp1252", "Stehlampe groß – 5 €"),
        ("cp1252", "ÀÜÉ lámpara"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, product: str) -> None:
    """The encodings of Amazon's sites are told apart."""
    text = (ALL_ORDERS + all_orders(product=product)).replace("\n", "\r\n")
    assert read(tmp_path, text.encode(encoding)).lines[0].product == product


def test_odd_line_breaks_stay_inside_a_name(tmp_path: Path) -> None:
    """Only real line ends end a row."""
    name = "Lamp\x0b\x85\u2028blue"
    assert read(tmp_path, ALL_ORDERS + all_orders(product=name)).lines[0].product == name


def test_a_header_in_other_spelling(tmp_path: Path) -> None:
    """Capitals, spaces, underscores and quotes in the header do no harm."""
    text = f'\n"Order ID","Tracking_Number",Carrier\n{ORDER},N1,DHL\nbad,N2,DHL\n'
    imported = read(tmp_path, text)
    assert [parcel.carrier for parcel in imported.shipments] == ["DHL"]
    assert [bad.line for bad in imported.bad] == [4]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n\n",
        "hello",
        "order-id\tfoo\n",
        "sku\tasin\n",
        b"\xff\xfe\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        "a," * 90_000,
    ],
)
def test_a_file_that_is_no_report(tmp_path: Path, content: str | bytes) -> None:
    """A file without a usable header is refused with file and remedy."""
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, content)
    assert "report.txt" in caught.value.where
    assert caught.value.remedy


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """An absent file, or a folder, is told by name."""
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            read_orders(path)


def test_ten_thousand_rows(tmp_path: Path) -> None:
    """The report of a busy month is read to its last row."""
    rows = "".join(all_orders(order_id=f"302-{n:07d}-7654321") for n in range(10_000))
    parcels = "".join(f"302-{n:07d}-7654321,DHL,N{n},2026-05-09,,,\n" for n in range(10_000))
    for content, found in ((ALL_ORDERS + rows, "lines"), (SHIPMENTS + parcels, "shipments")):
        imported = read(tmp_path, content)
        assert len(getattr(imported, found)) == 10_000
        assert imported.bad == ()
