"""The values of the policy guard: what is examined, what a rule is, what it finds.

Promises: frozen values without behaviour beyond what is written on them; no I/O.

Errors: none leave this module.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding does: `block` cannot be sent, a person must edit; `warn` is shown and may be sent."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the guard, as documented in `docs/policy.md`.

    `looks_for` is one plain sentence, `advice` is what the agent reads, `source` names the page or says that
    the rule is ours. `lowerable`: the owner may set it from `block` to `warn` in the playbook.
    """

    slug: str
    severity: Severity
    title: str
    looks_for: str
    advice: str
    source: str
    lowerable: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach: the rule's slug, how bad, what to do in plain words, and where in the content."""

    rule: str
    severity: Severity
    message: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The final content of one reply and its context; whatever is not given counts as being in order.

    `text` holds our own words only, quoted buyer text already cut off. `html` is an HTML part that would be
    sent beside it. `attachments` are (name, content type, size in bytes). `relay` is the conversation's
    relay address, which `recipient` must equal. Languages are primary subtags such as `de`. `purpose` is
    the reason of a proactive message (`is_reply` false), such as `customization`. `text_limit` in characters.
    """

    subject: str = ""
    text: str = ""
    html: str | None = None
    attachments: tuple[tuple[str, str, int], ...] = ()
    recipient: str | None = None
    relay: str | None = None
    sender: str | None = None
    approved_senders: tuple[str, ...] = ()
    order_id: str | None = None
    buyer_language: str | None = None
    reply_language: str | None = None
    known_personal_data: tuple[str, ...] = ()
    is_reply: bool = True
    purpose: str | None = None
    days_since_completion: int | None = None
    requested_review_before: bool = False
    text_limit: int = 4000


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check reports; severity and message are the rule's own unless given here."""

    rule: str
    excerpt: str = ""
    severity: Severity | None = None
    message: str | None = None
