"""No sequence of events makes a late answer look in time, loses a waiting message or moves a start."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemon.desk.clock import RULE
from daemon.ports.ledger import schema as t
from tests.clock_script import Script, hour
from tests.fresh_ledger import open_ledger
from tests.ledger_kit import Desk

MOST_DELAYED = 168
"""Hours by which a Date may lie before the arrival and be believed."""
ACTS = st.sampled_from(
    ("buyer", "buyer", "sent", "sent", "bounce", "bounce", "agent", "central", "excuse", "other", "confirm")
)
EVENTS = st.lists(
    st.tuples(
        ACTS,
        st.integers(0, 2),  # which message it is about
        st.sampled_from((0.1, 1.0, 5.0, 11.0, 23.5, 25.0)),  # hours since the event before
        st.sampled_from((0.0, 0.0, 2.0, 30.0, 200.0, -9.0)),  # hours by which a stamp lies in the past
    ),
    min_size=2,
    max_size=12,
)


@dataclass
class Truth:
    """What really happened, by the mail server's hours."""

    asked: dict[str, float] = field(default_factory=dict)
    answers: list[tuple[float, str | None]] = field(default_factory=list)
    """When an answer can have been given at the earliest, and the message whose draft it was."""
    lost: set[str] = field(default_factory=set)
    excused: set[str] = field(default_factory=set)

    def answered(self, name: str) -> list[float]:
        """The answers that reached the buyer and can be answers to this message."""
        return [
            at
            for at, draft in self.answers
            if draft not in self.lost and (at >= self.asked[name] or draft == name)
        ]


class World:
    """A conversation in a ledger, beside the truth about it."""

    def __init__(self, desk: Desk, behind: float) -> None:
        self.script, self.truth = Script(desk), Truth()
        self.script.behind, self.now, self.looked = behind, 0.0, 0.0

    def happen(self, act: str, index: int, gap: float, lie: float) -> None:
        """One event, and the full look after it."""
        self.now += gap
        names = sorted(self.truth.asked)
        if act == "buyer" or not names:
            name = "ABCDEFGHIJ"[len(names)]
            self.script.play(f"{name}@{self.now}<{self.now - lie}/4")
            # mail that came late was written when its Date says, and may have been answered before it came
            self.truth.asked[name] = self.now - lie if 0 <= lie <= MOST_DELAYED else self.now
        else:
            self._about(act, names[index % len(names)], lie)
        self.script.play(f"look@{self.now}")
        self.looked = self.now

    def _about(self, act: str, name: str, lie: float) -> None:
        drafted = {draft for _, draft in self.truth.answers}
        if act in {"agent", "sent"}:
            if name in drafted or self._has_draft(name):
                return
            # a stamp that lies may be believed back to the last look that did not find it, and no further
            stamp = self.now - lie if act == "agent" else self.now
            self.script.play(f"{act}:{name}@{stamp}>{self.now}")
            self.truth.answers.append((max(stamp, self.looked) if lie > 0 else self.now, name))
        elif act == "central":
            # its copy may come long after it
            at = self.now - max(lie, 0.0)
            self.script.play(f"central@{at}>{self.now}")
            self.truth.answers.append((at, None))
        elif act == "bounce":
            if name in drafted:
                self.truth.lost.add(name)
                self.script.play(f"bounce:{name}@{self.now}")
        else:
            if act == "excuse" and self.script.state(name).startswith("open"):
                self.truth.excused.add(name)
            self.script.play(f"{act}:{name}@{self.now}" + ("/30" if act == "other" else ""))

    def _has_draft(self, name: str) -> bool:
        """Whether its conversation has an open draft already."""
        conversation = self.script.desk.one(t.message, self.script.messages[name])["conversation_id"]
        states = ("queued", "approved", "sending")
        with self.script.desk.ledger.engine.connect() as connection:
            query = sa.select(t.draft.c.id).where(
                t.draft.c.conversation_id == conversation, t.draft.c.state.in_(states)
            )
            return connection.execute(query).first() is not None


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[Desk]]:
    """A new mailbox for each example, in one ledger."""
    ledger = open_ledger(tmp_path_factory.mktemp("property") / "ledger.db")
    yield (Desk.open(ledger, f"shop-{number}") for number in itertools.count())
    ledger.close()


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(EVENTS, st.sampled_from((0.0, -30.0, -3.0, 3.0)))
def test_no_sequence_of_events_flatters(
    desks: Iterator[Desk], events: list[tuple[str, int, float, float]], behind: float
) -> None:
    """Whoever answers, however stamps and clocks lie, whatever bounces, is excused or renamed."""
    world = World(next(desks), behind)
    for event in events:
        world.happen(*event)
    script, truth = world.script, world.truth
    for name, message in script.messages.items():
        clock, row = script.desk.clock(message), script.desk.one(t.message, message)
        assert clock["started_at"] <= row["received_at"] == hour(truth.asked[name])
        assert clock["rule_at"] == clock["started_at"] + RULE
        given_at = truth.answered(name)
        if clock["state"] == "answered":
            assert given_at, f"{name} counts as answered and was not"
            asked = hour(truth.asked[name])
            earliest = hour(min(given_at))
            assert clock["ended_at"] >= earliest
            if clock["ended_at"] - row["received_at"] <= RULE:
                assert earliest - asked <= RULE, f"{name} looks in time and is late"
        elif clock["state"] == "excused":
            assert name in truth.excused
