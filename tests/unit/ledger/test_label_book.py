"""What people said a message is, as the classifier reads it."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from daemon.desk.disposition import Action, DecidedBy, Disposition
from daemon.desk.playbook import Scenario
from daemon.errors import PermanentError
from daemon.ports.ledger import schema as t
from daemon.ports.ledger.labels import CORRECTION_WEIGHT, LabelSource, NewLabel, Outcome
from tests.ledger_kit import HOUR, NOW, Desk, arrival

LATER = NOW + HOUR
WEAK = 0.3


def say(desk: Desk, message: int, scenario: Scenario, at: timedelta = HOUR, **changes: object) -> bool:
    """A correction by Anna; whether it was news."""
    values: dict[str, Any] = {"source": LabelSource.RECLASSIFY, "who": "anna", **changes}
    return desk.ledger.labels.record(desk.claim, message, scenario, now=NOW + at, **values)


def test_a_label_comes_back_with_all_that_training_needs(desk: Desk) -> None:
    """Text, subject, language, weight, who and when; and the message's hash, by which it is one."""
    message = desk.message()
    assert say(desk, message, Scenario.RETURN_REQUEST)
    (label,) = desk.ledger.labels.taught(WEAK)
    assert (label.scenario, label.source, label.who) == (Scenario.RETURN_REQUEST, "reclassify", "anna")
    assert (label.weight, label.at, label.mailbox) == (CORRECTION_WEIGHT, LATER, "shop")
    assert (label.text, label.language) == ("It arrived broken.", "en")
    assert label.subject == "Inquiry from Amazon customer Jane"
    row = desk.ledger.labels.recorded()[0]
    assert (row.message_id, row.header_id) == (message, f"<buyer.{message}@amazon.com>")
    assert len(row.content_hash) == 64


def test_the_last_correction_counts_and_the_earlier_ones_stay_on_record(desk: Desk) -> None:
    """Anna changes her mind, and changes it back."""
    message = desk.message()
    for number, scenario in enumerate((Scenario.OTHER, Scenario.SATISFIED, Scenario.OTHER), 1):
        assert say(desk, message, scenario, number * HOUR)
    assert [label.scenario for label in desk.ledger.labels.taught(WEAK)] == [Scenario.OTHER]
    assert [label.at for label in desk.ledger.labels.recorded()] == [
        NOW + number * HOUR for number in (1, 2, 3)
    ]


def test_the_same_word_twice_in_a_row_is_recorded_once(desk: Desk) -> None:
    """A cycle that is repeated after a crash says it again; another source or scenario is news."""
    message = desk.message()
    assert say(desk, message, Scenario.OTHER)
    assert not say(desk, message, Scenario.OTHER, 2 * HOUR)
    assert say(desk, message, Scenario.OTHER, source=LabelSource.IMPORT)
    assert say(desk, desk.message(alias="another"), Scenario.OTHER)
    assert len(desk.ledger.labels.recorded()) == 3


def test_a_person_at_the_command_line_needs_no_claim(desk: Desk) -> None:
    """While a daemon owns the mailbox."""
    message = desk.message()
    assert desk.ledger.labels.record(None, message, Scenario.OTHER, LabelSource.IMPORT, "ben", NOW)


def test_a_message_that_nobody_knows_has_no_label(desk: Desk) -> None:
    """The database refuses it."""
    with pytest.raises(PermanentError, match="refused"):
        say(desk, 4711, Scenario.OTHER)


def test_the_same_mail_twice_is_one_message(desk: Desk) -> None:
    """It was moved away and back, so that it has two rows; the last word counts for both."""
    rows = desk.ledger.intake.record(
        desk.claim, desk.inbox.folder_id, 8, [arrival(1), arrival(2, NOW, f"{1:064x}")], NOW
    )
    ids = [row.message_id for row in rows]
    desk.ledger.intake.store(desk.claim, [desk.reading(message) for message in ids], NOW)
    say(desk, ids[1], Scenario.SATISFIED, HOUR)
    say(desk, ids[0], Scenario.OTHER, 2 * HOUR)
    assert [label.scenario for label in desk.ledger.labels.taught(WEAK)] == [Scenario.OTHER]


def new(scenario: Scenario = Scenario.OTHER, **changes: object) -> NewLabel:
    """A label from a file."""
    values: dict[str, Any] = {"source": LabelSource.IMPORT, "who": "ben", "weight": 1.0, **changes}
    return NewLabel(scenario, **values)


@pytest.mark.parametrize("by", ["content_hash", "header_id", "header_id and mailbox"])
def test_an_imported_label_finds_its_message(desk: Desk, by: str) -> None:
    """By its hash, or by its Message-ID in all mailboxes or in one; of several the newest."""
    message = desk.message()
    newest = Desk.open(desk.ledger, "other").message(header_id=f"<buyer.{message}@amazon.com>")
    wanted = message if "mailbox" in by else newest
    row = desk.one(t.message, message)
    names = {"content_hash": row["content_hash"], "header_id": row["message_id"], "mailbox": "shop"}
    chosen: dict[str, Any] = {name: names[name] for name in by.split(" and ")}
    label = new(**chosen)
    assert desk.ledger.labels.bring_in([label], LATER) == [Outcome.RECORDED]
    (found,) = desk.ledger.labels.taught(WEAK)
    assert (found.message_id, found.who, found.at) == (wanted, "ben", LATER)
    assert desk.ledger.labels.bring_in([label], 2 * HOUR + NOW) == [Outcome.KNOWN]


