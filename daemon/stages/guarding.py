"""Guarding: whether the content of a copy may leave the house, before anybody asks the ledger.

Promises: files that cannot be sent come first, then the checks of `desk.draft` on addresses, gaps and
text, then the policy guard on the final content, files included, after people edited it. The same
function judges at the approval and before the sending.

Errors: none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.desk.draft import BeforeSending, DraftState, reason_to_hold
from daemon.desk.policy import Outgoing, Severity, examine
from daemon.mail.language import detect
from daemon.reply.attachments import complaint
from daemon.reply.copies import Copy
from daemon.reply.templates import gaps_in
from daemon.stages.context import Context


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a copy must not leave: a reason with a note of its own, and what the note adds."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """What the ledger knows of the conversation that the copy is for."""

    relay: str
    order_id: str
    buyer_language: str | None
    ids: Mapping[str, int]
    """By what a log line is found again."""


def objection(
    context: Context, copy: Copy, to: Addressee, approved_digest: str, *, answered_elsewhere: bool = False
) -> Objection | None:
    """The first thing that speaks against sending this copy; None when it may leave."""
    if copy.other:
        return Objection("diverging_parts")
    unsendable = [said for said in map(complaint, copy.attachments) if said]
    if unsendable:
        return Objection("attachments", "; ".join(unsendable))
    reason = reason_to_hold(
        BeforeSending(
            state=DraftState.APPROVED,
            approved_digest=approved_digest,
            present_digest=copy.digest,
            recipients=copy.recipients,
            relay=to.relay,
            sender=copy.sender,
            approved_sender=context.mailbox.address,
            text=copy.own_words,
            gaps=gaps_in(copy.unquoted),
            answered_elsewhere=answered_elsewhere,
        )
    )
    if reason is not None:
        return Objection(reason, ", ".join(gaps_in(copy.unquoted)) if reason == "gap_left" else "")
    return _policy(context, copy, to)


def _policy(context: Context, copy: Copy, to: Addressee) -> Objection | None:
    findings = examine(
        Outgoing(
            subject=copy.subject,
            text=copy.unquoted,
            attachments=tuple((item.name, item.type, item.size) for item in copy.attachments),
            recipient=copy.recipients[0],
            relay=to.relay,
            sender=copy.sender,
            approved_senders=(context.mailbox.address,),
            order_id=to.order_id or None,
            buyer_language=to.buyer_language,
            reply_language=detect(copy.own_words),
        ),
        {slug: Severity(severity) for slug, severity in context.playbook.severities.items()},
    )
    for finding in findings:
        context.log.info("policy", **to.ids, rule=finding.rule, severity=finding.severity.value)
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCK]
    if not blocking:
        return None
    return Objection(
        "policy", "; ".join(f"{item.message} ({item.rule}: {item.excerpt})" for item in blocking)
    )
