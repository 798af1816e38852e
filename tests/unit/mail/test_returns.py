"""Return tables: columns by header, whatever their order and language."""

import pytest

from daemon.mail.kinds import ReturnRow
from daemon.mail.returns import authorised_by_amazon, return_rows

HEADERS = {
    "en": ("Order Item", "ASIN", "SKU", "Return Quantity", "Return Reason", "Customer's Comment"),
    "it": ("Articolo", "ASIN", "SKU", "Quantità", "Motivo", "Commento"),
    "de": ("Artikel", "ASIN", "SKU", "Menge", "Grund", "Kommentar"),
    "fr": ("Article", "ASIN", "SKU", "Quantité", "Motif", "Commentaire"),
    "es": ("Artículo", "ASIN", "SKU", "Cantidad", "Motivo", "Comentario"),
    "ja": ("商品", "ASIN", "SKU", "数量", "理由", "コメント"),
}
CELLS = ("Lamp", "B0ABCDEFGH", "LAMP-1", "2", "Defective", "It is dark.")
ROW = ReturnRow("Lamp", "B0ABCDEFGH", "LAMP-1", 2, "Defective", "It is dark.")


def table(headers: tuple[str, ...], cells: tuple[str, ...], tag: str = "th") -> str:
    """A table of one row."""
    head = "".join(f"<{tag}>{each}</{tag}>" for each in headers)
    return f"<table><tr>{head}</tr><tr>{''.join(f'<td>{each}</td>' for each in cells)}</tr></table>"


@pytest.mark.parametrize("language", HEADERS)
@pytest.mark.parametrize("shift", range(6))
def test_columns_in_any_order(language: str, shift: int) -> None:
    """A column is what its header says, not where it stands."""
    headers = HEADERS[language]
    moved = table(headers[shift:] + headers[:shift], CELLS[shift:] + CELLS[:shift])
    assert return_rows("", moved) == (ROW,)


def test_table_inside_of_a_layout() -> None:
    """Only innermost tables are read, and a title row above the header does no harm."""
    inner = table(HEADERS["en"], CELLS, "td").replace("<table>", "<table><tr><td>Your returns</td></tr>")
    assert return_rows("", f"<table><tr><td>Logo</td><td>{inner}</td></tr></table>") == (ROW,)


def test_labelled_lines() -> None:
    """A mail without a table has a label and a value on each line."""
    text = "\n".join(f"{label}: {value}" for label, value in zip(HEADERS["en"], CELLS, strict=True))
    assert return_rows(text, "") == (ROW,)


def test_tracking_and_carrier_columns() -> None:
    """Sometimes there are a carrier and a tracking number."""
    rows = return_rows(
        "", table(("ASIN", "Reason", "Carrier", "Tracking"), ("B0ABCDEFGH", "x", "UPS", "1Z9"))
    )
    assert (rows[0].carrier, rows[0].tracking_number) == ("UPS", "1Z9")


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "no html",
        table(("Item", "Reason", "Amount"), ("Lamp", "Return", "5")),
        table(("a", "b"), ("c", "d")),
        "<table><tr></tr></table>",
        "<table",
    ],
)
def test_other_tables_are_no_returns(markup: str) -> None:
    """A table counts only with a column for the ASIN and one for the reason."""
    assert return_rows("", markup) == ()


@pytest.mark.parametrize(
    ("text", "authorised"),
    [
        ("Autorizzazione: Autorizzato automaticamente da Amazon", True),
        ("This return was automatically authorized.", True),
        ("The return was authorised by Amazon.", True),
        ("Please authorise this return.", False),
        ("", False),
    ],
)
def test_who_authorised_the_return(text: str, authorised: bool) -> None:
    """A return that Amazon authorised needs no answer; any other does."""
    assert authorised_by_amazon(text) is authorised


def test_odd_values() -> None:
    """A quantity without a number and an ASIN of the wrong shape are left empty."""
    rows = return_rows("", table(("ASIN", "Reason", "Qty"), ("none", "x", "all")))
    assert (rows[0].asin, rows[0].quantity) == ("", None)
