"""HTML of a mail as plain text and as tables; links are read as data and never followed.

inscriptis (on libxml2) does the converting: linear on hostile markup where pure-Python parsers need seconds
(`docs/why.md`). Input is cut first; nothing here raises.
"""

import re
from collections.abc import Iterator

from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml import etree, html

HTML_LIMIT = 150_000
_QUOTED = "descendant-or-self::blockquote | //*[contains(@class, 'gmail_quote')] | //*[@id='divRplyFwdMsg']"
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)", re.IGNORECASE
)
# laying out a row of tens of thousands of cells takes seconds; a long newsletter has some 2,000 elements
_ELEMENTS = 4_000
_CONFIG = ParserConfig(css=CSS_PROFILES["relaxed"])


def tree(markup: str) -> html.HtmlElement | None:
    """The parsed document, without what no reader would see; None when there is nothing to parse."""
    cut = markup[:HTML_LIMIT].replace("\x00", "")
    if not cut.strip():
        return None
    try:
        root = html.document_fromstring(cut.encode("utf-8", "replace"), parser=_parser())
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    _drop(
        root,
        [element for element in root.iter("script", "style", "template", "title") if element is not root],
    )
    _drop(root, [element for element in root.iter() if _is_hidden(element)])
    return root


def to_text(root: html.HtmlElement, *, quotes: bool = True) -> str:
    """The visible text; `quotes=False` leaves out quoted history (blockquote, Gmail and Outlook marks)."""
    if not quotes:
        _drop(root, list(root.xpath(_QUOTED)))
    if sum(1 for _ in root.iter()) > _ELEMENTS:
        return _plain(root)
    try:
        return str(Inscriptis(root, _CONFIG).get_text())
    except (ValueError, KeyError, IndexError, RecursionError):
        return _plain(root)


def _plain(root: html.HtmlElement) -> str:
    """Text with a line end after each block, without any layout: for what is too large to be honest."""
    for element in root.iter("br", "p", "div", "tr", "li", "table"):
        element.tail = f"\n{element.tail or ''}"
    return str(root.text_content())


def tables(root: html.HtmlElement) -> Iterator[list[list[str]]]:
    """Each innermost table as rows of cell texts, at most 50 tables of 200 rows."""
    innermost = (table for table in root.iter("table") if next(table.iterdescendants("table"), None) is None)
    for _, table in zip(range(50), innermost, strict=False):
        rows = [row for _, row in zip(range(200), table.iter("tr"), strict=False)]
        yield [
            [" ".join(cell.text_content().split()) for cell in row.iterchildren("td", "th")] for row in rows
        ]


def links(root: html.HtmlElement) -> list[str]:
    """Targets of all anchors as written, in order, at most 500."""
    return [str(target) for target in root.xpath("//a/@href")[:500]]


def _parser() -> html.HTMLParser:
    # no network, no huge trees: depth and size are bounded inside libxml2 too
    return html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _is_hidden(element: html.HtmlElement) -> bool:
    style = element.get("style")
    return bool(style) and element.getparent() is not None and bool(_HIDDEN.search(style[:500]))


def _drop(root: html.HtmlElement, elements: list[html.HtmlElement]) -> None:
    for element in elements:
        if element is not root and element.getparent() is not None:
            element.drop_tree()
