"""What a draft holds beside its template's words: files, and what becomes of them on the way to the buyer."""

import email
from email import policy
from email.message import EmailMessage

import pytest

from daemon.reply.copies import read_copy
from tests.stage_kit import Stage


def with_file(raw: bytes, name: str, content: bytes = b"%PDF-1.7 \xff") -> bytes:
    """The copy after an agent attached a file in their mail client."""
    mail = email.message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def test_a_file_that_the_agent_attached_is_sent(stage: Stage) -> None:
    """Approved with the text, rebuilt into the delivery, under the type of its name."""
    _, raw = stage.draft()
    stage.flush("Approval")
    stage.house.put("Approved", with_file(raw, "Größe 3.pdf"))
    stage.cycle()
    (accepted,) = stage.house.sink.accepted
    copy = read_copy(accepted.raw)
    assert [(file.name, file.type, file.content) for file in copy.attachments] == [
        ("Größe 3.pdf", "application/pdf", b"%PDF-1.7 \xff")
    ]
    assert copy.text == read_copy(raw).text


@pytest.mark.parametrize(
    ("name", "size", "reason"), [("tool.exe", 9, "attachments"), ("long.pdf", 10_000_001, "policy")]
)
def test_a_file_that_amazon_does_not_take_is_held(stage: Stage, name: str, size: int, reason: str) -> None:
    """The note says which file, and why."""
    _, raw = stage.draft()
    stage.flush("Approval")
    stage.house.put("Approved", with_file(raw, name, b"x" * size))
    stage.cycle()
    assert (stage.house.states(), stage.house.sink.accepted) == ({"held": 1}, [])
    (note,) = stage.house.notes()
    assert f"Reason: {reason}" in read_copy(note).text
