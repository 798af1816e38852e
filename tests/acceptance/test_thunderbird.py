"""The ways of docs/agent-thunderbird.md, in a real Thunderbird: each leads where the page says.

Run by `make test-webmail`.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon_kit import until
from tests.forked import Zygote
from tests.mails import BROKEN
from tests.stage_kit import own_stage
from tests.thunderbird import Thunderbird

pytestmark = pytest.mark.webmail
WORDS = "A word of my own."
CHANGES = {"Hello": f"{WORDS} Hello"}


@pytest.fixture(name="client")
def _client(model_root: Path, zygote: Zygote) -> Iterator[Thunderbird]:
    """A house with one waiting draft, opened in its agent's Thunderbird."""
    if shutil.which("thunderbird") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "install it with: apt-get install -y thunderbird"
        )
    with own_stage(model_root, zygote) as stage:
        stage.draft(BROKEN)
        with Thunderbird(stage) as client:
            client.read("Approval", "Mia")
            yield client


def test_moved_into_approved_it_is_sent(client: Thunderbird) -> None:
    """As it was; and answered is marked on the buyer's mail."""
    client.move("Mia", "Approved")
    client.stage.cycle(2)
    house = client.stage.house
    assert (house.states(), len(house.sink.accepted), len(house.mails("Sent"))) == ({"sent": 1}, 1, 1)
    assert all(b"\\Answered" in flags for flags in house.flags().values())


def test_undone_in_time_it_waits_again(client: Thunderbird) -> None:
    """Ctrl+Z takes the draft out of Approved."""
    house = client.stage.house
    house.configure(cool_down=3600)
    client.move("Mia", "Approved")
    client.stage.cycle()
    assert house.states() == {"approved": 1}
    client.undo()
    until(lambda: not house.mails("Approved"), "the draft back in Approval")
    client.stage.cycle(2)
    assert (house.states(), house.sink.accepted, house.notes()) == ({"queued": 1}, [], [])


def test_edited_as_new_and_sent_it_is_the_agents_answer(client: Thunderbird) -> None:
    """One mail, the agent's own; our draft goes by itself."""
    client.edit_as_new(CHANGES)
    client.send()
    client.stage.cycle(2)
    house = client.stage.house
    assert (house.states(), len(house.sink.accepted)) == ({"answered_by_agent": 1}, 1)
    assert WORDS.encode() in house.sink.accepted[0].raw
    assert (house.drafts(), house.notes()) == ({}, [])


def test_edited_as_new_saved_and_approved_it_is_sent_as_edited(client: Thunderbird) -> None:
    """By us, in the agent's words, once."""
    client.edit_as_new(CHANGES)
    client.save()
    client.stage.cycle()
    client.read("Drafts", "Mia")
    client.move("Mia", "Approved")
    client.stage.cycle(2)
    assert client.stage.house.states() == {"sent": 1}
    assert WORDS in client.stage.sent_text()
    assert client.stage.house.drafts() == {}
