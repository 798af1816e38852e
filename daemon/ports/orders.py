"""The seller's order reports and shipment files: read into values, bad rows listed and skipped.

Promises: pure reading, no database. Amazon's all-orders report (`amazon-order-id` …), its order report
(`order-id` … `quantity-purchased`), its report of fulfilled shipments and any shipment table with the usual
columns are told apart by their header; separator (tab, semicolon, comma) and encoding (UTF-8, UTF-16 with
BOM, Shift_JIS, Windows-1252) by their content. One physical line is one row, so a stray quote spoils one
row only. A row that repeats an earlier one's key replaces it: reading a file twice changes nothing.
Names, addresses and phone numbers in a file are not read.

Errors: `ConfigurationError` for a file that cannot be read or has no usable header; it names the remedy.
"""

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from daemon.desk.order import ASIN, LONGEST_SKU, LONGEST_TRACKING, ORDER_ID, OrderLine, Shipment
from daemon.errors import ConfigurationError

LARGEST = 256 * 1024 * 1024
_LONGEST_FIELD = 2_000
_LONGEST_HEADER = 20_000
_MOST = 99_999

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "order_id": ("amazon-order-id", "order-id"),
    "sku": ("sku", "merchant-sku", "seller-sku"),
    "asin": ("asin",),
    "product": ("product-name", "item-name"),
    "quantity": ("quantity", "quantity-purchased", "quantity-shipped"),
    "status": ("item-status", "order-status"),
    "fulfilled_by": ("fulfillment-channel",),
    "marketplace": ("sales-channel",),
    "purchased_at": ("purchase-date",),
    "tracking_number": ("tracking-number", "tracking-id"),
    "carrier": ("carrier", "carrier-name", "carrier-code"),
    "parcel_status": ("tracking-status", "shipment-status", "delivery-status", "status"),
    "shipped_on": ("ship-date", "shipment-date", "shipped-date"),
    "expected_on": (
        "estimated-arrival-date",
        "estimated-delivery-date",
        "expected-date",
        "delivery-promise-date",
    ),
    "delivered_on": ("delivered-date", "delivery-date"),
}
"""What each value may be called; the first name found in the header counts."""

