"""Alerting: mails to the team about what it must learn at once.

Promises: at most one mail in `alert_every` for each mailbox and recipient, whatever happens; each stands in
the ledger before it is tried. Its recipient is an address of the settings and never one of Amazon's: that is
checked when the settings are read, and again before SMTP. Since it goes to our own team, doubt sends again.

Errors: those of the ledger.
"""

import secrets

from daemon.desk.alert import mail, may_tell, reaches_buyers
from daemon.desk.link import TOKEN_OCTETS, LinkKind, message_id, token_from
from daemon.desk.retry import next_attempt
from daemon.ports.ledger.alerts import AlertMail, NewAlertMail, Raised
from daemon.ports.smtp import OutcomeKind
from daemon.reply.compose import note
from daemon.stages.context import Inside, Runner, Sender

MOST_ATTEMPTS = 12
"""Some four hours; what is to be told then stands in the worklist, and a newer mail follows."""


async def alerting(context: Inside, sender: Sender, run: Runner) -> int:
    """Plan the mail that tells what is new, and send what is due; returns how many were accepted."""
    await run(lambda: plan_mails(context))
    told = 0
    for item in await run(lambda: context.ledger.alerts.due(context.claim, context.now())):
        told += 0 if sender.rest else await _send(context, sender, run, item)
    return told


def plan_mails(context: Inside) -> None:
    """One mail to each recipient about all that no mail tells yet, unless the last one is too young."""
    alerts, now = context.ledger.alerts, context.now()
    untold = alerts.untold(context.claim)
    if not untold:
        return
    if not may_tell(alerts.last_told_at(context.claim), now, context.alerting.every):
        return
    mails = [_mail(context, recipient, untold) for recipient in context.alerting.to]
    alerts.tell(context.claim, untold, mails, now)


def _mail(context: Inside, recipient: str, untold: list[Raised]) -> NewAlertMail:
    box = context.mailbox
    token = token_from(secrets.token_bytes(TOKEN_OCTETS))
    header_id = message_id(context.link_key, LinkKind.NOTE, token, box.domain)
    subject, text = mail(box.name, [raised.alert for raised in untold])
    raw = note(
        mailbox_name=box.name,
        mailbox_address=box.address,
        recipient=recipient,
        subject=subject,
        text=text,
        message_id=header_id,
        now=context.now(),
    )
    return NewAlertMail(recipient, header_id, raw)


async def _send(context: Inside, sender: Sender, run: Runner, item: AlertMail) -> bool:
    alerts = context.ledger.alerts

    def end(outcome: str) -> None:
        alerts.ended(context.claim, item.mail_id, outcome, context.now())
        context.log.info("alert_mail", mail=item.mail_id, outcome=outcome)

    if reaches_buyers(item.recipient):
        await run(lambda: end("refused"))
        return False
    later = next_attempt(item.attempts, context.now())
    await run(lambda: alerts.count_attempt(context.claim, item.mail_id, later))
    outcome = await sender.send(context.mailbox.address, item.recipient, item.raw, lambda: None)
    if outcome.kind is OutcomeKind.SENT:
        await run(lambda: end("sent"))
        return True
    if outcome.kind is OutcomeKind.REJECT or item.attempts + 1 >= MOST_ATTEMPTS:
        await run(lambda: end("refused" if outcome.kind is OutcomeKind.REJECT else "given_up"))
    return False
