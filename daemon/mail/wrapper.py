"""Take the buyer's own words out of Amazon's wrapper; what lies above and below is kept for the facts.

Rules that survived in the field (reference 1.7): begin and end marks may come from different languages, may
be joined with the text or missing; then the next dashed line with words, else the footer, ends it.
"""

import re
from dataclasses import dataclass

from daemon.mail.marks import (
    ANY_MARK,
    BEGIN,
    END,
    FOOTER,
    HEAD_LINE,
    LABEL,
    SELLER_CENTRAL_LINK,
    VIEW_BUTTON,
)

_QUOTE_WORDS = re.compile(
    r"original|ursprüngliche|weitergeleitet|forwarded|transféré|reenviado|inoltrato", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A body in three: `head` above the words, the words, and `tail` below the *last* end mark.

    `tail` is '' when nothing proves where the words end: a buyer can paste links that look like Amazon's.
    """

    words: str
    head: str = ""
    tail: str = ""
    defects: tuple[str, ...] = ()


def unwrap(text: str, *, from_html: bool = False) -> Unwrapped:
    """Split a buyer message's body; `from_html` says that the text was made of HTML, without dashed marks."""
    begin = BEGIN.search(text)
    if begin is None:
        label = LABEL.search(text) if from_html else None
        return _labelled(text, label) if label else _without_begin(text)
    head, body = text[: begin.start()], text[begin.end() :]
    end = END.search(body) or _unknown_end(body)
    if end is not None:
        return Unwrapped(_clean(body[: end.start()]), head, _below_last_mark(body, end))
    return Unwrapped(_clean(_before_footer(body)), head, "", ("end_mark_missing",))


def _without_begin(text: str) -> Unwrapped:
    end = END.search(text)
    above = text[: end.start()] if end else _before_footer(text)
    lines = above.split("\n")
    start = 0
    while start < len(lines) and (not lines[start].strip() or HEAD_LINE.fullmatch(lines[start])):
        start += 1
    head, words = "\n".join(lines[:start]), "\n".join(lines[start:])
    if end is None:
        return Unwrapped(_clean(words), head, "", ("begin_mark_missing", "end_mark_missing"))
    return Unwrapped(_clean(words), head, _below_last_mark(text, end), ("begin_mark_missing",))


def _labelled(text: str, label: re.Match[str]) -> Unwrapped:
    """The HTML shape: a label, the words, a button, a table of products."""
    body = text[label.end() :]
    button = VIEW_BUTTON.search(body)
    words = body[: button.start()] if button else _before_footer(body)
    rest = body[button.start() :] if button else ""
    return Unwrapped(
        _clean(words), f"{text[: label.start()]}\n{rest}", "", () if button else ("end_mark_missing",)
    )


def _unknown_end(body: str) -> re.Match[str] | None:
    marks = ANY_MARK.finditer(body)
    return next((mark for mark in marks if not _QUOTE_WORDS.search(mark["words"])), None)


def _below_last_mark(body: str, end: re.Match[str]) -> str:
    """What follows the last end mark, so that a pasted one in front of it gives nothing away."""
    last = end.end()
    for mark in END.finditer(body, last):
        last = mark.end()
    return body[last:]


def _before_footer(body: str) -> str:
    footer = FOOTER.search(body)
    return body[: footer.start()] if footer else body


def _clean(words: str) -> str:
    return SELLER_CENTRAL_LINK.sub("", words).strip()
