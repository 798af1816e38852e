"""The values of `gesture.py`: copies as they are seen, and what is decided about them.

Promises: frozen values only.

Errors: none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from daemon.desk.draft import DraftState


class Role(StrEnum):
    """What a folder means for the copies in it."""

    QUEUE = "queue"
    APPROVED = "approved"
    REJECTED = "rejected"
    RECLASSIFY = "reclassify"
    DRAFTS = "drafts"
    SENT = "sent"
    TRASH = "trash"
    ARCHIVE = "archive"
    """Out of sight, and where folders are labels the folder that shows every mail besides its other ones."""


@dataclass(frozen=True, slots=True)
class Seen:
    r"""One copy of a draft; `digest` is None where its text need not or could not be read.

    `known` says that the ledger already names this very mail as the draft's place. `deleted` and `flagged`
    are the flags `\Deleted` and `\Flagged`.
    """

    copy_id: int
    role: Role
    uid: int
    internal_at: datetime
    digest: str | None = None
    known: bool = False
    deleted: bool = False
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """A draft and all that is seen of it; `own_digest` is that of the text which we wrote ourselves.

    `rival` says that another draft of its conversation is open. `touched_at` is when its copies, or its
    state, changed last.
    """

    state: DraftState
    own_digest: str
    digest: str
    approved_digest: str | None
    touched_at: datetime
    copies: tuple[Seen, ...] = ()
    rival: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    r"""How long a sight must last before it counts.

    `settle` for edits and leftovers, `sent_may_follow` for deleted drafts, whose copy in Sent may still come;
    `grace` for drafts that are nowhere. `flag_approves` makes `\Flagged` in the queue an approval.
    """

    settle: timedelta
    sent_may_follow: timedelta
    grace: timedelta
    flag_approves: bool = False


class Verdict(StrEnum):
    """What is to be done about a draft."""

    NOTHING = "nothing"
    WAIT = "wait"
    """Nothing yet: look again, even if nothing changes."""
    RELOCATE = "relocate"
    APPROVE = "approve"
    EDIT = "edit"
    RETURN = "return"
    REJECT = "reject"
    ANSWERED = "answered"
    RECLASSIFY = "reclassify"
    HOLD = "hold"
    BACK = "back"
    """Copies of a held draft that are still in Approved go back to the queue."""
    FLAGGED = "flagged"
    """Our own move into Approved, since a person's flag says so."""
    UNSENT = "unsent"
    """A person says that a delivery in doubt did not arrive."""
    OUT_OF_DATE = "out_of_date"
    """A draft that is over was brought back: to Rejected, with a note."""
    TIDY = "tidy"
    """Our own untouched copies that nobody needs are removed."""
    VANISH = "vanish"
    TURNED_UP = "turned_up"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, its reason slug, and the copies it is about; the first of them is the draft's new place."""

    verdict: Verdict
    reason: str = ""
    copies: tuple[Seen, ...] = ()


REASONS: Mapping[str, str] = MappingProxyType(
    {
        "found_in_sent": "An answer was found in Sent.",
        "moved_to_approved": "A person moved the draft into Approved.",
        "moved_back": "A person moved the draft back into the queue.",
        "moved_to_rejected": "A person moved the draft into Rejected.",
        "moved_to_trash": "A person moved the draft into Trash.",
        "archived": "A person took the draft out of our folders; it lies in the archive alone.",
        "marked_deleted": "A person deleted the draft without a trace in Trash.",
        "moved_to_reclassify": "A person said by a move which scenario this is.",
        "edited": "A person saved another text of the draft.",
        "flagged": "A person flagged the draft in the queue, and flags approve here.",
        "person_says_unsent": "A person took a draft in doubt out of Approved: it did not arrive.",
        "gone": "The draft lies in no folder any more; it is neither sent nor made again.",
        "turned_up": "A draft that had vanished lies in a folder again.",
        "left_over": "A copy of ours that nobody needs any more was removed.",
        "left_in_approved": "A held draft that was still in Approved went back to the queue.",
        "elsewhere": "The same copy lies elsewhere now.",
    }
)
"""Every reason that is not a reason to hold, and what it means."""
