"""What people do between the daemon's look at the folders and the sending is seen before the connection."""

import email
from email import policy
from email.message import EmailMessage

from tests.mails import BROKEN
from tests.smtp_sink import Accepted
from tests.stage_kit import Stage

FIRST = "q7d2k9x4m1vfirst"


def parsed(raw: bytes) -> EmailMessage:
    """A mail as the standard library reads it."""
    mail = email.message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


class Agent:
    """An agent who acts on the drafts of several buyers while the first one's answer is sent."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.house = stage, stage.house
        self.acts = [
            *(self.sends_an_edit, self.sends_without_references, self.writes_anew, self.marks_answered),
            *(self.saves_in_drafts, self.saves_in_the_queue, self.leaves_a_twin),
        ]

    def copy(self, raw: bytes, **changed: str | None) -> bytes:
        """A copy as a mail client makes it: no header of ours but the threading."""
        mail = parsed(raw)
        del mail["X-Firstreply-Token"]
        for name, value in {"Message-ID": "<client@shop.example>", **changed}.items():
            del mail[name]
            if value is not None:
                mail[name] = value
        return mail.as_bytes()

    def sends_an_edit(self, raw: bytes) -> None:
        """Edited as new, and sent: our link is in References only."""
        self.house.put("Sent", self.copy(self.stage.edited(raw, "My words.")))

    def sends_without_references(self, raw: bytes) -> None:
        """A client that keeps the Message-ID and loses the threading."""
        link = str(parsed(raw)["Message-ID"])
        lost = {"Message-ID": link, "References": None, "In-Reply-To": None}
        self.house.put("Sent", self.copy(raw, **lost))

    def writes_anew(self, raw: bytes) -> None:
        """A reply to the buyer's own mail, without anything of ours."""
        answers = str(parsed(raw)["In-Reply-To"])
        self.house.put("Sent", self.copy(raw, References=answers))

    def marks_answered(self, raw: bytes) -> None:
        """Answered from an account whose Sent we do not see."""
        client = self.house.client()
        client.select_folder("INBOX")
        found = client.search(["HEADER", "Message-ID", str(parsed(raw)["In-Reply-To"])])
        client.add_flags(found, [b"\\Answered"])

    def saves_in_drafts(self, raw: bytes) -> None:
        """An editor that is still open saves."""
        self.house.put("Drafts", self.copy(self.stage.edited(raw, "Newer words.")))

    def saves_in_the_queue(self, raw: bytes) -> None:
        """The same in the queue."""
        self.house.put("Approval", self.copy(self.stage.edited(raw, "Newer words.")))

    def leaves_a_twin(self, raw: bytes) -> None:
        """A client that copies and deletes later: the same text twice is no newer text."""
        self.house.put("Approval", raw)


def test_what_happened_a_moment_ago_is_seen_before_the_connection(stage: Stage) -> None:
    """Each draft is held with a note that says what and when; a twin of the approved copy stops nothing."""
    agent = Agent(stage)
    stage.house.receive(BROKEN, alias=FIRST)
    stage.cycle()
    for number in range(len(agent.acts)):
        stage.house.receive(BROKEN, alias=f"q7d2k9x4m1v{number:04d}")
    stage.cycle()
    drafts = sorted(stage.house.drafts().values(), key=lambda raw: str(parsed(raw)["To"]))
    waiting, first = drafts[:-1], drafts[-1]
    assert FIRST in str(parsed(first)["To"])
    for uid in stage.house.drafts():
        stage.house.move(uid, "Approved")

    def act(_: Accepted) -> None:
        stage.house.sink.on_accepted = None
        for raw, how in zip(waiting, agent.acts, strict=True):
            how(raw)

    stage.house.sink.on_accepted = act
    stage.cycle()
    sent = sorted(mail.recipients[0].partition("@")[0] for mail in stage.house.sink.accepted)
    assert sent == [f"q7d2k9x4m1v{len(agent.acts) - 1:04d}", FIRST]
    notes = [" ".join(str(parsed(raw).get_content()).split()) for raw in stage.house.notes()]
    reasons = sorted(note.rpartition("Reason: ")[2].split()[0] for note in notes)
    assert reasons == ["answered_elsewhere"] * 4 + ["newer_revision"] * 2
    assert sum("(found in Sent, " in note and " UTC on " in note for note in notes) == 3
    assert sum("is marked as answered" in note for note in notes) == 1
    stage.cycle(2)
    states = stage.house.states()
    assert (states["sent"], states["answered_by_agent"]) == (2, 3)
    assert len(stage.house.sink.accepted) == 2


def test_our_own_text_beside_an_approved_edit_is_no_newer_text(stage: Stage) -> None:
    """The edit was approved; ours, which turns up in the queue after it, does not stop it."""
    house = stage.house
    for alias in (FIRST, "q7d2k9x4m1vother"):
        house.receive(BROKEN, alias=alias)
        stage.cycle()
    first, second = sorted(house.drafts())
    ours = house.drafts()[second]
    house.move(first, "Approved")
    house.delete(second)
    house.put("Approved", stage.edited(ours, "My words."))

    def late(_: Accepted) -> None:
        house.sink.on_accepted = None
        house.put("Approval", ours)

    house.sink.on_accepted = late
    stage.cycle()
    assert (len(house.sink.accepted), house.states()) == (2, {"sent": 2}), house.log()[-1500:]
    assert b"My words." in house.sink.accepted[1].raw
    assert house.notes() == []
