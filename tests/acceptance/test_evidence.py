"""What the ledger knows of a decision that the model was not sure of."""

import json

import sqlalchemy as sa

from daemon.ports.ledger import schema as t
from tests.mails import BROKEN, buyer_mail
from tests.stage_kit import Stage


def test_an_unsure_guess_leaves_the_words_it_stands_on(stage: Stage) -> None:
    """For the worklist and for notes; a sure one leaves none, nor one that the contact topic overrules."""
    stage.house.receive(BROKEN)
    stage.house.receive("hm, the lamp again")
    stage.house.put("INBOX", buyer_mail("hm, again", number=9).replace(b"Inquiry", b"Shipping inquiry"))
    stage.cycle()
    with stage.house.ledger().engine.connect() as connection:
        rows = connection.execute(sa.select(t.message.c.action_reason, t.message.c.facts))
        facts = {reason: json.loads(found) for reason, found in rows}
    assert "evidence" not in facts["model_sure"]
    assert "evidence" not in facts["topic_proved"]
    assert facts["model_unsure"]["evidence"]
    assert set(facts["model_unsure"]["evidence"]) <= {"hm", "the", "lamp", "again"}
