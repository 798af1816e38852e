"""kill -9 at every named step of a mail's life, restart, same end: one draft, and at most one mail."""

import signal

import pytest
import sqlalchemy as sa

from daemon.ports.ledger.schema import metadata
from daemon.ports.ledger.store import open_engine
from tests.daemon_kit import House
from tests.forked import Zygote
from tests.mails import BROKEN
from tests.zygote import STEPS


def approve_what_waits(house: House) -> None:
    """The agent moves each draft of the queue to Approved."""
    for uid in house.drafts():
        house.move(uid, "Approved")


def die_at(zygote: Zygote, house: House, step: str, when: str) -> bool:
    """Play a mail's life until the daemon has died at the step; says whether it did."""
    if zygote.once(house, step, when) == -signal.SIGKILL:
        return True
    house.receive(BROKEN)
    # the Sent copy is the first append of the run that sends
    if step != "append_sent" and zygote.once(house, step, when) == -signal.SIGKILL:
        return True
    if step == "append_sent":
        assert zygote.once(house) == 0
    approve_what_waits(house)
    return zygote.once(house, step, when) == -signal.SIGKILL


def let_a_minute_pass(house: House) -> None:
    """The next attempt's time comes; the ledger's clock is moved, not the test's."""
    engine = open_engine(f"sqlite:///{house.root}/state/ledger.db")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE delivery SET next_attempt_at = 0 WHERE state = 'prepared'"))
    engine.dispose()


def to_rest(zygote: Zygote, house: House) -> None:
    """Start the daemon again until nothing is left to do; the agent approves what still waits."""
    assert zygote.once(house) == 0, house.log()
    if not house.mails("INBOX"):
        house.receive(BROKEN)
        assert zygote.once(house) == 0, house.log()
    if house.states().get("queued"):
        approve_what_waits(house)
    assert zygote.once(house) == 0, house.log()
    let_a_minute_pass(house)
    # the second of these sees what the first one filed
    assert zygote.once(house) == 0, house.log()
    assert zygote.once(house) == 0, house.log()


def content(house: House) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the ledger but those that say when somebody looked."""
    engine = open_engine(f"sqlite:///{house.root}/state/ledger.db")
    with engine.connect() as connection:
        rows = {
            table.name: sorted(tuple(row) for row in connection.execute(sa.select(table.c.id)))
            if table.name == "decision"
            else [tuple(row) for row in connection.execute(sa.select(table))]
            for table in metadata.sorted_tables
            if table.name not in {"mailbox", "house"}
        }
    engine.dispose()
    return rows


# at these the content has left, or may have, and no copy in Sent proves it yet
DOUBTFUL = {("commit_sending", "after"), ("sent", "before"), ("send", "after")}
CASES = [(step, when) for step in STEPS for when in ("before", "after")]


@pytest.mark.parametrize(("step", "when"), CASES, ids=[f"{when}-{step}" for step, when in CASES])
def test_a_killed_daemon_converges(zygote: Zygote, house: House, step: str, when: str) -> None:
    """Wherever the daemon dies, the next one ends with one draft and at most one mail, and then rests."""
    assert die_at(zygote, house, step, when), f"the daemon never came to {step}"
    to_rest(zygote, house)
    doubtful = (step, when) in DOUBTFUL
    assert house.states() == ({"in_doubt": 1} if doubtful else {"sent": 1})
    assert len(house.sink.accepted) == (0 if (step, when) == ("commit_sending", "after") else 1)
    assert house.drafts() == {}
    if not doubtful:
        assert len(house.mails("Sent")) == 1
        assert house.mails("Approved") == {}
        assert b"\\Answered" in next(iter(house.flags().values()))
    before = content(house)
    assert zygote.once(house) == 0
    assert content(house) == before


def test_a_doubt_is_told_to_the_agent_and_never_sent_again(zygote: Zygote, house: House) -> None:
    """Killed between the text and its dot: a note, no mail, and no further attempt however often it runs."""
    assert die_at(zygote, house, "commit_sending", "after")
    to_rest(zygote, house)
    (note,) = house.notes()
    assert b"may or may not have reached the buyer" in note.replace(b"=\r\n", b"")
    assert b"Subject: Please look: in doubt (Mia, order 302-" in note
    for _ in range(3):
        assert zygote.once(house) == 0
    assert house.sink.accepted == []


def test_a_doubt_is_settled_by_a_copy_in_sent(zygote: Zygote, house: House) -> None:
    """A provider that files what it relays proves the sending: the delivery's own Message-ID in Sent."""
    assert die_at(zygote, house, "sent", "before")
    house.put("Sent", house.sink.accepted[0].raw)
    to_rest(zygote, house)
    assert house.states() == {"sent": 1}
    assert len(house.mails("Sent")) == len(house.sink.accepted) == 1
