"""Takes the pictures for agents: Roundcube and Thunderbird, with the real daemon and invented buyers.

Run by `make pictures`. Each picture shows what its gesture really leads to: the script stops if it does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from classifier.installed import ensure_model
from daemon.commands.teach import OWN_STATE
from daemon.demo.mails import BUYERS, buyer_mail
from tests.daemon_kit import House, until
from tests.forked import Zygote
from tests.stage_kit import Stage, own_stage
from tests.thunderbird import Box, Thunderbird
from tests.webmail import Webmail, chromium, logged_in

if TYPE_CHECKING:
    from playwright.sync_api import Locator

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH, HEIGHT, LOW = 1240, 720, 510
FOLDERS, MAIL, OPTIONS = 78, 613, 868
"""Where the columns of the webmail begin."""
HEAD = 58
"""Where its lists begin, below the buttons."""
COLOURS, RED, FINE = 96, (214, 51, 108), 4
FACTS = {
    "[[carrier]]": "Parcel Post",
    "[[tracking number]]": "PP 4410 2276 001",
    "[[tracking status]]": "on its way, last seen in Leipzig this morning",
    "[[expected date]]": "Monday",
}
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

    name: str
    columns: tuple[int, int]
    lines: tuple[int, int]

    def keep(self, window: bytes, marks: Sequence[Box] = ()) -> None:
        """Ring the marked, with numbers where there are several, and keep the part in few colours."""
        (left, right), (top, bottom) = self.columns, self.lines
        shot = Image.open(BytesIO(window)).convert("RGB").crop((left, top, right, bottom))
        large = Image.new("RGBA", (shot.width * FINE, shot.height * FINE))
        for number, box in enumerate(marks, 1):
            x, y = max(box["x"] - 4 - left, 1), box["y"] - 3 - top
            far, low = min(box["x"] + box["width"] + 4 - left, shot.width - 6), y + box["height"] + 6
            draw_ring(ImageDraw.Draw(large), (x, y, far, low), str(number) if len(marks) > 1 else "")
        small = large.resize(shot.size, Image.Resampling.LANCZOS)
        shot.paste(small, mask=small)
        few = shot.quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(FOLDER / f"{self.name}.png", optimize=True)


def draw_ring(draw: ImageDraw.ImageDraw, corners: tuple[float, float, float, float], number: str) -> None:
    """A ring, and its number on the upper right corner; drawn large, so that its edges become smooth."""
    x, y, far, low = (each * FINE for each in corners)
    draw.rounded_rectangle((x, y, far, low), radius=9 * FINE, outline=RED, width=3 * FINE)
    if number:
        middle, half = (far - 6 * FINE, y + 3 * FINE), 11 * FINE
        box = (middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half)
        draw.ellipse(box, fill=RED)
        draw.text(middle, number, "white", ImageFont.load_default(14 * FINE), anchor="mm")


def take(picture: Picture, webmail: Webmail, *marks: "Locator | Box") -> None:
    """A picture of the webmail."""
    webmail.page.wait_for_load_state("networkidle")
    boxes = [mark if isinstance(mark, dict) else box_of(mark) for mark in marks]
    picture.keep(webmail.page.screenshot(), boxes)


def box_of(element: "Locator") -> Box:
    """Where an element is on the page."""
    box: Box = until(element.bounding_box, "an element that can be seen")
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
        with own_stage(model, zygote) as stage:
            _buyers_write(stage, cool_down=0)
            with Thunderbird(stage) as client:
                _thunderbird(client)
    finally:
        zygote.close()


def _set(house: House, cool_down: int) -> None:
    house.configure(cool_down=cool_down, worklist=True)
    house.config.write_text(house.config.read_text().replace('"Acme"', '"Lamp Shop"'))


def _buyers_write(stage: Stage, cool_down: int) -> None:
    _set(stage.house, cool_down)
    for mail in (*BUYERS[1:6], BUYERS[-1], BUYERS[0]):
        stage.house.put("INBOX", buyer_mail(mail, datetime.now(UTC)))
    _cycle(stage, queued=6)


def _cycle(stage: Stage, **states: int) -> None:
    """Let the daemon look, and see that it comes to so many drafts in these states."""
    stage.cycle(2)
    found = stage.house.states
    until(lambda: all(found().get(state, 0) == number for state, number in states.items()), f"{states}")


def _worklist(webmail: Webmail) -> None:
    _buyers_write(webmail.stage, cool_down=3600)
    webmail.open("Approval")
    webmail.read("Worklist")
    picture = Picture("worklist", (FOLDERS, WIDTH), (HEAD, 397))
    take(picture, webmail, webmail.folder("Approval"), webmail.row("Worklist"))


def _approve(webmail: Webmail) -> None:
    house = webmail.stage.house
    webmail.open("Approval")
    webmail.read("Mia")
    webmail.hold("Mia", "Approved")
    take(Picture("approve", (FOLDERS, WIDTH), (HEAD, 622)), webmail, webmail.folder("Approved"))
    webmail.page.mouse.up()
    until(lambda: house.mails("Approved"), "the draft in Approved")
    _cycle(webmail.stage, approved=1)
    webmail.drag("Approved", "Approval")
    _cycle(webmail.stage, approved=0, queued=6)
    _set(house, cool_down=0)
    webmail.drag("Approval", "Approved", "Mia")
    _cycle(webmail.stage, sent=1)


def _gap(webmail: Webmail) -> None:
    house, page = webmail.stage.house, webmail.page
    webmail.open("Approval")
    entry = webmail.more("asnew", "Priya")
    frame = box_of(page.locator("#messagecontframe"))
    gaps = webmail.shown.locator("#messagebody").evaluate(GAPS)
    gaps |= {"x": gaps["x"] + frame["x"], "y": gaps["y"] + frame["y"]}
    take(Picture("gap", (MAIL, WIDTH), (0, 430)), webmail, gaps, entry)
    entry.click()
    text, send = page.locator("#composebody"), page.locator("button.send").first
    text.wait_for()
    for gap, fact in FACTS.items():
        text.fill(text.input_value().replace(gap, fact))
    text.evaluate("area => area.scrollTop = 0")
    page.set_viewport_size({"width": WIDTH, "height": LOW})
    take(Picture("edit", (FOLDERS, OPTIONS), (0, LOW)), webmail, send)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    send.click()
    until(lambda: len(house.mails("Sent")) > 1, "the agent's answer in Sent")
    _cycle(webmail.stage, answered_by_agent=1)


def _note(webmail: Webmail) -> None:
    webmail.open("Approval")
    webmail.read("Jonas")
    webmail.drag("Approval", "Approved", "Jonas")
    _cycle(webmail.stage, held=1)
    webmail.open("Approval")
    webmail.read("Not sent")
    take(Picture("note", (MAIL, WIDTH), (HEAD, 330)), webmail)


def _inbox(webmail: Webmail) -> None:
    house = webmail.stage.house
    webmail.open("INBOX")
    webmail.hold("Emil", "No reply needed")
    picture = Picture("inbox", (FOLDERS, MAIL), (HEAD, 380))
    take(
        picture, webmail, webmail.folder("No reply needed"), webmail.folder("Reclassify"), webmail.row("Mia")
    )
    webmail.page.mouse.up()
    until(lambda: house.mails("No reply needed"), "the mail in No reply needed")
    webmail.stage.cycle()


def _thunderbird(client: Thunderbird) -> None:
    client.read("Approval", "Mia")
    marks = [client.where("Approved"), client.whom("Mia")]
    Picture("thunderbird-list", (45, WIDTH), (46, 676)).keep(client.picture(), marks)
    client.move("Mia", "Approved")
    _cycle(client.stage, sent=1)
    client.read("Approval", "Priya")
    send = client.edit_as_new(FACTS, LOW)
    Picture("thunderbird-edit", (0, 860), (0, 472)).keep(client.picture(), [send])
    client.send()
    _cycle(client.stage, answered_by_agent=1)


if __name__ == "__main__":
    main()
