"""What the ledger and the worklist know of what the model said."""

import json

import sqlalchemy as sa

from daemon.ports.ledger import schema as t
from tests.mails import BROKEN, buyer_mail
from tests.stage_kit import Stage


def test_an_unsure_guess_leaves_the_words_it_stands_on(stage: Stage) -> None:
    """A sure one leaves none, nor one that the contact topic overrules."""
    stage.house.receive(BROKEN)
    stage.house.receive("hm, the lamp again")
    stage.house.put("INBOX", buyer_mail("hm, again", number=9).replace(b"Inquiry", b"Shipping inquiry"))
    stage.cycle()
    ledger = stage.house.ledger()
    with ledger.engine.connect() as connection:
        rows = connection.execute(sa.select(t.message.c.action_reason, t.message.c.facts))
        facts = {reason: json.loads(found) for reason, found in rows}
    assert "grounds" not in facts["model_sure"]
    assert facts["model_sure"]["issue_reason"] == "broken_or_damaged"
    assert "grounds" not in facts["topic_proved"]
    words = facts["model_unsure"]["grounds"]
    assert words
    assert set(words) <= {"hm", "the", "lamp", "again"}
    told = {item.unsure: item.grounds for item in ledger.worklist.waiting(None)}
    assert told == {False: (), True: tuple(words)}