_KANA = re.compile("[\u3041-\u30fa]")
_FULFILLED = {"amazon": "Amazon", "afn": "Amazon", "merchant": "seller", "mfn": "seller", "seller": "seller"}
_DAYS = ("%Y/%m/%d", "%d.%m.%Y", "%Y%m%d")
"""Beside ISO 8601; `05/12/2026` can be two days and is refused."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was skipped; `line` counts from 1, the header included."""

    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds; `ignored` counts continuation rows and orders of other sales channels."""

    lines: tuple[OrderLine, ...]
    shipments: tuple[Shipment, ...]
    bad: tuple[BadRow, ...]
    ignored: int


class _BadValueError(ValueError):
    """A row cannot be used; the sentence says why."""


def read_orders(path: Path) -> Imported:
    """All order lines and parcels of one file."""
    text = _decode(_read(path), path)
    # not splitlines(): it also breaks at characters that occur inside product names
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    header, start = _header(rows, path)
    split = _splitter(rows[start])
    lines: dict[tuple[str, str], OrderLine] = {}
    parcels: dict[tuple[str, str, str], Shipment] = {}
    bad: list[BadRow] = []
    ignored = 0
    for number, row in enumerate(rows[start + 1 :], start + 2):
        if not row.strip():
            continue
        try:
            line, parcel = _row(header, split(row))
        except (_BadValueError, csv.Error) as error:
            bad.append(BadRow(number, str(error)))
            continue
        if line is not None:
            lines[line.key] = line
        if parcel is not None:
            parcels[parcel.key] = parcel
        ignored += line is None and parcel is None
    return Imported(tuple(lines.values()), tuple(parcels.values()), tuple(bad), ignored)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigurationError(
                f"the file is larger than {LARGEST >> 20} MB", where=str(path), remedy="Split it by date"
            )
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the file cannot be read: {error.strerror}", where=str(path), remedy="Check its name and rights"
        ) from error


def _decode(raw: bytes, path: Path) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp932", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Western text is valid Shift_JIS at times, but never yields kana
        if encoding != "cp932" or _KANA.search(text):
            return text
    raise ConfigurationError("the file is no text", where=str(path), remedy="Save it as UTF-8")


def _splitter(row: str) -> Callable[[str], list[str]]:
    if "\t" in row:
        # Amazon's reports quote nothing, so a quote is part of a product's name
        return lambda line: line.split("\t")
    delimiter = ";" if row.count(";") > row.count(",") else ","
    return lambda line: next(csv.reader([line], delimiter=delimiter))


def _header(rows: list[str], path: Path) -> tuple[dict[str, int], int]:
    """Where each value stands, and on which line (from 0) the header is."""
    start = next((index for index, row in enumerate(rows) if row.strip()), None)
    found: dict[str, int] = {}
    if start is not None and len(rows[start]) <= _LONGEST_HEADER:
        names = [
            name.strip().strip('"').lower().replace("_", "-").replace(" ", "-")
            for name in _splitter(rows[start])(rows[start])
        ]
        places = {name: index for index, name in reversed(list(enumerate(names)))}
        for value, columns in _COLUMNS.items():
            known = [places[column] for column in columns if column in places]
            if known:
                found[value] = known[0]
    if start is None or "order_id" not in found or not found.keys() & {"tracking_number", "sku", "asin"}:
        raise ConfigurationError(
            "the header has no order id beside a SKU, an ASIN or a tracking number",
            where=f"{path}, line {1 if start is None else start + 1}",
            remedy="Download the report again, or name the columns order-id, carrier, tracking-number",
        )
    return found, start


def _row(header: dict[str, int], cells: list[str]) -> tuple[OrderLine | None, Shipment | None]:
    """The values of one row; neither of them when it is none of ours."""

    def cell(name: str) -> str:
        place = header.get(name)
        return "" if place is None or place >= len(cells) else cells[place].strip()

    if any(len(part) > _LONGEST_FIELD for part in cells):
        raise _BadValueError(f"a field has more than {_LONGEST_FIELD} characters")
    if any("\x00" in part for part in cells):
        raise _BadValueError("a field holds a NUL character")
    if len(cell("sku")) > LONGEST_SKU:
        raise _BadValueError(f"the SKU has more than {LONGEST_SKU} characters")
    order_id = cell("order_id")
    if not ORDER_ID.fullmatch(order_id):
        # S01-… are orders of other shops that Amazon ships; a continuation row may lack the id
        if order_id.startswith("S0") or not any(
            cell(name) for name in ("order_id", "sku", "tracking_number")
        ):
            return None, None
        raise _BadValueError(f"'{order_id[:40]}' is no order id")
    return _line(order_id, cell), _parcel(order_id, cell)


def _line(order_id: str, cell: Callable[[str], str]) -> OrderLine | None:
    if not (cell("product") or cell("asin")):
        return None
    asin = cell("asin").upper()
    if asin and not ASIN.fullmatch(asin):
        raise _BadValueError(f"'{asin[:40]}' is no ASIN")
    channel = cell("fulfilled_by").lower()
    return OrderLine(
        order_id=order_id,
        sku=cell("sku"),
        asin=asin,
        product=cell("product"),
        quantity=_quantity(cell("quantity")),
        status=cell("status"),
        fulfilled_by=next((who for word, who in _FULFILLED.items() if channel.startswith(word)), ""),
        marketplace=cell("marketplace"),
        purchased_at=_moment(cell("purchased_at")),
    )


def _parcel(order_id: str, cell: Callable[[str], str]) -> Shipment | None:
    number = "".join(cell("tracking_number").split())
    if not number:
        return None
    if not (number.isascii() and number.replace("-", "").isalnum()) or len(number) > LONGEST_TRACKING:
        raise _BadValueError(f"'{number[:40]}' is no tracking number")
    return Shipment(
        order_id=order_id,
        tracking_number=number,
        carrier=cell("carrier"),
        status=cell("parcel_status"),
        sku=cell("sku"),
        shipped_on=_day(cell("shipped_on")),
        expected_on=_day(cell("expected_on")),
        delivered_on=_day(cell("delivered_on")),
    )


def _quantity(text: str) -> int:
    """Amazon leaves the quantity of cancelled items blank."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_MOST))):
        raise _BadValueError(f"'{text[:40]}' is no quantity")
    return int(text)


@lru_cache(maxsize=4096)
def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        day = _day(text)
        return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise _BadValueError(f"'{text[:40]}' is no date: write it as 2026-05-12")
