"""The page as a browser shows it: light, dark, on a phone, on paper."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from daemon.reporting.page import as_html
from tests.browser import DARK, open_page
from tests.unit.reporting.tallies import WHEN, report

PHONE, DESK = 360, 1180
READER = """<!DOCTYPE html><title>reader</title>
<iframe src="page.html" width="{phone}" height="900"></iframe>
<iframe src="page.html" width="{desk}" height="900"></iframe>
<pre></pre><script>
onload = () => {{
  const seen = [...document.querySelectorAll("iframe")].map(frame => {{
    const page = frame.contentDocument, style = (selector, name) =>
      frame.contentWindow.getComputedStyle(page.querySelector(selector))[name];
    return {{
      width: page.documentElement.scrollWidth,
      columns: style(".two", "gridTemplateColumns").split(" ").length,
      hidden: [...page.querySelectorAll(".scroll")].filter(box => box.scrollWidth > box.clientWidth).length,
      pictures: [...page.querySelectorAll("svg.plot")].map(each => each.getBoundingClientRect().width),
      card: style("section", "backgroundColor"), ink: style("h2", "color"), muted: style(".hint", "color"),
      bar: style(".meter i", "backgroundColor"), label: style("svg.plot text", "fill"),
    }};
  }});
  document.querySelector("pre").textContent = JSON.stringify(seen);
}};
</script>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, and a reader of it, in a folder."""
    made = tmp_path_factory.mktemp("page")
    (made / "page.html").write_text(as_html(report(), WHEN), encoding="utf-8")
    (made / "reader.html").write_text(READER.format(phone=PHONE, desk=DESK), encoding="utf-8")
    return made


def read(folder: Path, *options: str) -> list[dict[str, Any]]:
    """What the page looks like on a phone and on a desk."""
    written = open_page(folder / "reader.html", "--allow-file-access-from-files", *options, "--dump-dom")
    seen: list[dict[str, Any]] = json.loads(html.unescape(re.findall(r"<pre>(.*?)</pre>", written)[0]))
    return seen


def brightness(colour: str) -> float:
    """The relative luminance of `rgb(r, g, b)` (WCAG 2)."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """How well one colour can be read on the other (WCAG 2)."""
    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("options", "light"), [((), True), ((DARK,), False)], ids=["light", "dark"])
def test_the_page_is_readable(folder: Path, options: tuple[str, ...], light: bool) -> None:
    """One column without sideways scrolling on a phone, two on a desk; words stand out in light and dark."""
    phone, desk = read(folder, *options)
    assert (phone["width"], phone["columns"]) == (PHONE, 1)
    assert (desk["width"], desk["columns"]) == (DESK, 2)
    assert (phone["hidden"], desk["hidden"]) == (0, 0), "no table needs sideways scrolling"
    assert len(phone["pictures"]) == 7
    assert all(width > 250 for width in [*phone["pictures"], *desk["pictures"]])
    assert (brightness(desk["card"]) > 0.5) is light
    for words in ("ink", "muted", "label"):
        assert contrast(desk[words], desk["card"]) >= 4.5, words
    assert contrast(desk["bar"], desk["card"]) >= 3


def test_the_page_prints(folder: Path) -> None:
    """On two sheets or three."""
    open_page(folder / "page.html", "--no-pdf-header-footer", f"--print-to-pdf={folder / 'page.pdf'}")
    sheets = re.findall(rb"/Type\s*/Page\b", (folder / "page.pdf").read_bytes())
    assert 1 <= len(sheets) <= 3
