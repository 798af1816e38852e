"""Paste-in notes: which texts for Seller Central a case asks for, and how the notes are called.

Promises: pure. The texts lie in `templates/notes` and are rendered like replies, but no way leads from a
note to a buyer.

Errors: `KeyError` for a name that is no note, which is a bug.
"""

from collections.abc import Mapping

from daemon.desk.playbook import Scenario

SUBJECTS: Mapping[str, str] = {
    "public_reply": "To paste: public reply to a review or feedback",
    "removal_request": "To paste: request to strike feedback through",
    "abuse_report": "To paste: report of abuse, with the list of evidence",
    "a_to_z_statement": "To paste: statement on a claim",
}
"""The subject of each note, by its template's name."""


def notes_for(scenario: Scenario, cause: str = "", fulfilled_by: str = "") -> tuple[str, ...]:
    """The notes that a case asks for, by template name.

    Feedback about a delivery can be struck through when Amazon delivered (`amazon.md` 2.4), so the request
    is left out when we know that the seller shipped the order.
    """
    if scenario is Scenario.A_TO_Z_CLAIM:
        return ("a_to_z_statement",)
    if scenario is not Scenario.NEGATIVE_REVIEW:
        return ()
    if cause == "malicious":
        return ("public_reply", "abuse_report")
    if cause == "delivery" and fulfilled_by != "seller":
        return ("public_reply", "removal_request")
    return ("public_reply",)


def note_subject(name: str, order_id: str = "") -> str:
    """The subject of a note, with the order when it is known."""
    return SUBJECTS[name] + (f" (order {order_id})" if order_id else "")
