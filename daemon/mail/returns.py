"""The table of a return request: columns found by what their header says, never by position.

Amazon writes the table with different columns per site, and some mails hold labels line by line instead.
"""

import re
from collections.abc import Mapping, Sequence

from daemon.mail.kinds import ReturnRow
from daemon.mail.markup import tables, tree
from daemon.mail.subjects import fold

_ROWS = 50
_CELL = 500
# field → words of its header, folded; longer ones first where one holds another
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "comment": (
        "customer's comment", "customer comment", "comment", "commento", "kundenkommentar", "kommentar",
        "commentaire", "comentario", "comentário", "コメント",
    ),
    "reason": ("return reason", "reason", "motivo", "grund", "ruckgabegrund", "motif", "raison", "理由"),
    "quantity": (
        "return quantity", "quantity", "qty", "quantita", "menge", "anzahl", "quantite", "cantidad",
        "quantidade", "数量",
    ),
    "tracking_number": (
        "tracking number", "tracking", "tracciamento", "sendungsnummer", "suivi", "seguimiento", "rastreio",
        "追跡番号",
    ),
    "carrier": ("return carrier", "carrier", "corriere", "versanddienst", "transporteur", "transportista"),
    "asin": ("asin",),
    "sku": ("sku",),
    "item": ("order item", "item", "articolo", "prodotto", "artikel", "article", "articulo", "producto",
             "produto",              "product", "商品"),
}  # fmt: skip
_LABEL = re.compile(r"^\s*(?P<label>[^\n:：]{2,40}?)\s*[:：][ ]*(?P<value>[^\n]{1,500})$", re.MULTILINE)


_BY_AMAZON = re.compile(
    r"autorizzato automaticamente|automatically authori[sz]ed|authori[sz]ed (?:automatically )?by amazon"
    r"|automatisch genehmigt|autorise automatiquement|autorizad[oa] automaticamente"  # unverified
)


def authorised_by_amazon(text: str) -> bool:
    """Whether the notice says that Amazon authorised the return: then it needs no answer of ours."""
    return _BY_AMAZON.search(fold(text)) is not None


def return_rows(text: str, markup: str) -> tuple[ReturnRow, ...]:
    """Items of a return request: from the HTML tables, else from labelled lines of the text."""
    found: list[ReturnRow] = []
    root = tree(markup)
    for table in tables(root) if root is not None else ():
        found.extend(_rows_of(table))
    return tuple(found[:_ROWS]) or _labelled(text)


def _rows_of(table: Sequence[Sequence[str]]) -> list[ReturnRow]:
    for index, cells in enumerate(table):
        columns = {column: field for column, cell in enumerate(cells) if (field := _field_of(cell))}
        if "reason" in columns.values() and columns.keys() - {0} and "asin" in columns.values():
            return [_row(columns, row) for row in table[index + 1 :] if len(row) >= len(columns)]
    return []


def _field_of(header: str) -> str | None:
    folded = fold(header.strip(" :#"))
    if not 1 < len(folded) <= len("customer's comments (optional)"):
        return None
    return next((field for field, words in _HEADERS.items() if any(word in folded for word in words)), None)


def _row(columns: Mapping[int, str], cells: Sequence[str]) -> ReturnRow:
    return _make({field: cells[column] for column, field in columns.items() if column < len(cells)})


def _make(values: Mapping[str, str]) -> ReturnRow:
    cut = {field: value.strip()[:_CELL] for field, value in values.items()}
    number = re.search(r"\d{1,4}", cut.pop("quantity", ""), re.ASCII)
    asin = cut.pop("asin", "").upper()
    valid = re.fullmatch(r"[A-Z0-9]{10}", asin) is not None
    return ReturnRow(asin=asin if valid else "", quantity=int(number[0]) if number else None, **cut)


def _labelled(text: str) -> tuple[ReturnRow, ...]:
    values: dict[str, str] = {}
    for match in _LABEL.finditer(text):
        field = _field_of(match["label"])
        if field is not None:
            values.setdefault(field, match["value"])
    return (_make(values),) if {"reason", "asin"} <= values.keys() else ()
