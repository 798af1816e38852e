"""The report as text, as CSV and as one HTML page."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from rich.console import Console

from daemon.reporting.page import as_html
from daemon.reporting.table import as_csv, safe
from daemon.reporting.text import show
from daemon.reporting.words import percent, spoken
from tests.unit.reporting.tallies import NOTHING, WHEN, report


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0.0, "0.0 s"),
        (59.0, "59.0 s"),
        (90.0, "1.5 min"),
        (5400.0, "1.5 h"),
        (129600.0, "1.5 d"),
        (-90.0, "-1.5 min"),
    ],
)
def test_durations_are_spoken_as_people_do(seconds: float | None, words: str) -> None:
    """A clock jump shows as the negative time it is."""
    assert spoken(seconds) == words


@pytest.mark.parametrize(
    ("share", "words"), [(1.0, "100 %"), (0.9999, "99.9 %"), (0.57, "57.0 %"), (0, "0.0 %")]
)
def test_shares_are_rounded_down(share: float, words: str) -> None:
    """One late answer in ten thousand is not 100 %."""
    assert percent(share) == words


def test_the_report_reads_as_text() -> None:
    """Sentences, tables, the drafts."""
    out = io.StringIO()
    show(report(), Console(file=out, width=120))
    text = " ".join(out.getvalue().split())
    assert "13 buyer messages: 9 answered, 3 open, 1 excused, 3 late. Within 24 hours: 70.0 %." in text
    assert "5 sent as is, 2 sent edited" in text
    assert "B0AAAAAAAA [red]<i>No longer needed</i> (2)" in text
    assert "right in 90.0 % of 10 messages" in text
    assert "Most product issues: B0AAAAAAAA 5 (missing part 3, other 2); =HYPERLINK 2 (wrong item 2)." in text
    assert "Open now: 5 response clocks, 3 past their nearest limit." in text


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        *((f"{sign}1+1", f"'{sign}1+1") for sign in "=+-@\t\r"),
        ("B0AAAAAAAA", "B0AAAAAAAA"),
        ("", ""),
        (-120.0, -120.0),
    ],
)
def test_no_cell_is_a_formula(cell: object, written: object) -> None:
    """Numbers stay numbers, below zero too."""
    assert safe(cell) == written


def test_every_figure_is_one_line_of_the_csv() -> None:
    """Four columns; each figure of the JSON is there once."""
    head, *rows = csv.reader(io.StringIO(as_csv(report())))
    assert head == ["section", "item", "measure", "value"]
    found = {(section, item, measure): value for section, item, measure, value in rows}
    assert len(found) == len(rows)
    assert found["total", "", "within_24h"] == "0.7"
    assert found["windows", "30", "over_24h"] == "2"
    assert found["by_scenario", "satisfied", "p50"] == "5400.0"
    assert found["by_hour_of_week", "sunday 03:00", "messages"] == "9"
    assert found["classifier", "product_issue", "was_delivery_issue"] == "1"
    assert found["open_by_age", "above", "overdue"] == "2"
    assert found["defects", "'=HYPERLINK", "conversations"] == "2"
    assert found["defects", "B0AAAAAAAA", "reasons_missing_part"] == "3"
    assert found["drafts", "", "waiting"] == "4"
    assert found["returns", "B0AAAAAAAA Item defective or does not work", "number"] == "4"


class Elements(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += attrs


def test_the_page_needs_nothing_from_elsewhere() -> None:
    """No script, no link, no picture from anywhere; and the page itself forbids them."""
    page = as_html(report(), WHEN)
    found = Elements(page)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(found.tags)
    targets = [value or "" for name, value in found.attributes if name in {"href", "src", "xlink:href"}]
    assert all(value.startswith("#") for value in targets), targets
    assert not re.search(r"url\((?!#)|@import", page)
    assert "default-src 'none'" in page


def test_every_picture_tells_what_it_shows() -> None:
    """A title and a description, text as text, colours by name only."""
    page = as_html(report(), WHEN)
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) == 7
    for picture in pictures:
        assert 'role="img"' in picture
        title, description = re.findall(r"<(?:title|desc) [^>]*>([^<]+)</", picture)
        assert len(title) > 5
        assert len(description) > 20
        assert "<text" in picture
        assert set(re.findall(r"(?:fill|stroke): ([^;\"]+)", picture)) <= {
            "none",
            "currentColor",
            *(f"var(--{name})" for name in ("muted", "accent", "warn", "line")),
        }
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_values_are_escaped() -> None:
    """A name that is markup shows as the words it is, in the page and in its pictures."""
    found = report()
    found["defects"] = [
        {"asin": "<script>alert(1)</script>& $\\frac$", "conversations": 3, "reasons": {"<u>": 3}}
    ]
    found["by_scenario"] = {"<b>": found["by_scenario"]["satisfied"]}
    page = as_html(found, WHEN)
    assert "<script" not in page
    assert "[red]&lt;i&gt;No longer needed" in page
    assert "<b></td>" not in page
    assert "<u>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp; $\\frac$" in page


def test_a_page_of_nothing_says_so() -> None:
    """No empty pictures, no division by nothing."""
    page = as_html(report(NOTHING), WHEN)
    assert "<svg" not in page
    assert "No buyer wrote." in page


def test_the_same_figures_make_the_same_page() -> None:
    """So that a page can be compared, and a digest repeated."""
    assert as_html(report(), WHEN) == as_html(report(), WHEN)
