"""Orders in the ledger: the same import twice changes nothing, and no file makes another's poorer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from daemon.desk.order import OrderFacts, OrderLine, Shipment
from daemon.ports.ledger.books import Ledger
from tests.ledger_kit import NOW, snapshot

ORDER, OTHER = "302-1234567-7654321", "302-7654321-1234567"
LINE = OrderLine(
    ORDER, "L-1", "B0EXAMPLE1", "Lamp", 2, "Shipped", "Amazon", "Amazon.de", datetime(2026, 5, 3, tzinfo=UTC)
)
PARCEL = Shipment(
    ORDER, "1Z999AA10123456784", "UPS", "in_transit", "L-1", date(2026, 5, 4), date(2026, 5, 9), None
)


def test_what_was_stored_is_known_again(ledger: Ledger) -> None:
    """Each value as it was, on both databases; other orders are left out."""
    other = replace(LINE, order_id=OTHER)
    ledger.orders.store([LINE, other], [PARCEL], NOW)
    assert ledger.orders.known([ORDER, "999-0000000-0000000", ""]) == {ORDER: OrderFacts((LINE,), (PARCEL,))}
    assert ledger.orders.known([]) == {}


def test_the_same_import_twice_changes_nothing(ledger: Ledger) -> None:
    """Rows are recognised by order and item, parcels by their number."""
    ledger.orders.store([LINE, LINE], [PARCEL], NOW)
    before = snapshot(ledger)
    ledger.orders.store([LINE], [PARCEL, PARCEL], NOW)
    assert snapshot(ledger) == before


def test_what_a_later_file_leaves_empty_is_kept(ledger: Ledger) -> None:
    """Amazon's order report names no ASIN, and a second shipment file only the delivery."""
    ledger.orders.store([LINE], [PARCEL], NOW)
    bare = OrderLine(ORDER, "L-1", product="Lamp, black")
    arrived = Shipment(
        ORDER, PARCEL.tracking_number, status="delivered", sku="L-1", delivered_on=date(2026, 5, 8)
    )
    ledger.orders.store([bare], [arrived], NOW + timedelta(days=1))
    assert ledger.orders.known([ORDER])[ORDER] == OrderFacts(
        (replace(LINE, product="Lamp, black"),),
        (replace(PARCEL, status="delivered", delivered_on=date(2026, 5, 8)),),
    )


def test_the_newest_import_stands_first(ledger: Ledger) -> None:
    """Of two rows about one parcel the fresher one is believed."""
    fresh = replace(PARCEL, sku="", status="delivered")
    ledger.orders.store([], [PARCEL], NOW)
    ledger.orders.store([], [fresh], NOW + timedelta(hours=1))
    assert ledger.orders.known([ORDER])[ORDER].shipments == (fresh, PARCEL)


def test_a_batch_is_looked_up_in_two_statements(ledger: Ledger) -> None:
    """However many orders a backlog has."""
    import sqlalchemy as sa  # noqa: PLC0415  counts statements in this test alone

    lines = [replace(LINE, order_id=f"302-1234567-{number:07d}") for number in range(1_000)]
    ledger.orders.store(lines, [], NOW)
    asked: list[str] = []
    sa.event.listen(ledger.engine, "before_cursor_execute", lambda *values: asked.append(values[2]))
    assert len(ledger.orders.known([line.order_id for line in lines])) == 1_000
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2
