"""Takes the pictures of docs/agent.md: an agent's day in Roundcube, with the real daemon and invented buyers.

Run by `make pictures`. Each picture shows what its gesture really leads to: the script stops if it does not.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from classifier.installed import ensure_model
from daemon.commands.teach import OWN_STATE
from daemon.demo.mails import BUYERS, buyer_mail
from tests.daemon_kit import until
from tests.forked import Zygote
from tests.webmail import Webmail, chromium, logged_in

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Locator

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH, HEIGHT, LOW = 1240, 720, 510
FOLDERS, MAIL, OPTIONS = 78, 613, 868
"""Where the columns of the webmail begin."""
HEAD = 58
"""Where its lists begin, below the buttons."""
COLOURS = 96
FACTS = {
    "[[carrier]]": "Parcel Post",
    "[[tracking number]]": "PP 4410 2276 001",
    "[[tracking status]]": "on its way, last seen in Leipzig this morning",
    "[[expected date]]": "Monday",
}
MARK = """({x, y, width, height, number}) => {
    const draw = (style, words) => {
        const mark = document.createElement('div');
        mark.className = 'our-mark';
        mark.textContent = words;
        mark.style = 'position: fixed; z-index: 99999; box-sizing: border-box; pointer-events: none;' + style;
        document.body.append(mark);
    };
    draw(`left: ${x}px; top: ${y - 3}px; width: ${width}px; height: ${height + 6}px;
        border: 3px solid #d6336c; border-radius: 9px`, '');
    if (number) draw(`left: ${x + width - 17}px; top: ${y - 11}px; width: 22px; height: 22px;
        border-radius: 11px; background: #d6336c; color: white; font: bold 14px/22px sans-serif;
        text-align: center`, number);
}"""
WIPE = "() => document.querySelectorAll('.our-mark').forEach(mark => mark.remove())"
GAPS = r"""body => {
    const range = document.createRange(), walk = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    const boxes = [];
    while (walk.nextNode()) for (const gap of walk.currentNode.data.matchAll(/\[\[.*?\]\]/g)) {
        range.setStart(walk.currentNode, 0);
        range.setEnd(walk.currentNode, gap.index + gap[0].length);
        boxes.push(range.getBoundingClientRect());
    }
    const x = Math.min(...boxes.map(box => box.left)), y = Math.min(...boxes.map(box => box.top));
    const far = Math.max(...boxes.map(box => box.right)), low = Math.max(...boxes.map(box => box.bottom));
    return {x, y, width: far - x, height: low - y};
}"""
"""The box around all lines with gaps of the mail that is shown."""


@dataclass
class Picture:
    """A part of the window: from one column to another, from one line to another."""

    webmail: Webmail
    name: str
    columns: tuple[int, int]
    lines: tuple[int, int]

    def take(self, *marks: "Locator | FloatRect") -> None:
        """Ring the marked, with numbers where there are several, and keep the picture in few colours."""
        page, (left, right), (top, bottom) = self.webmail.page, self.columns, self.lines
        page.wait_for_load_state("networkidle")
        for number, mark in enumerate(marks, 1):
            box = mark if isinstance(mark, dict) else box_of(mark)
            start, end = max(box["x"] - 4, left + 1), min(box["x"] + box["width"] + 4, right - 6)
            told = str(number) if len(marks) > 1 else ""
            page.evaluate(MARK, {**box, "x": start, "width": end - start, "number": told})
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        shot = Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB")
        page.evaluate(WIPE)
        few = shot.quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(FOLDER / f"{self.name}.png", optimize=True)


def box_of(element: "Locator") -> "FloatRect":
    """Where an element is on the page."""
    box: FloatRect = until(element.bounding_box, "an element that can be seen")
    return box


def main() -> None:
    """All of them, in the order of a morning."""
    zygote = Zygote()
    try:
        model = ensure_model(OWN_STATE / "model").parent
        with chromium() as browser, logged_in(browser, model, zygote, (WIDTH, HEIGHT)) as webmail:
            _worklist(webmail)
            _approve(webmail)
            _gap(webmail)
            _note(webmail)
            _inbox(webmail)
    finally:
        zygote.close()


def _set(webmail: Webmail, cool_down: int) -> None:
    house = webmail.stage.house
    house.configure(cool_down=cool_down, worklist=True)
    house.config.write_text(house.config.read_text().replace('"Acme"', '"Lamp Shop"'))


def _cycle(webmail: Webmail, **states: int) -> None:
    """Let the daemon look, and see that it comes to so many drafts in these states."""
    webmail.stage.cycle(2)
    house = webmail.stage.house
    until(
        lambda: all(house.states().get(state, 0) == number for state, number in states.items()), f"{states}"
    )


def _worklist(webmail: Webmail) -> None:
    _set(webmail, cool_down=3600)
    for mail in (*BUYERS[1:6], BUYERS[-1], BUYERS[0]):
        webmail.stage.house.put("INBOX", buyer_mail(mail, datetime.now(UTC)))
    _cycle(webmail, queued=6)
    webmail.open("Approval")
    webmail.read("Worklist")
    picture = Picture(webmail, "worklist", (FOLDERS, WIDTH), (HEAD, 397))
    picture.take(webmail.folder("Approval"), webmail.row("Worklist"))


def _approve(webmail: Webmail) -> None:
    house = webmail.stage.house
    webmail.open("Approval")
    webmail.read("Mia")
    webmail.hold("Mia", "Approved")
    Picture(webmail, "approve", (FOLDERS, WIDTH), (HEAD, 622)).take(webmail.folder("Approved"))
    webmail.page.mouse.up()
    until(lambda: house.mails("Approved"), "the draft in Approved")
    _cycle(webmail, approved=1)
    webmail.drag("Approved", "Approval")
    _cycle(webmail, approved=0, queued=6)
    _set(webmail, cool_down=0)
    webmail.drag("Approval", "Approved", "Mia")
    _cycle(webmail, sent=1)


def _gap(webmail: Webmail) -> None:
    house, page = webmail.stage.house, webmail.page
    webmail.open("Approval")
    entry = webmail.more("asnew", "Priya")
    frame = box_of(page.locator("#messagecontframe"))
    gaps = webmail.shown.locator("#messagebody").evaluate(GAPS)
    gaps |= {"x": gaps["x"] + frame["x"], "y": gaps["y"] + frame["y"]}
    Picture(webmail, "gap", (MAIL, WIDTH), (0, 430)).take(gaps, entry)
    entry.click()
    text, send = page.locator("#composebody"), page.locator("button.send").first
    text.wait_for()
    for gap, fact in FACTS.items():
        text.fill(text.input_value().replace(gap, fact))
    text.evaluate("area => area.scrollTop = 0")
    page.set_viewport_size({"width": WIDTH, "height": LOW})
    Picture(webmail, "edit", (FOLDERS, OPTIONS), (0, LOW)).take(send)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    send.click()
    until(lambda: len(house.mails("Sent")) > 1, "the agent's answer in Sent")
    _cycle(webmail, answered_by_agent=1)


def _note(webmail: Webmail) -> None:
    webmail.open("Approval")
    webmail.read("Jonas")
    webmail.drag("Approval", "Approved", "Jonas")
    _cycle(webmail, held=1)
    webmail.open("Approval")
    webmail.read("Not sent")
    Picture(webmail, "note", (MAIL, WIDTH), (HEAD, 330)).take()


def _inbox(webmail: Webmail) -> None:
    house = webmail.stage.house
    webmail.open("INBOX")
    webmail.hold("Emil", "No reply needed")
    picture = Picture(webmail, "inbox", (FOLDERS, MAIL), (HEAD, 380))
    picture.take(webmail.folder("No reply needed"), webmail.folder("Reclassify"), webmail.row("Mia"))
    webmail.page.mouse.up()
    until(lambda: house.mails("No reply needed"), "the mail in No reply needed")
    webmail.stage.cycle()


if __name__ == "__main__":
    main()
