"""The product catalogue: what the seller knows of each product, by ASIN and language.

Promises: a table (CSV, UTF-8) with the columns of `config/catalogue.example.csv`; bad rows are listed and
skipped, and a manual that cannot be sent is left out of its row. A row without a language holds for every
language that has no row of its own.

Errors: none are raised; an unreadable file is a problem in the list.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from daemon.desk.order import ASIN
from daemon.reply.attachments import unusable
from daemon.reply.problems import Problem

COLUMNS = ("asin", "language", "name", "manual", "warranty", "spare_parts")
_LARGEST = 32 * 1024 * 1024
_LONGEST = 400
_NO_MANUAL = "Put the file there, or empty the cell: until then the product has no manual"
_NEW = "Write one row for each product: " + ",".join(COLUMNS)


@dataclass(frozen=True, slots=True)
class Product:
    """One row."""

    asin: str
    language: str
    name: str
    manual: str = ""
    warranty: str = ""
    spare_parts: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All products, by (ASIN, language)."""

    products: Mapping[tuple[str, str], Product] = field(default_factory=dict)

    def find(self, asin: str, language: str) -> Product | None:
        """The row for this language, else the one without a language."""
        return self.products.get((asin, language)) or self.products.get((asin, ""))

    def knows(self, asin: str) -> bool:
        """Is there any row for this product?"""
        return any(known == asin for known, _ in self.products)


def read_catalogue(path: Path, manuals: Path | None = None) -> tuple[Catalogue, list[Problem]]:
    """The catalogue and what is wrong with it; `manuals` is the folder where the manuals must lie."""
    try:
        if path.stat().st_size > _LARGEST:
            return Catalogue(), [
                Problem(str(path), 0, "too_big", "The file is larger than 32 MB", "Split it")
            ]
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return Catalogue(), [
            Problem(str(path), 0, "unreadable", f"It cannot be read: {error}", "Save it as UTF-8")
        ]
    rows = text.split("\n")
    names = [name.strip().lower() for name in rows[0].strip().split(",")]
    if "asin" not in names or "name" not in names or set(names) - set(COLUMNS):
        return Catalogue(), [
            Problem(str(path), 1, "header", "The first line does not name the columns", _NEW)
        ]
    products: dict[tuple[str, str], Product] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows[1:], 2):
        if not row.strip():
            continue
        product, complaint = _row(names, row)
        if product is not None and (product.asin, product.language) in products:
            complaint = "This product and language have a row already"
        if complaint:
            problems.append(Problem(str(path), number, "bad_row", complaint, _NEW))
        elif product is not None:
            said = unusable(manuals, product.manual) if product.manual else ""
            if said:
                problems.append(Problem(str(path), number, "manual", said, _NO_MANUAL))
            products[product.asin, product.language] = replace(product, manual="") if said else product
    return Catalogue(products), problems


def _row(names: list[str], row: str) -> tuple[Product | None, str]:
    """A product, or why the row is none."""
    try:
        cells = next(csv.reader([row.rstrip("\r")], strict=True))
    except csv.Error as error:
        return None, f"The row is no CSV: {error}"
    if len(cells) > len(names):
        return None, 'It has more fields than columns; quote a field that has a comma, as in "5 V, 2 A"'
    values = {name: " ".join(cell.split()) for name, cell in zip(names, cells, strict=False)}
    product = Product(**{name: values.get(name, "") for name in COLUMNS})
    return product, _complaint(product)


def _complaint(product: Product) -> str:
    if not ASIN.fullmatch(product.asin):
        return f"'{product.asin[:40]}' is no ASIN (ten capitals and digits)"
    if not product.name:
        return "The name is missing"
    if product.language and not (len(product.language) == 2 and product.language.islower()):  # noqa: PLR2004  ISO 639-1
        return f"'{product.language[:40]}' is no language code such as en or de"
    if max(len(product.name), len(product.warranty), len(product.spare_parts)) > _LONGEST:
        return f"A field is longer than {_LONGEST} characters"
    return ""
