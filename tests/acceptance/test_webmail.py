"""The five most common ways of an agent, in a real webmail in a real browser: Roundcube in Chromium.

Run by `make test-webmail`; with SCREENSHOTS=folder each way leaves a picture of each of its moments there.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import roundcube
from tests.browser import QUIET, browser
from tests.daemon_kit import House, until
from tests.dovecot import PASSWORD, Dovecot
from tests.forked import Zygote
from tests.mails import BROKEN
from tests.smtp_sink import Sink
from tests.stage_kit import Stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.webmail
WORDS = "A word of my own."
USER = "support"
FOLDERS = ("Approval", "Approved", "Rejected")
PICTURES = os.environ.get("SCREENSHOTS")


@dataclass
class Webmail:
    """The webmail as an agent works in it, and the stage behind it."""

    stage: Stage
    page: "Page"
    url: str
    _moments: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def open(self, folder: str) -> "Locator":
        """Show a folder; the first mail in it."""
        self.page.goto(f"{self.url}?_task=mail&_mbox={folder}")
        row = self.page.locator("#messagelist tbody tr").first
        row.wait_for()
        self.look()
        return row

    def drag(self, source: str, target: str) -> None:
        """Drag the first mail of a folder into another."""
        row = self.open(source).locator("td.subject")
        goal = self.page.locator(f'#mailboxlist a[rel="{target}"]')
        row.hover()
        self.page.mouse.down()
        box = goal.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + 40, box["y"] + 30, steps=8)
        self.page.mouse.move(box["x"] + 30, box["y"] + box["height"] / 2, steps=4)
        self.look()
        self.page.mouse.up()
        until(lambda: self.stage.house.mails(target), f"the mail in {target}")

    def more(self, entry: str) -> None:
        """Choose from the menu of further actions, which opens once the mail is shown."""
        self.read()
        self.page.locator("#messagemenulink").click()
        self.look()
        self.page.locator(f"#message-menu a.{entry}.active").click()

    def read(self) -> None:
        """Click the first mail of the list and wait until it is shown."""
        self.page.locator("#messagelist tbody tr td.subject").first.click()
        self.page.frame_locator("#messagecontframe").locator("#messagebody").wait_for()

    def write(self) -> None:
        """Put words on top of the text in the editor."""
        text = self.page.locator("#composebody")
        text.wait_for()
        text.evaluate("area => area.setSelectionRange(0, 0)")
        text.press_sequentially(f"{WORDS} ")
        self.look()

    def look(self) -> None:
        """Keep a picture, when pictures are wanted."""
        if PICTURES:
            name = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition("::")[2].partition(" ")[0]
            self.page.screenshot(path=Path(PICTURES) / f"{name}-{next(self._moments)}.png")


@pytest.fixture(scope="module", name="chromium")
def _chromium() -> Iterator["Browser"]:
    """One browser; each test has a profile of its own."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  installed for this target only

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser(), args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture(name="webmail")
def _webmail(chromium: "Browser", model_root: Path, zygote: Zygote) -> Iterator[Webmail]:
    """A house with one waiting draft, and its agent logged in to the webmail."""
    if not roundcube.is_there():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(roundcube.INSTALL)
    with ExitStack() as stack:
        dovecot = stack.enter_context(Dovecot())
        sink = stack.enter_context(Sink(login=(USER, PASSWORD)))
        root = Path(tempfile.mkdtemp(prefix="fr-"))
        stack.callback(shutil.rmtree, root)
        house = House(
            root,
            imap_port=dovecot.port,
            user=USER,
            password=PASSWORD,
            sink=sink,
            model=model_root,
            zygote=zygote,
        )
        stack.callback(house.close)
        stage = Stage(house, zygote)
        stage.draft(BROKEN)
        server = stack.enter_context(roundcube.Roundcube(dovecot.port, sink.port))
        profile = chromium.new_context(viewport={"width": 1500, "height": 900})
        stack.callback(profile.close)
        page = profile.new_page()
        page.set_default_timeout(20_000)
        page.goto(server.url)
        page.fill("#rcmloginuser", USER)
        page.fill("#rcmloginpwd", PASSWORD)
        page.click("#rcmloginsubmit")
        page.locator("#mailboxlist").wait_for()
        yield Webmail(stage, page, server.url)


def test_dragged_into_approved_it_is_sent(webmail: Webmail) -> None:
    """The way that the note in the folder tells: drag, done."""
    webmail.drag("Approval", "Approved")
    webmail.stage.cycle()
    house = webmail.stage.house
    assert (house.states(), len(house.sink.accepted), len(house.mails("Sent"))) == ({"sent": 1}, 1, 1)


def test_edited_as_new_and_sent_it_is_the_agents_answer(webmail: Webmail) -> None:
    """The webmail sends; the daemon sees the answer in Sent, sends nothing and takes its draft away."""
    webmail.open("Approval")
    webmail.more("asnew")
    webmail.write()
    webmail.page.locator("button.send").first.click()
    house = webmail.stage.house
    until(lambda: house.mails("Sent"), "the copy in Sent")
    webmail.stage.cycle(2)
    assert (house.states(), len(house.sink.accepted)) == ({"answered_by_agent": 1}, 1)
    assert WORDS.encode() in house.sink.accepted[0].raw
    assert (house.drafts(), house.notes()) == ({}, [])


def test_edited_in_drafts_and_approved_it_is_sent_as_edited(webmail: Webmail) -> None:
    """To Drafts, open, write, save, to Approved: the buyer gets the agent's words."""
    house = webmail.stage.house
    webmail.drag("Approval", "Drafts")
    webmail.stage.cycle()
    (before,) = house.mails("Drafts")
    webmail.open("Drafts").dblclick()
    webmail.write()
    webmail.page.locator("a.save.draft").first.click()
    until(lambda: list(house.mails("Drafts")) not in ([before], []), "the saved copy")
    webmail.stage.cycle()
    webmail.drag("Drafts", "Approved")
    webmail.stage.cycle()
    assert house.states() == {"sent": 1}
    assert WORDS in webmail.stage.sent_text()


@pytest.mark.parametrize("way", ["dragged into Rejected", "deleted"])
def test_thrown_away_it_is_not_sent(webmail: Webmail, way: str) -> None:
    """A person answers without it, or not at all; the clock runs on."""
    house = webmail.stage.house
    if way == "deleted":
        webmail.open("Approval")
        webmail.read()
        webmail.page.locator("#toolbar-menu a.delete").click()
        until(lambda: house.mails("Trash"), "the mail in Trash")
    else:
        webmail.drag("Approval", "Rejected")
    webmail.stage.cycle(2)
    assert (house.states(), house.sink.accepted) == ({"rejected": 1}, [])


def test_dragged_back_in_time_it_waits_again(webmail: Webmail) -> None:
    """Undo within the cool-down."""
    house = webmail.stage.house
    house.configure(cool_down=3600)
    webmail.drag("Approval", "Approved")
    webmail.stage.cycle()
    assert house.states() == {"approved": 1}
    webmail.drag("Approved", "Approval")
    webmail.stage.cycle()
    assert (house.states(), house.sink.accepted) == ({"queued": 1}, [])
