"""HTML that an agent saved, as the text that is sent: mail to buyers is plain text.

Promises: what a reader sees is in the text, in its order: quotes are marked as quotes, and a link's target
stands behind its words, so that the policy guard sees it. Pictures cannot be said in text, so they are named
and never dropped in silence. `alike` tells whether two texts say the same but for what clients do to a text
when they turn HTML into it: wrapping, quote marks, list marks and emphasis.

Errors: `ValueError` for HTML that is too large to be read whole.
"""

import re
from dataclasses import dataclass

from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml import html

from daemon.mail.markup import HTML_LIMIT, tree
from daemon.reply.flowed import quote

_CONFIG = ParserConfig(css=CSS_PROFILES["strict"])
_ELEMENTS = 4_000
"""More than any answer has; laying out tens of thousands of table cells takes seconds."""
_DEPTH = 200
"""What lies deeper than 255 elements is dropped by libxml2 without a word."""
_SHOWN_AS_LINK = ("http://", "https://", "mailto:")
_LIST_MARK = re.compile(r"^[>\s]*(?:[-*•·–]\s+)?", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<![\w*/_])([*/_])(?=\S)([^*/_\n]{1,200})(?<=\S)\1(?![\w*/_])")
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Said:
    """What HTML says: its text, and the sources of pictures that are not among the mail's own parts."""

    text: str
    pictures: tuple[str, ...] = ()


def text_of(markup: str) -> Said:
    """HTML as text."""
    if len(markup) > HTML_LIMIT:
        raise ValueError(f"the HTML has {len(markup)} characters, {HTML_LIMIT} are allowed")
    root = tree(markup)
    if root is None:
        if markup.strip():
            raise ValueError("the HTML cannot be parsed")
        return Said("")
    elements = list(root.iter())
    if len(elements) > _ELEMENTS or any(len(list(each.iterancestors())) > _DEPTH for each in elements):
        raise ValueError(f"the HTML has more than {_ELEMENTS} elements, or {_DEPTH} of them in one another")
    sources = [str(source) for source in root.xpath("//img/@src")]
    for link in root.iter("a"):
        _show_target(link)
    # the innermost quote first: it is one level deeper than the one around it
    for block in reversed(list(root.iter("blockquote"))):
        _mark_quote(block)
    text = _plain(root)
    elsewhere = (source for source in sources if not source.lower().startswith("cid:"))
    return Said(text, tuple(dict.fromkeys(elsewhere)))


def alike(one: str, other: str) -> bool:
    """Whether two texts say the same, however a client wrapped and marked them."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return "".join(_EMPHASIS.sub(r"\2", _LIST_MARK.sub("", text)).split())


def _plain(element: html.HtmlElement) -> str:
    text = Inscriptis(element, _CONFIG).get_text().replace("\xa0", " ")
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip("\n")


def _show_target(link: html.HtmlElement) -> None:
    target, shown = (link.get("href") or "").strip(), str(link.text_content())
    bare = target.removeprefix("mailto:")
    if target.lower().startswith(_SHOWN_AS_LINK) and bare not in shown:
        last = html.Element("span")
        last.text = f" <{bare}>"
        link.append(last)


def _mark_quote(block: html.HtmlElement) -> None:
    """Put marked lines in the place of a quote; `pre` keeps them as they are."""
    marked = html.Element("pre")
    marked.tail, block.tail = block.tail, None
    marked.text = quote(_plain(block))
    parent = block.getparent()
    if parent is not None:
        parent.replace(block, marked)
