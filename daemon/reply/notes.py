"""Notes to the agent: plain words on what happened and what to do; never sent to anybody.

Promises: one text for each reason why a draft was held; every reason slug of `desk.draft` and of the
stages has one, and a test proves it.

Errors: `KeyError` for a reason without words, which is a bug.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

HELD_REASONS: Mapping[str, str] = {
    "not_approved": "It was no longer approved when its turn came. Move it to {approved} again.",
    "wrong_recipient": (
        "It is not addressed to exactly the buyer's Amazon address, {recipient}. Correct To, "
        "empty Cc and Bcc, then move it to {approved} once more."
    ),
    "wrong_sender": (
        "Its sender is not the mailbox's approved address. Choose {sender} as the sender, then "
        "move it to {approved} once more."
    ),
    "content_changed": (
        "Its content changed after it had been approved. Look at it again, then move it to "
        "{approved} once more."
    ),
    "newer_revision": (
        "A newer version of it exists. Delete the one that you do not want, and move the other to {approved}."
    ),
    "newer_message": (
        "The buyer wrote again at {time}. Read it, change the answer where needed, then move it "
        "to {approved} once more."
    ),
    "answered_elsewhere": (
        "Somebody has answered this buyer already ({detail}). If this answer is still needed, move it to "
        "{approved} once more."
    ),
    "gap_left": (
        "A gap is left in its text: {detail}. Fill it in (edit as new, or move it to Drafts and "
        "edit), then move it to {approved}."
    ),
    "empty_text": "It has no text of its own. Write the answer, then move it to {approved} once more.",
    "diverging_parts": (
        "It has a text part and an HTML part that say different things, so nobody can tell which of them is "
        "meant. Save it with one of them only (plain text is best), then move it to {approved} once more."
    ),
    "attachments": (
        "An attachment cannot be sent: {detail}. Remove it, or attach it as one of pdf, png, txt, doc, docx, "
        "tiff, bmp, jpg under a plain name, then move it to {approved} once more."
    ),
    "copy_gone": (
        "Its copy disappeared from {approved} before it was sent, and lies in no other folder. "
        "Nothing was sent."
    ),
    "unreadable": (
        "Its copy in {approved} cannot be read with certainty. Write it anew from the original draft."
    ),
    "two_copies": (
        "Two different copies of it lie in {approved}. Remove the one that must not be sent, then"
        " move the other one out and in again."
    ),
    "policy": (
        "Amazon's rules forbid this content: {detail}. Change it, then move it to {approved} once more."
    ),
    "refused": (
        "The mail server refused it for good: {detail}. It has not been sent. Correct the cause, "
        "then move it to {approved} once more."
    ),
    "refused_at_the_end": (
        "The mail server took the text and then refused it: {detail}. It has not been sent. Move "
        "it to {approved} once more to try again."
    ),
    "in_doubt": (
        "It may or may not have reached the buyer at {time}: the connection broke before the "
        "server's answer. Look into Sent and into Seller Central. If the buyer has it, move this note "
        "to {approved}. If not, move the draft from {approved} back to {approval}; moving it to "
        "{approved} once more then sends it. It will never be sent again by itself."
    ),
    "undelivered": (
        "The answer sent to {recipient} at {time} did not arrive: Amazon, or a mail server, could not "
        "deliver it. A new draft with the same text lies in {approval}. See that the address is approved "
        "in Seller Central, then move the draft to {approved}, or answer there. The buyer waits since "
        "their first message."
    ),
    "undelivered_no_draft": (
        "The answer sent to {recipient} at {time} did not arrive: Amazon, or a mail server, could not "
        "deliver it. Its text is in Sent. The buyer has a newer draft, or has written again: see that the"
        " next answer says what this one said. The buyer waits since their first message."
    ),
    "opt_out": (
        "Amazon stopped the answer sent to {recipient} at {time}, since the buyer takes no such messages."
        " Its text is in Sent. If the buyer needs an answer, give it in Seller Central; if not, mark the "
        "message there as needing no response, and move it to the folder that says so here. Never write "
        "[Important] into a subject to get through. Until then the buyer waits since their first message."
    ),
    "agents_answer_undelivered": (
        "An answer that an agent gave at {time} did not arrive, says a notice from Amazon. The buyer "
        "waits since their first message: answer again, or in Seller Central."
    ),
    "receipt_not_trusted": (
        "A mail from {detail} says what became of an answer, but the mail service does not vouch for its "
        "sender: it may be forged, and changes nothing. Look into Seller Central to see whether it is "
        "true."
    ),
    "duplicate": (
        "An agent sent an answer from a mail client as well as firstreply ({detail}): the buyer may have "
        "two. Both are in Sent. If they differ, tell the buyer which one counts."
    ),
    "ledger_restored": (
        "The ledger was put back from a backup: Sent holds answers of firstreply that it knows nothing of "
        "({detail}). Drafts that had been approved are held. See in Sent that they have not been answered, "
        "then move them to {approved} once more."
    ),
    "not_stored": (
        "The mail server does not take it into a folder: {detail}. It has not been sent, and lies nowhere. "
        "Please answer the buyer in Seller Central or from your mail client. If a manual makes it too large, "
        "put a smaller one into the library."
    ),
    "sent_not_stored": (
        "An answer was sent at {time}, but the mail server does not take its copy into Sent: {detail}. The "
        "ledger has it: `firstreply evidence` shows it with its order."
    ),
    "template_failed": "No draft could be written: {detail}. Please answer the buyer yourself.",
    "promised": (
        "These facts are missing, and the limit is near: {detail}. The draft in {approval} therefore "
        "promises the buyer a full answer by {time}. Find them out, and either write that answer in place "
        "of the promise, or send the promise: firstreply reminds you of it when its day comes."
    ),
    "not_ours": (
        "A mail in {approved} is no draft of firstreply, so it was not sent. It has been moved to {detail}."
    ),
    "unknown_draft": (
        "The ledger knows nothing of a draft in {approved}: it was put back from a backup, or the draft is "
        "another mailbox's. It was not sent, and has been moved to {detail}. Please delete it there: if the "
        "buyer still needs an answer, a newer draft is waiting."
    ),
    "vanished": (
        "It lies in no folder any more, and no answer was found in Sent. It has not been sent and is not "
        "written again. The buyer's clock runs on: please answer in Seller Central or from your mail client."
    ),
    "turned_up": (
        "It had vanished from all folders and lies here again. Look whether the buyer has been answered "
        "meanwhile; if not, move it to {approved} once more."
    ),
    "flood": (
        "Very many drafts were moved to {approved} within a minute, so none of them was sent. If you meant "
        "it, move this one to {approved} once more."
    ),
    "case_due": (
        "A step is due at {time}: {detail}. What to do stands in the worklist, and in `firstreply cases`."
    ),
    "mass_vanish": (
        "Many drafts ({detail}) vanished at once. Nothing is sent and nothing is decided in this mailbox "
        "until they are back. Bring them back if you can. If they are gone on purpose, move this note to "
        "{approved}: the mailbox then goes on without them."
    ),
    "kept_after_correction": (
        "You said that this message is something else, and that is noted. This draft has been edited, so it "
        "was kept: move it to {approved} to send it, or to {rejected} if another answer is needed."
    ),
    "wrote_to_buyer": (
        "A mail to this buyer was sent at {time}, and it does not say which message it answers. If this "
        "answer is still needed, move it to {approved} once more."
    ),
    "not_known": (
        "A mail was moved into a folder of corrections, but it is no message of a buyer that firstreply "
        "knows. Nothing was noted; move it back to where it belongs."
    ),
    "newer_draft": (
        "An older draft was moved back into {approval} while {detail} of the same conversation is open. It "
        "has been moved to {rejected}."
    ),
    "out_of_date": (
        "A draft moved to {approved} is out of date ({detail}), so it was not sent. It has been "
        "moved to {rejected}."
    ),
}
"""What a note says, by the reason slug."""
_NOT_ARRIVED = "Please look: an answer did not arrive"
SUBJECTS: Mapping[str, str] = {
    "in_doubt": "Please look: in doubt",
    "duplicate": "Please look: a buyer may have two answers",
    "ledger_restored": "Please look: the ledger was restored",
    "undelivered": _NOT_ARRIVED,
    "undelivered_no_draft": _NOT_ARRIVED,
    "opt_out": _NOT_ARRIVED,
    "agents_answer_undelivered": _NOT_ARRIVED,
    "receipt_not_trusted": "Please look: a notice that may be forged",
    "promised": "Facts are missing",
    "sent_not_stored": "Please look: Sent lacks an answer",
    "case_due": "Please look: a step of a case is due",
    "mass_vanish": "Please look: this mailbox is frozen",
}
"""The subject of a note, where it is not about a draft that was not sent."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a note's text is filled with."""

    approved: str
    approval: str
    rejected: str
    sender: str
    recipient: str = ""
    detail: str = ""
    time: datetime | None = None


def moment(when: datetime) -> str:
    """A time as notes tell it, in the time zone that it comes in."""
    return f"{when:%H:%M %Z on %d %B}"


def note_text(reason: str, words: Words, order_id: str = "", buyer: str = "") -> tuple[str, str]:
    """Subject and text of a note."""
    text = HELD_REASONS[reason].format(
        approved=f'"{words.approved}"',
        approval=f'"{words.approval}"',
        rejected=f'"{words.rejected}"',
        sender=words.sender,
        recipient=words.recipient,
        detail=words.detail or "no details",
        time=moment(words.time) if words.time else "an unknown time",
    )
    who = ", ".join(word for word in (buyer, order_id and f"order {order_id}") if word)
    about = f" ({who})" if who else ""
    subject = f"{SUBJECTS.get(reason, 'Not sent: a draft needs you')}{about}"
    closing = "This is a note from firstreply. Nobody else has received it; you may delete it."
    return subject, f"{text}\n\nReason: {reason}\n\n{closing}\n"
