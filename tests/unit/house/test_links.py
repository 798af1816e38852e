"""Every link and picture of the documents leads somewhere, and nothing lies in docs/ that nobody finds."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house_rules import ROOT

PAGES = (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"))
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
PICTURES = ROOT / "docs" / "pictures"


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """The files that a page links to, with the heading it means; what stands in code is no link."""
    words = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for to, heading in LINK.findall(words):
        if "://" not in to:
            yield (page.parent / to).resolve() if to else page, heading


def headings(page: Path) -> set[str]:
    """The names by which the headings of a page are linked."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_every_link_leads_somewhere() -> None:
    """Files and pictures are there, and headings in them."""
    found = [(page.name, to, heading) for page in PAGES for to, heading in links(page)]
    assert len(found) > 40
    dead = [
        f"{name}: {to.name}#{heading}"
        for name, to, heading in found
        if not to.exists() or (heading and heading not in headings(to))
    ]
    assert dead == []


def test_every_page_is_found_from_the_readme() -> None:
    """By one click, or two for a translation; each picture stands in a page, and together they are small."""
    near = {to for to, _ in links(ROOT / "README.md")}
    near |= {to for page in near if page.suffix == ".md" for to, _ in links(page) if ".zh-CN" in to.name}
    assert {page.name for page in set(PAGES) - near} == {"README.md"}
    shown = {to for page in PAGES for to, _ in links(page)}
    pictures = set(PICTURES.iterdir())
    assert pictures - shown == set()
    assert sum(each.stat().st_size for each in pictures) < 1_000_000


def blocks(page: Path) -> list[list[str]]:
    """The code blocks of a page, without the comments, which are in its language."""
    found = re.findall(r"^```\w*\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [[re.sub(r"(?<=\S)\s+# .*", "", line).strip() for line in block.splitlines()] for block in found]


def test_the_chinese_readme_tells_the_same_commands() -> None:
    """Block by block and line by line; comments are translated."""
    english, chinese = blocks(ROOT / "README.md"), blocks(ROOT / "README.zh-CN.md")
    assert sum(map(len, english)) > 25
    assert chinese == english
