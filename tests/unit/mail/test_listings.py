"""The product table of HTML-only buyer messages."""

import pytest

from daemon.mail.listings import listed_products


def table(*rows: tuple[str, ...]) -> str:
    """An HTML table."""
    return (
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        + "</table>"
    )


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_columns_in_any_order(order: tuple[int, ...]) -> None:
    """The title is the longest cell beside the ASIN, wherever it stands."""
    head, row = ("#", "ASIN", "name"), ("1", "<a href='/dp/B0ABCDEFGH'>B0ABCDEFGH</a>", "Desk lamp, blue")
    moved = table(tuple(head[each] for each in order), tuple(row[each] for each in order))
    assert listed_products(moved) == (("Desk lamp, blue", "B0ABCDEFGH"),)


def test_two_products() -> None:
    """Each row once, in order; rows without an ASIN are none."""
    rows = (
        ("1", "B0ABCDEFGH", "Lamp"),
        ("2", "B0BBBBBBBB", "Bulb"),
        ("", "none", "Total"),
        ("1", "B0ABCDEFGH", "Lamp"),
    )
    assert listed_products(table(("#", "ASIN", "name"), *rows)) == (
        ("Lamp", "B0ABCDEFGH"),
        ("Bulb", "B0BBBBBBBB"),
    )


@pytest.mark.parametrize(
    "markup", ["", "<p>x</p>", table(("a", "b"), ("c", "d")), table(("ASIN",)), "<table><tr><td>"]
)
def test_no_products(markup: str) -> None:
    """Other tables name none."""
    assert listed_products(markup) == ()
