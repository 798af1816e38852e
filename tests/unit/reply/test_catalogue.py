"""The product catalogue: good rows are found, bad ones listed with their line."""

from pathlib import Path

import pytest

from daemon.reply.catalogue import COLUMNS, Catalogue, read_catalogue
from daemon.shipped import shipped

HEADER = ",".join(COLUMNS) + "\n"


def read(folder: Path, rows: str, manuals: Path | None = None) -> tuple[Catalogue, list[tuple[int, str]]]:
    """The catalogue of these rows, and (line, text) of each problem."""
    file = folder / "catalogue.csv"
    file.write_text(HEADER + rows, encoding="utf-8")
    catalogue, problems = read_catalogue(file, manuals)
    return catalogue, [(problem.line, problem.text) for problem in problems]


def test_the_shipped_example_is_in_order() -> None:
    """The example file reads without a problem."""
    catalogue, problems = read_catalogue(shipped("config") / "catalogue.example.csv")
    assert problems == []
    german = catalogue.find("B0EXAMPLE1", "de")
    assert german is not None
    assert (german.name, german.manual) == ("Schreibtischlampe Lumio", "lumio-anleitung-de.pdf")
    assert german.spare_parts == "Netzteil, Lampenarm, Fußplatte"


def test_languages_and_their_fallback(tmp_path: Path) -> None:
    """A row of the language counts, else the one for all languages, else none."""
    rows = "B0EXAMPLE1,de,Lampe,,,\nB0EXAMPLE1,,Lamp,,,\nB0EXAMPLE2,fr,Chargeur,,,\n"
    catalogue, problems = read(tmp_path, rows)
    found = [catalogue.find("B0EXAMPLE1", language) for language in ("de", "fr")]
    assert [product.name for product in found if product] == ["Lampe", "Lamp"]
    assert catalogue.find("B0EXAMPLE2", "en") is None
    assert catalogue.knows("B0EXAMPLE2")
    assert not catalogue.knows("B0EXAMPLE3")
    assert problems == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("B0123,en,Lamp,,,", "'B0123' is no ASIN"),
        ("b0example1,en,Lamp,,,", "is no ASIN"),
        ("B0EXAMPLE1,en,,,,", "The name is missing"),
        ("B0EXAMPLE1,german,Lamp,,,", "'german' is no language code"),
        ("B0EXAMPLE1,en,Lamp,,2 years,adapter, arm", "more fields than columns"),
        ('B0EXAMPLE1,en,"Lamp,,,', "no CSV"),
        (f"B0EXAMPLE1,en,{'x' * 401},,,", "longer than 400"),
    ],
)
def test_a_bad_row_is_listed_and_skipped(tmp_path: Path, row: str, said: str) -> None:
    """The rows around a bad one are read, and the bad one is named with its line."""
    catalogue, problems = read(tmp_path, f"B0EXAMPLE8,en,One,,,\n{row}\n\nB0EXAMPLE9,en,Two,,,\n")
    assert len(catalogue.products) == 2
    assert [line for line, _ in problems] == [3]
    assert said in problems[0][1]


def test_a_second_row_for_the_same_product(tmp_path: Path) -> None:
    """The first row stays, the second is listed."""
    catalogue, problems = read(tmp_path, "B0EXAMPLE1,en,One,,,\nB0EXAMPLE1,en,Two,,,\n")
    product = catalogue.find("B0EXAMPLE1", "en")
    assert product is not None
    assert product.name == "One"
    assert problems == [(3, "This product and language have a row already")]


@pytest.mark.parametrize(
    ("manual", "said"),
    [
        ("../secret.pdf", "a character that no file name needs"),
        (".hidden.pdf", "hidden"),
        ("setup.exe", "no file type"),
        ("b.pdf", "does not lie in"),
        ("huge.pdf", "larger than 2 MB"),
    ],
)
def test_a_manual_that_cannot_be_sent_is_left_out_of_its_row(tmp_path: Path, manual: str, said: str) -> None:
    """It is told before a draft promises it, and the rest of the row is used."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with (tmp_path / "huge.pdf").open("wb") as huge:
        huge.truncate(2_000_001)
    catalogue, problems = read(tmp_path, f"B0EXAMPLE1,,One,a.pdf,,\nB0EXAMPLE2,,Two,{manual},,\n", tmp_path)
    assert [product.manual for product in catalogue.products.values()] == ["a.pdf", ""]
    assert [line for line, _ in problems] == [3]
    assert said in problems[0][1]


@pytest.mark.parametrize("text", ["", "sku,name\n", "asin;name\n", "asin,name,colour\n"])
def test_a_wrong_header(tmp_path: Path, text: str) -> None:
    """A file with other columns is not read at all."""
    file = tmp_path / "c.csv"
    file.write_text(text)
    catalogue, problems = read_catalogue(file)
    assert catalogue.products == {}
    assert [(problem.line, problem.slug) for problem in problems] == [(1, "header")]


def test_unreadable_files(tmp_path: Path) -> None:
    """An absent file and one in another encoding are problems, not crashes."""
    file = tmp_path / "c.csv"
    assert [problem.slug for problem in read_catalogue(file)[1]] == ["unreadable"]
    file.write_bytes(HEADER.encode() + "B0EXAMPLE1,de,Stehlampe groß,,,".encode("latin-1"))
    assert [problem.slug for problem in read_catalogue(file)[1]] == ["unreadable"]


def test_columns_in_any_order_and_windows_lines(tmp_path: Path) -> None:
    """A spreadsheet's own order, byte order mark and line ends are fine."""
    file = tmp_path / "c.csv"
    file.write_bytes("\ufeffName,ASIN\r\nLamp,B0EXAMPLE1\r\n".encode())
    catalogue, problems = read_catalogue(file)
    product = catalogue.find("B0EXAMPLE1", "en")
    assert problems == []
    assert product is not None
    assert product.name == "Lamp"
