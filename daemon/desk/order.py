"""What the seller's own files know of an order: its lines and its parcels.

Promises: frozen values without a buyer's name, address or phone: none of them is needed for an answer, and
Amazon wants them deleted. `ports.orders` reads them from files; the ledger keeps them.

Errors: none.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)
ASIN = re.compile(r"[A-Z0-9]{10}")
LONGEST_SKU = 100
"""Amazon allows 40 characters."""
LONGEST_TRACKING = 64


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One item of an order; an order with two products has two lines."""

    order_id: str
    sku: str = ""
    asin: str = ""
    product: str = ""
    quantity: int = 0
    status: str = ""
    fulfilled_by: str = ""
    """`Amazon`, `seller`, or empty when the file does not say."""
    marketplace: str = ""
    """Amazon's site as the report names it, such as `Amazon.de`."""
    purchased_at: datetime | None = None
    """With its time zone."""

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same line in a later import; Amazon's order report names no ASIN."""
        return self.order_id, self.sku or self.asin


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel of an order; `sku` is empty when the file does not say what lies in it."""

    order_id: str
    tracking_number: str
    carrier: str = ""
    status: str = ""
    sku: str = ""
    shipped_on: date | None = None
    expected_on: date | None = None
    delivered_on: date | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same parcel in a later import."""
        return self.order_id, self.tracking_number, self.sku


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What is known of one order; the newest import stands first."""

    lines: tuple[OrderLine, ...] = ()
    shipments: tuple[Shipment, ...] = ()
