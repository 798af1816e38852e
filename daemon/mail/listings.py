"""The product table in the HTML of a buyer message: `# | ASIN | name`, columns found by their header.

Only HTML-only mail needs it, since the plain part names products in lines of its own. What `#` counts is not
documented, so no quantity is taken from it. Nothing here raises.
"""

import re
from collections.abc import Sequence

from daemon.mail.markup import tables, tree

_ASIN = re.compile(r"[A-Z0-9]{10}")
_TITLE = 400


def listed_products(markup: str) -> tuple[tuple[str, str], ...]:
    """Title and ASIN of each row of the first table that has a column for ASINs."""
    root = tree(markup)
    for table in tables(root) if root is not None else ():
        for index, cells in enumerate(table):
            head = [cell.strip().casefold() for cell in cells]
            if "asin" in head:
                return _rows(table[index + 1 :], head.index("asin"))
    return ()


def _rows(rows: Sequence[Sequence[str]], column: int) -> tuple[tuple[str, str], ...]:
    found = (
        (
            max((cell for each, cell in enumerate(row) if each != column), key=len, default="")[:_TITLE],
            row[column],
        )
        for row in rows
        if len(row) > column and _ASIN.fullmatch(row[column])
    )
    return tuple(dict.fromkeys(found))
