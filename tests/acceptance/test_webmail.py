"""The five most common ways of an agent, in a real webmail in a real browser: Roundcube in Chromium.

Run by `make test-webmail`; with SCREENSHOTS=folder each way leaves a picture of each of its moments there.
"""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import roundcube
from tests.daemon_kit import until
from tests.forked import Zygote
from tests.mails import BROKEN
from tests.webmail import Webmail, chromium, logged_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.webmail
WORDS = "A word of my own."
PICTURES = os.environ.get("SCREENSHOTS")


@dataclass
class Pictured(Webmail):
    """Keeps a picture of each moment, when pictures are wanted."""

    _moments: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def look(self) -> None:
        """Keep it under the name of the test."""
        if PICTURES:
            name = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition("::")[2].partition(" ")[0]
            self.page.screenshot(path=Path(PICTURES) / f"{name}-{next(self._moments)}.png")


@pytest.fixture(scope="module", name="browser")
def _browser() -> Iterator["Browser"]:
    """One browser; each test has a profile of its own."""
    with chromium() as opened:
        yield opened


@pytest.fixture(name="webmail")
def _webmail(browser: "Browser", model_root: Path, zygote: Zygote) -> Iterator[Webmail]:
    """A house with one waiting draft, and its agent logged in to the webmail."""
    if not roundcube.is_there():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(roundcube.INSTALL)
    with logged_in(browser, model_root, zygote, (1500, 900)) as webmail:
        webmail.stage.draft(BROKEN)
        yield Pictured(webmail.stage, webmail.page, webmail.url)


def test_dragged_into_approved_it_is_sent(webmail: Webmail) -> None:
    """The way that the note in the folder tells: drag, done."""
    webmail.drag("Approval", "Approved")
    webmail.stage.cycle()
    house = webmail.stage.house
    assert (house.states(), len(house.sink.accepted), len(house.mails("Sent"))) == ({"sent": 1}, 1, 1)


def test_edited_as_new_and_sent_it_is_the_agents_answer(webmail: Webmail) -> None:
    """The webmail sends; the daemon sees the answer in Sent, sends nothing and takes its draft away."""
    webmail.open("Approval")
    webmail.more("asnew").click()
    webmail.write(WORDS)
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
    webmail.write(WORDS)
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
