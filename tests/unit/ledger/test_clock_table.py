"""What happens to a conversation, and how its clocks stand then: the table of cases, on both databases."""

import pytest

from tests.clock_script import Script
from tests.ledger_kit import Desk

CASES = (
    # one message
    ("A@0", "A=open:0:24"),
    ("A@0/1", "A=open:0:1"),
    ("A@0/48!36", "A=open:0:24"),
    ("A@0/48!12", "A=open:0:12"),
    ("A@0 agent:A@24", "A=answered:24:in"),
    ("A@0 agent:A@24.01", "A=answered:24.01:late"),
    ("A@0 sent:A@3", "A=answered:3:in"),
    ("A@0 sent:A@25", "A=answered:25:late"),
    ("A@0 central@3", "A=answered:3:in"),
    ("A@0 central@30", "A=answered:30:late"),
    ("A@0 excuse:A@2", "A=excused"),
    ("A@0 excuse:A@40", "A=excused"),
    # seen later than it happened
    ("A@0 agent:A@3>40", "A=answered:3:in"),
    ("A@0 agent:A@30>40", "A=answered:30:late"),
    ("A@0 central@3>40", "A=answered:3:in"),
    # the buyer writes again before the answer: the oldest message counts
    ("A@0 B@5", "A=open:0:24 B=open:0:24"),
    ("A@0 B@5/1", "A=open:0:6 B=open:0:6"),
    ("A@0/1 B@5/1", "A=open:0:1 B=open:0:1"),
    ("A@0 B@5 C@9 agent:C@20", "A=answered:20:in B=answered:20:in C=answered:20:in"),
    ("A@0 B@5 agent:B@26", "A=answered:26:late B=answered:26:in"),
    ("A@0 B@5 sent:B@26", "A=answered:26:late B=answered:26:in"),
    ("A@0 B@5 central@26", "A=answered:26:late B=answered:26:in"),
    # the buyer writes again after the answer: a clock of its own
    ("A@0 agent:A@3 B@5", "A=answered:3:in B=open:5:29"),
    ("A@0 agent:A@3 B@5/2 agent:B@6", "A=answered:3:in B=answered:6:in"),
    ("A@0 agent:A@3 B@5 C@9", "A=answered:3:in B=open:5:29 C=open:5:29"),
    # the answer was given before the second message and seen after it
    ("A@0 B@5/2 agent:A@3>9", "A=answered:3:in B=open:5:7"),
    ("A@0 B@5/2 C@6/9 agent:A@3>9", "A=answered:3:in B=open:5:7 C=open:5:7"),
    ("A@0 B@5/9 C@6/2 agent:A@3>9", "A=answered:3:in B=open:5:8 C=open:5:8"),
    ("A@0 B@5 C@8 agent:A@6>9", "A=answered:6:in B=answered:6:in C=open:8:32"),
    ("A@0 B@5 central@3>9", "A=answered:3:in B=open:5:29"),
    ("A@5 central@3>9", "A=open:5:29"),
    ("A@0 excuse:A@1 B@5 central@3>9", "A=excused B=open:5:29"),
    # a message that came between the final dot and the server's word was not answered by it
    ("A@0 B@3.2 sent:A@3.5>3", "A=answered:3.5:in B=open:3.2:27.2"),
    ("A@0 B@2.9 sent:A@3.5>3", "A=answered:3.5:in B=answered:3.5:in"),
    # mail that is delivered late waits since it was written; a Date that cannot be true counts for nothing
    ("A@5<2", "A=open:2:26"),
    ("A@30<2", "A=open:2:26"),
    ("A@30<2 agent:A@31", "A=answered:31:late"),
    ("A@167<0", "A=open:0:24"),
    ("A@200<0", "A=open:200:224"),
    ("A@5<9", "A=open:5:29"),
    ("A@5<9000", "A=open:5:29"),
    ("A@5<-500000", "A=open:5:29"),
    ("A@5 B@8<2", "A=open:2:26 B=open:2:26"),
    ("A@0 agent:A@3 B@8<2", "A=answered:3:in B=open:2:26"),
    ("A@0 agent:A@3 B@30<2 agent:B@31", "A=answered:3:in B=answered:31:late"),
    # another scenario: the limits move, the start does not
    ("A@0 other:A@5/2", "A=open:0:2"),
    ("A@0/1 other:A@0.5", "A=open:0:24"),
    ("A@0/1 other:A@9/30!20", "A=open:0:20"),
    ("A@0/1 B@2/8 other:A@3", "A=open:0:10 B=open:0:10"),
    ("A@0 B@2 other:B@3/1", "A=open:0:3 B=open:0:3"),
    ("A@0 agent:A@25 other:A@26/30", "A=answered:25:late"),
    ("A@0 other:A@30/40", "A=open:0:24"),
    # no reply needed: only for the message that was moved
    ("A@0 B@5/1 excuse:A@6", "A=excused B=open:5:6"),
    ("A@0 B@5/1 excuse:B@6", "A=open:0:24 B=excused"),
    ("A@0 B@5 excuse:A@6 excuse:B@7", "A=excused B=excused"),
    ("A@0 B@5 excuse:B@6 agent:A@25", "A=answered:25:late B=excused"),
    ("A@0 excuse:A@1 B@5", "A=excused B=open:5:29"),
    ("A@0 agent:A@3 excuse:A@4", "A=answered:3:in"),
    # an answer that did not arrive: the original start counts again
    ("A@0 agent:A@3 bounce:A@4", "A=open:0:24"),
    ("A@0 sent:A@3 bounce:A@30", "A=open:0:24"),
    ("A@0 sent:A@3 bounce:A@30 central@31", "A=answered:31:late"),
    ("A@0 sent:A@3 bounce:A@4 central@5", "A=answered:5:in"),
    ("A@0 sent:A@3 B@5/1 bounce:A@9", "A=open:0:6 B=open:0:6"),
    ("A@0 B@1 sent:B@3 bounce:B@9", "A=open:0:24 B=open:0:24"),
    ("A@0 sent:A@3 B@5 sent:B@27 bounce:A@28", "A=answered:27:late B=answered:27:in"),
    ("A@0 sent:A@3 B@5 sent:B@7 bounce:A@8 bounce:B@9", "A=open:0:24 B=open:0:24"),
    ("A@0 sent:A@3 B@5 excuse:B@6 bounce:A@9", "A=open:0:24 B=excused"),
    ("A@0 excuse:A@3 bounce:A@4", "A=open:0:24"),
    ("A@0 B@1 excuse:A@3 sent:A@4 bounce:A@5", "A=excused B=open:1:25"),
    ("A@0 sent:A@3 B@5 sent:B@7 bounce:A@8 bounce:A@9", "A=answered:7:in B=answered:7:in"),
    ("A@0 central@3 bounce:A@8", "A=open:0:24"),
    ("A@0 bounce:A@4", "A=open:0:24"),
    # Amazon had it later than the mail server took it
    ("A@0 sent:A@3 confirm:A@4", "A=answered:4:in"),
    ("A@0 sent:A@23 confirm:A@25", "A=answered:25:late"),
    ("A@0 sent:A@25 confirm:A@2", "A=answered:25:late"),
    ("A@0 sent:A@3 confirm:A@4 bounce:A@5", "A=open:0:24"),
    # clocks that are wrong
    ("A@0 look@25 agent:A@1>25.1", "A=answered:25:late"),
    ("A@0 look@2 agent:A@3>25", "A=answered:3:in"),
    ("host_@-3 A@0 sent:A@25", "A=answered:25:late"),
    ("host_@-3 A@0 sent:A@23", "A=answered:23:in"),
    ("host_@3 A@0 sent:A@22", "A=answered:25:late"),
    ("host_@-3 A@0 look@25 agent:A@1>25.1", "A=answered:25:late"),
    ("host_@3 A@0 look@2 agent:A@3>4", "A=answered:3:in"),
)


@pytest.mark.parametrize(("events", "states"), CASES, ids=[events for events, _ in CASES])
def test_a_conversation_and_its_clocks(desk: Desk, events: str, states: str) -> None:
    """Each message's clock, after these events."""
    script = Script(desk)
    script.play(events)
    assert script.states() == states


def test_the_table_has_its_sixty_cases() -> None:
    """No case stands there twice."""
    assert len({events for events, _ in CASES}) == len(CASES) >= 60
