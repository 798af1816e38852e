"""The demonstration's agent: does with drafts what a person does in a mail client, over IMAP.

Promises: uses nothing of the daemon, only a connection of its own. `edit` does what most clients do with
"edit as new": a new copy with a new Message-ID and no X- headers, in Drafts, the old one removed.

Errors: imapclient's own; the demonstration ends with them.
"""

import email
import re
import uuid
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr

from imapclient import IMAPClient


@dataclass(frozen=True, slots=True)
class QueuedDraft:
    """A draft as the agent's client lists it."""

    uid: int
    to: str
    subject: str
    text: str
    note: bool


class Agent:
    """A person with a mail client."""

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        self._client = IMAPClient(host, port=port, ssl=False, timeout=30)
        self._client.login(user, password)

    def close(self) -> None:
        """Log out."""
        self._client.logout()

    def prepare(self) -> None:
        """The folders that every account of a provider has."""
        for name in ("Sent", "Drafts", "Trash"):
            if not self._client.folder_exists(name):
                self._client.create_folder(name)

    def queue(self, folder: str = "Approval") -> list[QueuedDraft]:
        """What lies in the approval queue."""
        if not self._client.folder_exists(folder):
            return []
        self._client.select_folder(folder, readonly=True)
        found = self._client.fetch(self._client.search("ALL"), ["BODY.PEEK[]"])
        return [_draft(uid, data[b"BODY[]"]) for uid, data in sorted(found.items())]

    def count(self, folder: str) -> int:
        """How many mails lie in a folder."""
        if not self._client.folder_exists(folder):
            return 0
        return int(self._client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])

    def move(self, draft: QueuedDraft, folder: str) -> None:
        """Drag a draft into another folder."""
        self._client.select_folder("Approval")
        self._client.move([draft.uid], folder)

    def edit_and_approve(self, draft: QueuedDraft, text: str) -> None:
        """Edit as new, save, and drag the new copy into `Approved`; the old one is thrown away."""
        self._client.select_folder("Approval")
        raw = self._client.fetch([draft.uid], ["BODY.PEEK[]"])[draft.uid][b"BODY[]"]
        old = email.message_from_bytes(raw, policy=policy.default)
        new = EmailMessage()
        for name in ("From", "To", "Subject", "In-Reply-To", "References"):
            new[name] = str(old[name])
        new["Message-ID"] = f"<{uuid.uuid4()}@mail-client.example>"
        new["User-Agent"] = "A mail client"
        new.set_content(text)
        self._client.append("Drafts", new.as_bytes(policy=policy.SMTP), flags=[b"\\Draft"])
        self._client.delete_messages([draft.uid], silent=True)
        self._client.uid_expunge([draft.uid])
        self._client.select_folder("Drafts")
        self._client.move(self._client.search("ALL"), "Approved")

    def answered(self) -> int:
        """How many mails of the inbox carry the mark of an answered mail."""
        self._client.select_folder("INBOX", readonly=True)
        return len(self._client.search(["ANSWERED"]))


def _draft(uid: int, raw: bytes) -> QueuedDraft:
    mail = email.message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
    text = body.get_content() if body is not None else ""
    is_note = str(mail.get("Auto-Submitted", "no")) != "no"
    return QueuedDraft(uid, parseaddr(str(mail["To"]))[1], str(mail["Subject"]), str(text), is_note)


def fill_gaps(text: str) -> str:
    """What the agent looks up and writes in place of each gap."""
    answers = {
        "carrier": "DHL",
        "tracking number": "00340434161094000000",
        "tracking status": "at the local depot",
        "expected date": "tomorrow",
        "usage steps": "1. Hold the button for three seconds.\n2. Turn the ring to the colour you like.",
        "product answer": "The clamp fits tables of up to 6 cm, and there is a white one.",
        "order change answer": "The order has not left yet.",
        "answer": "We will look into it today.",
    }
    # a client unwraps flowed text before a person sees it
    whole = re.sub(r" \n(?!\n)", " ", text)
    return re.sub(r"\[\[([^\]]+)\]\]", lambda gap: answers.get(gap[1], "to be told"), whole)
