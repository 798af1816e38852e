"""The ledger's tables of what the seller's own files tell of orders: their lines and their parcels.

Promises: no buyer's name, address or phone number has a column. An order's line is known by its SKU, or by
its ASIN where a file names no SKU; a parcel by its number and what lies in it.

Errors: none.
"""

from sqlalchemy import Column, Date, Integer, String, Table

from daemon.desk.order import LONGEST_SKU, LONGEST_TRACKING
from daemon.ports.ledger.columns import Instant, Words
from daemon.ports.ledger.schema import metadata

order_line = Table(
    "order_line",
    metadata,
    Column("order_id", String(24), primary_key=True),
    Column("item", String(LONGEST_SKU), primary_key=True),
    Column("sku", String(LONGEST_SKU), nullable=False),
    Column("asin", String(16), nullable=False),
    Column("product", Words, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("status", Words, nullable=False),
    Column("fulfilled_by", String(16), nullable=False),
    Column("marketplace", Words, nullable=False),
    Column("purchased_at", Instant),
    Column("imported_at", Instant, nullable=False),
)

parcel = Table(
    "parcel",
    metadata,
    Column("order_id", String(24), primary_key=True),
    Column("tracking_number", String(LONGEST_TRACKING), primary_key=True),
    Column("sku", String(LONGEST_SKU), primary_key=True),
    Column("carrier", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("shipped_on", Date),
    Column("expected_on", Date),
    Column("delivered_on", Date),
    Column("imported_at", Instant, nullable=False),
)
