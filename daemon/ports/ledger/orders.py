"""Orders in the ledger: what the seller's own files told of them, by order id.

Promises: storing the same lines and parcels again changes nothing but the time of the import. What a later
file leaves empty keeps what an earlier one said. A look-up is two statements, however many orders are asked.

Errors: those of `store.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine

from daemon.desk.order import OrderFacts, OrderLine, Shipment
from daemon.ports.ledger.schema_orders import order_line, parcel
from daemon.ports.ledger.store import reading, writing

_TEXTS = frozenset({"sku", "asin", "product", "status", "fulfilled_by", "marketplace", "carrier"})
"""Columns that say "unknown" by an empty text; a quantity says it by 0, all others by NULL."""


class OrderBook:
    """What `import orders` writes and drafting reads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def store(self, lines: Iterable[OrderLine], shipments: Iterable[Shipment], now: datetime) -> None:
        """Keep order lines and parcels, new ones and those known already."""
        rows = [_line_values(line, now) for line in lines]
        parcels = [_parcel_values(shipment, now) for shipment in shipments]
        with writing(self._engine) as connection:
            for table, values in ((order_line, rows), (parcel, parcels)):
                if values:
                    connection.execute(_upsert(table, self._engine.dialect.name), values)

    def known(self, order_ids: Collection[str]) -> Mapping[str, OrderFacts]:
        """What is known of these orders; an order that no file named is absent."""
        wanted = sorted(set(order_ids) - {""})
        if not wanted:
            return {}
        lines: dict[str, list[OrderLine]] = defaultdict(list)
        shipments: dict[str, list[Shipment]] = defaultdict(list)
        with reading(self._engine) as connection:
            for row in connection.execute(_of(order_line, wanted)):
                lines[row.order_id].append(_line_of(row))
            for row in connection.execute(_of(parcel, wanted)):
                shipments[row.order_id].append(_shipment_of(row))
        return {
            order: OrderFacts(tuple(lines.get(order, ())), tuple(shipments.get(order, ())))
            for order in lines.keys() | shipments.keys()
        }


def _of(table: sa.Table, order_ids: list[str]) -> sa.Select[Any]:
    return (
        sa.select(table)
        .where(table.c.order_id.in_(order_ids))
        .order_by(table.c.imported_at.desc(), *table.primary_key)
    )


def _upsert(table: sa.Table, dialect: str) -> sa.Insert:
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    keys = [column.name for column in table.primary_key]
    changes = {
        column.name: sa.func.coalesce(_told(insert.excluded[column.name]), column)
        for column in table.columns
        if column.name not in keys
    }
    return insert.on_conflict_do_update(index_elements=keys, set_=changes)


def _told(value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """NULL for a value that says "unknown"."""
    if value.name in _TEXTS:
        return sa.func.nullif(value, "")
    return sa.func.nullif(value, 0) if value.name == "quantity" else value


def _line_values(line: OrderLine, now: datetime) -> dict[str, Any]:
    order_id, item = line.key
    return {
        "order_id": order_id,
        "item": item,
        "sku": line.sku,
        "asin": line.asin,
        "product": line.product,
        "quantity": line.quantity,
        "status": line.status,
        "fulfilled_by": line.fulfilled_by,
        "marketplace": line.marketplace,
        "purchased_at": line.purchased_at,
        "imported_at": now,
    }


def _line_of(row: Any) -> OrderLine:  # noqa: ANN401  a row of the table
    return OrderLine(
        order_id=row.order_id,
        sku=row.sku,
        asin=row.asin,
        product=row.product,
        quantity=row.quantity,
        status=row.status,
        fulfilled_by=row.fulfilled_by,
        marketplace=row.marketplace,
        purchased_at=row.purchased_at,
    )


def _parcel_values(shipment: Shipment, now: datetime) -> dict[str, Any]:
    return {
        "order_id": shipment.order_id,
        "tracking_number": shipment.tracking_number,
        "sku": shipment.sku,
        "carrier": shipment.carrier,
        "status": shipment.status,
        "shipped_on": shipment.shipped_on,
        "expected_on": shipment.expected_on,
        "delivered_on": shipment.delivered_on,
        "imported_at": now,
    }


def _shipment_of(row: Any) -> Shipment:  # noqa: ANN401  a row of the table
    return Shipment(
        order_id=row.order_id,
        tracking_number=row.tracking_number,
        carrier=row.carrier,
        status=row.status,
        sku=row.sku,
        shipped_on=row.shipped_on,
        expected_on=row.expected_on,
        delivered_on=row.delivered_on,
    )
