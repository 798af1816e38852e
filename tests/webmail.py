"""An agent in a real webmail in a real browser: Roundcube in Chromium, the daemon behind it cycle by cycle.

For the tests of the commonest ways (`make test-webmail`) and the pictures of docs/agent.md (`make pictures`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import QUIET, browser
from tests.daemon_kit import until
from tests.dovecot import PASSWORD
from tests.forked import Zygote
from tests.roundcube import Roundcube
from tests.stage_kit import Stage, own_stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Locator, Page


@dataclass
class Webmail:
    """The webmail as an agent works in it, and the stage behind it."""

    stage: Stage
    page: "Page"
    url: str

    @property
    def shown(self) -> "FrameLocator":
        """The mail that is shown beside the list."""
        return self.page.frame_locator("#messagecontframe")

    def open(self, folder: str) -> "Locator":
        """Show a folder; the first mail in it."""
        self.page.goto(f"{self.url}?_task=mail&_mbox={folder}")
        row = self.row()
        row.wait_for()
        self.look()
        return row

    def row(self, words: str = "") -> "Locator":
        """The first mail of the list in whose line the words stand."""
        return self.page.locator("#messagelist tbody tr", has_text=words).first

    def folder(self, name: str) -> "Locator":
        """A folder in the list of folders."""
        return self.page.locator(f'#mailboxlist a[rel="{name}"]')

    def hold(self, words: str, target: str) -> None:
        """Drag a mail of the open folder over another folder, beside its name, without letting go."""
        self.row(words).locator("td.subject").hover()
        self.page.mouse.down()
        box = self.folder(target).bounding_box()
        assert box is not None
        right = box["x"] + box["width"]
        self.page.mouse.move(right - 40, box["y"] + 30, steps=8)
        self.page.mouse.move(right - 50, box["y"] + box["height"] / 2, steps=4)
        self.look()

    def drag(self, source: str, target: str, words: str = "") -> None:
        """Drag a mail of a folder into another; the first one, unless words say which."""
        self.open(source)
        self.hold(words, target)
        before = len(self.stage.house.mails(target))
        self.page.mouse.up()
        until(lambda: len(self.stage.house.mails(target)) > before, f"the mail in {target}")

    def more(self, entry: str, words: str = "") -> "Locator":
        """Open the menu of further actions, which it does once the mail is shown; the entry in it."""
        self.read(words)
        self.page.locator("#messagemenulink").click()
        self.look()
        return self.page.locator(f"#message-menu a.{entry}.active")

    def read(self, words: str = "") -> None:
        """Click a mail of the list and wait until it is shown."""
        self.row(words).locator("td.subject").click()
        self.shown.locator("#messagebody").wait_for()

    def write(self, words: str) -> None:
        """Put words on top of the text in the editor."""
        text = self.page.locator("#composebody")
        text.wait_for()
        text.evaluate("area => area.setSelectionRange(0, 0)")
        text.press_sequentially(f"{words} ")
        self.look()

    def look(self) -> None:
        """A moment at which something can be seen."""


@contextmanager
def chromium() -> Iterator["Browser"]:
    """One browser, for as many profiles as wanted."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  installed for two targets only

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser(), args=list(QUIET))
        yield opened
        opened.close()


@contextmanager
def logged_in(opened: "Browser", model: Path, zygote: Zygote, size: tuple[int, int]) -> Iterator[Webmail]:
    """A house whose daemon looked once, and its agent logged in to the webmail, in a profile of its own."""
    with own_stage(model, zygote) as stage, Roundcube(stage.house.imap_port, stage.house.sink.port) as server:
        profile = opened.new_context(viewport={"width": size[0], "height": size[1]})
        page = profile.new_page()
        page.set_default_timeout(20_000)
        page.goto(server.url)
        page.fill("#rcmloginuser", stage.house.user)
        page.fill("#rcmloginpwd", PASSWORD)
        page.click("#rcmloginsubmit")
        page.locator("#mailboxlist").wait_for()
        yield Webmail(stage, page, server.url)
        profile.close()