def test_an_imported_label_without_a_message_brings_its_text(desk: Desk) -> None:
    """It is learned from as if the message were here; without a text it is refused."""
    unknown = new(header_id="<nobody@amazon.com>")
    text = new(header_id="<nobody@amazon.com>", text="Where is it?", subject="Hello", language="en", at=NOW)
    outcomes = desk.ledger.labels.bring_in([unknown, text, text], LATER)
    assert outcomes == [Outcome.NO_MESSAGE, Outcome.RECORDED, Outcome.KNOWN]
    (found,) = desk.ledger.labels.taught(WEAK)
    assert (found.text, found.subject, found.language, found.at) == ("Where is it?", "Hello", "en", NOW)
    assert (found.message_id, found.mailbox, found.source) == (None, "", LabelSource.IMPORT)


def test_an_old_label_does_not_overrule_a_newer_one(desk: Desk) -> None:
    """An export of last week, brought in again, changes nothing; a label without a time is of now."""
    message = desk.message()
    say(desk, message, Scenario.SATISFIED, HOUR)
    say(desk, message, Scenario.OTHER, 3 * HOUR)
    name = desk.one(t.message, message)["content_hash"]
    history = [
        new(Scenario.RETURN_REQUEST, content_hash=name, at=NOW),
        new(Scenario.SATISFIED, content_hash=name, at=LATER),
        new(Scenario.OTHER, content_hash=name),
        new(Scenario.RETURN_REQUEST, content_hash=name),
    ]
    four = NOW + 4 * HOUR
    outcomes = desk.ledger.labels.bring_in(history[:3], four)
    assert outcomes == [Outcome.RECORDED, Outcome.KNOWN, Outcome.KNOWN]
    assert [label.scenario for label in desk.ledger.labels.taught(WEAK)] == [Scenario.OTHER]
    assert not say(desk, message, Scenario.OTHER, 4 * HOUR)
    assert desk.ledger.labels.bring_in(history[3:], four) == [Outcome.RECORDED]
    assert [label.scenario for label in desk.ledger.labels.taught(WEAK)] == [Scenario.RETURN_REQUEST]


def test_an_imported_confirmation_stays_one(desk: Desk) -> None:
    """Of a message that lies here, what was sent says whether it was confirmed; elsewhere it is weak."""
    message = desk.message()
    weak: dict[str, Any] = {"source": LabelSource.CONFIRMATION, "weight": 0.2}
    known = new(content_hash=desk.one(t.message, message)["content_hash"], **weak)
    assert desk.ledger.labels.bring_in([known], LATER) == [Outcome.KNOWN]
    text = new(Scenario.SATISFIED, text="Thank you so much", at=LATER, **weak)
    corrected = new(Scenario.OTHER, text="Thank you so much", at=NOW)
    assert desk.ledger.labels.bring_in([text], LATER) == [Outcome.RECORDED]
    assert [label.weight for label in desk.ledger.labels.taught(WEAK)] == [0.2]
    desk.ledger.labels.bring_in([corrected], LATER)
    assert [label.scenario for label in desk.ledger.labels.taught(WEAK)] == [Scenario.OTHER]


def deliver(desk: Desk, message: int, digest: str = "d1") -> None:
    """The message's draft is approved with this content, and sent."""
    delivery = desk.sending(desk.approved(message, digest))
    desk.ledger.deliveries.sent(desk.claim, delivery, 250, "ok", LATER)


def test_a_draft_sent_as_it_was_confirms_its_scenario(desk: Desk) -> None:
    """Weakly, once, at the time it was sent; nothing is written for it."""
    message = desk.message()
    deliver(desk, message)
    (label,) = desk.ledger.labels.taught(WEAK)
    assert (label.message_id, label.scenario, label.weight) == (message, Scenario.PRODUCT_ISSUE, WEAK)
    assert (label.source, label.who, label.at) == (LabelSource.CONFIRMATION, "agent", LATER)
    assert desk.ledger.labels.recorded() == []


UNSURE = Disposition(
    Action.HOLDING_DRAFT,
    "model_unsure",
    Scenario.OTHER,
    Scenario.SATISFIED,
    0.4,
    DecidedBy.MODEL,
    unsure=True,
)


def test_what_confirms_nothing(desk: Desk) -> None:
    """An edited draft (that is about the template), a holding draft, a draft that waits, or was not sent."""
    deliver(desk, desk.message(alias="edited"), digest="d2")
    deliver(desk, desk.message(alias="held", disposition=UNSURE))
    deliver(desk, desk.message(alias="promised"))
    promised = sa.update(t.draft).where(t.draft.c.state == "sent", t.draft.c.revision == 1)
    with desk.ledger.engine.begin() as connection:
        connection.execute(promised.values(template="holding"))
    desk.approved(desk.message(alias="waits"))
    desk.doubtful(desk.approved(desk.message(alias="doubt")))
    answered = desk.queued(desk.message(alias="answered"))
    desk.ledger.clocks.answered_by_agent(desk.claim, answered, NOW, NOW)
    assert desk.ledger.labels.taught(WEAK) == []


def test_a_correction_beats_a_confirmation(desk: Desk) -> None:
    """Whichever came first."""
    message = desk.message()
    say(desk, message, Scenario.RETURN_REQUEST, timedelta(0))
    deliver(desk, message)
    (label,) = desk.ledger.labels.taught(WEAK)
    assert (label.scenario, label.weight) == (Scenario.RETURN_REQUEST, CORRECTION_WEIGHT)
    assert [label.scenario for label in desk.ledger.labels.confirmed(WEAK)] == [Scenario.PRODUCT_ISSUE]
