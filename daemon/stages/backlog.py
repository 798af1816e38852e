r"""Backlog: which of the mail that `--since` wants has been dealt with already.

Promises: asks once, when a backlog is taken in; a message that its flag, or a mail to a buyer in Sent, says
was answered gets neither clock nor draft. What a person answered without a trace in the mailbox is not known.

Errors: `TemporaryError` of the IMAP port.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from daemon.stages.context import Context
from daemon.stages.linking import aliases_in, ids_of


@dataclass(frozen=True, slots=True)
class Old:
    """What is recorded and left alone: mail from before a time, and what was answered before us."""

    before: datetime | None = None
    uids: frozenset[int] = frozenset()
    header_ids: frozenset[str] = frozenset()

    def reason(self, internal_at: datetime, uid: int, header_id: str) -> str | None:
        """Why a message is left alone; None where it is not."""
        if self.before is not None and internal_at < self.before:
            return "before_mark"
        return "answered_before" if uid in self.uids or header_id in self.header_ids else None


def old_mail(context: Context, before: datetime, day: date, uids: Sequence[int]) -> Old:
    r"""Look at the backlog's flags, and into Sent from that day on."""
    flags = context.imap.flags(context.folders.inbox, uids) if uids else {}
    sent = context.folders.sent
    replies = context.imap.uids_since(sent, day) if sent else ()
    fields = ("In-Reply-To", "To", "Cc", "Bcc")
    headers = context.imap.headers(sent, replies, fields) if sent and replies else {}
    read = (ids_of(block) for block in headers.values())
    return Old(
        before,
        frozenset(uid for uid, marks in flags.items() if "\\Answered" in marks),
        # (some clients name the mail that they forward to a colleague as one that they answer)
        frozenset(header_id for ids in read if aliases_in(ids.addressees) for header_id in ids.answers),
    )
