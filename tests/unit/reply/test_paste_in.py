"""Which notes a case asks for."""

import pytest

from daemon.desk.playbook import Scenario
from daemon.reply.paste_in import SUBJECTS, note_subject, notes_for
from daemon.reply.template_check import NOTE_NAMES


@pytest.mark.parametrize(
    ("scenario", "cause", "fulfilled_by", "notes"),
    [
        (Scenario.A_TO_Z_CLAIM, "", "", ("a_to_z_statement",)),
        (Scenario.NEGATIVE_REVIEW, "", "", ("public_reply",)),
        (Scenario.NEGATIVE_REVIEW, "quality", "Amazon", ("public_reply",)),
        (Scenario.NEGATIVE_REVIEW, "misuse", "seller", ("public_reply",)),
        (Scenario.NEGATIVE_REVIEW, "delivery", "Amazon", ("public_reply", "removal_request")),
        (Scenario.NEGATIVE_REVIEW, "delivery", "", ("public_reply", "removal_request")),
        (Scenario.NEGATIVE_REVIEW, "delivery", "seller", ("public_reply",)),
        (Scenario.NEGATIVE_REVIEW, "malicious", "Amazon", ("public_reply", "abuse_report")),
        (Scenario.PRODUCT_ISSUE, "quality", "Amazon", ()),
        (Scenario.SATISFIED, "", "", ()),
    ],
)
def test_notes_of_a_case(scenario: Scenario, cause: str, fulfilled_by: str, notes: tuple[str, ...]) -> None:
    """Claims get a statement, bad reviews a public reply and what their cause allows."""
    assert notes_for(scenario, cause, fulfilled_by) == notes


def test_every_note_has_a_subject() -> None:
    """Names of subjects and of templates are the same."""
    assert set(SUBJECTS) == set(NOTE_NAMES)
    assert note_subject("public_reply").endswith("feedback")
    assert note_subject("abuse_report", "302-1234567-7654321").endswith("(order 302-1234567-7654321)")
    with pytest.raises(KeyError):
        note_subject("nothing")
