"""Drawing with matplotlib, without its colours: every colour is a word that the page's style sheet explains.

Promises: the SVG is a part of a page, not a file: no header, no fixed size, no ids but those it refers to, no
date, the same bytes for the same figures; text is text; `title` and `desc` tell what a picture shows to those
who do not see it.

Errors: none of its own.
"""

import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

INK, MUTED, ACCENT, WARN, LINE = "#010101", "#020202", "#030303", "#040404", "#050505"
"""Colours that mean: the style sheet's variable of the same name."""
_VARIABLES = {
    INK: "currentColor",
    MUTED: "var(--muted)",
    ACCENT: "var(--accent)",
    WARN: "var(--warn)",
    LINE: "var(--line)",
}
WIDTH = 390.0
POINTS = 72.0
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "firstreply",
    "font.size": 11,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}


class Drawing:
    """One picture on its way to the page."""

    def __init__(self, height: float, width: float) -> None:
        layout = ConstrainedLayoutEngine(w_pad=0.01, h_pad=0.02)
        self.figure = Figure(figsize=(width / POINTS, height / POINTS), layout=layout)
        FigureCanvasSVG(self.figure)
        self.axes: Axes = self.figure.add_subplot()

    def svg(self, name: str, title: str, description: str) -> str:
        """The picture as an element of an HTML page."""
        out = io.StringIO()
        self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
        return element(out.getvalue(), name, title, description)


@contextmanager
def drawing(height: float, width: float = WIDTH) -> Iterator[Drawing]:
    """A picture of this size; everything in it is drawn inside the context."""
    with mpl.rc_context(STYLE):
        yield Drawing(height, width)


def element(svg: str, name: str, title: str, description: str) -> str:
    """A whole SVG file as matplotlib writes it, made a part of a page."""
    body = svg[svg.index("<svg") :]
    opening, rest = body.split(">", 1)
    view = re.search(r'viewBox="[^"]*"', opening)
    rest = re.sub(r"<metadata>.*?</metadata>", "", rest, flags=re.DOTALL)
    referred = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", rest))
    rest = re.sub(
        r' id="([^"]*)"', lambda found: f' id="{name}-{found[1]}"' if found[1] in referred else "", rest
    )
    rest = re.sub(r"(url\(#|href=\"#)", rf"\g<1>{name}-", rest)
    for colour, variable in _VARIABLES.items():
        rest = rest.replace(colour, variable)
    return (
        f'<svg class="plot" role="img" aria-labelledby="{name}-title {name}-desc" '
        f"{view[0] if view else ''}>"
        f'<title id="{name}-title">{html.escape(title)}</title>'
        f'<desc id="{name}-desc">{html.escape(description)}</desc>{rest}'.rstrip()
    )
